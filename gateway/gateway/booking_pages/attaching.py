"""Files in the form of a browser without scripts, and what is attached when it is shown again."""

from dataclasses import replace
from uuid import UUID

from flask import request

from contracts.booking import MEBIBYTE, Answer, FindUploads, Question, Upload
from contracts.errors import SchedulingError
from gateway import current, limits
from gateway.booking_pages import picking
from gateway.booking_pages.forms import Typed
from gateway.files import taking

LONGEST_WORDS = 2 * MEBIBYTE
"""Bytes of a form without its files: 20 answers of 5,000 characters, as a form writes them."""


def allow(questions: tuple[Question, ...]) -> None:
    """Lets the request be as large as the form may be, before anything of it is read.

    Raises `TooManyRequests` for large ones.
    """
    files = any(question.type == "file" for question in questions)
    request.max_content_length = taking.LARGEST_FORM if files else LONGEST_WORDS
    request.max_form_memory_size = LONGEST_WORDS
    if (request.content_length or 0) > LONGEST_WORDS:
        limits.check_address("upload")


def take(slug: str, words: Typed, questions: tuple[Question, ...]) -> tuple[Typed, dict[str, str]]:
    """Stores what was sent with the form; the words with the uploads' ids as answers, and what is
    wrong by field.
    """
    answers, wrong = dict(words.answers), {}
    for question in questions:
        if question.type != "file":
            continue
        if request.form.get(f"remove.{question.id}"):
            answers[question.id] = ""
        sent = request.files.get(f"file.{question.id}")
        if sent is None or not sent.filename:
            continue
        made = taking.id_in_form(words.key, question.id, sent)
        try:
            limits.check_address("upload")
            answers[question.id] = str(taking.take(slug, question.id, sent, made).id)
        except SchedulingError as refused:
            wrong[f"answers.{question.id}"] = refused.fields.get("file", refused.message)
    return replace(words, answers=answers), wrong


def attached(
    slug: str, answers: dict[str, Answer], questions: tuple[Question, ...]
) -> dict[str, Upload]:
    """The files that the form holds already, by question; none where they cannot be asked for."""
    named = {question.id: _id(answers.get(question.id)) for question in questions
             if question.type == "file"}  # fmt: skip
    ids = {question: found for question, found in named.items() if found}
    if not ids:
        return {}
    try:
        wish = FindUploads(slug=slug, ids=tuple(ids.values()))
        there = {each.id: each for each in current.services().booking.find_uploads(wish).uploads}
    except SchedulingError:
        return {}
    return {
        question: there[found]
        for question, found in ids.items()
        if found in there and there[found].question == question
    }


def _id(answer: Answer | None) -> UUID | None:
    return picking.uuid_of(answer) if isinstance(answer, str) else None
