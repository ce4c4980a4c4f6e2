"""The API's types and operations. Written by generate.py, out of the document."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from urllib.parse import quote
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from workestra_client.asking import Asking, version


class Attendee(Struct, frozen=True, kw_only=True):
    """Who books. `timezone` and `language` are those that their mails are written in."""

    name: str
    email: str
    timezone: str
    language: str


class AttendeeAsked(Struct, frozen=True, kw_only=True):
    """Who books; `timezone` is an IANA zone's name. `language` (BCP 47) is the one of their
    mails: en, de, fr, es, pt, ja or he; any other is taken for English.
    """

    name: str
    email: str
    timezone: str
    language: str | UnsetType = UNSET


class Audit(Struct, frozen=True, kw_only=True):
    """What was done to the workspace and its accounts, newest first."""

    entries: tuple[AuditEntry, ...]


class AuditEntry(Struct, frozen=True, kw_only=True):
    """What was done to the workspace or its accounts."""

    at: datetime
    actor: str
    action: str
    subject: str
    detail: dict[str, str]


class Board(Struct, frozen=True, kw_only=True):
    """Every stage, in order."""

    columns: tuple[Column, ...]


class BookedFile(Struct, frozen=True, kw_only=True):
    """A file that came with a booking: what it was, even after it was deleted. `size` in bytes."""

    id: UUID
    question: str
    name: str
    size: int
    type: str


class BookedHost(Struct, frozen=True, kw_only=True):
    """A host of a meeting, as everyone who follows a booking needs them."""

    id: UUID
    name: str
    email: str
    timezone: str
    writes_calendar: bool
    language: str


class Booking(Struct, frozen=True, kw_only=True):
    """One attendee's place in a meeting, with all that mails, calendars and the CRM need.
    `root_id` is the first booking of the chain: the iCalendar `uid`, the provider's event
    and the deal hang on it. `sequence` (RFC 5546) grows along the chain; `version` with
    every change. No manage token is ever in here. `approved`: whether the chain was ever
    confirmed; false for a request that its host has not answered yet, or has declined: it
    has no event and no deal. `capacity`: how many bookings the meeting takes; more than one
    for groups. `answers` are words; files stand in `files`. `source`: where the attendee
    came from, empty where nobody said. `deal_id`: the deal that it was asked for on
    ("Schedule a call"), for the whole chain.
    """

    id: UUID
    workspace_id: UUID
    root_id: UUID
    previous_id: UUID | None
    next_id: UUID | None
    meeting_id: UUID
    link_id: UUID
    link_slug: str
    link_title: str
    link_colour: str
    status: str
    start: datetime
    end: datetime
    attendee: Attendee
    guests: tuple[str, ...]
    answers: dict[str, str | bool | tuple[str, ...]]
    questions: tuple[Question, ...]
    hosts: tuple[BookedHost, ...]
    location: Location
    join_url: str
    uid: str
    sequence: int
    cancel_reason: str
    cancelled_by: str
    creates_deal: bool
    confirmation_text: str
    workspace_name: str
    reschedule_until: datetime | None
    cancel_until: datetime | None
    created_at: datetime
    version: int
    approved: bool
    capacity: int
    files: tuple[BookedFile, ...]
    source: dict[str, str]
    deal_id: UUID | None


class BookingAsked(Struct, frozen=True, kw_only=True):
    """`answers` by question id; `hold` is what a hold's request gave; `source` are the `utm_`
    parameters of the page that led here.
    """

    start: datetime
    duration: int | UnsetType | None = UNSET
    hold: UUID | UnsetType | None = UNSET
    host: UUID | UnsetType | None = UNSET
    attendee: AttendeeAsked
    guests: tuple[str, ...] | UnsetType = UNSET
    answers: dict[str, str | bool | tuple[str, ...]] | UnsetType = UNSET
    source: dict[str, str] | UnsetType = UNSET


class BookingDetail(Struct, frozen=True, kw_only=True):
    """BookingDetail."""

    booking: Booking
    history: tuple[HistoryEntry, ...]


class BookingEnded(Struct, frozen=True, kw_only=True):
    """A booking that its attendee has cancelled."""

    id: UUID
    status: str
    start: datetime
    end: datetime
    title: str
    host: Who


class BookingMade(Struct, frozen=True, kw_only=True):
    """A booking, for its attendee alone: the URLs carry the tokens that change it."""

    id: UUID
    status: str
    start: datetime
    end: datetime
    title: str
    host: Who
    reschedule_url: str
    cancel_url: str
    join_url: str | UnsetType = UNSET


class Bookings(Struct, frozen=True, kw_only=True):
    """Bookings."""

    bookings: tuple[Booking, ...]
    cursor: str
    counts: dict[str, int]


class Calendar(Struct, frozen=True, kw_only=True):
    """Calendar."""

    id: str
    name: str
    checked: bool
    written: bool
    writable: bool


class CalendarsChosen(Struct, frozen=True, kw_only=True):
    """Ids of the calendars that are checked for busy time; the one that is written to, or none."""

    checked: tuple[str, ...]
    written: str | UnsetType | None = UNSET


class CancelAsked(Struct, frozen=True, kw_only=True):
    """`reason` is shown to the others."""

    reason: str | UnsetType = UNSET


class Candidate(Struct, frozen=True, kw_only=True):
    """A host as a decision saw them, before its meeting. Credit, target, shortfall in meetings.
    `count`: their meetings that start in the month. `credit`: what their absences count for.
    `turn`: the number of their last assignment. `rule` says more of a state (`hours`,
    `claimed` …). `arrived`: absent until this decision, so their credit was set anew.
    """

    host_id: UUID
    name: str
    place: int
    weight: int
    level: int
    state: str
    rule: str
    count: int
    credit: float
    target: float
    shortfall: float
    turn: int | None
    arrived: bool
    reason: str


class Check(Struct, frozen=True, kw_only=True):
    """One rule at one start. `facts` are what it went by, for people's words: instants in ISO
    8601 UTC, days in ISO 8601, numbers as text; which ones a rule gives is in
    docs/vectors.md.
    """

    rule: str
    passed: bool
    facts: dict[str, str]


class Column(Struct, frozen=True, kw_only=True):
    """One stage: how many deals it has, and their value by currency in minor units."""

    stage: str
    count: int
    values: dict[str, int]
    deals: tuple[Deal, ...]


class Condition(Struct, frozen=True, kw_only=True):
    """Met when the earlier question's answer is one of `values`; without values, by any answer.
    A tick is `true`, a box left empty `false`. Of several choices one is enough. Case and
    blanks around do not count. A question that is not shown has no answer.
    """

    question: str
    values: tuple[str, ...] | UnsetType = UNSET


class Connection(Struct, frozen=True, kw_only=True):
    """A host's account at a provider. `problem` is in words and says what to do, empty when all
    is well; `attempts` failed since it was last read, and `next_sync_at` is when it is read
    next.
    """

    id: UUID
    workspace_id: UUID
    host_id: UUID
    provider: str
    account: str
    state: str
    problem: str
    synced_at: datetime | None
    calendars: tuple[Calendar, ...]
    version: int
    attempts: int
    next_sync_at: datetime | None


class ConnectionAsked(Struct, frozen=True, kw_only=True):
    """`caldav`: a user's name, their app password, the server. `ics`: a feed's `url`, and a
    name for it. Google and Microsoft are connected by signing in, on the page of calendars.
    """

    provider: Literal["caldav", "google", "ics", "microsoft", "practice"]
    account: str
    url: str | UnsetType = UNSET
    secret: str | UnsetType = UNSET


class Connections(Struct, frozen=True, kw_only=True):
    """`providers` are those that this installation can connect."""

    connections: tuple[Connection, ...]
    providers: tuple[str, ...]


class Contact(Struct, frozen=True, kw_only=True):
    """Matched by `email`, lower case, within the workspace."""

    id: UUID
    workspace_id: UUID
    name: str
    email: str
    created_at: datetime


class ContactDetail(Struct, frozen=True, kw_only=True):
    """`also`: addresses of contacts that were merged into this one."""

    contact: Contact
    deals: tuple[Deal, ...]
    timeline: tuple[TimelineEntry, ...]
    also: tuple[str, ...]
    meeting_next: datetime | None
    meeting_last: datetime | None


class Contacts(Struct, frozen=True, kw_only=True):
    """Contacts."""

    contacts: tuple[ListedContact, ...]
    cursor: str


class CrmChoice(Struct, frozen=True, kw_only=True):
    """Something of theirs that can be chosen: `value` is their name for it, `label` their
    words.
    """

    value: str
    label: str


class CrmConnection(Struct, frozen=True, kw_only=True):
    """A workspace's account at another CRM. `state`: `refused` until somebody signs in again.
    `why` and `missing` are our own sentences: what is wrong, and what has to be set up
    there. `waiting`: what is not there yet; `failed`: what is not tried again by itself.
    `pushed_at`: when something arrived there last.
    """

    id: UUID
    workspace_id: UUID
    provider: str
    name: str
    account: str
    state: str
    why: str
    missing: tuple[str, ...]
    waiting: int
    failed: int
    created_at: datetime
    pushed_at: datetime | None
    rest_until: datetime | None


class CrmConnections(Struct, frozen=True, kw_only=True):
    """What the workspace has, and what could be connected."""

    offers: tuple[CrmOffer, ...]
    connections: tuple[CrmConnection, ...]


class CrmFailure(Struct, frozen=True, kw_only=True):
    """Something that is not there: `failed` is not tried again by itself, `due` is. `label`
    names it, `problem` says why in our words.
    """

    object: str
    id: UUID
    contact_id: UUID
    label: str
    state: str
    attempts: int
    problem: str
    next_try_at: datetime | None


class CrmFailures(Struct, frozen=True, kw_only=True):
    """CrmFailures."""

    failures: tuple[CrmFailure, ...]
    cursor: str


class CrmField(Struct, frozen=True, kw_only=True):
    """One of our fields, in words, and those of theirs that can take it."""

    object: str
    ours: str
    label: str
    theirs: str
    choices: tuple[CrmChoice, ...]


class CrmMapped(Struct, frozen=True, kw_only=True):
    """Where one of our fields goes; nowhere if `theirs` is empty. `ours` is a field's name, or
    `answer:` and a question's label.
    """

    object: Literal["contact", "deal", "meeting"]
    ours: str
    theirs: str | UnsetType = UNSET


class CrmMapping(Struct, frozen=True, kw_only=True):
    """What is written where, with what the provider says exists just now."""

    connection: CrmConnection
    fields: tuple[CrmField, ...]
    stages: tuple[CrmStage, ...]
    stage_choices: tuple[CrmChoice, ...]


class CrmMappingAsked(Struct, frozen=True, kw_only=True):
    """All of it; what is not named is written nowhere."""

    fields: tuple[CrmMapped, ...]
    stages: tuple[CrmStage, ...] | UnsetType = UNSET


class CrmOffer(Struct, frozen=True, kw_only=True):
    """A CRM that can be connected here. `signs_in`: on its own pages. `takes_token`: by a token
    that an admin types in.
    """

    provider: str
    name: str
    signs_in: bool
    takes_token: bool


class CrmStage(Struct, frozen=True, kw_only=True):
    """Which of their stages stands for ours; none is written if `theirs` is empty."""

    stage: Literal["lost", "new", "proposal", "qualified", "won"]
    theirs: str | UnsetType = UNSET


class CrmTokenAsked(Struct, frozen=True, kw_only=True):
    """A token that was made at the provider. It is sealed at once and shown nowhere again."""

    provider: str
    token: str


class DateOverride(Struct, frozen=True, kw_only=True):
    """Replaces the windows that start on `day`; none is a day off."""

    day: date
    windows: tuple[Window, ...] | UnsetType = UNSET


class Deal(Struct, frozen=True, kw_only=True):
    """`root_id` is the booking (chain) that created it. `owner_id` is the booked host.
    `value_cents` is in the minor units of `currency` (ISO 4217): cents of EUR, whole JPY.
    """

    id: UUID
    workspace_id: UUID
    contact: Contact
    title: str
    stage: str
    value_cents: int
    currency: str
    owner_id: UUID | None
    owner_name: str
    link_slug: str
    link_title: str
    root_id: UUID | None
    meeting_next: datetime | None
    meeting_last: datetime | None
    created_at: datetime
    version: int


class DealChange(Struct, frozen=True, kw_only=True):
    """What is to be changed. `value_cents` is in the minor units of `currency` (ISO 4217)."""

    stage: Literal["lost", "new", "proposal", "qualified", "won"] | UnsetType = UNSET
    value_cents: int | UnsetType = UNSET
    currency: str | UnsetType = UNSET


class DealDetail(Struct, frozen=True, kw_only=True):
    """DealDetail."""

    deal: Deal
    timeline: tuple[TimelineEntry, ...]


class Deals(Struct, frozen=True, kw_only=True):
    """Deals."""

    deals: tuple[Deal, ...]
    cursor: str


class Decision(Struct, frozen=True, kw_only=True):
    """Who got a meeting, and why. `candidates` in the team's order. `pool_id` is the team whose
    shares are counted together, or the link where it names no team; `month` the first local
    day of the month in which the meeting counts. `last_host_id`, `last_place`: whom the
    rotation had assigned last.
    """

    number: int
    at: datetime
    booking_id: UUID
    root_id: UUID
    link_id: UUID
    pool_id: UUID
    month: date
    method: str
    why: str
    ground: str
    host_id: UUID
    host_name: str
    candidates: tuple[Candidate, ...]
    last_host_id: UUID | None
    last_place: int | None
    actor: str


class Decisions(Struct, frozen=True, kw_only=True):
    """Empty for bookings that no rotation has decided."""

    decisions: tuple[Decision, ...]


class Deliveries(Struct, frozen=True, kw_only=True):
    """Deliveries."""

    deliveries: tuple[Delivery, ...]


class Delivery(Struct, frozen=True, kw_only=True):
    """One mail to one recipient. `state`: due, sent, skipped (no longer needed), failed."""

    id: UUID
    kind: str
    recipient: str
    state: str
    due_at: datetime
    sent_at: datetime | None
    attempts: int
    problem: str
    booking_id: UUID | None


class DraftsAsked(Struct, frozen=True, kw_only=True):
    """What would be saved together, once the links `removed` are gone. Links may name new teams
    and schedules of the same drafts.
    """

    links: tuple[LinkDrafted, ...] | UnsetType = UNSET
    teams: tuple[TeamDrafted, ...] | UnsetType = UNSET
    schedules: tuple[ScheduleDrafted, ...] | UnsetType = UNSET
    removed: tuple[UUID, ...] | UnsetType = UNSET
    timezone: str | UnsetType = UNSET
    days: int | UnsetType = UNSET


class Events(Struct, frozen=True, kw_only=True):
    """`cursor`: ask again after it, now if there is `more`, else later."""

    events: tuple[FeedEvent, ...]
    cursor: str
    more: bool


class Explanation(Struct, frozen=True, kw_only=True):
    """Why a start is offered or not. `checks` are the rules that the link decides for all.
    `rule` is the first reason why it is not. `seats` is how many attendees more it has room
    for.
    """

    link_id: UUID
    kind: str
    start: datetime
    duration: int
    offered: bool
    rule: str | None
    seats: int
    checks: tuple[Check, ...]
    hosts: tuple[HostChecks, ...]


class Fairness(Struct, frozen=True, kw_only=True):
    """Month by month, in the team's order. A host who has left stands last, with weight 0."""

    rows: tuple[FairnessRow, ...]


