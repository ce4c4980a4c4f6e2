"""The parts of Graph's answers that we read, and what they mean in time.

Everything else in an answer is skipped while it is read: titles and texts of other people's
events are never held. (learn.microsoft.com/graph/api/resources/event)
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON
from msgspec import Struct, field

from calendar_sync.adapters.provider import ProviderUnavailable

T = TypeVar("T")

NOT_BUSY = {"free", "workingElsewhere"}


class Moment(Struct, rename="camel", frozen=True):
    """A `dateTimeTimeZone`."""

    date_time: str
    time_zone: str = "UTC"


class Answered(Struct, frozen=True):
    """A `responseStatus`."""

    response: str | None = None


class Address(Struct, frozen=True):
    """An `emailAddress`."""

    address: str | None = None


class Attendee(Struct, rename="camel", frozen=True):
    """Somebody invited; `type` is required, optional or resource."""

    type: str | None = None
    status: Answered | None = None
    email_address: Address | None = None


class Organizer(Struct, rename="camel", frozen=True):
    """Whose event it is."""

    email_address: Address | None = None


class OnlineMeeting(Struct, rename="camel", frozen=True):
    """An `onlineMeetingInfo`."""

    join_url: str | None = None


class Content(Struct, rename="camel", frozen=True):
    """An `itemBody`."""

    content: str = ""


class Event(Struct, rename="camel", frozen=True):
    """An event as delta tells it. An occurrence of a series has only an id, its master's id, and
    its times: `show_as` is `None` then.
    """

    id: str
    type: str | None = None
    series_master_id: str | None = None
    start: Moment | None = None
    end: Moment | None = None
    is_all_day: bool | None = None
    is_cancelled: bool | None = None
    show_as: str | None = None
    response_status: Answered | None = None
    attendees: tuple[Attendee, ...] | None = None
    organizer: Organizer | None = None
    removed: dict[str, str] | None = field(default=None, name="@removed")

    @property
    def bare(self) -> bool:
        """Whether what it means stands in its series' master alone."""
        return self.show_as is None and self.series_master_id is not None

    @property
    def blocks(self) -> bool:
        """Whether the host is not free then. Tentative blocks, and so does what is unknown."""
        declined = self.response_status is not None and self.response_status.response == "declined"
        return not (self.is_cancelled or declined or self.show_as in NOT_BUSY)

    @property
    def declined(self) -> bool:
        """Whether somebody invited, other than the host, declined."""
        host = self.organizer.email_address if self.organizer else None
        return any(
            one.status is not None
            and one.status.response == "declined"
            and one.type != "resource"
            and one.email_address != host
            for one in self.attendees or ()
        )


class Page(Struct, frozen=True):
    """A page of events and where the next one is, or where the next round begins."""

    value: tuple[Event, ...]
    next_link: str | None = field(default=None, name="@odata.nextLink")
    delta_link: str | None = field(default=None, name="@odata.deltaLink")


class Ours(Struct, rename="camel", frozen=True):
    """An event of ours as it stands."""

    id: str
    subject: str | None = None
    start: Moment | None = None
    end: Moment | None = None
    created_date_time: str | None = None
    is_online_meeting: bool | None = None
    online_meeting: OnlineMeeting | None = None
    body: Content | None = None

    @property
    def join_url(self) -> str:
        """Empty where there is none, or none yet."""
        return (self.online_meeting.join_url or "") if self.online_meeting else ""


class Found(Struct, frozen=True):
    """Events of ours that were searched for."""

    value: tuple[Ours, ...]


class Calendar(Struct, rename="camel", frozen=True):
    """One calendar of the mailbox."""

    id: str
    name: str | None = None
    can_edit: bool | None = None
    is_default_calendar: bool | None = None
    owner: Address | None = None
    allowed_online_meeting_providers: tuple[str, ...] = ()


class Calendars(Struct, frozen=True):
    """A page of calendars."""

    value: tuple[Calendar, ...]
    next_link: str | None = field(default=None, name="@odata.nextLink")


class Zone(Struct, frozen=True):
    """The mailbox's `timeZone`, by Windows' name or IANA's."""

    value: str = ""


class User(Struct, rename="camel", frozen=True):
    """Who signed in."""

    mail: str | None = None
    user_principal_name: str | None = None


class Identified(Struct, rename="camel", frozen=True):
    """A subscription."""

    id: str
    expiration_date_time: str


class Failure(Struct, frozen=True):
    """What Graph says of a request that it does not fulfil."""

    code: str = ""


class Failed(Struct, frozen=True):
    """Its envelope."""

    error: Failure = Failure()


def parse(body: bytes, kind: type[T]) -> T:
    """Raises `ProviderUnavailable` for half an answer, or one of another form."""
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as broken:
        raise ProviderUnavailable("no whole answer") from broken


def instant(moment: Moment) -> datetime:
    """In UTC. We ask for UTC; a server that gives another zone is understood if we know it."""
    local = clock(moment.date_time)
    if local.tzinfo is None:
        utc = moment.time_zone == "UTC"
        local = local.replace(tzinfo=UTC if utc else zone(moment.time_zone))
    return local.astimezone(UTC)


def period(event: Event, home: ZoneInfo | None) -> tuple[datetime, datetime]:
    """From when until when, in UTC. A whole day has no zone: it is a day of `home`, the mailbox's
    zone, which is given for events of whole days.
    """
    if event.start is None or event.end is None:
        raise ProviderUnavailable("an event without its times")
    if home is not None:
        days = [clock(one.date_time) for one in (event.start, event.end)]
        if all(day.time() == time(0) for day in days):
            return _midnight(days[0].date(), home), _midnight(days[1].date(), home)
    return instant(event.start), instant(event.end)


def clock(text: str) -> datetime:
    """What Graph writes as a time. Raises `ProviderUnavailable` for what is none."""
    try:
        return datetime.fromisoformat(text)
    except ValueError as wrong:
        raise ProviderUnavailable("a time of another form") from wrong


def zone(name: str) -> ZoneInfo:
    """By Windows' name or IANA's. Raises `ProviderUnavailable` for one that nobody knows."""
    try:
        return ZoneInfo(WINDOWS_TO_OLSON.get(name, name))
    except (ZoneInfoNotFoundError, ValueError, OSError) as unknown:
        raise ProviderUnavailable("an unknown time zone") from unknown


def stamp(moment: datetime) -> str:
    """An instant as Graph takes it in a query or a subscription."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def age(created: str | None, now: datetime) -> timedelta:
    """How long ago; none at all where it is not said."""
    return now - clock(created) if created else timedelta(0)


def _midnight(day: date, home: ZoneInfo) -> datetime:
    return datetime.combine(day, time(0), home).astimezone(UTC)
