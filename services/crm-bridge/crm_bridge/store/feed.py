"""The feed: what was heard, and its places.

Whoever hears something only adds a row, which nobody waits for. Places are given by one at a time
for each workspace, who holds its `feed_head` until the commit: a reader who saw a place has seen
all before it.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    BigInteger,
    Connection,
    Row,
    Select,
    Uuid,
    bindparam,
    func,
    join,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert

from contracts.crm_bridge import FeedData, FeedEvent, ListEvents
from crm_bridge.domain import erasing
from crm_bridge.domain.feed import Told
from crm_bridge.domain.placing import Heard, Reached
from crm_bridge.store.tables import delivery, feed_chain, feed_event, feed_head, webhook
from servicekit import leases
from servicekit.database import at_last

# RETURNING makes one statement of many rows.
_NEW = insert(feed_event).on_conflict_do_nothing().returning(feed_event.c.id)


def _placing() -> Any:
    events = bindparam("events", type_=ARRAY(Uuid))
    places = bindparam("places", type_=ARRAY(BigInteger))
    given = select(func.unnest(events).label("id"), func.unnest(places).label("place")).subquery()
    return update(feed_event).where(feed_event.c.id == given.c.id).values(position=given.c.place)


_PLACE = _placing()

AT_ONCE = 1000
"""Events that are given their places, or forgotten, in one go."""


def add(tx: Connection, told: Told, now: datetime) -> None:
    """With all that this transaction has heard, by its last statement; a repeat adds nothing."""
    place = told.place
    row = {
        "id": told.id,
        "workspace_id": told.workspace_id,
        "type": told.type,
        "at": told.at,
        "heard_at": now,
        "chain": place.chain,
        "sequence": place.sequence,
        "version": place.version,
        "needs": place.needs,
        "needs_approved": place.needs_approved,
        "approves": place.approves,
        "host_ids": list(told.hosts),
        "data": msgspec.to_builtins(told.data),
    }
    at_last(tx, _write, row)


def _write(tx: Connection, rows: list[dict[str, Any]]) -> None:
    tx.execute(_NEW, rows)


def waiting(tx: Connection) -> list[UUID]:
    """Workspaces where something has no place yet."""
    query = select(feed_event.c.workspace_id).where(feed_event.c.position.is_(None)).distinct()
    return list(tx.execute(query).scalars())


def lock_head(tx: Connection, workspace_id: UUID) -> int:
    """The last place given; nobody else gives any before the commit."""
    first = insert(feed_head).values(workspace_id=workspace_id, position=0)
    tx.execute(first.on_conflict_do_nothing())
    query = select(feed_head.c.position).where(feed_head.c.workspace_id == workspace_id)
    position: int = tx.execute(query.with_for_update()).scalar_one()
    return position


def unplaced(tx: Connection, workspace_id: UUID) -> list[Heard]:
    """In the order in which they were heard."""
    columns = [feed_event.c[name] for name in Heard.__dataclass_fields__]
    query = select(*columns).where(
        feed_event.c.workspace_id == workspace_id, feed_event.c.position.is_(None)
    )
    rows = tx.execute(query.order_by(feed_event.c.serial).limit(AT_ONCE))
    return [Heard(**row._mapping) for row in rows]  # noqa: SLF001 - SQLAlchemy's public name


def reached(tx: Connection, workspace_id: UUID, chains: Iterable[UUID]) -> dict[UUID, Reached]:
    """How far these chains have come."""
    query = select(feed_chain.c.chain, feed_chain.c.sequence, feed_chain.c.approved).where(
        feed_chain.c.workspace_id == workspace_id, feed_chain.c.chain.in_(set(chains))
    )
    return {row.chain: Reached(row.sequence, row.approved) for row in tx.execute(query)}


def place(tx: Connection, workspace_id: UUID, after: int, ordered: list[Heard]) -> None:
    """Gives the places after the last one. The caller holds the head."""
    places = range(after + 1, after + len(ordered) + 1)
    tx.execute(_PLACE, {"events": [one.id for one in ordered], "places": list(places)})
    head = update(feed_head).where(feed_head.c.workspace_id == workspace_id)
    tx.execute(head.values(position=after + len(ordered)))


def advance(tx: Connection, workspace_id: UUID, chains: dict[UUID, Reached]) -> None:
    """Keeps how far the chains have come."""
    rows = [
        {"workspace_id": workspace_id, "chain": c, "sequence": r.sequence, "approved": r.approved}
        for c, r in chains.items()
    ]
    new = insert(feed_chain)
    kept = {"sequence": new.excluded.sequence, "approved": new.excluded.approved}
    key = ["workspace_id", "chain"]
    put = new.on_conflict_do_update(index_elements=key, set_=kept)
    tx.execute(put.returning(feed_chain.c.chain), rows)


def erase(tx: Connection, workspace_id: UUID, chains: Iterable[UUID]) -> None:
    """Of these chains nothing of the person is left, sent or not. The caller holds the head."""
    query = select(feed_event.c.id, feed_event.c.data).where(
        feed_event.c.workspace_id == workspace_id, feed_event.c.chain.in_(set(chains))
    )
    for row in tx.execute(query).all():
        left = msgspec.to_builtins(erasing.data(msgspec.convert(row.data, FeedData)))
        tx.execute(update(feed_event).where(feed_event.c.id == row.id).values(data=left))


def forgotten(tx: Connection, workspace_id: UUID) -> int:
    """The last place that is no longer kept; 0 while all are."""
    query = select(feed_head.c.forgotten).where(feed_head.c.workspace_id == workspace_id)
    return tx.execute(query).scalar_one_or_none() or 0


def workspaces(tx: Connection) -> list[UUID]:
    """Those that have a feed."""
    return list(tx.execute(select(feed_head.c.workspace_id)).scalars())


def forget(tx: Connection, workspace_id: UUID, before: datetime, now: datetime) -> int:
    """Drops the feed's beginning up to the first event heard since `before`, with what webhooks
    were to be sent of it, but not more than `AT_ONCE`; how many events. What an active webhook has
    still to get stays.
    """
    head, gone_before = lock_head(tx, workspace_id), forgotten(tx, workspace_id)
    mine = feed_event.c.workspace_id == workspace_id
    young = select(func.min(feed_event.c.position)).where(mine, feed_event.c.heard_at >= before)
    kept = [tx.execute(query).scalar_one() for query in (young, *_pending(workspace_id, now))]
    reach = min(head, gone_before + AT_ONCE)
    last = min([reach, *(place - 1 for place in kept if place is not None)])
    old = select(feed_event.c.id).where(mine, feed_event.c.position <= last)
    tx.execute(delivery.delete().where(delivery.c.event_id.in_(old)))
    gone = tx.execute(feed_event.delete().where(mine, feed_event.c.position <= last)).rowcount
    if gone:
        mark = update(feed_head).where(feed_head.c.workspace_id == workspace_id)
        tx.execute(mark.values(forgotten=last))
    return gone


def _pending(workspace_id: UUID, now: datetime) -> tuple[Select[Any], Select[Any]]:
    """The first place that active webhooks have still to get: of what is due, and of what is not
    made due yet.
    """
    ours = webhook.c.workspace_id == workspace_id, webhook.c.state == "active"
    tried = or_(delivery.c.expires_at > now, webhook.c.renew_since.is_not(None))
    due = delivery.c.state == leases.DUE, delivery.c.position > 0, tried
    joined = join(delivery, webhook, webhook.c.id == delivery.c.webhook_id)
    return (
        select(func.min(delivery.c.position)).select_from(joined).where(*ours, *due),
        select(func.min(webhook.c.missed_after) + 1).where(*ours),
    )


def events(tx: Connection, request: ListEvents, after: int) -> list[FeedEvent]:
    """Oldest first, at most `limit + 1`, so that the caller sees whether there is more."""
    query = select(feed_event).where(
        feed_event.c.workspace_id == request.workspace_id, feed_event.c.position > after
    )
    if request.host_id is not None:
        query = query.where(feed_event.c.host_ids.contains([request.host_id]))
    rows = tx.execute(query.order_by(feed_event.c.position).limit(request.limit + 1))
    return [event(row) for row in rows]


def event(row: Row[tuple[object, ...]]) -> FeedEvent:
    """A placed row as everybody sees it."""
    return FeedEvent(
        id=row.id,
        cursor=str(row.position),
        type=row.type,
        at=row.at,
        workspace_id=row.workspace_id,
        chain=row.chain,
        data=msgspec.convert(row.data, FeedData),
    )


def has(tx: Connection, workspace_id: UUID, event_id: UUID) -> bool:
    """Whether there is such an event, with a place."""
    query = select(func.count()).where(
        feed_event.c.workspace_id == workspace_id,
        feed_event.c.id == event_id,
        feed_event.c.position.is_not(None),
    )
    return bool(tx.execute(query).scalar_one())