class FairnessRow(Struct, frozen=True, kw_only=True):
    """A host's month: a line of the table, the plot and the CSV. In meetings, not rounded up."""

    month: date
    host_id: UUID
    name: str
    weight: int
    level: int
    active: bool
    count: int
    credit: float
    target: float
    shortfall: float


class FeedAnswer(Struct, frozen=True, kw_only=True):
    """What the attendee answered; files stay with the booking."""

    question: str
    label: str
    answer: str | bool | tuple[str, ...]


class FeedAttendee(Struct, frozen=True, kw_only=True):
    """Who booked; `timezone` is an IANA zone's name, `language` a BCP 47 tag."""

    name: str
    email: str
    timezone: str
    language: str


class FeedBooking(Struct, frozen=True, kw_only=True):
    """A booking as the event left it. `root_id`: the first of its chain, which moves keep.
    `deal_id`: the deal that it was asked for on. No link that changes the booking is ever in
    here.
    """

    id: UUID
    root_id: UUID
    status: str
    start: datetime
    end: datetime
    link: FeedLink
    hosts: tuple[FeedHost, ...]
    attendee: FeedAttendee
    guests: tuple[str, ...]
    answers: tuple[FeedAnswer, ...]
    location: FeedLocation
    join_url: str
    cancel_reason: str
    source: dict[str, str]
    created_at: datetime
    sequence: int
    deal_id: UUID | None


class FeedContact(Struct, frozen=True, kw_only=True):
    """FeedContact."""

    id: UUID
    name: str
    email: str
    created_at: datetime


class FeedData(Struct, frozen=True, kw_only=True):
    """What the event's type has: `booking` (with `previous` where it was moved or reassigned,
    and `actor`: attendee, system, or who did it), `contact` (with `merged`, the one that
    went into it), or `deal` (with the stage before).
    """

    booking: FeedBooking | UnsetType | None = UNSET
    previous: FeedPrevious | UnsetType | None = UNSET
    actor: str | UnsetType = UNSET
    contact: FeedContact | UnsetType | None = UNSET
    merged: FeedContact | UnsetType | None = UNSET
    deal: FeedDeal | UnsetType | None = UNSET
    previous_stage: str | UnsetType = UNSET


class FeedDeal(Struct, frozen=True, kw_only=True):
    """A deal as the event left it; `owner_id` is the booked host."""

    id: UUID
    contact: FeedContact
    title: str
    stage: str
    value_cents: int
    currency: str
    owner_id: UUID | None
    owner_name: str
    link_slug: str
    root_id: UUID | None
    created_at: datetime


