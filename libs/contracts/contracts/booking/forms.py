"""The pre-meeting form: questions, answers, and the files that are answers."""

from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from contracts.wire import Instant, Message, Name

QuestionType = Literal[
    "text",
    "textarea",
    "select",
    "checkbox",
    "file",
    "email",
    "phone",
    "number",
    "url",
    "multi_select",
]
FileKind = Literal["pdf", "image", "document", "sheet", "slides", "text", "audio", "video", "zip"]
"""What a file is by its content. `text` is plain text, with no markup that a browser would run."""

Answer = str | bool | list[str]
"""A file's answer, when it is sent, is the id of its upload."""

QuestionId = Annotated[str, Meta(pattern=r"^[a-z0-9_-]{1,40}$")]
MEBIBYTE = 1024 * 1024
LARGEST_BOOKING = 25 * MEBIBYTE
"""Bytes of all files of a booking together."""


class Condition(Message, frozen=True, kw_only=True):
    """Met when the earlier question's answer is one of `values`; without values, by any answer.

    A tick is `true`, a box left empty `false`. Of several choices one is enough. Case and blanks
    around do not count. A question that is not shown has no answer.
    """

    question: QuestionId
    values: Annotated[tuple[Name, ...], Meta(max_length=100)] = ()


class Question(Message, frozen=True, kw_only=True):
    """One field of the pre-meeting form. `accept` and `max_mib` (MiB) are for files; an empty
    `accept` takes every kind. `shown_if` names a question that comes before this one.
    """

    id: QuestionId
    label: Name
    type: QuestionType = "text"
    required: bool = False
    help: Annotated[str, Meta(max_length=500)] = ""
    options: tuple[Name, ...] = ()
    shown_if: Condition | None = None
    accept: tuple[FileKind, ...] = ()
    max_mib: Annotated[int, Meta(ge=1, le=25)] = 10


NOTE = Question(
    id="note", label="Anything we should know beforehand?", type="textarea", required=False
)
"""The question every new link starts with."""


class BookedFile(Message, frozen=True, kw_only=True):
    """A file that came with a booking: what it was, even after it was deleted. `size` in bytes."""

    id: UUID
    question: str
    name: str
    size: int
    type: str


class Upload(Message, frozen=True, kw_only=True):
    """The record of a file; the gateway keeps its content under `key`, a random name.

    `name` is the visitor's own, made harmless. `type` was found in the content. A file that no
    booking took by `expires_at` is deleted; a booking's, some days after the meeting.
    """

    id: UUID
    question: str
    name: Annotated[str, Meta(min_length=1, max_length=200)]
    size: Annotated[int, Meta(ge=1, le=LARGEST_BOOKING)]
    type: Annotated[str, Meta(min_length=3, max_length=100)]
    kind: FileKind
    key: Annotated[str, Meta(pattern=r"^[a-f0-9]{40}$")]
    expires_at: Instant | None = None


class AddUpload(Message, frozen=True, kw_only=True):
    """Before its content is stored, so that no content is ever without a record.

    `upload.id` is made by the caller and secret: who has it may attach the file. The same id again
    gives the record that is there. Raises `Invalid` at `file` or `question`, `LimitReached`.
    """

    slug: str
    upload: Upload


class FindUploads(Message, frozen=True, kw_only=True):
    """What a visitor has uploaded to a link and not yet booked with, by the secret ids."""

    slug: str
    ids: Annotated[tuple[UUID, ...], Meta(max_length=20)]


class BookingUploads(Message, frozen=True, kw_only=True):
    """The files of a booking (of its whole chain) that are still there."""

    workspace_id: UUID
    booking_id: UUID


class EraseUpload(Message, frozen=True, kw_only=True):
    """A host deletes a booking's file before its time. Repeating it is harmless."""

    workspace_id: UUID
    booking_id: UUID
    upload_id: UUID
    actor: Annotated[str, Meta(max_length=120)] = "system"


class DueUploads(Message, frozen=True, kw_only=True):
    """The gateway asks what it is to delete, deletes it, and says so with `DropUploads`."""

    limit: Annotated[int, Meta(ge=1, le=500)] = 100


class DropUploads(Message, frozen=True, kw_only=True):
    """Their contents are gone; forgets those that were due, and no others."""

    ids: Annotated[tuple[UUID, ...], Meta(max_length=500)]


class Uploads(Message, frozen=True, kw_only=True):
    uploads: tuple[Upload, ...] = ()
