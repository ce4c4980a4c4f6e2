"""A file that a visitor sends: looked at, recorded, stored."""

import hashlib
import secrets
import time
from typing import IO
from uuid import UUID, uuid4

from flask import g
from werkzeug.datastructures import FileStorage

from contracts.booking import LARGEST_BOOKING, MEBIBYTE, AddUpload, Upload
from contracts.errors import Invalid
from gateway import access, current
from gateway.errors import TooLarge
from gateway.files import kinds, names
from servicekit import context

LARGEST_REQUEST = LARGEST_BOOKING + MEBIBYTE
"""Bytes of a request with one file."""

LARGEST_FORM = LARGEST_BOOKING + 5 * MEBIBYTE
"""Bytes of a form with its files: enough to say at the field that a file is too large."""


def take(slug: str, question: str, sent: FileStorage, upload_id: UUID | None = None) -> Upload:
    """Stores a file for this question of a link. The same `upload_id` with the same content is the
    same upload. Raises `Invalid` at `question` or `file`, `TooLarge`, `NotFound` and what booking
    raises.
    """
    _begin_again()
    content = sent.stream
    size = _size(content)
    found = kinds.find(content)
    made = upload_id or uuid4()
    wish = Upload(
        id=made,
        question=question,
        name=names.safe(sent.filename or "", found.type),
        size=size,
        type=found.type,
        kind=found.kind,
        key=secrets.token_hex(20) if upload_id is None else _key(upload_id),
    )
    stored = current.services().booking.add_upload(AddUpload(slug=slug, upload=wish))
    current.files().put(stored.key, content)
    return stored


def _begin_again() -> None:
    # A large file on a slow line has used up the time in which the request's calls must end.
    context.enter(g.request_id, time.time() + access.BUDGET)


def _size(content: IO[bytes]) -> int:
    size = content.seek(0, 2)
    if not size:
        raise Invalid("This file is empty.", fields={"file": "This file is empty."})
    if size > LARGEST_BOOKING:
        raise TooLarge("This file is larger than 25 MiB.", fields={"file": "At most 25 MiB."})
    return size


def id_in_form(key: str, question: str, sent: FileStorage) -> UUID:
    """The upload of a form that is sent with its file: sent twice, it is one upload."""
    digest = hashlib.sha256()
    sent.stream.seek(0)
    while chunk := sent.stream.read(MEBIBYTE):
        digest.update(chunk)
    return UUID(hex=current.mac("upload", key, question, digest.hexdigest()))


def _key(upload_id: UUID) -> str:
    return f"{current.mac('file', upload_id.hex)}{upload_id.hex[:8]}"
