"""What the tools ask the services, for the account that the key stands for.

Members see their own, admins the workspace; another workspace's things are not there.
"""

from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import g

from contracts.availability import ListSchedules, TimeOff
from contracts.booking import Booking, BookingsBetween, FindPage, GetBooking, Link
from contracts.errors import Forbidden, Invalid, NotFound
from gateway import current, desk
from gateway.api import reading
from gateway.assistant import matching, saying
from gateway.assistant.matching import Matches

AHEAD = 366
"""Days in which a meeting is looked for when no day was named."""
MOST_DAYS = 62
MOST = 1000
"""Meetings that are looked through."""
OPEN = frozenset({"pending", "confirmed"})


def require(scope: str) -> None:
    """Raises `Forbidden` unless the key has the scope."""
    if scope and scope not in g.scopes:
        raise Forbidden(f"This key lacks the scope {scope}.")


def today() -> date:
    """The host's."""
    return desk.today()


def span(when: str, first: date | None, last: date | None) -> saying.Span:
    """Days from dates, or from words. Raises `Invalid`."""
    if first is None and last is None:
        found = saying.period(when, today())
        if found is None or not _possible(found):
            raise Invalid(fields={"when": "Say today, this week, next friday, or 2026-12-03."})
        return found
    days = (first or last or today(), last or first or today())
    if not timedelta(0) <= days[1] - days[0] < timedelta(days=MOST_DAYS):
        raise Invalid(fields={"last": f"Ask for 1 to {MOST_DAYS} days, the first one first."})
    if not _possible(days):
        raise Invalid(fields={"first": "No meeting can be on these days."})
    return days


def _possible(days: saying.Span) -> bool:
    """Whether a meeting can be on them, and the calendar goes on around them."""
    return 2000 <= days[0].year <= days[1].year <= 2200


def moment(words: str, day: date, field: str = "start") -> datetime:
    """An instant: with its offset, as wall time of the host, or in words, on `day` unless they name
    one. Raises `Invalid`.
    """
    try:
        read = datetime.fromisoformat(words.strip())
    except ValueError:
        read = _in_words(words, day, field)
    if read.tzinfo is None:
        read = _wall(read, field)
    return reading.instant(read, field)


def _in_words(words: str, day: date, field: str) -> datetime:
    said = saying.clues(words, today())
    if said.names or not said.minutes or (said.days and said.days[0] != said.days[1]):
        raise Invalid(fields={field: "Give a day and a time, such as 2026-12-03 15:00."})
    if len(said.minutes) > 1:
        raise Invalid(fields={field: "Say whether before or after noon: 3am, 3pm, 15:00."})
    (minute,) = said.minutes
    return datetime.combine(said.days[0] if said.days else day, time(minute // 60, minute % 60))


def _wall(read: datetime, field: str) -> datetime:
    """The instant at which the host's clocks show it. Raises `Invalid` where none does."""
    at = read.replace(tzinfo=ZoneInfo(desk.zone()))
    back = datetime.fromtimestamp(at.timestamp(), at.tzinfo) if 1970 < read.year < 9999 else None
    if back is None or back.replace(tzinfo=None) != read:
        raise Invalid(fields={field: "The clocks skip this time on that day."})
    return at


# --- meetings ------------------------------------------------------------------------------------


def between(days: saying.Span, *, everyone: bool) -> tuple[Booking, ...]:
    """What is booked on these days. Raises `Forbidden` for a member who asks for everyone's."""
    if everyone and not desk.sees_all():
        raise Forbidden("Only an admin's key sees everyone's meetings.")
    if not _possible(days):
        return ()
    asked = BookingsBetween(
        workspace_id=current.account().workspace_id,
        start=_midnight(days[0]),
        end=_midnight(days[1] + timedelta(days=1)),
        host_id=None if everyone else current.account().id,
        limit=MOST,
    )
    return current.services().booking.bookings_between(asked).bookings


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(desk.zone()))


def sought(words: str, *, everyone: bool, only_open: bool) -> Matches:
    """The meetings that are meant: one by its id, or those that fit the words."""
    require("bookings:read")  # what is found is told, whoever may change it
    identity = _id(words)
    if identity is not None:
        return Matches(exact=(seen(identity),))
    said = saying.clues(words, today())
    days = said.days or (today(), today() + timedelta(days=AHEAD))
    found = between(days, everyone=everyone)
    if only_open:
        found = tuple(b for b in found if b.status in OPEN and b.end > current.now())
    fitting = matching.matches(found, said, desk.zone())
    if fitting.exact or said.days is None or not said.names:
        return fitting
    # Perhaps the day was wrong: who was named is looked for on the others.
    wider = between((today(), today() + timedelta(days=AHEAD)), everyone=everyone)
    near = [b for b in wider if not only_open or (b.status in OPEN and b.end > current.now())]
    return Matches(near=matching.matches(near, said, desk.zone()).near or fitting.near)


def _id(words: str) -> UUID | None:
    try:
        return UUID(words.strip())
    except ValueError:
        return None


def seen(booking_id: UUID) -> Booking:
    """A booking that the key sees. Raises `NotFound`."""
    asked = GetBooking(workspace_id=current.account().workspace_id, booking_id=booking_id)
    booking = current.services().booking.get_booking(asked).booking
    if not desk.sees_all() and current.account().id not in {host.id for host in booking.hosts}:
        raise NotFound
    return booking


def time_off(days: saying.Span) -> tuple[TimeOff, ...]:
    """The host's own, where it touches these days."""
    account = current.account()
    asked = ListSchedules(workspace_id=account.workspace_id, host_id=account.id)
    found = current.services().availability.list_schedules(asked).time_off
    return tuple(each for each in found if _touches(each, days))


def _touches(off: TimeOff, days: saying.Span) -> bool:
    first = off.first_day or (desk.local(off.start).date() if off.start else None)
    last = off.last_day or (desk.local(off.end).date() if off.end else first)
    return first is not None and last is not None and first <= days[1] and days[0] <= last


# --- links ---------------------------------------------------------------------------------------


def link(slug: str) -> Link:
    """A link of the key's workspace. Raises `NotFound`."""
    found = current.services().booking.find_page(FindPage(slug=reading.slug(slug))).link
    if found is None or found.workspace_id != current.account().workspace_id:
        raise NotFound("There is no link by that slug.")
    return found
