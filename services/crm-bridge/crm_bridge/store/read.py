"""What the pages ask: deals, contacts, timelines."""

from datetime import datetime
from typing import Any, get_args
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    func,
    or_,
    select,
    tuple_,
)

from contracts.crm_bridge import (
    Column,
    Contact,
    Deal,
    GetBoard,
    ListDeals,
    Stage,
    TimelineEntry,
)
from crm_bridge.domain.deals import HELD
from crm_bridge.store.tables import INSTANT, chain, contact, deal, timeline_entry
from servicekit.preparing import prepared

TIMELINE_LENGTH = 1000
"""Entries shown at most; the latest are kept."""


def find_deal(tx: Connection, workspace_id: UUID, deal_id: UUID, now: datetime) -> Deal | None:
    """One deal of this workspace, with its meetings as seen at `now`."""
    row = tx.execute(_FIND, {"workspace": workspace_id, "deal": deal_id, "now": now}).one_or_none()
    return _deal(row) if row else None


def lock_deal(tx: Connection, workspace_id: UUID, deal_id: UUID) -> bool:
    """Locks a deal for a change; whether there is one."""
    query = select(deal.c.id).where(*_in(workspace_id), deal.c.id == deal_id).with_for_update()
    return tx.execute(query).one_or_none() is not None


def deal_of_chain(tx: Connection, workspace_id: UUID, root_id: UUID, now: datetime) -> Deal | None:
    """The deal that a chain of bookings is on."""
    placed = select(chain.c.deal_id).where(
        chain.c.workspace_id == workspace_id, chain.c.root_id == root_id
    )
    found = _deals(tx, _deal_query(now).where(*_in(workspace_id), deal.c.id.in_(placed)))
    return found[0] if found else None


def list_deals(
    tx: Connection, request: ListDeals, after: tuple[datetime, UUID] | None, now: datetime
) -> list[Deal]:
    """Newest first, at most `limit + 1`, so that the caller sees whether there is more."""
    query = _deal_query(now).where(*_in(request.workspace_id), *_filters(request))
    if after is not None:
        query = query.where(tuple_(deal.c.created_at, deal.c.id) < tuple_(*after))
    newest = query.order_by(deal.c.created_at.desc(), deal.c.id.desc())
    return _deals(tx, newest.limit(request.limit + 1))


def deals_of_contact(
    tx: Connection, workspace_id: UUID, contact_id: UUID, now: datetime
) -> list[Deal]:
    """A contact's deals, newest first."""
    query = _deal_query(now).where(*_in(workspace_id), deal.c.contact_id == contact_id)
    return _deals(tx, query.order_by(deal.c.created_at.desc(), deal.c.id.desc()))


def deal_timeline(tx: Connection, workspace_id: UUID, deal_id: UUID) -> tuple[TimelineEntry, ...]:
    """A deal's timeline, oldest first."""
    return _timeline(tx, workspace_id, timeline_entry.c.deal_id == deal_id)


def contact_timeline(
    tx: Connection, workspace_id: UUID, contact_id: UUID
) -> tuple[TimelineEntry, ...]:
    """Everything that happened with a contact, on deals or off them, oldest first."""
    return _timeline(tx, workspace_id, timeline_entry.c.contact_id == contact_id)


def board(tx: Connection, request: GetBoard, now: datetime) -> tuple[Column, ...]:
    """Every stage's deals, the latest active first."""
    mine = (*_in(request.workspace_id), *_filters(request))
    sums = (
        select(deal.c.stage, deal.c.currency, func.count(), func.sum(deal.c.value_cents))
        .join(contact, contact.c.id == deal.c.contact_id)
        .where(*mine)
        .group_by(deal.c.stage, deal.c.currency)
    )
    found = [tuple(row) for row in tx.execute(sums)]
    latest = _deal_query(now).where(*mine).order_by(deal.c.active_at.desc(), deal.c.id.desc())
    return tuple(
        Column(
            stage=stage,
            count=sum(count for of, _, count, _ in found if of == stage),
            values={money: int(total) for of, money, _, total in found if of == stage and total},
            deals=tuple(_deals(tx, latest.where(deal.c.stage == stage).limit(request.limit))),
        )
        for stage in get_args(Stage)
    )


def _in(workspace_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return (deal.c.workspace_id == workspace_id,)


def _filters(request: ListDeals | GetBoard) -> list[ColumnElement[bool]]:
    filters: list[ColumnElement[bool]] = []
    if request.owner_id is not None:
        filters.append(deal.c.owner_id == request.owner_id)
    if isinstance(request, ListDeals) and request.stage is not None:
        filters.append(deal.c.stage == request.stage)
    if request.search.strip():
        words = (deal.c.title, contact.c.name, contact.c.email)
        sought = request.search.strip()
        filters.append(or_(*(word.icontains(sought, autoescape=True) for word in words)))
    return filters


def _deal_query(now: datetime | BindParameter[datetime]) -> Select[Any]:
    """Deals with their contact and, from their chains, the next and the last meeting."""
    held = chain.c.status.in_(HELD)
    ahead, past = and_(held, chain.c.ends_at > now), and_(held, chain.c.ends_at <= now)
    mine = chain.c.deal_id == deal.c.id
    following = select(func.min(chain.c.starts_at)).where(mine, ahead).scalar_subquery()
    last = select(func.max(chain.c.starts_at)).where(mine, past).scalar_subquery()
    people = (contact.c.email, contact.c.name, contact.c.created_at.label("known_since"))
    return select(
        deal, *people, following.label("meeting_next"), last.label("meeting_last")
    ).join_from(deal, contact, contact.c.id == deal.c.contact_id)


_FIND = prepared(
    _deal_query(bindparam("now", type_=INSTANT)).where(
        deal.c.workspace_id == bindparam("workspace"), deal.c.id == bindparam("deal")
    )
)


def _deals(tx: Connection, query: Select[Any]) -> list[Deal]:
    return [_deal(row) for row in tx.execute(query)]


def _deal(row: Row[Any]) -> Deal:
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name
    values.pop("active_at")
    person = Contact(
        id=values.pop("contact_id"),
        workspace_id=values["workspace_id"],
        name=values.pop("name"),
        email=values.pop("email"),
        created_at=values.pop("known_since"),
    )
    return Deal(contact=person, **values)


def _timeline(
    tx: Connection, workspace_id: UUID, whose: ColumnElement[bool]
) -> tuple[TimelineEntry, ...]:
    entry = timeline_entry.c
    order = (entry.at, entry.sequence, entry.version, entry.key)
    query = (
        select(*(entry[name] for name in TimelineEntry.__struct_fields__))
        .where(entry.workspace_id == workspace_id, whose)
        .order_by(*(column.desc() for column in order))
        .limit(TIMELINE_LENGTH)
    )
    rows = tx.execute(query).all()
    return tuple(TimelineEntry(**row._mapping) for row in reversed(rows))  # noqa: SLF001 - as above
