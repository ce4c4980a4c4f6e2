"""gateway: workspaces and accounts. It announces; it answers no RPC."""

from typing import Literal
from uuid import UUID

from contracts.wire import Email, Event, Instant, Language, Message, Name, Zone

Role = Literal["owner", "admin", "member"]


class Account(Message, frozen=True, kw_only=True):
    """What signs in. booking makes a host of each, with the same id."""

    id: UUID
    workspace_id: UUID
    email: Email
    name: Name
    role: Role
    timezone: Zone
    active: bool = True
    version: int = 0


class AccountChanged(Event, frozen=True, kw_only=True):
    """An account that accepted (or is the owner), or was changed or deactivated.

    `host_slug` is a wish for a new host; booking takes the next free one. `language` is the one
    their mails are written in.
    """

    account: Account
    workspace_name: str
    workspace_timezone: Zone
    host_slug: str = ""
    language: Language = "en"


class WorkspaceChanged(Event, frozen=True, kw_only=True):
    name: Name
    timezone: Zone


class AccountInvited(Event, frozen=True, kw_only=True):
    """`sealed_url` is encrypted with the installation's keys: the link stands nowhere in clear."""

    account_id: UUID
    email: Email
    name: Name
    invited_by: str
    workspace_name: str
    timezone: Zone = "UTC"
    sealed_url: str
    expires_at: Instant
    language: Language = "en"


class PasswordResetAsked(Event, frozen=True, kw_only=True):
    account_id: UUID
    email: Email
    name: Name
    timezone: Zone = "UTC"
    sealed_url: str
    expires_at: Instant
    language: Language = "en"
