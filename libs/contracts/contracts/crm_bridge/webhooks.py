"""Webhooks: addresses that are told of the feed's events."""

from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from contracts.crm_bridge.feed import FeedType
from contracts.wire import Event, Instant, Message


class Webhook(Message, frozen=True, kw_only=True):
    """An address that is told of events. No `types`: of all.

    `why` it is disabled: `failing` for a day, or `gone` (it answered 410).
    """

    id: UUID
    workspace_id: UUID
    url: str
    types: tuple[FeedType, ...] = ()
    state: Literal["active", "disabled"] = "active"
    why: Literal["", "failing", "gone"] = ""
    created_at: Instant
    failing_since: Instant | None = None


class WebhookAdmin(Message, frozen=True, kw_only=True):
    """Somebody who is told when a webhook is disabled, or another CRM lets us in no more."""

    id: UUID
    name: str
    email: str
    version: int = 0


class CreateWebhook(Message, frozen=True, kw_only=True):
    """`sealed_secret` signs deliveries; it stands nowhere in clear. `admins` are told when the
    webhook is disabled; later changes of accounts are heard of.
    """

    workspace_id: UUID
    webhook_id: UUID
    url: Annotated[str, Meta(max_length=2000)]
    types: Annotated[tuple[FeedType, ...], Meta(max_length=20)] = ()
    sealed_secret: str
    admins: tuple[WebhookAdmin, ...] = ()


class ListWebhooks(Message, frozen=True, kw_only=True):
    workspace_id: UUID


class Webhooks(Message, frozen=True, kw_only=True):
    webhooks: tuple[Webhook, ...]


class DeleteWebhook(Message, frozen=True, kw_only=True):
    workspace_id: UUID
    webhook_id: UUID


class EnableWebhook(Message, frozen=True, kw_only=True):
    """Sends again, also what happened while it was disabled."""

    workspace_id: UUID
    webhook_id: UUID


class SendTestEvent(Message, frozen=True, kw_only=True):
    workspace_id: UUID
    webhook_id: UUID


class ReplayEvents(Message, frozen=True, kw_only=True):
    """One event, or all wanted ones `after` a cursor of the feed (empty: from the beginning)."""

    workspace_id: UUID
    webhook_id: UUID
    event_id: UUID | None = None
    after: str = ""


class Replayed(Message, frozen=True, kw_only=True):
    """How many deliveries are due again."""

    count: int


class WebhookDelivery(Message, frozen=True, kw_only=True):
    """One event for one webhook, and its last try. `state`: due, done, failed (given up).

    `problem` is in our words, `latency_ms` how long the answer took.
    """

    id: UUID
    event_id: UUID
    type: FeedType
    state: Literal["due", "done", "failed"]
    attempts: int = 0
    status: int | None = None
    latency_ms: int | None = None
    problem: str = ""
    made_at: Instant
    tried_at: Instant | None = None
    next_try_at: Instant | None = None


class ListWebhookDeliveries(Message, frozen=True, kw_only=True):
    """Newest first."""

    workspace_id: UUID
    webhook_id: UUID
    limit: Annotated[int, Meta(ge=1, le=200)] = 50
    after: str = ""


class WebhookDeliveries(Message, frozen=True, kw_only=True):
    webhook: Webhook
    deliveries: tuple[WebhookDelivery, ...]
    cursor: str = ""


class WebhookDisabled(Event, frozen=True, kw_only=True):
    """A webhook is sent nothing any more, and the admins should know. `version`: how often this
    has happened to it.
    """

    webhook_id: UUID
    server: str
    why: Literal["failing", "gone"]
    at: Instant
    admins: tuple[WebhookAdmin, ...]
