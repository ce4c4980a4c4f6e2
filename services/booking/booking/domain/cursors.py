"""Cursors of keyset pages: the sort key of the last row seen, opaque to the caller."""

import base64
import binascii
from datetime import datetime
from uuid import UUID

from contracts.errors import Invalid


def after_time(at: datetime, row_id: UUID) -> str:
    """The cursor behind the row with this time (UTC) and id."""
    return base64.urlsafe_b64encode(f"{at.isoformat()}|{row_id}".encode()).decode()


def read_time(cursor: str) -> tuple[datetime, UUID] | None:
    """None for the first page. Raises `Invalid` on `after` where it is none of ours."""
    if not cursor:
        return None
    try:
        at, _, row_id = base64.urlsafe_b64decode(cursor.encode("ascii")).decode().partition("|")
        instant = datetime.fromisoformat(at)
        read = instant, UUID(row_id)
    except (ValueError, binascii.Error):
        raise _unknown() from None
    if instant.tzinfo is None:
        raise _unknown()
    return read


def read_id(cursor: str) -> UUID | None:
    """None for the first page. Raises `Invalid` on `after` where it is none of ours."""
    try:
        return UUID(cursor) if cursor else None
    except ValueError:
        raise _unknown() from None


def _unknown() -> Invalid:
    return Invalid(fields={"after": "This page is unknown. Please start at the first."})