class FeedEvent(Struct, frozen=True, kw_only=True):
    """Something that happened, as the feed and webhooks tell it. `at`: when, in UTC. `cursor`:
    its place in the workspace's feed. `chain`: events of one chain come in order; a
    booking's is its `root_id`.
    """

    id: UUID
    cursor: str
    type: str
    at: datetime
    workspace_id: UUID
    chain: UUID
    data: FeedData


class FeedHost(Struct, frozen=True, kw_only=True):
    """A host of the meeting."""

    id: UUID
    name: str
    email: str


class FeedLink(Struct, frozen=True, kw_only=True):
    """The link that was booked."""

    id: UUID
    slug: str
    title: str


class FeedLocation(Struct, frozen=True, kw_only=True):
    """`kind`: conference, phone, address or url; all but the first carry a `value`."""

    kind: str
    value: str


class FeedPrevious(Struct, frozen=True, kw_only=True):
    """The booking before it was moved or given to another host."""

    id: UUID
    start: datetime
    end: datetime
    hosts: tuple[FeedHost, ...]


class FreeTimes(Struct, frozen=True, kw_only=True):
    """Sorted, UTC. `next_free` is the first time after the days asked for, if they have none."""

    timezone: str
    duration: int
    slots: tuple[Slot, ...]
    next_free: datetime | UnsetType | None = UNSET


class HistoryEntry(Struct, frozen=True, kw_only=True):
    """What happened to a booking (its whole chain), oldest first."""

    at: datetime
    actor: str
    action: str
    detail: dict[str, str]


class HoldAsked(Struct, frozen=True, kw_only=True):
    """A place to keep while the form is filled in. `host` only where the visitor may pick."""

    start: datetime
    duration: int | UnsetType | None = UNSET
    host: UUID | UnsetType | None = UNSET


class HoldMade(Struct, frozen=True, kw_only=True):
    """`hold` is a secret of the page that made it."""

    hold: UUID
    expires_at: datetime


class Holiday(Struct, frozen=True, kw_only=True):
    """Holiday."""

    day: date
    name: str


class Holidays(Struct, frozen=True, kw_only=True):
    """`countries` are all that can be chosen, `parts` those of the country asked for; by name."""

    countries: tuple[NamedRegion, ...]
    parts: tuple[NamedRegion, ...]
    days: tuple[Holiday, ...]


class Host(Struct, frozen=True, kw_only=True):
    """A person who can be booked. `id` is the id of the account they sign in with."""

    id: UUID
    workspace_id: UUID
    name: str
    email: str
    timezone: str
    slug: str
    workspace_name: str
    workspace_timezone: str
    limits: Limits
    writes_calendar: bool
    active: bool
    version: int
    language: str


class HostAsked(Struct, frozen=True, kw_only=True):
    """Who takes it."""

    host: UUID


class HostChange(Struct, frozen=True, kw_only=True):
    """A host's own page and limits over all their links; what is left out stays."""

    slug: str | UnsetType = UNSET
    limits: Limits | UnsetType = UNSET


class HostChecks(Struct, frozen=True, kw_only=True):
    """The rules that one host decides. `free`: the link's and the host's rules all pass."""

    host_id: UUID
    name: str
    free: bool
    checks: tuple[Check, ...]


class Hosts(Struct, frozen=True, kw_only=True):
    """Hosts."""

    hosts: tuple[Host, ...]


class InvitationAsked(Struct, frozen=True, kw_only=True):
    """Who is invited, by mail; again for somebody who has not accepted."""

    name: str
    email: str
    role: Literal["admin", "member", "owner"] | UnsetType = UNSET


class Limits(Struct, frozen=True, kw_only=True):
    """Meetings at most, counted by start; `None` is no limit."""

    day: int | UnsetType | None = UNSET
    week: int | UnsetType | None = UNSET
    month: int | UnsetType | None = UNSET


class Link(Struct, frozen=True, kw_only=True):
    """A bookable offer. `used` tells a single-use link that has been booked."""

    id: UUID
    workspace_id: UUID
    owner_id: UUID
    settings: LinkSettings
    workspace_timezone: str
    used: bool
    version: int
    created_at: datetime


class LinkAsked(Struct, frozen=True, kw_only=True):
    """A new link, of the key's owner unless an admin names another. Minutes, unless the name
    says otherwise; no `hosts`: its owner alone.
    """

    owner: UUID | UnsetType | None = UNSET
    title: str
    slug: str
    kind: Literal["collective", "group", "one_on_one", "round_robin"] | UnsetType = UNSET
    hosts: tuple[LinkHost, ...] | UnsetType = UNSET
    durations: tuple[int, ...] | UnsetType = UNSET
    interval: int | UnsetType | None = UNSET
    buffer_before: int | UnsetType = UNSET
    buffer_after: int | UnsetType = UNSET
    notice: int | UnsetType = UNSET
    horizon_days: int | UnsetType = UNSET
    first_day: date | UnsetType | None = UNSET
    last_day: date | UnsetType | None = UNSET
    limits: Limits | UnsetType = UNSET
    location: Location | UnsetType = UNSET
    schedule_id: UUID | UnsetType | None = UNSET
    description: str | UnsetType = UNSET
    confirmation_text: str | UnsetType = UNSET
    redirect_url: str | UnsetType = UNSET
    color: str | UnsetType = UNSET
    active: bool | UnsetType = UNSET
    listed: bool | UnsetType = UNSET
    single_use: bool | UnsetType = UNSET
    expires_at: datetime | UnsetType | None = UNSET
    reschedule_cutoff: int | UnsetType = UNSET
    cancel_cutoff: int | UnsetType = UNSET
    creates_deal: bool | UnsetType = UNSET
    approval: bool | UnsetType = UNSET
    capacity: int | UnsetType = UNSET
    questions: tuple[Question, ...] | UnsetType = UNSET
    embed_domains: tuple[str, ...] | UnsetType = UNSET
    freshness: int | UnsetType = UNSET
    open_when_stale: bool | UnsetType = UNSET
    assignment: Literal["balanced", "priority", "rotate"] | UnsetType = UNSET
    grid_start: int | UnsetType = UNSET
    grid_timezone: str | UnsetType | None = UNSET
    team_id: UUID | UnsetType | None = UNSET
    visitor_picks: bool | UnsetType = UNSET
    repick: bool | UnsetType = UNSET
    calendar_changes: Literal["follow", "tell"] | UnsetType = UNSET


class LinkChange(Struct, frozen=True, kw_only=True):
    """What is to be changed of a link; what is left out stays."""

    title: str | UnsetType = UNSET
    slug: str | UnsetType = UNSET
    kind: Literal["collective", "group", "one_on_one", "round_robin"] | UnsetType = UNSET
    hosts: tuple[LinkHost, ...] | UnsetType = UNSET
    durations: tuple[int, ...] | UnsetType = UNSET
    interval: int | UnsetType | None = UNSET
    buffer_before: int | UnsetType = UNSET
    buffer_after: int | UnsetType = UNSET
    notice: int | UnsetType = UNSET
    horizon_days: int | UnsetType = UNSET
    first_day: date | UnsetType | None = UNSET
    last_day: date | UnsetType | None = UNSET
    limits: Limits | UnsetType = UNSET
    location: Location | UnsetType = UNSET
    schedule_id: UUID | UnsetType | None = UNSET
    description: str | UnsetType = UNSET
    confirmation_text: str | UnsetType = UNSET
    redirect_url: str | UnsetType = UNSET
    color: str | UnsetType = UNSET
    active: bool | UnsetType = UNSET
    listed: bool | UnsetType = UNSET
    single_use: bool | UnsetType = UNSET
    expires_at: datetime | UnsetType | None = UNSET
    reschedule_cutoff: int | UnsetType = UNSET
    cancel_cutoff: int | UnsetType = UNSET
    creates_deal: bool | UnsetType = UNSET
    approval: bool | UnsetType = UNSET
    capacity: int | UnsetType = UNSET
    questions: tuple[Question, ...] | UnsetType = UNSET
    embed_domains: tuple[str, ...] | UnsetType = UNSET
    freshness: int | UnsetType = UNSET
    open_when_stale: bool | UnsetType = UNSET
    assignment: Literal["balanced", "priority", "rotate"] | UnsetType = UNSET
    grid_start: int | UnsetType = UNSET
    grid_timezone: str | UnsetType | None = UNSET
    team_id: UUID | UnsetType | None = UNSET
    visitor_picks: bool | UnsetType = UNSET
    repick: bool | UnsetType = UNSET
    calendar_changes: Literal["follow", "tell"] | UnsetType = UNSET


class LinkDrafted(Struct, frozen=True, kw_only=True):
    """A link as it would be; `version` is the one you saw, 0 for a new one with an id of yours."""

    id: UUID
    owner: UUID
    version: int | UnsetType = UNSET
    settings: LinkSettings


