"""What hosts' programs send, beyond what visitors do, and answers that no service gives.

`LinkAsked` and `LinkChange` are made of a link's settings, so that the API can set all of them.
"""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType, structs

from contracts.availability import DateOverride, Region, WeekdayHours
from contracts.booking import Limits, LinkSettings, TeamMember, Terms
from contracts.booking.teams import Method
from contracts.calendar_sync import Provider
from contracts.crm_bridge import CrmMapped, CrmStage, Stage
from contracts.crm_bridge.connectors import CrmProvider
from contracts.crm_bridge.crm import MOST_VALUE, Currency
from contracts.gateway import Role
from contracts.wire import Email, Instant, Language, Message, Name, Slug, Zone
from gateway.accounts import AuditEntry
from gateway.accounts.values import State

Day = Annotated[date, Meta(description="YYYY-MM-DD")]


# --- queries ------------------------------------------------------------------------------------


class PageSize(Message, frozen=True, kw_only=True):
    """How much of a list."""

    limit: Annotated[int, Meta(ge=1, le=200, description="Rows at most.")] = 50


class PageOf(PageSize, frozen=True, kw_only=True):
    """A page of a list."""

    after: Annotated[str, Meta(max_length=500, description="The `cursor` of the page before.")] = ""


class Days(Message, frozen=True, kw_only=True):
    """Some days."""

    first: Annotated[date, Meta(description="The first day, YYYY-MM-DD.")] = msgspec.field(
        name="from"
    )
    last: Annotated[date, Meta(description="The last day, included.")] = msgspec.field(name="to")


# --- links --------------------------------------------------------------------------------------


def _of_settings(name: str, doc: str, *, changes: bool) -> Any:
    """A type with the settings of a link; in `changes` each may be left out, and none has another
    owner.
    """
    made: list[Any] = [] if changes else [("owner", UUID | None, None)]
    for each in structs.fields(LinkSettings):
        default = each.default if each.default is not msgspec.NODEFAULT else ...
        if changes:
            made.append((each.name, each.type | UnsetType, UNSET))
        elif default is ...:
            made.append((each.name, each.type))
        else:
            made.append((each.name, each.type, default))
    return msgspec.defstruct(
        name,
        made,
        bases=(Message,),
        module=__name__,
        namespace={"__doc__": doc},
        frozen=True,
        kw_only=True,
        rename={"colour": "color"},
    )


LinkAsked = _of_settings(
    "LinkAsked",
    "A new link, of the key's owner unless an admin names another. Minutes, unless the name says"
    " otherwise; no `hosts`: its owner alone.",
    changes=False,
)
LinkChange = _of_settings(
    "LinkChange", "What is to be changed of a link; what is left out stays.", changes=True
)


# --- bookings -----------------------------------------------------------------------------------


class NoShowAsked(Message, frozen=True, kw_only=True):
    """`false` takes it back."""

    no_show: bool = True


class HostAsked(Message, frozen=True, kw_only=True):
    """Who takes it."""

    host: UUID


# --- schedules ----------------------------------------------------------------------------------


class ScheduleAsked(Message, frozen=True, kw_only=True):
    """Weekly hours of one host (`host` absent: the key's owner). `version` is the one you saw.

    `holidays`: a country or a part of one (`DE`, `DE-BY`) whose public holidays are days off.
    """

    name: Name
    timezone: Zone
    hours: tuple[WeekdayHours, ...] = ()
    overrides: tuple[DateOverride, ...] = ()
    is_default: bool = False
    holidays: Region = ""
    version: Annotated[int, Meta(ge=0, le=999_999_999)] = 0
    host: UUID | None = None


class TimeOffAsked(Message, frozen=True, kw_only=True):
    """Whole local days (`first_day` to `last_day`, both included) or `start` to `end`."""

    first_day: date | None = None
    last_day: date | None = None
    start: Instant | None = None
    end: Instant | None = None
    reason: Annotated[str, Meta(max_length=200)] = ""
    host: UUID | None = None


# --- hosts, teams, people -----------------------------------------------------------------------


class HostChange(Message, frozen=True, kw_only=True):
    """A host's own page and limits over all their links; what is left out stays."""

    slug: Slug | UnsetType = UNSET
    limits: Limits | UnsetType = UNSET


class TeamAsked(Message, frozen=True, kw_only=True):
    """A team; its order is that of `members`. `version` is the one you saw, 0 for a new one."""

    name: Name
    slug: Slug
    members: Annotated[tuple[TeamMember, ...], Meta(min_length=1, max_length=1000)]
    version: Annotated[int, Meta(ge=0, le=999_999_999)] = 0


