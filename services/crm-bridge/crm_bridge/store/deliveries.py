"""What is to be sent to webhooks, and what came of it.

A row is leased only when nothing earlier of its chain is still due for the same webhook, so that
chains arrive in order, whoever sends.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    any_,
    exists,
    func,
    join,
    literal,
    not_,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import Insert, insert

from contracts.crm_bridge import FeedEvent, WebhookDelivery
from crm_bridge.store import feed
from crm_bridge.store.tables import delivery, feed_event, webhook
from servicekit import leases
from servicekit.leases import Held

LASTS = timedelta(days=1)
"""How long a delivery is tried."""

KEPT = timedelta(days=30)
"""How long one that is over is kept."""

_PAIRS = join(feed_event, webhook, webhook.c.workspace_id == feed_event.c.workspace_id)

_NAMES = (
    "id",
    "webhook_id",
    "event_id",
    "type",
    "chain",
    "position",
    "made_at",
    "expires_at",
    "state",
    "attempts",
    "next_try",
    "problem",
)


def add(tx: Connection, workspace_id: UUID, after: int, now: datetime) -> None:
    """Makes what was just placed after a position due for those who want it. Who has to catch up
    comes to it later.
    """
    ready = webhook.c.state == "active", webhook.c.missed_after.is_(None)
    rows = _rows(now, workspace_id, feed_event.c.position > after, _wanted(), *ready)
    tx.execute(_new(rows).on_conflict_do_nothing())


def add_between(tx: Connection, row: Row[Any], after: int, last: int, now: datetime) -> None:
    """Makes what the webhook wants of these places due, sent before or not."""
    mine = webhook.c.id == row.id, feed_event.c.position.between(after + 1, last)
    _again(tx, _rows(now, row.workspace_id, _wanted(), *mine), now)


def add_one(tx: Connection, row: Row[Any], event_id: UUID, now: datetime) -> int:
    """Makes one event due, wanted by the webhook or not; 0 where it is due already."""
    mine = webhook.c.id == row.id, feed_event.c.id == event_id
    return _again(tx, _rows(now, row.workspace_id, *mine), now)


def count(tx: Connection, row: Row[Any], after: int) -> int:
    """How many events the webhook wants after a position."""
    mine = webhook.c.id == row.id, feed_event.c.position > after, _wanted()
    query = select(func.count()).select_from(_PAIRS).where(*mine)
    found: int = tx.execute(query).scalar_one()
    return found


def _wanted() -> ColumnElement[bool]:
    any_type = func.cardinality(webhook.c.types) == 0
    return or_(any_type, feed_event.c.type == any_(webhook.c.types))


def _rows(now: datetime, workspace_id: UUID, *which: ColumnElement[bool]) -> Select[Any]:
    """Deliveries to be, of these pairs of an event and a webhook."""
    fresh = (literal(value) for value in (now, now + LASTS, leases.DUE, 0, now, ""))
    event = feed_event.c
    told = event.id, event.type, event.chain, event.position
    rows = select(func.gen_random_uuid(), webhook.c.id, *told, *fresh).select_from(_PAIRS)
    return rows.where(event.workspace_id == workspace_id, *which)


def _new(rows: Select[Any]) -> Insert:
    return insert(delivery).from_select([delivery.c[name] for name in _NAMES], rows)


def _again(tx: Connection, rows: Select[Any], now: datetime) -> int:
    """Also those that are over are due again; how many are because of it."""
    key, over = ["webhook_id", "event_id"], delivery.c.state != leases.DUE
    due = _new(rows).on_conflict_do_update(index_elements=key, set_=_anew(now), where=over)
    return tx.execute(due).rowcount


def _anew(now: datetime) -> dict[Any, object]:
    """Due from now on, for the whole time."""
    return {
        delivery.c.state: leases.DUE,
        delivery.c.attempts: 0,
        delivery.c.next_try: now,
        delivery.c.expires_at: now + LASTS,
        delivery.c.problem: "",
    }


def add_test(tx: Connection, webhook_id: UUID, event: FeedEvent, now: datetime) -> UUID:
    """An event that stands in no feed; its delivery's id."""
    row = {
        "id": func.gen_random_uuid(),
        "webhook_id": webhook_id,
        "event_id": event.id,
        "type": event.type,
        "chain": event.chain,
        "position": 0,
        "body": msgspec.to_builtins(event),
        "made_at": now,
        "expires_at": now + LASTS,
        "state": leases.DUE,
        "attempts": 0,
        "next_try": now,
        "problem": "",
    }
    made: UUID = tx.execute(insert(delivery).values(row).returning(delivery.c.id)).scalar_one()
    return made