class LinkHost(Struct, frozen=True, kw_only=True):
    """A host's place in a link: order, weight (1 to 1000) and level (1 to 100, the highest
    number comes first) are for team links. booking refuses others, at their fields.
    """

    host_id: UUID
    position: int | UnsetType = UNSET
    weight: int | UnsetType = UNSET
    level: int | UnsetType = UNSET


class LinkSettings(Struct, frozen=True, kw_only=True):
    """Everything about a link that its host decides. Minutes unless the name says otherwise.
    `durations[0]` is the default. `interval` `None` means the chosen duration. `first_day`
    and `last_day` (in the host's zone, both included) replace `horizon_days` when given.
    `schedule_id` `None` means each host's default schedule. Hosts who meet together share
    one grid: it begins each day at `grid_start` (minutes after midnight) in `grid_timezone`,
    the workspace's zone if `None`. A link that names a team (`team_id`) has its hosts:
    booking writes them into `hosts`, and again whenever the team changes. `visitor_picks`:
    the visitor may pick the host, at `/team/<slug>`. `repick`: a moved `round_robin` meeting
    whose host is not free may go to another. `calendar_changes`: a host moves or deletes the
    event in their calendar, or an attendee declines it: the booking follows, or the host is
    only told that both differ.
    """

    title: str
    slug: str
    kind: Literal["collective", "group", "one_on_one", "round_robin"] | UnsetType = UNSET
    hosts: tuple[LinkHost, ...] | UnsetType = UNSET
    durations: tuple[int, ...] | UnsetType = UNSET
    interval: int | UnsetType | None = UNSET
    buffer_before: int | UnsetType = UNSET
    buffer_after: int | UnsetType = UNSET
    notice: int | UnsetType = UNSET
    horizon_days: int | UnsetType = UNSET
    first_day: date | UnsetType | None = UNSET
    last_day: date | UnsetType | None = UNSET
    limits: Limits | UnsetType = UNSET
    location: Location | UnsetType = UNSET
    schedule_id: UUID | UnsetType | None = UNSET
    description: str | UnsetType = UNSET
    confirmation_text: str | UnsetType = UNSET
    redirect_url: str | UnsetType = UNSET
    colour: str | UnsetType = UNSET
    active: bool | UnsetType = UNSET
    listed: bool | UnsetType = UNSET
    single_use: bool | UnsetType = UNSET
    expires_at: datetime | UnsetType | None = UNSET
    reschedule_cutoff: int | UnsetType = UNSET
    cancel_cutoff: int | UnsetType = UNSET
    creates_deal: bool | UnsetType = UNSET
    approval: bool | UnsetType = UNSET
    capacity: int | UnsetType = UNSET
    questions: tuple[Question, ...] | UnsetType = UNSET
    embed_domains: tuple[str, ...] | UnsetType = UNSET
    freshness: int | UnsetType = UNSET
    open_when_stale: bool | UnsetType = UNSET
    assignment: Literal["balanced", "priority", "rotate"] | UnsetType = UNSET
    grid_start: int | UnsetType = UNSET
    grid_timezone: str | UnsetType | None = UNSET
    team_id: UUID | UnsetType | None = UNSET
    visitor_picks: bool | UnsetType = UNSET
    repick: bool | UnsetType = UNSET
    calendar_changes: Literal["follow", "tell"] | UnsetType = UNSET


class Links(Struct, frozen=True, kw_only=True):
    """Links."""

    links: tuple[Link, ...]


class ListedContact(Struct, frozen=True, kw_only=True):
    """A contact as lists show it. `deals`: how many are open."""

    contact: Contact
    deals: int
    meeting_next: datetime | None
    meeting_last: datetime | None


class Location(Struct, frozen=True, kw_only=True):
    """Where: `conference` takes its URL from the calendar; the others carry a `value`."""

    kind: Literal["address", "conference", "phone", "url"] | UnsetType = UNSET
    value: str | UnsetType = UNSET


class Member(Struct, frozen=True, kw_only=True):
    """Somebody of the workspace; their id is their host's, too."""

    id: UUID
    name: str
    email: str
    role: str
    state: str
    timezone: str
    language: str


class Members(Struct, frozen=True, kw_only=True):
    """By name."""

    members: tuple[Member, ...]


class MergeAsked(Struct, frozen=True, kw_only=True):
    """The contact that goes into the other."""

    contact: UUID


class MoveAsked(Struct, frozen=True, kw_only=True):
    """The new start."""

    start: datetime


class NamedAsked(Struct, frozen=True, kw_only=True):
    """A name and zone; `language` is that of mails, and stays if it is left out."""

    name: str
    timezone: str
    language: str | UnsetType | None = UNSET


class NamedRegion(Struct, frozen=True, kw_only=True):
    """NamedRegion."""

    region: str
    name: str


class NamedTally(Struct, frozen=True, kw_only=True):
    """Of one link or one host; `name` as it was last known."""

    id: UUID
    name: str
    tally: Tally


class NoShowAsked(Struct, frozen=True, kw_only=True):
    """`false` takes it back."""

    no_show: bool | UnsetType = UNSET


class NoteAsked(Struct, frozen=True, kw_only=True):
    """What the timeline is to say."""

    text: str


class NoteMade(Struct, frozen=True, kw_only=True):
    """The id by which it is deleted."""

    note: UUID


class OfferChange(Struct, frozen=True, kw_only=True):
    """How many starts a link offers now (`before`) and would offer, each for its first
    duration; how many of them `appear` and how many `vanish`.
    """

    link_id: UUID
    slug: str
    before: int
    after: int
    appear: int
    vanish: int


class OfferChanges(Struct, frozen=True, kw_only=True):
    """Of the links asked for, and of all whose hosts' schedules would change; by slug. `first`
    and `last` are the days that were counted, both included.
    """

    first: date
    last: date
    links: tuple[OfferChange, ...]


class Outside(Struct, frozen=True, kw_only=True):
    """Those that have not ended, soonest first."""

    meetings: tuple[OutsideMeeting, ...]


class OutsideMeeting(Struct, frozen=True, kw_only=True):
    """A meeting that is booked, or waits for approval, and no longer fits its host's time.
    `rule` is `hours` or `time_off`. `booking_id` is set where one booking alone stands
    behind it.
    """

    meeting_id: UUID
    link_id: UUID
    booking_id: UUID | None
    start: datetime
    end: datetime
    rule: str


class Overview(Struct, frozen=True, kw_only=True):
    """Every week, an empty one too; links and hosts that have bookings, the busiest first. A
    meeting of several hosts counts for each of them.
    """

    total: Tally
    weeks: tuple[WeekTally, ...]
    links: tuple[NamedTally, ...]
    hosts: tuple[NamedTally, ...]


class Period(Struct, frozen=True, kw_only=True):
    """Period."""

    start: datetime
    end: datetime


class Previewed(Struct, frozen=True, kw_only=True):
    """Previewed."""

    timezone: str
    periods: tuple[Period, ...]


class ProbeStep(Struct, frozen=True, kw_only=True):
    """One step of a probe; `problem` is in words, empty when it went well."""

    name: str
    ok: bool
    milliseconds: int
    problem: str


class Probed(Struct, frozen=True, kw_only=True):
    """The steps in the order taken; it ends at the first that failed, cleaning up aside."""

    ok: bool
    steps: tuple[ProbeStep, ...]


class Problem(Struct, frozen=True, kw_only=True):
    """`code` is for programs, `message` for people, `fields` says what is wrong where."""

    code: str
    message: str
    fields: dict[str, str] | UnsetType = UNSET


class PublicLink(Struct, frozen=True, kw_only=True):
    """What a visitor may know of a link. Minutes; `timezone` is the (first) host's."""

    slug: str
    title: str
    kind: str
    durations: tuple[int, ...]
    timezone: str
    questions: tuple[Question, ...]
    color: str
    description: str
    location: str
    hosts: tuple[Who, ...]
    open: bool


class Question(Struct, frozen=True, kw_only=True):
    """One field of the pre-meeting form. `accept` and `max_mib` (MiB) are for files; an empty
    `accept` takes every kind. `shown_if` names a question that comes before this one.
    """

    id: str
    label: str
    type: (
        Literal[
            "checkbox",
            "email",
            "file",
            "multi_select",
            "number",
            "phone",
            "select",
            "text",
            "textarea",
            "url",
        ]
        | UnsetType
    ) = UNSET
    required: bool | UnsetType = UNSET
    help: str | UnsetType = UNSET
    options: tuple[str, ...] | UnsetType = UNSET
    shown_if: Condition | UnsetType | None = UNSET
    accept: (
        tuple[
            Literal["audio", "document", "image", "pdf", "sheet", "slides", "text", "video", "zip"],
            ...,
        ]
        | UnsetType
    ) = UNSET
    max_mib: int | UnsetType = UNSET


class Refusal(Struct, frozen=True, kw_only=True):
    """Every error. `alternatives` are free instants, with `slot_taken`."""

    error: Problem
    alternatives: tuple[datetime, ...] | UnsetType = UNSET


