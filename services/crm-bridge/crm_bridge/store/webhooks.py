"""Webhooks: addresses, and who is told when one is disabled."""

from collections.abc import Iterable
from datetime import datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from contracts.crm_bridge import CreateWebhook, Webhook, WebhookAdmin
from crm_bridge.store.tables import admin, feed_head, webhook


def create(tx: Connection, request: CreateWebhook, now: datetime) -> bool:
    """Whether there was none with this id."""
    row = {
        "id": request.webhook_id,
        "workspace_id": request.workspace_id,
        "url": request.url,
        "types": list(request.types),
        "sealed_secret": request.sealed_secret,
        "state": "active",
        "why": "",
        "created_at": now,
    }
    return tx.execute(insert(webhook).values(row).on_conflict_do_nothing()).rowcount == 1


def count(tx: Connection, workspace_id: UUID) -> int:
    """How many the workspace has."""
    query = select(func.count()).where(webhook.c.workspace_id == workspace_id)
    found: int = tx.execute(query).scalar_one()
    return found


def of_workspace(tx: Connection, workspace_id: UUID) -> tuple[Webhook, ...]:
    """Oldest first."""
    query = select(webhook).where(webhook.c.workspace_id == workspace_id)
    rows = tx.execute(query.order_by(webhook.c.created_at, webhook.c.id))
    return tuple(map(_webhook, rows))


def find(tx: Connection, workspace_id: UUID, webhook_id: UUID) -> Webhook | None:
    """One of this workspace."""
    query = select(webhook).where(
        webhook.c.workspace_id == workspace_id, webhook.c.id == webhook_id
    )
    row = tx.execute(query).one_or_none()
    return _webhook(row) if row else None


def lock(tx: Connection, webhook_id: UUID) -> Row[Any] | None:
    """Its row, locked for a change; none if it was deleted."""
    return tx.execute(select(webhook).where(webhook.c.id == webhook_id).with_for_update()).first()


def delete(tx: Connection, workspace_id: UUID, webhook_id: UUID) -> bool:
    """With its deliveries."""
    gone = webhook.delete().where(
        webhook.c.workspace_id == workspace_id, webhook.c.id == webhook_id
    )
    return tx.execute(gone).rowcount == 1


def change(tx: Connection, webhook_id: UUID, **values: object) -> None:
    """Notes how it goes."""
    tx.execute(update(webhook).where(webhook.c.id == webhook_id).values(values))


def disable(tx: Connection, row: Row[Any], why: str) -> int:
    """It is sent nothing any more; what comes from now on is missed, and what it had still to catch
    up with. How often this was so.
    """
    head = select(func.coalesce(func.max(feed_head.c.position), 0)).where(
        feed_head.c.workspace_id == row.workspace_id
    )
    times: int = row.disabled_times + 1
    missed = tx.execute(head).scalar_one() if row.missed_after is None else row.missed_after
    change(tx, row.id, state="disabled", why=why, missed_after=missed, disabled_times=times)
    return times


def enable(tx: Connection, webhook_id: UUID, now: datetime) -> None:
    """As if it had never failed; it has what it missed still to catch up with."""
    fresh = {"state": "active", "why": "", "failing_since": None, "failures": 0}
    change(tx, webhook_id, **fresh, rest_until=None, renew_since=now)


def fall_back(tx: Connection, row: Row[Any], after: int) -> None:
    """What is placed after that is to be sent, again or not."""
    behind = after if row.missed_after is None else min(after, row.missed_after)
    change(tx, row.id, missed_after=behind)


def behind(tx: Connection) -> list[Row[Any]]:
    """Those that have to catch up, oldest first: ids and workspaces."""
    query = select(webhook.c.id, webhook.c.workspace_id).where(
        webhook.c.state == "active",
        or_(webhook.c.missed_after.is_not(None), webhook.c.renew_since.is_not(None)),
    )
    return list(tx.execute(query.order_by(webhook.c.created_at, webhook.c.id)))


def keep_admins(tx: Connection, workspace_id: UUID, admins: Iterable[WebhookAdmin]) -> None:
    """All are to be told; in one order, so that two who do this never wait for each other."""
    for one in sorted(admins, key=attrgetter("id")):
        keep_admin(tx, workspace_id, one, told=True)


def keep_admin(tx: Connection, workspace_id: UUID, who: WebhookAdmin, *, told: bool) -> None:
    """Somebody who is to be told, or no more; unless something later is known of them."""
    values = {"name": who.name, "email": who.email, "told": told, "version": who.version}
    row = insert(admin).values(id=who.id, workspace_id=workspace_id, **values)
    newer = admin.c.version <= who.version
    tx.execute(row.on_conflict_do_update(index_elements=["id"], set_=values, where=newer))


def admins(tx: Connection, workspace_id: UUID) -> tuple[WebhookAdmin, ...]:
    """Who is told."""
    columns = [admin.c[name] for name in WebhookAdmin.__struct_fields__]
    query = select(*columns).where(admin.c.workspace_id == workspace_id, admin.c.told)
    rows = tx.execute(query.order_by(admin.c.id))
    return tuple(WebhookAdmin(**row._mapping) for row in rows)  # noqa: SLF001 - SQLAlchemy's public name


def _webhook(row: Row[Any]) -> Webhook:
    return Webhook(
        id=row.id,
        workspace_id=row.workspace_id,
        url=row.url,
        types=tuple(row.types),
        state=row.state,
        why=row.why,
        created_at=row.created_at,
        failing_since=row.failing_since,
    )
