"""notifications: what is to be mailed and what was mailed."""

from typing import Literal, Protocol
from uuid import UUID

from contracts.wire import Event, Instant, Message, Ping, Pong, surface

MailKind = Literal[
    "confirmed",
    "updated",
    "rescheduled",
    "cancelled",
    "reminder",
    "account_invited",
    "password_reset",
    "connection_broken",
    "connection_restored",
    "requested",
    "approval_asked",
    "declined",
    "lapsed",
    "reassigned",
    "handed_over",
    "calendar_differs",
    "webhook_disabled",
    "crm_signed_out",
]


class Delivery(Message, frozen=True, kw_only=True):
    """One mail to one recipient. `state`: due, sent, skipped (no longer needed), failed."""

    id: UUID
    kind: MailKind
    recipient: str
    state: Literal["due", "sent", "skipped", "failed"]
    due_at: Instant
    sent_at: Instant | None = None
    attempts: int = 0
    problem: str = ""
    booking_id: UUID | None = None


class ListDeliveries(Message, frozen=True, kw_only=True):
    """Of one booking's chain, by its `root_id`."""

    workspace_id: UUID
    root_id: UUID


class Deliveries(Message, frozen=True, kw_only=True):
    deliveries: tuple[Delivery, ...]


class Resend(Message, frozen=True, kw_only=True):
    """Makes a failed delivery due again."""

    workspace_id: UUID
    delivery_id: UUID


class MailFailed(Event, frozen=True, kw_only=True):
    """A mail was given up after its last try."""

    delivery: Delivery
    root_id: UUID | None = None


@surface("notifications")
class NotificationsRpc(Protocol):
    """What notifications answers."""

    def ping(self, request: Ping) -> Pong: ...
    def list_deliveries(self, request: ListDeliveries) -> Deliveries: ...
    def resend(self, request: Resend) -> Delivery: ...
