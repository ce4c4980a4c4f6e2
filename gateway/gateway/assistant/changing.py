"""The tools that change something: each says first what it would do, and does it when that was
confirmed.
"""

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from flask import g

from contracts.availability import GetSlots, Slots
from contracts.booking import (
    Attendee,
    Book,
    Booking,
    CancelBooking,
    Link,
    RescheduleBooking,
)
from contracts.errors import Conflict, Invalid
from contracts.wire import Message
from gateway import current, desk, limits
from gateway.api import reading
from gateway.assistant import asking, confirming, telling
from gateway.assistant.shapes import BookAsked, CancelAsked, MoveAsked, Outcome

ASK = "Nothing has happened yet. Ask the host; if they agree, repeat the call with `confirmation`."
NEAREST = 5
"""Free times that are offered instead."""


def cancel(asked: CancelAsked) -> Outcome:
    """Cancels a meeting; the attendee gets a mail. In two steps."""
    booking, other = _meant(asked.meeting)
    if booking is None:
        return other
    bound = {"version": _version(booking), "reason": asked.reason}
    if not asked.confirmation:
        call = {"meeting": str(booking.id), "reason": asked.reason}
        return _ask("cancel", f"This would cancel one meeting. {ASK}", booking, (call, bound))
    _use(asked.confirmation, "cancel", bound)
    wish = CancelBooking(
        workspace_id=booking.workspace_id,
        booking_id=booking.id,
        reason=asked.reason,
        actor=desk.actor(),
    )
    ended = current.services().booking.cancel(wish)
    return _done("Cancelled. The attendee gets a mail.", ended)


def move(asked: MoveAsked) -> Outcome:
    """Moves a meeting to another time; the attendee gets a mail. The host may override notice and
    horizon, never another meeting or a busy period. In two steps.
    """
    booking, other = _meant(asked.meeting)
    if booking is None:
        return other
    start = asking.moment(asked.start, desk.local(booking.start).date())
    bound = {"version": _version(booking), "start": start.isoformat()}
    if not asked.confirmation:
        call = {"meeting": str(booking.id), "start": _utc(start)}
        words = f"This would move one meeting to {_when(start)}. {_offered(booking, start)}{ASK}"
        return _ask("move", words, booking, (call, bound))
    number = _use(asked.confirmation, "move", bound)
    wish = RescheduleBooking(
        workspace_id=booking.workspace_id,
        booking_id=booking.id,
        idempotency_key=f"assistant {number}",
        start=start,
        actor=desk.actor(),
    )
    return _tried(lambda: _moved(wish))


def _moved(wish: RescheduleBooking) -> Outcome:
    moved = current.services().booking.reschedule(wish)
    return _done(f"Moved to {_when(moved.start)}. The attendee gets a mail.", moved)


def book(asked: BookAsked) -> Outcome:
    """Books a free time of a link for somebody, who gets a confirmation by mail. In two steps."""
    link = asking.link(asked.link)
    start = asking.moment(asked.start, asking.today())
    bound = _bound(asked, start, link)
    wish = _wish(asked, start)
    _check_answers(link, asked)
    if not asked.confirmation:
        return _offer(asked, start, bound)
    number = _use(asked.confirmation, "book", bound)
    return _tried(lambda: _booked(wish, f"assistant {number}"))


def _booked(wish: Book, key: str) -> Outcome:
    wish = msgspec.structs.replace(wish, idempotency_key=key)
    with limits.telling(wish):
        booked = current.services().booking.book(wish).booking
    words = (
        "Asked for; a host still has to approve it." if booked.status == "pending" else "Booked."
    )
    return _done(f"{words} The attendee gets a mail.", booked)


def _wish(asked: BookAsked, start: datetime) -> Book:
    """Raises `Invalid`."""
    zone = reading.zone(asked.timezone, "timezone") if asked.timezone else desk.zone()
    name = asked.name.strip()
    if not name:
        raise Invalid(fields={"name": "This is required."})
    return Book(
        slug=asked.link,
        idempotency_key="assistant",
        start=start,
        duration=asked.duration,
        attendee=Attendee(name=name, email=reading.email(asked.email, "email"), timezone=zone),
        guests=tuple(reading.email(each, "guests") for each in asked.guests),
        answers=asked.answers,
    )


def _check_answers(link: Link, asked: BookAsked) -> None:
    """What is asked always. The booking checks everything; this saves a confirmation in vain."""
    missing = {
        f"answers.{question.id}": f"This is required: {question.label}"
        for question in link.settings.questions
        if question.required and question.shown_if is None and not asked.answers.get(question.id)
    }
    if missing:
        raise Invalid(fields=missing)


