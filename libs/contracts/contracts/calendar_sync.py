"""calendar-sync: connections to hosts' calendars, their busy time, and the events we write."""

from typing import Annotated, Literal, Protocol
from uuid import UUID

from msgspec import Meta

from contracts.wire import Empty, Event, Instant, Message, Ping, Pong, surface

Provider = Literal["google", "microsoft", "caldav", "ics", "practice"]
"""`practice` is the in-memory calendar for trying things out and for tests."""


class Calendar(Message, frozen=True, kw_only=True):
    id: str
    name: str
    checked: bool = True
    written: bool = False
    writable: bool = True


class Connection(Message, frozen=True, kw_only=True):
    """A host's account at a provider. `problem` is in words and says what to do, empty when all is
    well; `attempts` failed since it was last read, and `next_sync_at` is when it is read next.
    """

    id: UUID
    workspace_id: UUID
    host_id: UUID
    provider: Provider
    account: str
    state: Literal["ok", "broken"] = "ok"
    problem: str = ""
    synced_at: Instant | None = None
    calendars: tuple[Calendar, ...] = ()
    version: int = 0
    attempts: int = 0
    next_sync_at: Instant | None = None


class BusyPeriod(Message, frozen=True, kw_only=True):
    """`[start, end)` that blocks the host. `id` is stable for one occurrence of one event."""

    id: str
    start: Instant
    end: Instant
    removed: bool = False


class ListConnections(Message, frozen=True, kw_only=True):
    workspace_id: UUID
    host_id: UUID | None = None


class Connections(Message, frozen=True, kw_only=True):
    """`providers` are those that this installation can connect."""

    connections: tuple[Connection, ...]
    providers: tuple[Provider, ...] = ()


class Connect(Message, frozen=True, kw_only=True):
    """`connection_id` is made by the caller; a repeated request connects once.

    `caldav`: `account` is the user's name at `url`, `secret` their app password. `ics`: `url` is
    the feed's, `account` a name for it. Accounts with a sign-in of their own begin with
    `BeginSignIn` instead.
    """

    workspace_id: UUID
    connection_id: UUID
    host_id: UUID
    provider: Provider
    account: Annotated[str, Meta(min_length=1, max_length=254)]
    url: Annotated[str, Meta(max_length=2000)] = ""
    secret: Annotated[str, Meta(max_length=1000)] = ""


class BeginSignIn(Message, frozen=True, kw_only=True):
    """`redirect_uri` is where the provider sends the host back to."""

    workspace_id: UUID
    host_id: UUID
    provider: Provider
    redirect_uri: Annotated[str, Meta(min_length=1, max_length=2000)]


class SignInBegun(Message, frozen=True, kw_only=True):
    """The host's browser goes to `url`, and comes back with `state` within ten minutes."""

    url: str
    state: str


class FinishSignIn(Message, frozen=True, kw_only=True):
    """What the provider sent the host back with. `state` works once, for the host who began."""

    workspace_id: UUID
    host_id: UUID
    connection_id: UUID
    state: Annotated[str, Meta(max_length=500)]
    code: Annotated[str, Meta(max_length=4000)]


class Probe(Message, frozen=True, kw_only=True):
    """Checks the whole way: a transparent event is written, read back and deleted."""

    workspace_id: UUID
    connection_id: UUID


class ProbeStep(Message, frozen=True, kw_only=True):
    """One step of a probe; `problem` is in words, empty when it went well."""

    name: Literal["calendars", "read", "write", "read_back", "delete"]
    ok: bool
    milliseconds: int
    problem: str = ""


class Probed(Message, frozen=True, kw_only=True):
    """The steps in the order taken; it ends at the first that failed, cleaning up aside."""

    ok: bool
    steps: tuple[ProbeStep, ...] = ()


class Notified(Message, frozen=True, kw_only=True):
    """A provider's word that something changed. It counts with the right `token` alone; a wrong
    one changes nothing and is answered alike. `lifecycle` as Microsoft Graph calls it.
    """

    provider: Provider
    channel_id: Annotated[str, Meta(max_length=500)]
    token: Annotated[str, Meta(max_length=500)]
    resource: Annotated[str, Meta(max_length=2000)] = ""
    lifecycle: Annotated[str, Meta(max_length=100)] = ""


