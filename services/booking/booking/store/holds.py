"""Holds: what keeps a claim for one visitor for a while."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from booking.store import tables as t
from booking.store.rows import Row
from contracts.booking import Hold
from contracts.wire import utc
from servicekit import Tx

_HOLD = sa.select(
    t.hold,
    t.meeting.c.start_at,
    t.meeting.c.host_ids,
    t.meeting.c.workspace_id,
    t.meeting.c.capacity,
)
_HOLD = _HOLD.join_from(t.hold, t.meeting, t.meeting.c.id == t.hold.c.meeting_id)


def by_id(tx: Tx, hold_id: UUID) -> Row | None:
    """A hold with its meeting's start, hosts, workspace and capacity."""
    return tx.execute(_HOLD.where(t.hold.c.id == hold_id)).first()


def as_message(row: Row, expires_at: datetime | None = None) -> Hold:
    """A row of `by_id`."""
    return Hold(
        id=row.id,
        start=utc(row.start_at),
        duration=row.duration,
        expires_at=expires_at or utc(row.expires_at),
    )


def make(tx: Tx, hold: Hold, where: tuple[UUID, UUID], address: str, placed_at: datetime) -> None:
    """`where`: its link and its meeting."""
    tx.execute(
        insert(t.hold).values(
            id=hold.id,
            link_id=where[0],
            meeting_id=where[1],
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


class Due(NamedTuple):
    """Hosts who are held together, and whether it is (also) for seats."""

    workspace_id: UUID
    host_ids: list[UUID]
    shared: bool


def with_expired(tx: Tx, now: datetime, limit: int) -> list[Due]:
    """Whose holds are over."""
    query = (
        sa.select(
            t.meeting.c.workspace_id,
            t.meeting.c.host_ids,
            sa.func.bool_or(t.meeting.c.capacity > 1).label("shared"),
        )
        .join_from(t.hold, t.meeting, t.meeting.c.id == t.hold.c.meeting_id)
        .where(t.hold.c.expires_at <= now)
        .group_by(t.meeting.c.workspace_id, t.meeting.c.host_ids)
        .limit(limit)
    )
    return [Due(row.workspace_id, list(row.host_ids), row.shared) for row in tx.execute(query)]


def sweep(tx: Tx, now: datetime) -> None:
    """Forgets held meetings whose hosts have each been freed apart."""
    over = sa.select(t.hold.c.meeting_id).where(t.hold.c.expires_at <= now)
    claimed = sa.exists().where(t.claim.c.meeting_id == t.meeting.c.id)
    tx.execute(
        sa.delete(t.meeting).where(t.meeting.c.id.in_(over), t.meeting.c.status == "held", ~claimed)
    )
