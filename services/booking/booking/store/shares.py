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
from booking.domain.rotation.values import Candidate, Last, Presence
from booking.store import tables as t
from booking.store.rows import Row
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
    """Host and number: their claims, less those of no-shows (a rotated meeting has one host)."""
    within = sa.and_(
        t.claim.c.link_id.in_(_links(period.pool_id)),
        t.claim.c.meeting_start >= period.first,
        t.claim.c.meeting_start < period.after,
        t.claim.c.state != "hold",
    )
    if but is not None:
        within = within & (t.claim.c.meeting_id != but)
    taken = sa.select(t.claim.c.host_id, sa.literal(1).label("one")).where(within)
    missed = sa.select(t.booking.c.host_ids[1], sa.literal(-1)).where(
        t.booking.c.link_id.in_(_links(period.pool_id)),
        t.booking.c.status == sa.literal_column("'no_show'"),  # the partial index's own words
        t.booking.c.start_at >= period.first,
        t.booking.c.start_at < period.after,
    )
    each = sa.union_all(taken, missed).subquery("each")
    number = sa.func.sum(each.c.one).label("number")
    return sa.select(each.c.host_id, number).group_by(each.c.host_id).subquery("counted")


def _ring(pool_id: UUID) -> sa.Subquery:
    """Whom the rotation assigned last, and their place then: a row at most."""
    query = (
        sa.select(t.ledger.c.host_id, t.ledger.c.place)
        .where(t.ledger.c.pool_id == pool_id, t.ledger.c.why.in_(("chosen", "again")))
        .order_by(t.ledger.c.number.desc())
        .limit(1)
    )
    return query.subquery("ring")


def _turn(pool_id: UUID, host_id: sa.ColumnElement[UUID]) -> sa.ScalarSelect[int]:
    assigned = sa.and_(
        t.ledger.c.pool_id == pool_id, t.ledger.c.host_id == host_id, t.ledger.c.why != "kept"
    )
    return sa.select(sa.func.max(t.ledger.c.number)).where(assigned).scalar_subquery()


def _asked_or_there(period: Period, host_ids: Iterable[UUID]) -> sa.Subquery:
    ids = sa.cast(list(host_ids), sa.ARRAY(sa.Uuid))
    there = sa.select(t.share.c.host_id).where(
        t.share.c.pool_id == period.pool_id, t.share.c.month == period.month, t.share.c.present
    )
    return sa.union(sa.select(sa.func.unnest(ids).label("id")), there).subquery("host")


def records(
    tx: Tx, period: Period, host_ids: Iterable[UUID], but: UUID | None = None
) -> tuple[dict[UUID, Record], Last | None]:
    """A record for each of these hosts and of those who were there at the decision before, and
    whom the rotation assigned last. `but` is a meeting that is about to move.
    """
    counted, ring, share = _counts(period, but), _ring(period.pool_id), t.share
    host = _asked_or_there(period, host_ids)
    month = (share.c.pool_id == period.pool_id) & (share.c.month == period.month)
    query = sa.select(
        host.c.id,
        counted.c.number,
        share.c.credit,
        share.c.present,
        share.c.owed,
        _turn(period.pool_id, host.c.id).label("turn"),
        ring.c.host_id.label("last_host_id"),
        ring.c.place.label("last_place"),
    ).select_from(
        host.outerjoin(counted, counted.c.host_id == host.c.id)
        .outerjoin(share, month & (share.c.host_id == host.c.id))
        .outerjoin(ring, sa.true())
    )
    found = tx.execute(query).all()
    known = {
        row.id: Record(int(row.number or 0), row.credit or 0, _presence(row), row.turn)
        for row in found
    }
    assigned = found and found[0].last_host_id is not None
    return known, Last(found[0].last_host_id, found[0].last_place) if assigned else None


def _presence(row: Row) -> Presence | None:
    return None if row.present is None else Presence(row.present, row.owed)


def counts(tx: Tx, period: Period) -> dict[UUID, int]:
    """Each host's meetings in the month, whether they still are of the pool or not."""
    query = sa.select(_counts(period, None))
    found = {row.host_id: int(row.number) for row in tx.execute(query)}
    return {host_id: number for host_id, number in found.items() if number}


def credits_of(tx: Tx, period: Period) -> dict[UUID, int]:
    """In thousandths."""
    mine = (t.share.c.pool_id == period.pool_id) & (t.share.c.month == period.month)
    query = sa.select(t.share.c.host_id, t.share.c.credit).where(mine)
    return {row.host_id: row.credit for row in tx.execute(query)}


Stored = tuple[int, Presence | None]
"""Credit in thousandths, and how the host was at the last decision."""


def after(
    candidates: Iterable[Candidate],
    known: Mapping[UUID, Record],
    presences: Mapping[UUID, Presence],
) -> dict[UUID, Stored]:
    """What is to be stored of a decision's candidates and of those who have left the pool."""
    earned = {one.host_id: one.credit for one in candidates}
    return {
        host_id: (earned.get(host_id, known.get(host_id, Record()).credit), presence)
        for host_id, presence in presences.items()
    }


def save(
    tx: Tx, period: Period, known: Mapping[UUID, Record], stored: Mapping[UUID, Stored]
) -> None:
    """Keeps credits and presences; in most decisions nothing of it has changed."""
    changed = [
        {
            "pool_id": period.pool_id,
            "month": period.month,
            "host_id": host_id,
            "credit": credit,
            "present": presence is not None and presence.present,
            "owed": presence.owed if presence else 0,
        }
        for host_id, (credit, presence) in stored.items()
        if (credit, presence) != _known(known, host_id)
    ]
    if not changed:
        return
    statement = insert(t.share).values(changed)
    statement = statement.on_conflict_do_update(
        index_elements=["pool_id", "month", "host_id"],
        set_={name: statement.excluded[name] for name in ("credit", "present", "owed")},
    )
    tx.execute(statement)


def _known(known: Mapping[UUID, Record], host_id: UUID) -> Stored:
    record = known.get(host_id, Record())
    return record.credit, record.presence