class Disconnect(Message, frozen=True, kw_only=True):
    workspace_id: UUID
    connection_id: UUID


class ChooseCalendars(Message, frozen=True, kw_only=True):
    workspace_id: UUID
    connection_id: UUID
    checked: tuple[str, ...]
    written: str | None = None


class Refresh(Message, frozen=True, kw_only=True):
    """Reads the calendars of these hosts again where the copy is older than `max_age` seconds."""

    workspace_id: UUID
    host_ids: tuple[UUID, ...]
    max_age: int = 60


class HostBusy(Message, frozen=True, kw_only=True):
    """A host's whole copy, as it is now. `synced_at` `None`: they have no connection."""

    host_id: UUID
    state: Literal["none", "ok", "broken"]
    synced_at: Instant | None = None
    periods: tuple[BusyPeriod, ...] = ()
    version: int = 0


class Refreshed(Message, frozen=True, kw_only=True):
    hosts: tuple[HostBusy, ...]


class ExportBusy(Message, frozen=True, kw_only=True):
    """A page of every host's busy copy, for `resync`."""

    after: str = ""
    limit: Annotated[int, Meta(ge=1, le=500)] = 100


class ExportedBusy(Message, frozen=True, kw_only=True):
    hosts: tuple[HostBusy, ...]
    workspace_ids: tuple[UUID, ...] = ()
    cursor: str = ""


class BusyChanged(Event, frozen=True, kw_only=True):
    """Only the periods that changed since the version before; `full` replaces all that is kept."""

    host_id: UUID
    state: Literal["none", "ok", "broken"]
    synced_at: Instant | None = None
    periods: tuple[BusyPeriod, ...] = ()
    full: bool = False


class ConnectionChanged(Event, frozen=True, kw_only=True):
    """Of one host: whether an event will be written for them, and whether all is well.

    `problem` is in words, `why` the same for those who have their own: `refused` for good, `silent`
    for long; empty where all is well, and where an older version tells.
    """

    host_id: UUID
    writes_calendar: bool
    state: Literal["none", "ok", "broken"]
    problem: str = ""
    provider: str = ""
    account: str = ""
    why: Literal["", "refused", "silent"] = ""


class EventWritten(Event, frozen=True, kw_only=True):
    """It is in the host's calendar at `start`; `join_url` is empty without a conference."""

    booking_id: UUID
    root_id: UUID
    meeting_id: UUID
    host_id: UUID
    start: Instant
    join_url: str = ""


class EventRemoved(Event, frozen=True, kw_only=True):
    """Our own deletion went through, after a cancellation."""

    root_id: UUID
    meeting_id: UUID
    host_id: UUID


class EventMoved(Event, frozen=True, kw_only=True):
    """The host moved our event in their calendar, from `was_start` to `start`.

    `root_id` is that of a booking of the meeting. `version` counts what came back from one host's
    calendar about one meeting, also in the next two.
    """

    root_id: UUID
    meeting_id: UUID
    host_id: UUID
    start: Instant
    end: Instant
    was_start: Instant
    was_end: Instant


class EventDeleted(Event, frozen=True, kw_only=True):
    """The host deleted our event, which stood at `was_start`."""

    root_id: UUID
    meeting_id: UUID
    host_id: UUID
    was_start: Instant


class AttendeeDeclined(Event, frozen=True, kw_only=True):
    """An attendee declined our event, which stands at `was_start`; `email` where it is known."""

    root_id: UUID
    meeting_id: UUID
    host_id: UUID
    was_start: Instant
    email: str = ""


@surface("calendar-sync")
class CalendarSyncRpc(Protocol):
    """What calendar-sync answers."""

    def ping(self, request: Ping) -> Pong: ...
    def list_connections(self, request: ListConnections) -> Connections: ...
    def connect(self, request: Connect) -> Connection: ...
    def disconnect(self, request: Disconnect) -> Empty: ...
    def choose_calendars(self, request: ChooseCalendars) -> Connection: ...
    def refresh(self, request: Refresh) -> Refreshed: ...
    def export_busy(self, request: ExportBusy) -> ExportedBusy: ...
    def begin_sign_in(self, request: BeginSignIn) -> SignInBegun: ...
    def finish_sign_in(self, request: FinishSignIn) -> Connection: ...
    def probe(self, request: Probe) -> Probed: ...
    def notified(self, request: Notified) -> Empty: ...
