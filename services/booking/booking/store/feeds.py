"""Hosts' private calendar feeds: found by the hash of their secret, which is kept nowhere."""

from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from booking.store import lists, rows
from booking.store import tables as t
from contracts.booking import Booking, BookingsBetween, Feed, Host, SaveFeed
from contracts.errors import NotFound
from contracts.wire import utc
from servicekit import Tx

BACK, AHEAD = timedelta(days=30), timedelta(days=60)
MOST = 1000


def get(tx: Tx, workspace_id: UUID, host_id: UUID) -> Feed:
    """When it was made; without an instant where there is none."""
    mine = (t.feed.c.host_id == host_id) & (t.feed.c.workspace_id == workspace_id)
    row = tx.execute(sa.select(t.feed.c.created_at).where(mine)).first()
    return Feed(created_at=None if row is None else utc(row.created_at))


def save(tx: Tx, request: SaveFeed, now: datetime) -> None:
    """Makes it, or gives it another secret; the same one again changes nothing."""
    values = {"digest": bytes.fromhex(request.digest), "created_at": now}
    new = insert(t.feed).values(
        host_id=request.host_id, workspace_id=request.workspace_id, **values
    )
    changed = t.feed.c.digest != new.excluded.digest
    tx.execute(new.on_conflict_do_update(index_elements=["host_id"], set_=values, where=changed))


def drop(tx: Tx, workspace_id: UUID, host_id: UUID) -> None:
    """Ends it; harmless where there is none."""
    mine = (t.feed.c.host_id == host_id) & (t.feed.c.workspace_id == workspace_id)
    tx.execute(sa.delete(t.feed).where(mine))


def host_of(tx: Tx, digest: str) -> Host:
    """Whose feed it is. Raises `NotFound`, for a host who left too."""
    theirs = rows.HOST.join(t.feed, t.feed.c.host_id == t.host.c.id)
    found = theirs.where(t.feed.c.digest == bytes.fromhex(digest), t.host.c.active)
    row = tx.execute(found).first()
    if row is None:
        raise NotFound("There is no such feed.")
    return rows.host(row)


def bookings(tx: Tx, host: Host, now: datetime) -> tuple[Booking, ...]:
    """The host's open bookings around `now`, by start."""
    period = BookingsBetween(
        workspace_id=host.workspace_id,
        start=now - BACK,
        end=now + AHEAD,
        host_id=host.id,
        limit=MOST,
    )
    return lists.between(tx, period)[0]
