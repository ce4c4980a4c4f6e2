"""Holds: what keeps a claim for one visitor for a while."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from booking.store import tables as t
from booking.store.rows import Row
from contracts.booking import Hold
from contracts.wire import utc
from servicekit import Tx

_HOLD = sa.select(t.hold, t.meeting.c.start_at, t.meeting.c.host_ids, t.meeting.c.workspace_id)
_HOLD = _HOLD.join_from(t.hold, t.meeting, t.meeting.c.id == t.hold.c.meeting_id)


def by_id(tx: Tx, hold_id: UUID) -> Row | None:
    """A hold with its meeting's start, hosts and workspace."""
    return tx.execute(_HOLD.where(t.hold.c.id == hold_id)).first()


def as_message(row: Row, expires_at: datetime | None = None) -> Hold:
    """A row of `by_id`."""
    return Hold(
        id=row.id,
        start=utc(row.start_at),
        duration=row.duration,
        expires_at=expires_at or utc(row.expires_at),
    )


def make(tx: Tx, hold: Hold, link_id: UUID, address: str, placed_at: datetime) -> None:
    """Its meeting has the same id."""
    tx.execute(
        insert(t.hold).values(
            id=hold.id,
            meeting_id=hold.id,
            link_id=link_id,
            address=address,
            duration=hold.duration,
            placed_at=placed_at,
            expires_at=hold.expires_at,
        )
    )


def renew(tx: Tx, hold_id: UUID, expires_at: datetime, now: datetime) -> bool:
    """False where it ended meanwhile."""
    alive = (t.hold.c.id == hold_id) & (t.hold.c.expires_at > now)
    statement = sa.update(t.hold).where(alive).values(expires_at=expires_at)
    return tx.execute(statement).rowcount == 1


def open_at(tx: Tx, address: str, now: datetime, but: UUID) -> int:
    """How many others this address has open. Waits for other placements from the same address, so
    that two at once cannot both be the last.
    """
    tx.execute(sa.select(sa.func.pg_advisory_xact_lock(1, sa.func.hashtext(address))))
    theirs = (t.hold.c.address == address) & (t.hold.c.expires_at > now) & (t.hold.c.id != but)
    return tx.execute(sa.select(sa.func.count()).where(theirs)).scalar_one()


def hosts_with_expired(tx: Tx, now: datetime, limit: int) -> list[tuple[UUID, UUID]]:
    """(workspace, host) of claims whose holds are over."""
    query = (
        sa.select(t.claim.c.workspace_id, t.claim.c.host_id)
        .join(t.hold, t.hold.c.meeting_id == t.claim.c.meeting_id)
        .where(t.hold.c.expires_at <= now, t.claim.c.state == "hold")
        .distinct()
        .limit(limit)
    )
    return [(row.workspace_id, row.host_id) for row in tx.execute(query)]
