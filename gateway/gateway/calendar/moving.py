"""Another time for a booking, chosen by its host: a free slot, or any time not taken.

The host may override notice and horizon, never another meeting or a busy period: booking decides.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from uuid import UUID, uuid4

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from contracts.availability import GetSlots, Slots
from contracts.booking import Booking, GetLink, RescheduleBooking
from contracts.errors import Conflict, Invalid
from gateway import current, desk
from gateway.calendar import blueprint
from gateway.calendar.detail import get
from gateway.security import signed_in
from gateway.settings_pages.inputs import Reader, cleaned

SPAN = 14
"""Days of slots shown at once."""


@dataclass(frozen=True)
class Choice:
    """A time to choose: its value in the form, and its words."""

    value: str
    words: str


@blueprint.route("/<uuid:booking_id>/reschedule", methods=["GET", "POST"])
@signed_in
def reschedule(booking_id: UUID) -> str | Answer | tuple[str, int]:
    """Shows the free times; moves on POST."""
    shown = get(booking_id).booking
    if shown.status not in {"confirmed", "pending"}:
        flash("This meeting can no longer be moved.", "danger")
        return redirect(url_for("calendar.booking", booking_id=booking_id))
    if request.method != "POST":
        return _page(shown, {}, ())
    reader = Reader(request.form)
    start = _start(reader)
    if start is None:
        reader.say("day", "Choose a time.")
    if reader.errors or start is None:
        return _page(shown, reader.errors, ()), 422
    return _move(shown, start)


def _start(reader: Reader) -> datetime | None:
    """The slot that was chosen, or the day and the time that were typed."""
    chosen = reader.raw("start")
    if chosen and chosen != "own":
        try:
            at = datetime.fromisoformat(chosen)
            if at.tzinfo is not None:
                return at.astimezone(UTC)
        except (ValueError, OverflowError):
            pass  # no time, or one beyond the calendar
        reader.say("day", "Choose a time of the list.")
        return None
    return reader.instant("day", "time", desk.zone())


def _move(shown: Booking, start: datetime) -> Answer | tuple[str, int]:
    wish = RescheduleBooking(
        workspace_id=shown.workspace_id,
        booking_id=shown.id,
        idempotency_key=cleaned(request.form.get("key", ""))[:100] or str(uuid4()),
        start=start,
        actor=desk.actor(),
    )
    try:
        moved = current.services().booking.reschedule(wish)
    except Invalid as refusal:
        return _page(shown, {"day": next(iter(refusal.fields.values()), refusal.message)}, ()), 422
    except Conflict as refusal:
        nearest = tuple(_choice(at) for at in map(_instant, refusal.alternatives))
        return _page(shown, {"day": refusal.message}, nearest), 409
    flash(f"Moved to {desk.when_words(moved.start)}; {moved.attendee.name} gets a mail.", "")
    return redirect(url_for("calendar.booking", booking_id=moved.id))


def _instant(value: str) -> datetime:
    return datetime.fromisoformat(value)


def _choice(at: datetime) -> Choice:
    return Choice(at.astimezone(UTC).isoformat(), desk.when_words(at))


def _page(shown: Booking, errors: dict[str, str], nearest: tuple[Choice, ...]) -> str:
    first = _first_day()
    slots = desk.part(lambda: _slots(shown, first))
    typed = request.form
    return render_template(
        "calendar/reschedule.html",
        booking=shown,
        old=desk.when_words(shown.start),
        zone=desk.zone_words(desk.zone(), current.now()),
        slots=slots,
        days=_days(slots.value) if slots.value else [],
        next_free=_next_free(slots.value),
        errors=errors,
        nearest=nearest,
        typed=typed,
        # A key that was refused is used up: the next try is another wish.
        key=uuid4(),
        first=first,
        last=first + timedelta(days=SPAN - 1),
        earlier=max(first - timedelta(days=SPAN), desk.today()) if first > desk.today() else None,
        later=first + timedelta(days=SPAN),
        chosen=typed.get("start", ""),
    )


def _first_day() -> date:
    asked = Reader(request.args).day("from")
    latest = desk.today() + timedelta(days=730)
    return min(max(asked or desk.today(), desk.today()), latest)


def _slots(shown: Booking, first: date) -> Slots:
    minutes = int((shown.end - shown.start).total_seconds() // 60)
    return current.services().availability.slots(
        GetSlots(
            slug=shown.link_slug,
            first=first,
            last=first + timedelta(days=SPAN - 1),
            timezone=desk.zone(),
            duration=minutes,
            host_id=_stays_with(shown),
            except_booking=shown.id,
        )
    )


def _stays_with(shown: Booking) -> UUID | None:
    """The host to whom the meeting sticks; None where another may take it, or all take it."""
    wish = GetLink(workspace_id=shown.workspace_id, link_id=shown.link_id)
    settings = current.services().booking.get_link(wish).settings
    sticks = settings.kind == "round_robin" and not settings.repick
    return shown.hosts[0].id if sticks and shown.hosts else None


def _days(found: Slots) -> list[tuple[str, list[Choice]]]:
    grouped = groupby(found.slots, key=lambda slot: desk.local(slot.start).date())
    return [
        (
            desk.day_words(day, desk.today()),
            [Choice(s.start.astimezone(UTC).isoformat(), desk.time_words(s.start)) for s in slots],
        )
        for day, slots in grouped
    ]


def _next_free(found: Slots | None) -> dict[str, object] | None:
    if found is None or found.slots or found.next_free is None:
        return None
    day = desk.local(found.next_free).date()
    return {"day": day, "words": desk.day_words(day, desk.today())}
