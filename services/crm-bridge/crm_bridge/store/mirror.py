"""What other CRMs are to show: rows to push, in the transaction that changed what they show.

A row stands for one of our objects at one connection. Each change of the object counts `wanted`
up and makes the row due; whoever leases it writes the state of that moment. Its contact is written
before a deal, both before a meeting.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from contracts.booking import Booking
from contracts.crm_bridge import TimelineEntry
from crm_bridge.domain.mapping import Kind
from crm_bridge.store.mirror_tables import connection, detail, push
from crm_bridge.store.tables import chain, contact, deal, timeline_entry
from servicekit import leases
from servicekit.leases import Held
from servicekit.preparing import prepared

_SHARE = prepared(
    text("SELECT pg_advisory_xact_lock_shared(hashtextextended('crm ' || :workspace, 0))")
)
_ALONE = text("SELECT pg_advisory_xact_lock(hashtextextended('crm ' || :workspace, 0))")
_ALL_BOOKINGS = "ARRAY(SELECT DISTINCT unnest(meeting_detail.booking_ids || excluded.booking_ids))"
_KEY = ["connection_id", "object", "object_id"]
_NEW = ["connection_id", "object", "object_id", "contact_id", "deal_id", "state", "next_try"]


def share(tx: Connection, workspace_id: UUID) -> None:
    """Nobody connects this workspace before `tx` ends: they would miss what it changes."""
    tx.execute(_SHARE, {"workspace": str(workspace_id)})


def alone(tx: Connection, workspace_id: UUID) -> None:
    """Waits for those who share, and keeps others waiting."""
    tx.execute(_ALONE, {"workspace": str(workspace_id)})


def chain_push(tx: Connection, workspace_id: UUID, root_id: UUID, now: datetime) -> bool:
    """A chain of bookings changed: its meeting is written anew, its contact and deal where they
    are not there yet. Whether any connection wants it.
    """
    row = chain.c.workspace_id == workspace_id, chain.c.root_id == root_id
    contacts = _rows("contact", (chain.c.contact_id, chain.c.contact_id, null()), now)
    deals = _rows("deal", (chain.c.deal_id, chain.c.contact_id, chain.c.deal_id), now)
    meetings = _rows("meeting", (chain.c.root_id, chain.c.contact_id, chain.c.deal_id), now)
    _put(tx, contacts.where(*row), again=True)
    _put(tx, deals.where(*row, chain.c.deal_id.is_not(None)), again=False)
    return _put(tx, meetings.where(*row), again=True) > 0


def deal_push(tx: Connection, workspace_id: UUID, deal_id: UUID, now: datetime) -> bool:
    """A deal changed. Whether any connection wants it."""
    rows = _rows("deal", (deal.c.id, deal.c.contact_id, deal.c.id), now, of=deal)
    return _put(tx, rows.where(deal.c.workspace_id == workspace_id, deal.c.id == deal_id)) > 0


def everything(tx: Connection, connection_id: UUID, now: datetime) -> None:
    """All that the connection's workspace has is to be there."""
    mine = connection.c.id == connection_id
    known = contact.c.merged_into.is_(None), contact.c.erased_at.is_(None)
    contacts = _rows("contact", (contact.c.id, contact.c.id, null()), now, of=contact).where(*known)
    deals = _rows("deal", (deal.c.id, deal.c.contact_id, deal.c.id), now, of=deal)
    meetings = _rows("meeting", (chain.c.root_id, chain.c.contact_id, chain.c.deal_id), now)
    for rows in (contacts, deals, meetings):
        _put(tx, rows.where(mine))


def again(tx: Connection, connection_id: UUID, now: datetime, only: ColumnElement[bool]) -> int:
    """Makes rows of a connection due at once; how many."""
    query = update(push).where(push.c.connection_id == connection_id, only)
    fresh = {"state": leases.DUE, "attempts": 0, "next_try": now, "problem": ""}
    return tx.execute(query.values({**fresh, "wanted": push.c.wanted + 1})).rowcount


def one(kind: Kind, object_id: UUID) -> ColumnElement[bool]:
    """The row of one object."""
    return and_(push.c.object == kind, push.c.object_id == object_id)


def troubled() -> ColumnElement[bool]:
    """Failed for good, or put off after a failure."""
    return push.c.problem != ""


def waits() -> ColumnElement[bool]:
    """Not there yet, and to be tried by itself."""
    return push.c.state == leases.DUE


@dataclass(frozen=True)
class Kept:
    """Whether what a meeting's activity says `is_news`, and whether a connection has it `shown`."""

    is_news: bool
    shown: bool


