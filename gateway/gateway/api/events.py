"""The feed of everything that happened, and the webhooks that are told of it.

A key sees what its account sees: members what they took part in, admins the workspace. Webhooks are
for admins.
"""

from typing import Annotated
from uuid import UUID

from flask import Response
from msgspec import Meta

from contracts.crm_bridge import (
    Events,
    FeedType,
    ListEvents,
    ListWebhookDeliveries,
    Replayed,
    ReplayEvents,
    SendTestEvent,
    Webhook,
    WebhookDeliveries,
    WebhookDelivery,
    Webhooks,
)
from contracts.errors import Invalid
from contracts.wire import Message
from gateway import current, hooking
from gateway.api import blueprint, reading, seeing
from gateway.api.answers import reply
from gateway.api.describing import Operation, describes
from gateway.api.host_shapes import PageOf
from gateway.api.repeating import once
from gateway.security import scope


class WebhookAsked(Message, frozen=True, kw_only=True):
    """Where events are sent; no `types`: all of them."""

    url: Annotated[str, Meta(min_length=1, max_length=2000)]
    types: Annotated[tuple[FeedType, ...], Meta(max_length=20)] = ()


class WebhookMade(Message, frozen=True, kw_only=True):
    """A new webhook. `secret` signs what it is sent; it is not shown again."""

    webhook: Webhook
    secret: str


class ReplayAsked(Message, frozen=True, kw_only=True):
    """One event by its id, or all that the webhook wants `after` a cursor of the feed (empty: from
    the beginning).
    """

    event: UUID | None = None
    after: Annotated[str, Meta(max_length=500)] | None = None


@blueprint.get("/v1/events")
@scope("events:read")
@describes(
    Operation(
        "Everything that happened, oldest first",
        gives=Events,
        query=PageOf,
        refuses=(410,),
    )
)
def events() -> Response:
    """Members see what they took part in. A cursor never skips an event that comes later. 410 where
    something after it is no longer kept.
    """
    wanted = reading.query(PageOf)
    asked = ListEvents(
        workspace_id=current.account().workspace_id,
        host_id=seeing.limited_to(),
        after=wanted.after,
        limit=wanted.limit,
    )
    return reply(current.services().crm_bridge.list_events(asked))


@blueprint.get("/v1/webhooks")
@scope("webhooks:read")
@describes(Operation("The workspace's webhooks", gives=Webhooks))
def webhooks() -> Response:
    """For admins."""
    seeing.admin()
    return reply(Webhooks(webhooks=hooking.all_of_workspace()))


@blueprint.post("/v1/webhooks")
@scope("webhooks:write")
@describes(
    Operation(
        "Makes a webhook",
        takes=WebhookAsked,
        gives=WebhookMade,
        status=201,
        knows=("Idempotency-Key",),
        refuses=(409,),
    )
)
def create_webhook() -> Response:
    """For admins. The answer holds the secret, this once: the same key again is a 409."""
    seeing.admin()
    asked = reading.body(WebhookAsked)
    with once("webhook", asked) as number:
        made, secret = hooking.make(number, asked.url, asked.types)
    return reply(WebhookMade(webhook=made, secret=secret), 201)


@blueprint.delete("/v1/webhooks/<uuid:webhook_id>")
@scope("webhooks:write")
@describes(Operation("Deletes a webhook and its log", status=204))
def delete_webhook(webhook_id: UUID) -> Response:
    """For admins."""
    seeing.admin()
    hooking.delete(webhook_id)
    return Response(status=204)


@blueprint.post("/v1/webhooks/<uuid:webhook_id>/enable")
@scope("webhooks:write")
@describes(Operation("Enables a webhook, and sends what it missed", gives=Webhook))
def enable_webhook(webhook_id: UUID) -> Response:
    """For admins."""
    seeing.admin()
    return reply(hooking.enable(webhook_id))


@blueprint.post("/v1/webhooks/<uuid:webhook_id>/test")
@scope("webhooks:write")
@describes(
    Operation("Sends a webhook a test event", gives=WebhookDelivery, status=202, refuses=(409,))
)
def send_test_event(webhook_id: UUID) -> Response:
    """For admins. 409 where it is disabled."""
    seeing.admin()
    asked = SendTestEvent(workspace_id=current.account().workspace_id, webhook_id=webhook_id)
    return reply(current.services().crm_bridge.send_test_event(asked), 202)


@blueprint.post("/v1/webhooks/<uuid:webhook_id>/replay")
@scope("webhooks:write")
@describes(
    Operation(
        "Sends events again", takes=ReplayAsked, gives=Replayed, status=202, refuses=(409, 410)
    )
)
def replay_events(webhook_id: UUID) -> Response:
    """For admins. 409 where it is disabled."""
    seeing.admin()
    asked = reading.body(ReplayAsked)
    if (asked.event is None) == (asked.after is None):
        raise Invalid(fields={"event": "Name one event, or a cursor as `after`."})
    again = ReplayEvents(
        workspace_id=current.account().workspace_id,
        webhook_id=webhook_id,
        event_id=asked.event,
        after=asked.after or "",
    )
    return reply(current.services().crm_bridge.replay_events(again), 202)


@blueprint.get("/v1/webhooks/<uuid:webhook_id>/deliveries")
@scope("webhooks:read")
@describes(
    Operation("What a webhook was sent, newest first", gives=WebhookDeliveries, query=PageOf)
)
def webhook_deliveries(webhook_id: UUID) -> Response:
    """For admins."""
    seeing.admin()
    wanted = reading.query(PageOf)
    asked = ListWebhookDeliveries(
        workspace_id=current.account().workspace_id,
        webhook_id=webhook_id,
        limit=wanted.limit,
        after=wanted.after,
    )
    return reply(current.services().crm_bridge.list_webhook_deliveries(asked))