class ReplayAsked(Struct, frozen=True, kw_only=True):
    """One event by its id, or all that the webhook wants `after` a cursor of the feed (empty:
    from the beginning).
    """

    event: UUID | UnsetType | None = UNSET
    after: str | UnsetType | None = UNSET


class Replayed(Struct, frozen=True, kw_only=True):
    """How many deliveries are due again."""

    count: int


class RoleAsked(Struct, frozen=True, kw_only=True):
    """Only owners make and unmake owners."""

    role: Literal["admin", "member", "owner"]


class Schedule(Struct, frozen=True, kw_only=True):
    """Named weekly hours of one host in one zone. `is_default` is used where a link names none.
    `holidays` is a country or a part of one by ISO 3166 (`DE`, `DE-BY`); its public holidays
    are days off, unless an override gives that date hours.
    """

    id: UUID
    workspace_id: UUID
    host_id: UUID
    name: str
    timezone: str
    hours: tuple[WeekdayHours, ...]
    overrides: tuple[DateOverride, ...]
    is_default: bool
    holidays: str
    version: int


class ScheduleAsked(Struct, frozen=True, kw_only=True):
    """Weekly hours of one host (`host` absent: the key's owner). `version` is the one you saw.
    `holidays`: a country or a part of one (`DE`, `DE-BY`) whose public holidays are days
    off.
    """

    name: str
    timezone: str
    hours: tuple[WeekdayHours, ...] | UnsetType = UNSET
    overrides: tuple[DateOverride, ...] | UnsetType = UNSET
    is_default: bool | UnsetType = UNSET
    holidays: str | UnsetType = UNSET
    version: int | UnsetType = UNSET
    host: UUID | UnsetType | None = UNSET


class ScheduleDrafted(Struct, frozen=True, kw_only=True):
    """A schedule as it would be."""

    name: str
    timezone: str
    hours: tuple[WeekdayHours, ...] | UnsetType = UNSET
    overrides: tuple[DateOverride, ...] | UnsetType = UNSET
    is_default: bool | UnsetType = UNSET
    holidays: str | UnsetType = UNSET
    version: int | UnsetType = UNSET
    host: UUID | UnsetType | None = UNSET
    id: UUID


class Schedules(Struct, frozen=True, kw_only=True):
    """Schedules."""

    schedules: tuple[Schedule, ...]
    time_off: tuple[TimeOff, ...]


class Slot(Struct, frozen=True, kw_only=True):
    """Slot."""

    start: datetime
    seats: int


class Tally(Struct, frozen=True, kw_only=True):
    """Bookings by the start of their meeting, a moved one once; requests that were never
    approved are left out. `booked` is all of them, `no_shows` and `cancelled` parts of it.
    `lead_hours`: the median from the first booking to the start; `None` where there is none.
    """

    booked: int
    no_shows: int
    cancelled: int
    lead_hours: float | None


class Team(Struct, frozen=True, kw_only=True):
    """An ordered list of hosts. At `/team/<slug>` the visitor picks one of them; the slug is
    unique among the installation's teams. Links that name the team take its hosts.
    """

    id: UUID
    workspace_id: UUID
    name: str
    slug: str
    members: tuple[TeamMember, ...]
    version: int


class TeamAsked(Struct, frozen=True, kw_only=True):
    """A team; its order is that of `members`. `version` is the one you saw, 0 for a new one."""

    name: str
    slug: str
    members: tuple[TeamMember, ...]
    version: int | UnsetType = UNSET


class TeamDrafted(Struct, frozen=True, kw_only=True):
    """A team as it would be."""

    name: str
    slug: str
    members: tuple[TeamMember, ...]
    version: int | UnsetType = UNSET
    id: UUID


class TeamMember(Struct, frozen=True, kw_only=True):
    """A host's place in a team, in the order of the list. `weight` 1 to 1000, `level` 1 to 100
    (the highest number comes first); one who is not `active` is paused and gets nothing.
    """

    host_id: UUID
    weight: int | UnsetType = UNSET
    level: int | UnsetType = UNSET
    active: bool | UnsetType = UNSET


class Teams(Struct, frozen=True, kw_only=True):
    """By name."""

    teams: tuple[Team, ...]


class Terms(Struct, frozen=True, kw_only=True):
    """Other terms to try for a host; ranges as in `TeamMember`."""

    host_id: UUID
    weight: int | UnsetType = UNSET
    level: int | UnsetType = UNSET


class TimeOff(Struct, frozen=True, kw_only=True):
    """Out of office: whole local days (`first_day` to `last_day`, both included), or exact."""

    id: UUID
    workspace_id: UUID
    host_id: UUID
    first_day: date | None
    last_day: date | None
    start: datetime | None
    end: datetime | None
    reason: str


class TimeOffAsked(Struct, frozen=True, kw_only=True):
    """Whole local days (`first_day` to `last_day`, both included) or `start` to `end`."""

    first_day: date | UnsetType | None = UNSET
    last_day: date | UnsetType | None = UNSET
    start: datetime | UnsetType | None = UNSET
    end: datetime | UnsetType | None = UNSET
    reason: str | UnsetType = UNSET
    host: UUID | UnsetType | None = UNSET


class TimelineEntry(Struct, frozen=True, kw_only=True):
    """`kind`: booked, rescheduled, cancelled, no_show, no_show_undone, stage, value, note,
    merged, erased. Instants in UTC. `detail` of `booked` has `answers` (a line each) and the
    attached files' names as `file:<id>`; of a `note` its `text` and, as `note`, the id that
    deletes it; `by` is who did it.
    """

    at: datetime
    kind: str
    booking_id: UUID | None
    start: datetime | None
    previous_start: datetime | None
    detail: dict[str, str]
    deal_id: UUID | None


class TrialAsked(Struct, frozen=True, kw_only=True):
    """Other terms for a team, tried on the meetings of these months. Nothing is changed."""

    first: date
    last: date
    method: Literal["balanced", "priority", "rotate"] | UnsetType = UNSET
    terms: tuple[Terms, ...] | UnsetType = UNSET


class Tried(Struct, frozen=True, kw_only=True):
    """`rows` as they would be; `moved` of `decisions` meetings would have another host."""

    rows: tuple[FairnessRow, ...]
    decisions: int
    moved: int


class UploadMade(Struct, frozen=True, kw_only=True):
    """`upload` is the file's value in `answers`, a secret of its sender; `size` in bytes,
    `type` by the file's content. Without a booking it is deleted at `expires_at`.
    """

    upload: UUID
    name: str
    size: int
    type: str
    expires_at: datetime


class Webhook(Struct, frozen=True, kw_only=True):
    """An address that is told of events. No `types`: of all. `why` it is disabled: `failing`
    for a day, or `gone` (it answered 410).
    """

    id: UUID
    workspace_id: UUID
    url: str
    types: tuple[str, ...]
    state: str
    why: str
    created_at: datetime
    failing_since: datetime | None


class WebhookAsked(Struct, frozen=True, kw_only=True):
    """Where events are sent; no `types`: all of them."""

    url: str
    types: (
        tuple[
            Literal[
                "booking.cancelled",
                "booking.confirmed",
                "booking.declined",
                "booking.no_show",
                "booking.no_show_undone",
                "booking.reassigned",
                "booking.requested",
                "booking.rescheduled",
                "contact.created",
                "contact.erased",
                "contact.merged",
                "deal.created",
                "deal.stage_changed",
                "deal.value_changed",
                "webhook.test",
            ],
            ...,
        ]
        | UnsetType
    ) = UNSET


class WebhookDeliveries(Struct, frozen=True, kw_only=True):
    """WebhookDeliveries."""

    webhook: Webhook
    deliveries: tuple[WebhookDelivery, ...]
    cursor: str


class WebhookDelivery(Struct, frozen=True, kw_only=True):
    """One event for one webhook, and its last try. `state`: due, done, failed (given up).
    `problem` is in our words, `latency_ms` how long the answer took.
    """

    id: UUID
    event_id: UUID
    type: str
    state: str
    attempts: int
    status: int | None
    latency_ms: int | None
    problem: str
    made_at: datetime
    tried_at: datetime | None
    next_try_at: datetime | None


class WebhookMade(Struct, frozen=True, kw_only=True):
    """A new webhook. `secret` signs what it is sent; it is not shown again."""

    webhook: Webhook
    secret: str


class Webhooks(Struct, frozen=True, kw_only=True):
    """Webhooks."""

    webhooks: tuple[Webhook, ...]


class WeekTally(Struct, frozen=True, kw_only=True):
    """`week` is its Monday."""

    week: date
    tally: Tally


class WeekdayHours(Struct, frozen=True, kw_only=True):
    """`weekday` as in ISO 8601: 1 is Monday, 7 is Sunday."""

    weekday: int
    windows: tuple[Window, ...] | UnsetType = UNSET


class Who(Struct, frozen=True, kw_only=True):
    """A host, as strangers see them."""

    name: str


class Window(Struct, frozen=True, kw_only=True):
    """Wall time `[start, end)` of one day, in the schedule's zone."""

    start: int
    end: int


class Workspace(Struct, frozen=True, kw_only=True):
    """The company."""

    id: UUID
    name: str
    timezone: str
    language: str


