"""Requests taken apart strictly: what does not fit is a 4xx that names the field, never a 500."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, TypeVar
from urllib.parse import parse_qs
from uuid import UUID

import msgspec
from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from contracts.availability import GetSlots
from contracts.errors import Conflict, Invalid, Malformed, NotFound
from gateway.accounts.values import ZONES, email_of
from gateway.errors import PreconditionFailed, TooLarge, UnsupportedMediaType
from gateway.presenting import zones

T = TypeVar("T")
V = TypeVar("V", int, None)
DEEPEST = 20
MOST_DAYS = 62
_SLUG = re.compile(r"^[a-z0-9][a-z0-9-]{1,62}[a-z0-9]$")
_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$", re.ASCII)
_SPACE = re.compile(r"^(\d{4}-\d\d-\d\dT[\d:.]+) (\d\d:?\d\d)$", re.ASCII)
"""An offset whose plus sign was not escaped arrives with a space."""
_TAG = re.compile(r'^(?:W/)?"(\d{1,9})(?:-[0-9a-f]{16})?"$', re.ASCII)
"""A tag of ours, or its version alone."""
_PATH = re.compile(r"^(?P<says>.*) - at `(?P<path>[^`]*)`$", re.DOTALL)
_HIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, direction overrides, lone surrogates: no text of a person has them."""


def body(as_type: type[T]) -> T:
    """The JSON body as this type. Raises `UnsupportedMediaType`, `TooLarge`, `Malformed`,
    `Invalid`.
    """
    if request.mimetype != "application/json":
        raise UnsupportedMediaType
    return convert(_parse(_data()), as_type)


def optional_body(as_type: type[T]) -> T:
    """The same, where it may be absent: then as empty."""
    return body(as_type) if request.content_length else as_type()


def query(as_type: type[T]) -> T:
    """The query as this type; of a name that stands several times the last. Raises `Invalid`."""
    found = {name: _SPACE.sub(r"\1+\2", values[-1]) for name, values in request.args.lists()}
    return convert(found, as_type, strict=False)


def convert(value: Any, as_type: type[T], *, strict: bool = True) -> T:
    """Builtins to a type of the API. Raises `Invalid` with the path of the field."""
    _check(value, "", 0)
    try:
        return msgspec.convert(value, as_type, strict=strict)
    except msgspec.ValidationError as error:
        says, path = _said(str(error))
        raise Invalid(fields={path: says}) from None


def idempotency_key() -> str:
    """The header of that name. Raises `Malformed` without it."""
    key = request.headers.get("Idempotency-Key", "").strip()
    if not 1 <= len(key) <= 200 or not key.isprintable():
        raise Malformed(
            "Send the header Idempotency-Key, 1 to 200 characters: the same key never acts twice.",
            fields={"Idempotency-Key": "is missing or too long"},
        )
    return key


def seen_version(otherwise: V) -> int | V:
    """The version that the caller has seen, by the header `If-Match`. Raises
    `PreconditionFailed`.
    """
    tag = request.headers.get("If-Match", "*").strip()
    if tag == "*":
        return otherwise
    found = _TAG.match(tag)
    if found is None:
        raise PreconditionFailed
    return int(found[1])


@contextmanager
def matched(passed: type[Conflict] = Conflict) -> Iterator[None]:
    """Around a write of that version: where it is no longer that, for which the service says
    `passed`, a 412 for who sent `If-Match`, a 409 for others.
    """
    try:
        yield
    except Conflict as error:
        if type(error) is passed and "If-Match" in request.headers:
            raise PreconditionFailed from error
        raise


def slug(value: str) -> str:
    """A slug as it could exist. Raises `NotFound`."""
    if not _SLUG.fullmatch(value):
        raise NotFound
    return value


def question(value: str) -> str:
    """A question's id as it could be. Raises `Invalid`."""
    if not re.fullmatch(r"[a-z0-9_-]{1,40}", value):
        raise Invalid(fields={"question": "Name one of the link's questions."})
    return value


def identifier(value: str) -> UUID:
    """An id from a path. Raises `NotFound`."""
    try:
        return UUID(value)
    except ValueError:
        raise NotFound from None