def _keeping() -> Any:
    """The last words on a meeting are put beside those before them; a chain's writers follow one
    another, so nothing comes between.
    """
    given = {column.name: bindparam(f"its_{column.name}", type_=column.type) for column in detail.c}
    mine = (
        detail.c.workspace_id == given["workspace_id"],
        detail.c.root_id == given["root_id"],
    )
    before = select(detail.c.detail).where(*mine).scalar_subquery()
    new = insert(detail).values(given)
    at = tuple_(detail.c.sequence, detail.c.version)
    newer = at < tuple_(new.excluded.sequence, new.excluded.version)
    latest = {
        name: case((newer, new.excluded[name]), else_=detail.c[name])
        for name in ("sequence", "version", "detail")
    }
    changes = latest | {"booking_ids": text(_ALL_BOOKINGS)}
    put = new.on_conflict_do_update(index_elements=["workspace_id", "root_id"], set_=changes)
    connected = exists().where(connection.c.workspace_id == given["workspace_id"])
    return put.returning(
        detail.c.detail.is_distinct_from(before).label("is_news"), connected.label("shown")
    )


_KEEP = prepared(_keeping())


def keep_detail(tx: Connection, booking: Booking, known: set[UUID], said: dict[str, Any]) -> Kept:
    """Notes what the meeting's activity says, unless something later is known.

    `known`: bookings of its chain.
    """
    row = {
        "its_workspace_id": booking.workspace_id,
        "its_root_id": booking.root_id,
        "its_booking_ids": list(known),
        "its_sequence": booking.sequence,
        "its_version": booking.version,
        "its_detail": said,
    }
    found = tx.execute(_KEEP, row).one()
    return Kept(found.is_news, found.shown)


def awaited(tx: Connection, now: datetime) -> list[Row[Any]]:
    """Connections that work and do not rest, and for which something is due."""
    awake = or_(connection.c.rest_until.is_(None), connection.c.rest_until <= now)
    due = exists().where(
        push.c.connection_id == connection.c.id, push.c.state == leases.DUE, push.c.next_try <= now
    )
    query = select(connection).where(
        connection.c.state == "ok", func.cardinality(connection.c.missing) == 0, awake, due
    )
    return list(tx.execute(query.order_by(connection.c.id)))


def lease(
    tx: Connection, connection_id: UUID, now: datetime, limit: int, lasts: timedelta
) -> list[tuple[Held, Row[Any]]]:
    """What can be written there now: what it hangs on is there.

    What is found out counts as long as the same is wanted.
    """
    only = and_(
        push.c.connection_id == connection_id,
        or_(push.c.object == "contact", _there("contact", push.c.contact_id)),
        or_(push.c.object != "meeting", push.c.deal_id.is_(None), _there("deal", push.c.deal_id)),
    )
    leased = leases.lease_due(tx, push, now, limit, lasts, only=only)
    return [(held.provided(push.c.wanted == row.wanted), row) for held, row in leased]


def _there(kind: Kind, object_id: ColumnElement[UUID]) -> ColumnElement[bool]:
    other = push.alias(f"its_{kind}")
    return exists().where(
        other.c.connection_id == push.c.connection_id,
        other.c.object == kind,
        other.c.object_id == object_id,
        other.c.external_id != "",
    )


def places(tx: Connection, row: Row[Any]) -> dict[Kind, str]:
    """Where what it hangs on stands: their ids."""
    above: dict[Kind, UUID | None] = {"contact": row.contact_id, "deal": row.deal_id}
    if row.object != "meeting":
        above.pop("deal")
    if row.object == "contact":
        return {}
    query = select(push.c.object, push.c.external_id).where(
        push.c.connection_id == row.connection_id,
        or_(*(one(kind, found) for kind, found in above.items() if found)),
    )
    return {kind: external_id for kind, external_id in tx.execute(query) if external_id}


def lost(tx: Connection, row: Row[Any], kind: Kind, now: datetime) -> None:
    """What it hangs on is gone over there: that is written anew, and then this."""
    gone = row.contact_id if kind == "contact" else row.deal_id
    query = update(push).where(push.c.connection_id == row.connection_id, one(kind, gone))
    anew = {"external_id": "", "shown": {}, "state": leases.DUE, "next_try": now}
    tx.execute(query.values({**anew, "wanted": push.c.wanted + 1}))


def find_contact(tx: Connection, contact_id: UUID) -> Row[Any] | None:
    """Name and address, with what their latest booking said."""
    latest = (
        select(detail.c.detail)
        .join(
            chain,
            and_(
                chain.c.workspace_id == detail.c.workspace_id, chain.c.root_id == detail.c.root_id
            ),
        )
        .where(chain.c.contact_id == contact_id)
        .order_by(chain.c.starts_at.desc(), chain.c.root_id)
        .limit(1)
        .scalar_subquery()
    )
    query = select(contact.c.name, contact.c.email, latest.label("latest"))
    found: Row[Any] | None = tx.execute(query.where(contact.c.id == contact_id)).one_or_none()  # type: ignore[assignment]
    return found


