"""Connectors: another CRM that mirrors what the built-in one knows."""

from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from contracts.crm_bridge.crm import Stage
from contracts.crm_bridge.webhooks import WebhookAdmin
from contracts.wire import Event, Instant, Message

CrmProvider = Annotated[str, Meta(pattern=r"^[a-z]{2,40}$(?!\n)")]
"""A connector's name, such as `hubspot`."""

CrmObject = Literal["contact", "deal", "meeting"]
Word = Annotated[str, Meta(max_length=300)]


class CrmOffer(Message, frozen=True, kw_only=True):
    """A CRM that can be connected here. `signs_in`: on its own pages. `takes_token`: by a token
    that an admin types in.
    """

    provider: str
    name: str
    signs_in: bool = False
    takes_token: bool = False


class CrmConnection(Message, frozen=True, kw_only=True):
    """A workspace's account at another CRM.

    `state`: `refused` until somebody signs in again. `why` and `missing` are our own sentences:
    what is wrong, and what has to be set up there. `waiting`: what is not there yet; `failed`: what
    is not tried again by itself. `pushed_at`: when something arrived there last.
    """

    id: UUID
    workspace_id: UUID
    provider: str
    name: str
    account: str
    state: Literal["ok", "refused"] = "ok"
    why: str = ""
    missing: tuple[str, ...] = ()
    waiting: int = 0
    failed: int = 0
    created_at: Instant
    pushed_at: Instant | None = None
    rest_until: Instant | None = None


class ListCrmConnections(Message, frozen=True, kw_only=True):
    workspace_id: UUID


class CrmConnections(Message, frozen=True, kw_only=True):
    """What the workspace has, and what could be connected."""

    offers: tuple[CrmOffer, ...] = ()
    connections: tuple[CrmConnection, ...] = ()


class BeginCrmSignIn(Message, frozen=True, kw_only=True):
    """`account_id`: who goes to the provider's pages; only they can come back."""

    workspace_id: UUID
    account_id: UUID
    provider: CrmProvider
    redirect_uri: Annotated[str, Meta(max_length=2000)]


class CrmSignInBegun(Message, frozen=True, kw_only=True):
    """Where to send them; `state` comes back with them, once."""

    url: str
    state: str


class FinishCrmSignIn(Message, frozen=True, kw_only=True):
    """`admins` are told when it lets us in no more; later changes of accounts are heard of."""

    workspace_id: UUID
    account_id: UUID
    connection_id: UUID
    state: Annotated[str, Meta(max_length=500)]
    code: Annotated[str, Meta(max_length=4000)]
    admins: tuple[WebhookAdmin, ...] = ()


class ConnectCrm(Message, frozen=True, kw_only=True):
    """With a token that was made there. It is sealed at once and shown nowhere again. `admins` as
    in `FinishCrmSignIn`.
    """

    workspace_id: UUID
    connection_id: UUID
    provider: CrmProvider
    token: Annotated[str, Meta(min_length=1, max_length=2000)]
    admins: tuple[WebhookAdmin, ...] = ()


class DisconnectCrm(Message, frozen=True, kw_only=True):
    """What was written there stays; what opened it is forgotten."""

    workspace_id: UUID
    connection_id: UUID


class CrmChoice(Message, frozen=True, kw_only=True):
    """Something of theirs that can be chosen: `value` is their name for it, `label` their words."""

    value: str
    label: str


class CrmMapped(Message, frozen=True, kw_only=True):
    """Where one of our fields goes; nowhere if `theirs` is empty. `ours` is a field's name, or
    `answer:` and a question's label.
    """

    object: CrmObject
    ours: Word
    theirs: Word = ""


class CrmStage(Message, frozen=True, kw_only=True):
    """Which of their stages stands for ours; none is written if `theirs` is empty."""

    stage: Stage
    theirs: Word = ""


class CrmField(Message, frozen=True, kw_only=True):
    """One of our fields, in words, and those of theirs that can take it."""

    object: CrmObject
    ours: str
    label: str
    theirs: str = ""
    choices: tuple[CrmChoice, ...] = ()


class GetCrmMapping(Message, frozen=True, kw_only=True):
    workspace_id: UUID
    connection_id: UUID


class CrmMapping(Message, frozen=True, kw_only=True):
    """What is written where, with what the provider says exists just now."""

    connection: CrmConnection
    fields: tuple[CrmField, ...] = ()
    stages: tuple[CrmStage, ...] = ()
    stage_choices: tuple[CrmChoice, ...] = ()


class SaveCrmMapping(Message, frozen=True, kw_only=True):
    """All of it; what is not named is written nowhere."""

    workspace_id: UUID
    connection_id: UUID
    fields: Annotated[tuple[CrmMapped, ...], Meta(max_length=200)] = ()
    stages: Annotated[tuple[CrmStage, ...], Meta(max_length=10)] = ()


class ListCrmFailures(Message, frozen=True, kw_only=True):
    """The latest first."""

    workspace_id: UUID
    connection_id: UUID
    limit: Annotated[int, Meta(ge=1, le=200)] = 50
    after: str = ""


class CrmFailure(Message, frozen=True, kw_only=True):
    """Something that is not there: `failed` is not tried again by itself, `due` is. `label` names
    it, `problem` says why in our words.
    """

    object: CrmObject
    id: UUID
    contact_id: UUID
    label: str
    state: Literal["failed", "due"]
    attempts: int
    problem: str
    next_try_at: Instant | None = None


class CrmFailures(Message, frozen=True, kw_only=True):
    failures: tuple[CrmFailure, ...] = ()
    cursor: str = ""


class RetryCrm(Message, frozen=True, kw_only=True):
    """One thing, or all that failed or waits for its next try."""

    workspace_id: UUID
    connection_id: UUID
    object: CrmObject | None = None
    id: UUID | None = None


class CrmSignedOut(Event, frozen=True, kw_only=True):
    """Another CRM lets us in no more, and the admins should know; nothing is lost meanwhile.
    `version`: how often this has happened to the connection. `name`: the CRM's.
    """

    connection_id: UUID
    provider: str
    name: str
    at: Instant
    admins: tuple[WebhookAdmin, ...]