def instant(value: datetime, field: str) -> datetime:
    """In UTC, of a year that a meeting can have. Raises `Invalid`."""
    try:
        moment = value.astimezone(UTC)
    except OverflowError:
        moment = datetime.min.replace(tzinfo=UTC)
    if not 2000 <= moment.year <= 2200:
        raise Invalid(fields={field: "This is no time that could be booked."})
    return moment


def day(value: date, field: str) -> date:
    """Of a year that a meeting can have. Raises `Invalid`."""
    if not 2000 <= value.year <= 2200:
        raise Invalid(fields={field: "A day from 2000 to 2200."})
    return value


def zone(value: str, field: str) -> str:
    """The name of an IANA zone. Raises `Invalid`."""
    if value not in ZONES:
        raise Invalid(fields={field: "This time zone is not known."})
    return zones.canonical(value)


def email(value: str, field: str) -> str:
    """An address as it was typed, trimmed. Raises `Invalid`."""
    try:
        email_of(value)
    except Invalid as error:
        raise Invalid(fields={field: error.fields["email"]}) from None
    return value.strip()


@lru_cache(maxsize=4096)
def slots_query(link: str, query: str) -> GetSlots:
    """The query of a slots request; the same words always mean the same, so it is kept.

    Raises `Invalid`, `NotFound`.
    """
    try:
        typed = parse_qs(query, keep_blank_values=True, max_num_fields=20)
    except ValueError:
        raise Invalid(fields={"query": "There are too many parameters."}) from None
    values = {name: found[-1] for name, found in typed.items()}
    first, last = _day(values, "from"), _day(values, "to")
    if not timedelta(0) <= last - first < timedelta(days=MOST_DAYS):
        raise Invalid(fields={"to": f"Ask for 1 to {MOST_DAYS} days, the first one first."})
    return GetSlots(
        slug=slug(link),
        first=first,
        last=last,
        timezone=zone(values.get("tz", ""), "tz"),
        duration=_duration(values.get("duration")),
        host_id=_uuid(values, "host"),
        except_hold=_uuid(values, "hold"),
    )


def _data() -> bytes:
    try:
        return request.get_data(cache=False)
    except RequestEntityTooLarge:
        raise TooLarge from None


def _parse(data: bytes) -> Any:
    try:
        return msgspec.json.decode(data)
    except RecursionError:
        raise Malformed("The JSON is nested too deeply.") from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _second_reading(data)


def _second_reading(data: bytes) -> Any:
    """Lone surrogates are JSON, though no text; they are refused at their field, as others are."""
    try:
        return json.loads(data, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Malformed("The body is no valid JSON.") from None


def _no_constant(word: str) -> None:
    raise ValueError(word)


def _check(value: Any, path: str, depth: int) -> None:
    """Refuses characters that hide what is written, and depth that no request has."""
    if depth > DEEPEST:
        raise Malformed("The JSON is nested too deeply.")
    if isinstance(value, str):
        if _HIDDEN.search(value):
            raise Invalid(fields={path or "body": "This contains characters that cannot be shown."})
    elif isinstance(value, dict):
        for key, inner in value.items():
            _check(key, path, depth)
            _check(inner, f"{path}.{key}" if path else key, depth + 1)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            _check(inner, f"{path}[{index}]", depth + 1)


def _said(message: str) -> tuple[str, str]:
    """Msgspec's sentence without its path, and the path as the API writes it."""
    found = _PATH.match(message)
    says, path = (found["says"], found["path"]) if found else (message, "")
    missing = re.match(r"^Object missing required field `(\w+)`$", says)
    path = path.removeprefix("key in ").lstrip("$.").replace("[...]", "")
    if missing:
        path, says = f"{path}.{missing[1]}".lstrip("."), "This is required"
    return f"{says.replace('`', '')}.", path or "body"


def _day(values: dict[str, str], field: str) -> date:
    text = values.get(field, "")
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise Invalid(fields={field: "Give a day as YYYY-MM-DD."})


def _duration(text: str | None) -> int | None:
    """Minutes, None where none are given. Raises `Invalid`."""
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or not 5 <= int(text[:9]) <= 480:
        raise Invalid(fields={"duration": "Give minutes, 5 to 480."})
    return int(text)


def _uuid(values: dict[str, str], field: str) -> UUID | None:
    text = values.get(field)
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        raise Invalid(fields={field: "This is no identifier."}) from None