def renew(tx: Connection, webhook_id: UUID, since: datetime, limit: int) -> int:
    """Some of what was due before `since` gets its whole time again, from then; how many."""
    mine = delivery.c.webhook_id == webhook_id, delivery.c.state == leases.DUE
    older = select(delivery.c.id).where(*mine, delivery.c.expires_at < since + LASTS).limit(limit)
    return tx.execute(
        update(delivery).where(delivery.c.id.in_(older)).values(_anew(since))
    ).rowcount


def lease(
    tx: Connection, now: datetime, limit: int, lasts: timedelta
) -> list[tuple[Held, Row[Any]]]:
    """What can be sent now: its webhook is active and does not rest, nothing of its chain waits
    before it. A webhook's renewal comes first: what it renews is not to be given up meanwhile.
    """
    awake = or_(webhook.c.rest_until.is_(None), webhook.c.rest_until <= now)
    ready = webhook.c.state == "active", webhook.c.renew_since.is_(None)
    open_ones = select(webhook.c.id).where(*ready, awake)
    before = delivery.alias("before")
    earlier = exists().where(
        before.c.webhook_id == delivery.c.webhook_id,
        before.c.chain == delivery.c.chain,
        before.c.state == leases.DUE,
        before.c.position < delivery.c.position,
    )
    only = and_(delivery.c.webhook_id.in_(open_ones), not_(earlier))
    return leases.lease_due(tx, delivery, now, limit, lasts, only=only)


def body(tx: Connection, row: Row[Any]) -> FeedEvent:
    """What is sent: the same as the feed has."""
    if row.body is not None:
        return msgspec.convert(row.body, FeedEvent)
    query = select(feed_event).where(feed_event.c.id == row.event_id)
    return feed.event(tx.execute(query).one())


def of_webhook(
    tx: Connection, webhook_id: UUID, after: tuple[datetime, UUID] | None, limit: int
) -> list[WebhookDelivery]:
    """Newest first, at most `limit + 1`."""
    query = select(delivery).where(delivery.c.webhook_id == webhook_id)
    if after is not None:
        query = query.where(tuple_(delivery.c.made_at, delivery.c.id) < tuple_(*after))
    rows = tx.execute(
        query.order_by(delivery.c.made_at.desc(), delivery.c.id.desc()).limit(limit + 1)
    )
    return [_delivery(row) for row in rows]


def find(tx: Connection, delivery_id: UUID) -> WebhookDelivery:
    """One that is there."""
    return _delivery(tx.execute(select(delivery).where(delivery.c.id == delivery_id)).one())


def forget(tx: Connection, now: datetime) -> int:
    """Those that were over long ago; how many."""
    old = and_(delivery.c.state != leases.DUE, delivery.c.made_at < now - KEPT)
    return tx.execute(delivery.delete().where(old)).rowcount


def _delivery(row: Row[Any]) -> WebhookDelivery:
    return WebhookDelivery(
        id=row.id,
        event_id=row.event_id,
        type=row.type,
        state=row.state,
        attempts=row.attempts,
        status=row.status,
        latency_ms=row.latency_ms,
        problem=row.problem,
        made_at=row.made_at,
        tried_at=row.tried_at,
        next_try_at=row.next_try if row.state == leases.DUE else None,
    )