class TrialAsked(Message, frozen=True, kw_only=True):
    """Other terms for a team, tried on the meetings of these months. Nothing is changed."""

    first: Annotated[date, Meta(description="A day of the first month.")]
    last: Annotated[date, Meta(description="A day of the last month, at most 24 in all.")]
    method: Method = "balanced"
    terms: Annotated[tuple[Terms, ...], Meta(max_length=1000)] = ()


class LinkDrafted(Message, frozen=True, kw_only=True):
    """A link as it would be; `version` is the one you saw, 0 for a new one with an id of yours."""

    id: UUID
    owner: UUID
    version: Annotated[int, Meta(ge=0, le=999_999_999)] = 0
    settings: LinkSettings


class TeamDrafted(TeamAsked, frozen=True, kw_only=True):
    """A team as it would be."""

    id: UUID


class ScheduleDrafted(ScheduleAsked, frozen=True, kw_only=True):
    """A schedule as it would be."""

    id: UUID


class DraftsAsked(Message, frozen=True, kw_only=True):
    """What would be saved together, once the links `removed` are gone. Links may name new teams and
    schedules of the same drafts.
    """

    links: Annotated[tuple[LinkDrafted, ...], Meta(max_length=500)] = ()
    teams: Annotated[tuple[TeamDrafted, ...], Meta(max_length=500)] = ()
    schedules: Annotated[tuple[ScheduleDrafted, ...], Meta(max_length=500)] = ()
    removed: Annotated[tuple[UUID, ...], Meta(max_length=500)] = ()
    timezone: Zone = "UTC"
    days: Annotated[int, Meta(ge=1, le=62)] = 30


class Member(Message, frozen=True, kw_only=True):
    """Somebody of the workspace; their id is their host's, too."""

    id: UUID
    name: str
    email: str
    role: Role
    state: State
    timezone: Zone
    language: Language


class Members(Message, frozen=True, kw_only=True):
    """By name."""

    members: tuple[Member, ...]


class InvitationAsked(Message, frozen=True, kw_only=True):
    """Who is invited, by mail; again for somebody who has not accepted."""

    name: Name
    email: Email
    role: Role = "member"


class RoleAsked(Message, frozen=True, kw_only=True):
    """Only owners make and unmake owners."""

    role: Role


class Workspace(Message, frozen=True, kw_only=True):
    """The company."""

    id: UUID
    name: str
    timezone: Zone
    language: Language


class NamedAsked(Message, frozen=True, kw_only=True):
    """A name and zone; `language` is that of mails, and stays if it is left out."""

    name: Name
    timezone: Zone
    language: Language | None = None


class Audit(Message, frozen=True, kw_only=True):
    """What was done to the workspace and its accounts, newest first."""

    entries: tuple[AuditEntry, ...]


# --- calendars and CRM --------------------------------------------------------------------------


class ConnectionAsked(Message, frozen=True, kw_only=True):
    """`caldav`: a user's name, their app password, the server. `ics`: a feed's `url`, and a name
    for it. Google and Microsoft are connected by signing in, on the page of calendars.
    """

    provider: Provider
    account: Annotated[str, Meta(min_length=1, max_length=254)]
    url: Annotated[str, Meta(max_length=2000)] = ""
    secret: Annotated[str, Meta(max_length=1000)] = ""


class CalendarsChosen(Message, frozen=True, kw_only=True):
    """Ids of the calendars that are checked for busy time; the one that is written to, or none."""

    checked: Annotated[tuple[str, ...], Meta(max_length=500)]
    written: str | None = None


class DealChange(Message, frozen=True, kw_only=True):
    """What is to be changed. `value_cents` is in the minor units of `currency` (ISO 4217)."""

    stage: Stage | UnsetType = UNSET
    value_cents: Annotated[int, Meta(ge=0, le=MOST_VALUE)] | UnsetType = UNSET
    currency: Currency | UnsetType = UNSET


class MergeAsked(Message, frozen=True, kw_only=True):
    """The contact that goes into the other."""

    contact: UUID


class NoteAsked(Message, frozen=True, kw_only=True):
    """What the timeline is to say."""

    text: Annotated[str, Meta(min_length=1, max_length=5000)]


class NoteMade(Message, frozen=True, kw_only=True):
    """The id by which it is deleted."""

    note: UUID


class CrmTokenAsked(Message, frozen=True, kw_only=True):
    """A token that was made at the provider. It is sealed at once and shown nowhere again."""

    provider: CrmProvider
    token: Annotated[str, Meta(min_length=1, max_length=2000)]


class CrmMappingAsked(Message, frozen=True, kw_only=True):
    """All of it; what is not named is written nowhere."""

    fields: Annotated[tuple[CrmMapped, ...], Meta(max_length=200)]
    stages: Annotated[tuple[CrmStage, ...], Meta(max_length=10)] = ()
