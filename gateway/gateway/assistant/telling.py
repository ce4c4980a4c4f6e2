"""Bookings and deals as the tools tell of them: our words, and those of others kept apart."""

from datetime import date, timedelta

from contracts import crm_bridge
from contracts.availability import TimeOff
from contracts.booking import Answer, Booking
from gateway import current, desk
from gateway.assistant.saying import Span
from gateway.assistant.shapes import Deal, FromOthers, Meeting

LONGEST = 500
"""Characters of an answer that are passed on; the dashboard has the rest."""
PLACES = {"conference": "video call", "phone": "by phone"}


def meeting(booking: Booking) -> Meeting:
    """One booking."""
    place = booking.location
    return Meeting(
        id=str(booking.id),
        when=span_words(booking),
        start=booking.start,
        end=booking.end,
        status=booking.status,
        title=booking.link_title,
        link=booking.link_slug,
        hosts=tuple(host.name for host in booking.hosts),
        where=PLACES.get(place.kind) or place.value,
        join_url=booking.join_url,
        from_others=_attendee(booking),
    )


def _attendee(booking: Booking) -> FromOthers:
    labels = {question.id: question.label for question in booking.questions}
    return FromOthers(
        name=booking.attendee.name,
        email=booking.attendee.email,
        timezone=booking.attendee.timezone,
        guests=booking.guests,
        answers={
            labels.get(key, key): _short(value) for key, value in booking.answers.items() if value
        },
        cancel_reason=booking.cancel_reason[:LONGEST],
    )


def _short(value: Answer) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = value if isinstance(value, str) else ", ".join(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}\N{HORIZONTAL ELLIPSIS}"


def span_words(booking: Booking) -> str:
    """`Tue 1 December 2026, 15:00 to 15:30, London (UTC)`, in the host's zone."""
    zone = desk.zone_words(desk.zone(), booking.start)
    return f"{desk.when_words(booking.start)} to {desk.time_words(booking.end)}, {zone}"


def zone_words(day: date) -> str:
    """`London (UTC+1)`: the host's zone in the middle of that day."""
    at = current.now() + timedelta(days=(day - desk.today()).days)
    return desk.zone_words(desk.zone(), at)


def days_words(days: Span) -> str:
    """`Mon 30 November to Sun 6 December 2026`."""
    first, last = days
    words = f"{last:%a} {last.day} {last:%B %Y}"
    if first == last:
        return words
    return f"{first:%a} {first.day} {first:%B} to {words}"


def count_words(count: int, name: str) -> str:
    """`No meetings`, `1 meeting`, `3 meetings`."""
    return f"{count or 'No'} {name}{'' if count == 1 else 's'}"


def off_words(off: TimeOff) -> str:
    """`Thu 3 December to Fri 4 December 2026`, or from when to when; the reason is the host's."""
    if off.first_day is not None:
        words = days_words((off.first_day, off.last_day or off.first_day))
    elif off.start and off.end:
        words = f"{desk.when_words(off.start)} to {desk.when_words(off.end)}"
    else:
        words = "some time"
    return f"{words}: {off.reason}" if off.reason else words


def deal(found: crm_bridge.Deal) -> Deal:
    """One deal."""
    return Deal(
        id=str(found.id),
        stage=found.stage,
        value=f"{found.value_cents / 100:.2f} {found.currency}",
        owner=found.owner_name,
        link=found.link_slug,
        created=desk.when_words(found.created_at),
        next_meeting=desk.when_words(found.meeting_next) if found.meeting_next else "",
        from_others=FromOthers(
            name=found.contact.name, email=found.contact.email, title=found.title
        ),
    )
