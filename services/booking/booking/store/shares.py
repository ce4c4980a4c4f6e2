"""What a pool's hosts have had in a month, and who was there: what a decision starts from.

A pool is a team, or a link that names none. Meetings are counted by their claims, so a cancelled
one counts no more, a moved one counts once, and nothing can drift from the truth.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from booking.domain.rotation.gathering import Record
from booking.domain.rotation.values import Candidate, Last
from booking.store import tables as t
from servicekit import Tx

_POOLS = 3
"""The class of the advisory locks of pools."""


class Period(NamedTuple):
    """A pool's month: its first local day, and its bounds `[first, after)` in UTC."""

    pool_id: UUID
    month: date
    first: datetime
    after: datetime


def lock(tx: Tx, pool_id: UUID) -> None:
    """One decision of a pool at a time. After the link's row lock, before the hosts' locks."""
    tx.execute(sa.select(sa.func.pg_advisory_xact_lock(_POOLS, sa.func.hashtext(str(pool_id)))))


def _links(pool_id: UUID) -> sa.ScalarSelect[UUID]:
    """The pool's links, deleted ones too: their meetings take place."""
    rotating = t.link.c.settings["kind"].astext == "round_robin"
    theirs = (t.link.c.id == pool_id) | (t.link.c.settings["team_id"].astext == str(pool_id))
    return sa.select(t.link.c.id).where(theirs, rotating).scalar_subquery()


def _counts(period: Period, but: UUID | None) -> sa.Subquery:
    missed = sa.select(t.booking.c.id).where(
        t.booking.c.link_id.in_(_links(period.pool_id)),
        t.booking.c.status == sa.literal_column("'no_show'"),
        t.booking.c.start_at >= period.first,
        t.booking.c.start_at < period.after,
    )
    counted = sa.and_(
        t.claim.c.link_id.in_(_links(period.pool_id)),
        t.claim.c.meeting_start >= period.first,
        t.claim.c.meeting_start < period.after,
        t.claim.c.state != "hold",
        t.claim.c.booking_id != sa.all_(sa.func.array(missed.scalar_subquery())),
    )
    if but is not None:
        counted = counted & (t.claim.c.meeting_id != but)
    number = sa.func.count().label("number")
    query = sa.select(t.claim.c.host_id, number).where(counted).group_by(t.claim.c.host_id)
    return query.subquery("counted")


def records(
    tx: Tx, period: Period, host_ids: Iterable[UUID], but: UUID | None = None
) -> dict[UUID, Record]:
    """A record for each of these hosts; `but` is a meeting that is about to move."""
    ids = sa.cast(list(host_ids), sa.ARRAY(sa.Uuid))
    host = sa.func.unnest(ids).table_valued(sa.column("id", sa.Uuid), name="host").render_derived()
    counted = _counts(period, but)
    turn = (
        sa.select(sa.func.max(t.ledger.c.number))
        .where(
            t.ledger.c.pool_id == period.pool_id,
            t.ledger.c.host_id == host.c.id,
            t.ledger.c.why != "kept",
        )
        .scalar_subquery()
    )
    mine = sa.and_(
        t.share.c.pool_id == period.pool_id,
        t.share.c.month == period.month,
        t.share.c.host_id == host.c.id,
    )
    query = sa.select(
        host.c.id, counted.c.number, t.share.c.credit, t.share.c.present, turn.label("turn")
    ).select_from(host.outerjoin(counted, counted.c.host_id == host.c.id).outerjoin(t.share, mine))
    return {
        row.id: Record(row.number or 0, row.credit or 0, row.present, row.turn)
        for row in tx.execute(query)
    }


def counts(tx: Tx, period: Period) -> dict[UUID, int]:
    """Each host's meetings in the month, whether they still are of the pool or not."""
    query = sa.select(_counts(period, None))
    return {row.host_id: row.number for row in tx.execute(query)}


def credits_of(tx: Tx, period: Period) -> dict[UUID, int]:
    """In thousandths."""
    mine = (t.share.c.pool_id == period.pool_id) & (t.share.c.month == period.month)
    query = sa.select(t.share.c.host_id, t.share.c.credit).where(mine)
    return {row.host_id: row.credit for row in tx.execute(query)}


def last(tx: Tx, pool_id: UUID) -> Last | None:
    """Whom the rotation assigned last."""
    query = (
        sa.select(t.ledger.c.host_id, t.ledger.c.place)
        .where(t.ledger.c.pool_id == pool_id, t.ledger.c.why.in_(("chosen", "again")))
        .order_by(t.ledger.c.number.desc())
        .limit(1)
    )
    row = tx.execute(query).first()
    return None if row is None else Last(row.host_id, row.place)


def save(
    tx: Tx, period: Period, candidates: Iterable[Candidate], known: Mapping[UUID, Record]
) -> None:
    """Keeps credits and who is there; in most decisions nothing of it has changed."""
    changed = [
        {
            "pool_id": period.pool_id,
            "month": period.month,
            "host_id": one.host_id,
            "credit": one.credit,
            "present": one.present,
        }
        for one in candidates
        if (one.credit, one.present) != _known(known, one.host_id)
    ]
    if not changed:
        return
    statement = insert(t.share).values(changed)
    statement = statement.on_conflict_do_update(
        index_elements=["pool_id", "month", "host_id"],
        set_={"credit": statement.excluded.credit, "present": statement.excluded.present},
    )
    tx.execute(statement)


def _known(known: Mapping[UUID, Record], host_id: UUID) -> tuple[int, bool | None]:
    record = known.get(host_id, Record())
    return record.credit, record.present
