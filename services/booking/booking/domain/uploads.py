"""Files that are answers: how long they are kept, and what a link takes."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from booking.domain import text
from contracts.booking import (
    LARGEST_BOOKING,
    MEBIBYTE,
    Answer,
    BookedFile,
    Question,
    Upload,
)
from contracts.errors import Invalid

LIFE = timedelta(hours=2)
"""How long a file waits for its booking."""

MOST_WAITING = 300
"""Files of one link that wait for their bookings: strangers must not fill the store."""

GONE = "This file is no longer here. Please attach it again."


def waits_until(now: datetime) -> datetime:
    """When a file that no booking took is deleted."""
    return now + LIFE


def kept_until(end: datetime, days: int) -> datetime:
    """When a booking's file is deleted: `days` after the meeting."""
    return end + timedelta(days=days)


def require_asked(questions: tuple[Question, ...], upload: Upload) -> None:
    """Raises `Invalid` on `question` or `file` where the link does not ask for such a file."""
    asked = next((each for each in questions if each.id == upload.question), None)
    if asked is None or asked.type != "file":
        raise Invalid(fields={"question": "This question asks for no file."})
    wrong = _problem(asked, upload)
    if wrong:
        raise Invalid(wrong, fields={"file": wrong})


def _problem(asked: Question, upload: Upload) -> str:
    if asked.accept and upload.kind not in asked.accept:
        return "A file of this kind is not taken here."
    if upload.size > asked.max_mib * MEBIBYTE:
        return f"This file is larger than {asked.max_mib} MiB."
    return text.problem(upload.name)


def wanted(questions: tuple[Question, ...], answers: Mapping[str, Answer]) -> dict[str, UUID]:
    """The uploads that checked answers name, by question."""
    files = {question.id for question in questions if question.type == "file"}
    return {name: UUID(str(answer)) for name, answer in answers.items() if name in files}


def attached(asked: Mapping[str, UUID], found: Iterable[Upload]) -> tuple[BookedFile, ...]:
    """The files of a booking. Raises `Invalid` on `answers.<id>` for one that is not there, or is
    another question's, or too much together with those before it.
    """
    by_id = {upload.id: upload for upload in found}
    wrong, total, files = {}, 0, []
    for question, upload_id in asked.items():
        upload = by_id.get(upload_id)
        if upload is None or upload.question != question:
            wrong[f"answers.{question}"] = GONE
            continue
        total += upload.size
        if total > LARGEST_BOOKING:
            wrong[f"answers.{question}"] = "All files together may have 25 MiB at most."
        files.append(booked(upload))
    if wrong:
        raise Invalid(fields=wrong)
    return tuple(files)


def booked(upload: Upload) -> BookedFile:
    """What the booking says of it."""
    return BookedFile(
        id=upload.id,
        question=upload.question,
        name=upload.name,
        size=upload.size,
        type=upload.type,
    )
