"""Keyset pages: the last row's sort key as an opaque cursor."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from uuid import UUID

from contracts.errors import Invalid
from contracts.wire import utc


def cursor(at: datetime, row_id: UUID) -> str:
    """Where the next page starts: after the row with this instant and id."""
    return urlsafe_b64encode(f"{at.isoformat()}|{row_id}".encode()).decode()


def position(after: str) -> tuple[datetime, UUID] | None:
    """The reverse; `None` for the first page. Raises `Invalid` for what `cursor` never made."""
    if not after:
        return None
    try:
        at, row_id = urlsafe_b64decode(after.encode("ascii")).decode("ascii").split("|")
        return utc(datetime.fromisoformat(at)), UUID(row_id)
    except ValueError as wrong:
        raise Invalid(fields={"after": "This page does not exist."}) from wrong


def place(after: str) -> int:
    """A cursor of the feed; 0 for its beginning. Raises `Invalid` for what is none."""
    if not after:
        return 0
    if not (after.isascii() and after.isdigit() and len(after) <= 18):
        raise Invalid(fields={"after": "This is no cursor of the feed."})
    return int(after)