def find_deal(tx: Connection, deal_id: UUID) -> Row[Any] | None:
    """A deal, with the address of its owner as far as their meetings tell it."""
    host = (
        select(detail.c.detail["host_email"].astext)
        .where(detail.c.workspace_id == deal.c.workspace_id, detail.c.root_id == deal.c.root_id)
        .scalar_subquery()
    )
    query = select(deal, host.label("host_email")).where(deal.c.id == deal_id)
    return tx.execute(query).one_or_none()


def find_meeting(tx: Connection, workspace_id: UUID, root_id: UUID) -> Row[Any] | None:
    """A chain's state and detail."""
    here = and_(chain.c.workspace_id == detail.c.workspace_id, chain.c.root_id == detail.c.root_id)
    columns = (chain.c.status, chain.c.starts_at, chain.c.ends_at)
    query = select(*columns, detail.c.detail, detail.c.booking_ids).join_from(chain, detail, here)
    query = query.where(chain.c.workspace_id == workspace_id, chain.c.root_id == root_id)
    found: Row[Any] | None = tx.execute(query).one_or_none()  # type: ignore[assignment]
    return found


def entries(tx: Connection, workspace_id: UUID, bookings: list[UUID]) -> tuple[TimelineEntry, ...]:
    """What happened to a chain's bookings, oldest first."""
    entry = timeline_entry.c
    query = (
        select(*(entry[name] for name in TimelineEntry.__struct_fields__))
        .where(entry.workspace_id == workspace_id, entry.booking_id.in_(bookings))
        .order_by(entry.at, entry.sequence, entry.version, entry.key)
    )
    return tuple(TimelineEntry(**row._mapping) for row in tx.execute(query))  # noqa: SLF001 - SQLAlchemy's public name


def _rows(kind: Kind, ids: tuple[Any, Any, Any], now: datetime, of: Any = chain) -> Select[Any]:
    """New rows for every connection of the workspace; `ids`: its own, its contact's, its deal's."""
    return select(
        connection.c.id,
        literal(kind),
        *ids,
        literal(leases.DUE),
        literal(now, push.c.next_try.type),
    ).join_from(of, connection, connection.c.workspace_id == of.c.workspace_id)


def _put(tx: Connection, rows: Select[Any], *, again: bool = True) -> int:
    """How many rows are due because of it. `again`: also those that were there."""
    ordered = rows.order_by(connection.c.id)
    new = insert(push).from_select([push.c[name] for name in _NEW], ordered)
    if not again:
        return tx.execute(new.on_conflict_do_nothing(index_elements=_KEY)).rowcount
    fresh: dict[Any, Any] = {
        push.c.contact_id: new.excluded.contact_id,
        push.c.deal_id: new.excluded.deal_id,
        push.c.wanted: push.c.wanted + 1,
        push.c.state: leases.DUE,
        push.c.attempts: 0,
        push.c.next_try: new.excluded.next_try,
        push.c.problem: "",
    }
    return tx.execute(new.on_conflict_do_update(index_elements=_KEY, set_=fresh)).rowcount


def count(tx: Connection, connection_id: UUID) -> tuple[int, int]:
    """How many rows wait, and how many failed."""
    query = select(
        func.count().filter(push.c.state == leases.DUE),
        func.count().filter(push.c.state == "failed"),
    ).where(push.c.connection_id == connection_id)
    waiting, failed = tx.execute(query).one()
    return waiting, failed


def in_trouble(
    tx: Connection, connection_id: UUID, after: tuple[datetime, UUID] | None, limit: int
) -> list[Row[Any]]:
    """What failed or waits after a failure, the latest first, at most `limit + 1`."""
    query = (
        select(push, contact.c.name, contact.c.email, deal.c.title, chain.c.starts_at)
        .outerjoin(contact, contact.c.id == push.c.contact_id)
        .outerjoin(deal, and_(push.c.object == "deal", deal.c.id == push.c.object_id))
        .outerjoin(
            chain,
            and_(
                push.c.object == "meeting",
                chain.c.root_id == push.c.object_id,
                chain.c.contact_id == push.c.contact_id,
            ),
        )
        .where(push.c.connection_id == connection_id, troubled())
    )
    if after is not None:
        at, last = after
        earlier = and_(push.c.next_try == at, push.c.object_id < last)
        query = query.where(or_(push.c.next_try < at, earlier))
    latest = query.order_by(push.c.next_try.desc(), push.c.object_id.desc())
    return list(tx.execute(latest.limit(limit + 1)))