class Api(Asking):
    """The operations, by their ids in the document."""

    def audit(self, *, limit: int | None = None) -> Audit:
        """What was done, newest first. For admins. Scope: `members:read`."""
        return self._ask("GET", "/api/v1/audit", Audit, query={"limit": limit})

    def board(self, *, search: str | None = None, limit: int | None = None) -> Board:
        """Deals by stage, with their count and value. Of each stage the latest active ones.
        Members see the deals they own. Scope: `crm:read`.
        """
        return self._ask("GET", "/api/v1/board", Board, query={"search": search, "limit": limit})

    def bookings(
        self,
        *,
        limit: int | None = None,
        after: str | None = None,
        tab: Literal["cancelled", "no_shows", "past", "pending", "upcoming"] | None = None,
        host: UUID | None = None,
        link: UUID | None = None,
        search: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Bookings:
        """A page of one tab of bookings. Upcoming: soonest first; the others: latest first.
        Scope: `bookings:read`.
        """
        return self._ask(
            "GET",
            "/api/v1/bookings",
            Bookings,
            query={
                "limit": limit,
                "after": after,
                "tab": tab,
                "host": host,
                "link": link,
                "search": search,
                "since": since,
                "until": until,
            },
        )

    def booking(self, booking_id: UUID) -> BookingDetail:
        """One booking with its history. Answers, guests and what happened to it, oldest first.
        Scope: `bookings:read`.
        """
        return self._ask("GET", f"/api/v1/bookings/{booking_id}", BookingDetail)

    def approve(self, booking_id: UUID) -> Booking:
        """Says yes to a request. The same answer again is harmless; another one is a 409.
        Scope: `bookings:write`.
        """
        return self._ask("POST", f"/api/v1/bookings/{booking_id}/approve", Booking)

    def cancel(self, booking_id: UUID, body: CancelAsked | None = None) -> Booking:
        """Cancels a booking, by its host. The body may be absent. Scope: `bookings:write`."""
        return self._ask("POST", f"/api/v1/bookings/{booking_id}/cancel", Booking, body=body)

    def decisions(self, booking_id: UUID) -> Decisions:
        """Why this host: every decision of the rotation. Of the whole chain, oldest first;
        empty for what no rotation has decided. Scope: `bookings:read`.
        """
        return self._ask("GET", f"/api/v1/bookings/{booking_id}/decisions", Decisions)

    def decline(self, booking_id: UUID, body: CancelAsked | None = None) -> Booking:
        """Says no to a request. `reason` is for the attendee; the body may be absent. Scope:
        `bookings:write`.
        """
        return self._ask("POST", f"/api/v1/bookings/{booking_id}/decline", Booking, body=body)

    def mails(self, booking_id: UUID) -> Deliveries:
        """The mails about a booking, and how they are. Of the whole chain. Scope:
        `bookings:read`.
        """
        return self._ask("GET", f"/api/v1/bookings/{booking_id}/mails", Deliveries)

    def resend(self, booking_id: UUID, delivery_id: UUID) -> Delivery:
        """Sends a failed mail again. It is due again. Scope: `bookings:write`."""
        return self._ask(
            "POST", f"/api/v1/bookings/{booking_id}/mails/{delivery_id}/resend", Delivery
        )

    def no_show(self, booking_id: UUID, body: NoShowAsked) -> Booking:
        """Marks or unmarks a no-show. After the start. Scope: `bookings:write`."""
        return self._ask("POST", f"/api/v1/bookings/{booking_id}/no-show", Booking, body=body)

    def reassign(self, booking_id: UUID, body: HostAsked) -> Booking:
        """Gives a meeting to another of its link's hosts. At the same time; `round_robin` only.
        Repeating it is harmless. Scope: `bookings:write`.
        """
        return self._ask("POST", f"/api/v1/bookings/{booking_id}/reassign", Booking, body=body)

    def reschedule(
        self, booking_id: UUID, body: MoveAsked, *, idempotency_key: str | None = None
    ) -> Booking:
        """Moves a booking, by its host. A host may override notice and horizon, never a claim
        or a busy period. Scope: `bookings:write`.
        """
        return self._ask(
            "POST",
            f"/api/v1/bookings/{booking_id}/reschedule",
            Booking,
            body=body,
            headers={"Idempotency-Key": idempotency_key},
        )

    def cancel_by_token(self, token: str, body: CancelAsked | None = None) -> BookingEnded:
        """Cancels a booking, by its attendee. 200 with the cancelled booking; the body may be
        absent.
        """
        return self._ask(
            "POST", f"/api/v1/bookings/cancel/{quote(token, safe='')}", BookingEnded, body=body
        )

    def reschedule_by_token(
        self, token: str, body: MoveAsked, *, idempotency_key: str | None = None
    ) -> BookingMade:
        """Moves a booking. 200 with the new booking. Without a key, the same move asked twice
        is one move.
        """
        return self._ask(
            "POST",
            f"/api/v1/bookings/reschedule/{quote(token, safe='')}",
            BookingMade,
            body=body,
            headers={"Idempotency-Key": idempotency_key},
        )

    def connections(self) -> Connections:
        """Connected calendars that the key sees, and how they are. Members see their own,
        admins the workspace's; never what opens them. Scope: `calendars:read`.
        """
        return self._ask("GET", "/api/v1/connections", Connections)

    def connect(self, body: ConnectionAsked, *, idempotency_key: str | None = None) -> Connection:
        """Connects a calendar, or mends the connection to it. Of the key's own host. Google and
        Microsoft need a browser: 422 at `provider`. Scope: `calendars:write`.
        """
        return self._ask(
            "POST",
            "/api/v1/connections",
            Connection,
            body=body,
            headers={"Idempotency-Key": idempotency_key},
        )

    def disconnect(self, connection_id: UUID) -> None:
        """Disconnects a calendar. Of the key's own host. Its busy times no longer block. Scope:
        `calendars:write`.
        """
        self._ask("DELETE", f"/api/v1/connections/{connection_id}", type(None))

    def choose_calendars(self, connection_id: UUID, body: CalendarsChosen) -> Connection:
        """Chooses what is checked, and where bookings are written. Of the key's own host.
        Scope: `calendars:write`.
        """
        return self._ask(
            "PUT", f"/api/v1/connections/{connection_id}/calendars", Connection, body=body
        )

    def check_connection(self, connection_id: UUID) -> Probed:
        """Tries the whole way, step by step. An event is written, read back and deleted. Of the
        key's own host. Scope: `calendars:write`.
        """
        return self._ask("POST", f"/api/v1/connections/{connection_id}/check", Probed)

    def contacts(
        self, *, limit: int | None = None, after: str | None = None, search: str | None = None
    ) -> Contacts:
        """A page of contacts, newest first. Members see the contacts of deals they own. Scope:
        `crm:read`.
        """
        return self._ask(
            "GET",
            "/api/v1/contacts",
            Contacts,
            query={"limit": limit, "after": after, "search": search},
        )

    def contact(self, contact_id: UUID) -> ContactDetail:
        """One contact with deals and timeline. Members see the contacts of deals they own, and
        of them no more than those deals. Scope: `crm:read`.
        """
        return self._ask("GET", f"/api/v1/contacts/{contact_id}", ContactDetail)

    def erase_contact(self, contact_id: UUID) -> ContactDetail:
        """Forgets who a contact is. For admins. Here, in the feed, and in what webhooks have
        still to be sent; for good. Scope: `crm:write`.
        """
        return self._ask("POST", f"/api/v1/contacts/{contact_id}/erase", ContactDetail)

    def merge_contacts(self, contact_id: UUID, body: MergeAsked) -> ContactDetail:
        """Merges another contact into this one. For admins. With its deals, meetings and
        timeline; it cannot be undone. Scope: `crm:write`.
        """
        return self._ask("POST", f"/api/v1/contacts/{contact_id}/merge", ContactDetail, body=body)

    def add_contact_note(
        self, contact_id: UUID, body: NoteAsked, *, idempotency_key: str | None = None
    ) -> NoteMade:
        """Adds a note. On the contact's timeline, which only admins see. Scope: `crm:write`."""
        return self._ask(
            "POST",
            f"/api/v1/contacts/{contact_id}/notes",
            NoteMade,
            body=body,
            headers={"Idempotency-Key": idempotency_key},
        )

    def delete_contact_note(self, contact_id: UUID, note_id: UUID) -> None:
        """Deletes a note. For admins, who alone see the contact's timeline. Scope: `crm:write`."""
        self._ask("DELETE", f"/api/v1/contacts/{contact_id}/notes/{note_id}", type(None))

    def crm_connections(self) -> CrmConnections:
        """Connected CRMs and how they are. And which could be connected. Scope: `crm:read`."""
        return self._ask("GET", "/api/v1/crm-connections", CrmConnections)

    def connect_crm(
        self, body: CrmTokenAsked, *, idempotency_key: str | None = None
    ) -> CrmConnection:
        """Connects a CRM by a token. Those that sign in on their own pages need a browser.
        Scope: `crm:write`.
        """
        return self._ask(
            "POST",
            "/api/v1/crm-connections",
            CrmConnection,
            body=body,
            headers={"Idempotency-Key": idempotency_key},
        )

    def disconnect_crm(self, crm_id: UUID) -> None:
        """Disconnects a CRM. What was written there stays. Scope: `crm:write`."""
        self._ask("DELETE", f"/api/v1/crm-connections/{crm_id}", type(None))

    def crm_failures(
        self, crm_id: UUID, *, limit: int | None = None, after: str | None = None
    ) -> CrmFailures:
        """What did not arrive there. The latest first. Scope: `crm:read`."""
        return self._ask(
            "GET",
            f"/api/v1/crm-connections/{crm_id}/failures",
            CrmFailures,
            query={"limit": limit, "after": after},
        )

    def crm_mapping(self, crm_id: UUID) -> CrmMapping:
        """What is written where. Our fields and theirs, as they exist there just now. Scope:
        `crm:read`.
        """
        return self._ask("GET", f"/api/v1/crm-connections/{crm_id}/mapping", CrmMapping)

    def save_crm_mapping(self, crm_id: UUID, body: CrmMappingAsked) -> CrmConnection:
        """Says what is written where. All of it; what is not named is written nowhere. Scope:
        `crm:write`.
        """
        return self._ask(
            "PUT", f"/api/v1/crm-connections/{crm_id}/mapping", CrmConnection, body=body
        )

    def retry_crm(self, crm_id: UUID) -> Replayed:
        """Tries again what failed or waits. All of it. Scope: `crm:write`."""
        return self._ask("POST", f"/api/v1/crm-connections/{crm_id}/retry", Replayed)

    def deals(
        self,
        *,
        limit: int | None = None,
        after: str | None = None,
        stage: Literal["lost", "new", "proposal", "qualified", "won"] | None = None,
        search: str | None = None,
    ) -> Deals:
        """A page of deals, newest first. Members see the deals they own. Scope: `crm:read`."""
        return self._ask(
            "GET",
            "/api/v1/deals",
            Deals,
            query={"limit": limit, "after": after, "stage": stage, "search": search},
        )

    def deal(self, deal_id: UUID) -> DealDetail:
        """One deal with its timeline. 404 for one that the key does not see. Scope: `crm:read`."""
        return self._ask("GET", f"/api/v1/deals/{deal_id}", DealDetail)

    def change_deal(self, deal_id: UUID, body: DealChange) -> Deal:
        """Sets a deal's stage and value. What is left out stays. The timeline keeps who did it.
        Scope: `crm:write`.
        """
        return self._ask("PATCH", f"/api/v1/deals/{deal_id}", Deal, body=body)

    def add_deal_note(
        self, deal_id: UUID, body: NoteAsked, *, idempotency_key: str | None = None
    ) -> NoteMade:
        """Adds a note. On the deal's timeline; the workspace's people read it, nobody else.
        Scope: `crm:write`.
        """
        return self._ask(
            "POST",
            f"/api/v1/deals/{deal_id}/notes",
            NoteMade,
            body=body,
            headers={"Idempotency-Key": idempotency_key},
        )

    def delete_deal_note(self, deal_id: UUID, note_id: UUID) -> None:
        """Deletes a note. Members their own, admins every one. Scope: `crm:write`."""
        self._ask("DELETE", f"/api/v1/deals/{deal_id}/notes/{note_id}", type(None))

    def events(self, *, limit: int | None = None, after: str | None = None) -> Events:
        """Everything that happened, oldest first. Members see what they took part in. A cursor
        never skips an event that comes later. 410 where something after it is no longer
        kept. Scope: `events:read`.
        """
        return self._ask("GET", "/api/v1/events", Events, query={"limit": limit, "after": after})

    def renew_hold(self, hold: UUID) -> HoldMade:
        """Renews a hold; 30 minutes in all at most. Whoever knows the id owns the hold."""
        return self._ask("PATCH", f"/api/v1/holds/{hold}", HoldMade)

    def release_hold(self, hold: UUID) -> None:
        """Gives a held time back. A repeat is harmless."""
        self._ask("DELETE", f"/api/v1/holds/{hold}", type(None))

    def holidays(self, *, from_: date, to: date, region: str | None = None) -> Holidays:
        """Public holidays, and the regions that are known. At most 800 days at once. Scope:
        `schedules:read`.
        """
        return self._ask(
            "GET", "/api/v1/holidays", Holidays, query={"from": from_, "to": to, "region": region}
        )

    def hosts(self) -> Hosts:
        """Everybody who can be booked. Of the workspace; a host's id is that of their account.
        Scope: `members:read`.
        """
        return self._ask("GET", "/api/v1/hosts", Hosts)

    def change_host(self, host_id: UUID, body: HostChange) -> Host:
        """Changes one's own page and limits. 404 for anybody but the key's own host. Scope:
        `links:write`.
        """
        return self._ask("PATCH", f"/api/v1/hosts/{host_id}", Host, body=body)

    def links(self) -> Links:
        """The links that the key sees. Members see their own, admins the workspace's. Scope:
        `links:read`.
        """
        return self._ask("GET", "/api/v1/links", Links)

    def create_link(self, body: LinkAsked, *, idempotency_key: str | None = None) -> Link:
        """Makes a link. 409 `slug_taken` where the slug is in use anywhere in the installation.
        Members offer their own time, admins anybody's. Scope: `links:write`.
        """
        return self._ask(
            "POST", "/api/v1/links", Link, body=body, headers={"Idempotency-Key": idempotency_key}
        )

    def link(self, slug: str) -> PublicLink:
        """A link, as its visitors see it. Answers 404 for a host's own page."""
        return self._ask("GET", f"/api/v1/links/{quote(slug, safe='')}", PublicLink)

    def book(self, slug: str, body: BookingAsked, *, idempotency_key: str) -> BookingMade:
        """Books a time. 201 with the booking; 409 `slot_taken` with the nearest free times."""
        return self._ask(
            "POST",
            f"/api/v1/links/{quote(slug, safe='')}/bookings",
            BookingMade,
            body=body,
            headers={"Idempotency-Key": idempotency_key},
        )

    def place_hold(self, slug: str, body: HoldAsked) -> HoldMade:
        """Keeps a time for ten minutes. The hold's id is made here, so that a repeated call to
        booking makes one hold.
        """
        return self._ask("POST", f"/api/v1/links/{quote(slug, safe='')}/holds", HoldMade, body=body)

    def slots(
        self,
        slug: str,
        *,
        from_: date,
        to: date,
        tz: str,
        duration: int | None = None,
        hold: UUID | None = None,
        host: UUID | None = None,
    ) -> FreeTimes:
        """The free times of a link. The hot path: a hit decodes nothing, encodes nothing and
        asks nobody.
        """
        return self._ask(
            "GET",
            f"/api/v1/links/{quote(slug, safe='')}/slots",
            FreeTimes,
            query={
                "from": from_,
                "to": to,
                "tz": tz,
                "duration": duration,
                "hold": hold,
                "host": host,
            },
        )

    def upload(self, slug: str, question: str, file: tuple[str, bytes]) -> UploadMade:
        """Sends a file, as an answer to a question. 201 with the value that stands for the file
        in `answers`.
        """
        return self._ask(
            "POST",
            f"/api/v1/links/{quote(slug, safe='')}/uploads",
            UploadMade,
            form={"question": question},
            files={"file": file},
        )

    def explain(
        self, link_id: UUID, *, start: datetime, duration: int | None = None
    ) -> Explanation:
        """Why a start is offered or not. Every rule, host by host, with the facts that it went
        by. Scope: `links:read`.
        """
        return self._ask(
            "GET",
            f"/api/v1/links/{link_id}/explain",
            Explanation,
            query={"start": start, "duration": duration},
        )

    def link_settings(self, link_id: UUID) -> Link:
        """One link with all its settings. 404 for one that the key does not see. Scope:
        `links:read`.
        """
        return self._ask("GET", f"/api/v1/links/{link_id}/settings", Link)

    def change_link(
        self, link_id: UUID, body: LinkChange, *, if_match: int | str | None = None
    ) -> Link:
        """Changes a link's settings. What is left out stays. A link's kind cannot be changed.
        Scope: `links:write`.
        """
        return self._ask(
            "PATCH",
            f"/api/v1/links/{link_id}/settings",
            Link,
            body=body,
            headers={"If-Match": version(if_match)},
        )

    def delete_link(self, link_id: UUID, *, if_match: int | str | None = None) -> None:
        """Deletes a link; what was booked through it stays. Its slug is free again. Scope:
        `links:write`.
        """
        self._ask(
            "DELETE",
            f"/api/v1/links/{link_id}/settings",
            type(None),
            headers={"If-Match": version(if_match)},
        )

    def me(self) -> Member:
        """Whom the key acts for. What the key sees and may is what they do. Scope:
        `members:read`.
        """
        return self._ask("GET", "/api/v1/me", Member)

    def save_me(self, body: NamedAsked) -> Member:
        """Changes whom the key acts for. Their own name, zone and language. Scope:
        `members:write`.
        """
        return self._ask("PUT", "/api/v1/me", Member, body=body)

    def members(self) -> Members:
        """Everybody of the workspace. Only admins see those who were deactivated. Scope:
        `members:read`.
        """
        return self._ask("GET", "/api/v1/members", Members)

    def invite(self, body: InvitationAsked) -> Member:
        """Invites somebody, by mail. For admins; only owners invite owners. Again for one who
        has not accepted: a new mail. Scope: `members:write`.
        """
        return self._ask("POST", "/api/v1/members", Member, body=body)

    def deactivate(self, account_id: UUID) -> Member:
        """Ends somebody's access. For admins. They can neither sign in nor be booked; their
        bookings stay. Scope: `members:write`.
        """
        return self._ask("POST", f"/api/v1/members/{account_id}/deactivate", Member)

    def reactivate(self, account_id: UUID) -> Member:
        """Lets somebody back in. For admins. Scope: `members:write`."""
        return self._ask("POST", f"/api/v1/members/{account_id}/reactivate", Member)

    def change_role(self, account_id: UUID, body: RoleAsked) -> Member:
        """Gives another role. For admins. A workspace always keeps an owner. Scope:
        `members:write`.
        """
        return self._ask("PUT", f"/api/v1/members/{account_id}/role", Member, body=body)

    def outside(self, *, host: UUID | None = None) -> Outside:
        """Meetings that a host's hours no longer cover. Those that have not ended, soonest
        first. Scope: `schedules:read`.
        """
        return self._ask("GET", "/api/v1/outside", Outside, query={"host": host})

    def overview(
        self,
        *,
        first: date,
        weeks: int | None = None,
        host: UUID | None = None,
        link: UUID | None = None,
    ) -> Overview:
        """Bookings in numbers. By week, link and host; days are those of the key's owner.
        Members see their own. Scope: `bookings:read`.
        """
        return self._ask(
            "GET",
            "/api/v1/overview",
            Overview,
            query={"first": first, "weeks": weeks, "host": host, "link": link},
        )

    def schedules(self) -> Schedules:
        """Schedules and time off that the key sees. Members see their own, admins the
        workspace's. Scope: `schedules:read`.
        """
        return self._ask("GET", "/api/v1/schedules", Schedules)

    def schedule(self, schedule_id: UUID) -> Schedule:
        """One schedule. Its weekly hours and overrides. Scope: `schedules:read`."""
        return self._ask("GET", f"/api/v1/schedules/{schedule_id}", Schedule)

    def save_schedule(
        self, schedule_id: UUID, body: ScheduleAsked, *, if_match: int | str | None = None
    ) -> Schedule:
        """Makes or replaces a schedule. A new one has an id of your choice and `version` 0; 409
        when it was changed meanwhile. Scope: `schedules:write`.
        """
        return self._ask(
            "PUT",
            f"/api/v1/schedules/{schedule_id}",
            Schedule,
            body=body,
            headers={"If-Match": version(if_match)},
        )

    def delete_schedule(self, schedule_id: UUID, *, if_match: int | str | None = None) -> None:
        """Deletes a schedule that is nobody's default. Links that named it use their host's
        default from now on. Scope: `schedules:write`.
        """
        self._ask(
            "DELETE",
            f"/api/v1/schedules/{schedule_id}",
            type(None),
            headers={"If-Match": version(if_match)},
        )

    def preview(self, schedule_id: UUID, *, from_: date, to: date) -> Previewed:
        """The hours that result, time off applied. Instants, over days of the schedule's zone.
        Scope: `schedules:read`.
        """
        return self._ask(
            "GET",
            f"/api/v1/schedules/{schedule_id}/preview",
            Previewed,
            query={"from": from_, "to": to},
        )

    def teams(self) -> Teams:
        """The workspace's teams, by name. Each with its members in their order. Scope:
        `teams:read`.
        """
        return self._ask("GET", "/api/v1/teams", Teams)

    def team(self, team_id: UUID) -> Team:
        """One team. With its members in their order. Scope: `teams:read`."""
        return self._ask("GET", f"/api/v1/teams/{team_id}", Team)

    def save_team(
        self, team_id: UUID, body: TeamAsked, *, if_match: int | str | None = None
    ) -> Team:
        """Makes or replaces a team. For admins. A new one has an id of your choice. The links
        that name it follow at once. Scope: `teams:write`.
        """
        return self._ask(
            "PUT",
            f"/api/v1/teams/{team_id}",
            Team,
            body=body,
            headers={"If-Match": version(if_match)},
        )

    def delete_team(self, team_id: UUID, *, if_match: int | str | None = None) -> None:
        """Deletes a team that no link names. For admins. Scope: `teams:write`."""
        self._ask(
            "DELETE",
            f"/api/v1/teams/{team_id}",
            type(None),
            headers={"If-Match": version(if_match)},
        )

    def fairness(self, team_id: UUID, *, from_: date, to: date) -> Fairness:
        """Who had how many meetings of which share. For admins. Month by month, at most 24.
        Scope: `teams:read`.
        """
        return self._ask(
            "GET", f"/api/v1/teams/{team_id}/fairness", Fairness, query={"from": from_, "to": to}
        )

    def try_terms(self, team_id: UUID, body: TrialAsked) -> Tried:
        """Tries other terms; changes nothing. For admins. The meetings of these months, given
        out again. Scope: `teams:read`.
        """
        return self._ask("POST", f"/api/v1/teams/{team_id}/fairness", Tried, body=body)

    def add_time_off(self, body: TimeOffAsked, *, idempotency_key: str | None = None) -> TimeOff:
        """Keeps a host free. Whole local days, or an exact period. Scope: `schedules:write`."""
        return self._ask(
            "POST",
            "/api/v1/time-off",
            TimeOff,
            body=body,
            headers={"Idempotency-Key": idempotency_key},
        )

    def delete_time_off(self, time_off_id: UUID) -> None:
        """Ends a time off. 404 for one that the key does not see. Scope: `schedules:write`."""
        self._ask("DELETE", f"/api/v1/time-off/{time_off_id}", type(None))

    def webhooks(self) -> Webhooks:
        """The workspace's webhooks. For admins. Scope: `webhooks:read`."""
        return self._ask("GET", "/api/v1/webhooks", Webhooks)

    def create_webhook(
        self, body: WebhookAsked, *, idempotency_key: str | None = None
    ) -> WebhookMade:
        """Makes a webhook. For admins. The answer holds the secret, this once: the same key
        again is a 409. Scope: `webhooks:write`.
        """
        return self._ask(
            "POST",
            "/api/v1/webhooks",
            WebhookMade,
            body=body,
            headers={"Idempotency-Key": idempotency_key},
        )

    def delete_webhook(self, webhook_id: UUID) -> None:
        """Deletes a webhook and its log. For admins. Scope: `webhooks:write`."""
        self._ask("DELETE", f"/api/v1/webhooks/{webhook_id}", type(None))

    def webhook_deliveries(
        self, webhook_id: UUID, *, limit: int | None = None, after: str | None = None
    ) -> WebhookDeliveries:
        """What a webhook was sent, newest first. For admins. Scope: `webhooks:read`."""
        return self._ask(
            "GET",
            f"/api/v1/webhooks/{webhook_id}/deliveries",
            WebhookDeliveries,
            query={"limit": limit, "after": after},
        )

    def enable_webhook(self, webhook_id: UUID) -> Webhook:
        """Enables a webhook, and sends what it missed. For admins. Scope: `webhooks:write`."""
        return self._ask("POST", f"/api/v1/webhooks/{webhook_id}/enable", Webhook)

    def replay_events(self, webhook_id: UUID, body: ReplayAsked) -> Replayed:
        """Sends events again. For admins. 409 where it is disabled. Scope: `webhooks:write`."""
        return self._ask("POST", f"/api/v1/webhooks/{webhook_id}/replay", Replayed, body=body)

    def send_test_event(self, webhook_id: UUID) -> WebhookDelivery:
        """Sends a webhook a test event. For admins. 409 where it is disabled. Scope:
        `webhooks:write`.
        """
        return self._ask("POST", f"/api/v1/webhooks/{webhook_id}/test", WebhookDelivery)

    def what_if(self, body: DraftsAsked) -> OfferChanges:
        """Checks drafts, and counts the slots that would come and go; saves nothing. For
        admins. What is wrong is named as in `links[1].slug`; 409 where a version is not the
        newest. Slots are counted over days of `timezone`, today the first. Scope:
        `links:read`.
        """
        return self._ask("POST", "/api/v1/what-if", OfferChanges, body=body)

    def workspace(self) -> Workspace:
        """The workspace. Its name and zone. Scope: `members:read`."""
        return self._ask("GET", "/api/v1/workspace", Workspace)

    def save_workspace(self, body: NamedAsked) -> Workspace:
        """Another name, zone or language. For admins. Scope: `members:write`."""
        return self._ask("PUT", "/api/v1/workspace", Workspace, body=body)
