"""What a page and the API both do with webhooks: made with a secret that is shown once."""

import secrets
from uuid import UUID

from contracts.crm_bridge import (
    CreateWebhook,
    DeleteWebhook,
    EnableWebhook,
    FeedType,
    ListWebhooks,
    Webhook,
    WebhookAdmin,
)
from contracts.errors import NotFound
from gateway import current
from servicekit.sealing import Sealer


def all_of_workspace() -> tuple[Webhook, ...]:
    """Oldest first."""
    asked = ListWebhooks(workspace_id=current.account().workspace_id)
    return current.services().crm_bridge.list_webhooks(asked).webhooks


def find(webhook_id: UUID) -> Webhook:
    """One of the reader's workspace. Raises `NotFound`."""
    found = next((one for one in all_of_workspace() if one.id == webhook_id), None)
    if found is None:
        raise NotFound
    return found


def make(webhook_id: UUID, url: str, types: tuple[FeedType, ...]) -> tuple[Webhook, str]:
    """It, and its secret in clear, which is kept nowhere. Raises `Invalid`, `Conflict`."""
    account, secret = current.account(), f"whsec_{secrets.token_urlsafe(32)}"
    asked = CreateWebhook(
        workspace_id=account.workspace_id,
        webhook_id=webhook_id,
        url=url,
        types=types,
        sealed_secret=Sealer(current.settings().secret_keys).seal(secret),
        admins=admins(),
    )
    made = current.services().crm_bridge.create_webhook(asked)
    current.accounts().record(account, "webhook_created", server(made))
    return made, secret


def enable(webhook_id: UUID) -> Webhook:
    """Sends again. Raises `NotFound`."""
    account = current.account()
    asked = EnableWebhook(workspace_id=account.workspace_id, webhook_id=webhook_id)
    enabled = current.services().crm_bridge.enable_webhook(asked)
    current.accounts().record(account, "webhook_enabled", server(enabled))
    return enabled


def delete(webhook_id: UUID) -> None:
    """With its log. Raises `NotFound`."""
    account, gone = current.account(), find(webhook_id)
    asked = DeleteWebhook(workspace_id=account.workspace_id, webhook_id=webhook_id)
    current.services().crm_bridge.delete_webhook(asked)
    current.accounts().record(account, "webhook_deleted", server(gone))


def server(webhook: Webhook) -> str:
    """Its address without the path, which may be somebody's secret."""
    return webhook.url.partition("://")[2].partition("/")[0].partition("?")[0]


def admins() -> tuple[WebhookAdmin, ...]:
    """Who is told when a webhook is disabled, or another CRM lets us in no more."""
    members = current.accounts().members(current.account().workspace_id)
    return tuple(
        WebhookAdmin(id=one.id, name=one.name, email=one.email, version=one.version)
        for one in members
        if one.is_admin and one.state == "active"
    )