def _offer(asked: BookAsked, start: datetime, bound: Any) -> Outcome:
    day = desk.local(start).date()
    wanted = GetSlots(
        slug=asked.link, first=day, last=day, timezone=desk.zone(), duration=asked.duration
    )
    found = current.services().availability.slots(wanted)
    if start not in {slot.start for slot in found.slots}:
        words = f"{_when(start)} is not free. Nothing was booked."
        return Outcome(
            state="nothing", summary=words, timezone=desk.zone(), free=_nearest(found, start)
        )
    minutes = found.duration
    words = f"This would book {_when(start)}, {minutes} minutes. The attendee gets a mail. {ASK}"
    call = msgspec.to_builtins(asked) | {"start": _utc(start)}
    return _ask("book", words, None, (call, bound))


def _nearest(found: Slots, start: datetime) -> tuple[str, ...]:
    starts = sorted((slot.start for slot in found.slots), key=lambda at: abs(at - start))
    if not starts and found.next_free:
        starts = [found.next_free]
    return tuple(_when(at) for at in sorted(starts[:NEAREST]))


# --- the two steps -------------------------------------------------------------------------------


def _meant(words: str) -> tuple[Booking | None, Outcome]:
    """The one meeting that is meant, or what to say instead."""
    found = asking.sought(words, everyone=False, only_open=True)
    if len(found.exact) == 1:
        return found.exact[0], _outcome("done", "")
    if found.exact:
        count = len(found.exact)
        words = f"{count} meetings fit. Nothing was changed: ask which one, and repeat with its id."
        return None, _outcome("which", words, found.exact)
    words = "No open meeting fits. Nothing was changed."
    if found.near:
        words += " Those listed fit only a part: ask whether one of them is meant."
    return None, _outcome("nothing", words, found.near)


def _ask(
    tool: str, words: str, booking: Booking | None, asked: tuple[dict[str, Any], Any]
) -> Outcome:
    """What would happen. `asked`: the arguments to repeat, and what the confirmation binds."""
    call, bound = asked
    confirmation = confirming.make(_key(), tool, bound)
    again = {"tool": tool, "arguments": call | {"confirmation": confirmation}}
    shown = (telling.meeting(booking),) if booking else ()
    return Outcome(
        state="confirm",
        summary=words,
        timezone=desk.zone(),
        meetings=shown,
        confirmation=confirmation,
        call=again,
    )


def _use(confirmation: str, tool: str, bound: Any) -> str:
    return confirming.use(confirmation, _key(), tool, bound)


def _tried(act: Callable[[], Outcome]) -> Outcome:
    """What a time that was taken meanwhile leaves: the nearest free ones."""
    try:
        return act()
    except Conflict as refusal:
        if not refusal.alternatives:
            raise
        free = tuple(_when(datetime.fromisoformat(at)) for at in refusal.alternatives)
        words = f"{refusal.message} Nothing was changed."
        return Outcome(state="nothing", summary=words, timezone=desk.zone(), free=free)


def _done(words: str, booking: Booking) -> Outcome:
    return _outcome("done", words, (booking,))


def _outcome(state: Any, words: str, bookings: Sequence[Booking] = ()) -> Outcome:
    shown = tuple(telling.meeting(booking) for booking in bookings)
    return Outcome(state=state, summary=words, timezone=desk.zone(), meetings=shown)


def _key() -> str:
    """The key that asks, without the key."""
    return str(g.key_mark)


def _version(booking: Booking) -> list[Any]:
    """The booking as it stood: any change of it makes another."""
    return [str(booking.id), booking.version, booking.status, booking.start.isoformat()]


def _bound(asked: BookAsked, start: datetime, link: Link) -> Any:
    same: Message = msgspec.structs.replace(asked, confirmation="", start=_utc(start))
    return [hashlib.sha256(msgspec.json.encode(same)).hexdigest(), str(link.id)]


def _when(at: datetime) -> str:
    return f"{desk.when_words(at)} {desk.zone_words(desk.zone(), at)}"


def _utc(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def _offered(booking: Booking, start: datetime) -> str:
    """Warns of a time that the link does not offer; the host may take it all the same."""
    day = desk.local(start).date()
    minutes = (booking.end - booking.start) // timedelta(minutes=1)
    wanted = GetSlots(
        slug=booking.link_slug,
        first=day,
        last=day,
        timezone=desk.zone(),
        duration=minutes,
        except_booking=booking.id,
    )
    found = desk.part(lambda: current.services().availability.slots(wanted)).value
    if found is None or start in {slot.start for slot in found.slots}:
        return ""
    return "The link does not offer that time; it may be refused. "
