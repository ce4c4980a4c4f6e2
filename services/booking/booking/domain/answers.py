"""Answers to a link's questions: the server checks everything. Source: product.md, forms."""

import re
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit
from uuid import UUID

from booking.domain import phones, questions, text
from booking.domain.attendees import email_problem
from contracts.booking import Answer, Question
from contracts.errors import Invalid

LONGEST = 5000


def checked(
    asked: tuple[Question, ...], answers: Mapping[str, Answer], timezone: str = "UTC"
) -> dict[str, Answer]:
    """The answers worth keeping, in the questions' order. Raises `Invalid` on `answers.<id>`.

    What is not shown is not asked, whatever was sent for it. `timezone`: the attendee's, whose
    country's telephone numbers need no code. A file's answer is the id of its upload.
    """
    known = {question.id for question in asked}
    wrong = {_field(name): "There is no such question." for name in answers if name not in known}
    shown = questions.shown(asked, answers)
    wrong |= {
        f"answers.{question.id}": message
        for question in shown
        if (message := _problem(question, answers.get(question.id), timezone))
    }
    if wrong:
        raise Invalid(fields=wrong)
    given = ((question, answers.get(question.id)) for question in shown)
    return {
        question.id: _kept(question, answer, timezone)
        for question, answer in given
        if not _is_empty(answer)
    }


def _kept(question: Question, answer: Answer | None, timezone: str) -> Answer:
    trimmed = _trimmed(answer)
    if question.type == "phone" and isinstance(trimmed, str):
        return phones.international(trimmed, timezone)
    return trimmed


def _field(name: str) -> str:
    # The name is the caller's: it comes back only in a shape that cannot do harm.
    return f"answers.{name}" if re.fullmatch(r"[a-z0-9_-]{1,40}", name) else "answers"


def _trimmed(answer: Answer | None) -> Answer:
    if isinstance(answer, str):
        return answer.strip()
    return answer if answer is not None else ""


def _is_empty(answer: Answer | None) -> bool:
    return answer is None or answer is False or not (_trimmed(answer) or answer is True)


def _problem(question: Question, answer: Answer | None, timezone: str) -> str:
    if _is_empty(answer):
        return _missing(question) if question.required else ""
    if question.type == "checkbox":
        return "" if answer is True else "This is either ticked or not."
    if question.type == "multi_select":
        return _choices_problem(question, answer)
    if not isinstance(answer, str):
        return "Please answer with text."
    wrong = _text_problem(question, answer)
    if question.type == "phone" and not wrong:
        return "" if phones.international(answer.strip(), timezone) else phones.PROBLEM
    return wrong


def _missing(question: Question) -> str:
    return _MISSING.get(question.type, "Please answer this question.")


_MISSING = {
    "checkbox": "Please tick this.",
    "file": "Please attach a file.",
    "select": "Please choose one.",
    "multi_select": "Please choose at least one.",
}


def _choices_problem(question: Question, answer: Answer | None) -> str:
    if not isinstance(answer, list) or len(set(answer)) != len(answer):
        return "Please choose from the list."
    return "" if set(answer) <= set(question.options) else "Please choose from the list."


def _text_problem(question: Question, answer: str) -> str:
    if len(answer) > LONGEST:
        return "Please use at most 5,000 characters."
    wrong = text.problem(answer, lines=question.type == "textarea")
    return wrong or _SHAPES.get(question.type, _any_text)(question, answer.strip())


def _any_text(_question: Question, _answer: str) -> str:
    return ""


def _option(question: Question, answer: str) -> str:
    return "" if answer in question.options else "Please choose from the list."


def _email(_question: Question, answer: str) -> str:
    return email_problem(answer)


def _number(_question: Question, answer: str) -> str:
    return "" if re.fullmatch(r"-?[0-9]{1,30}([.,][0-9]{1,30})?", answer) else "Please use digits."


def _url(_question: Question, answer: str) -> str:
    return url_problem(answer)


def _file(_question: Question, answer: str) -> str:
    try:
        UUID(answer)
    except ValueError:
        return "Please attach the file again."
    return ""


_SHAPES: dict[str, Callable[[Question, str], str]] = {
    "select": _option,
    "email": _email,
    "number": _number,
    "url": _url,
    "file": _file,
}


def url_problem(value: str) -> str:
    """Why this is no web address that may be shown as a link, or ""."""
    try:
        parts = urlsplit(value)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return "This is not a web address."
    if parts.scheme not in {"http", "https"} or not host or re.search(r"[\s<>\"\\]", value):
        return "Please use a web address that starts with https://."
    if parts.username is not None or parts.password is not None:
        return "A web address must not hold a name or password."
    return ""
