"""What a host decides about a meeting: yes or no to a request, and giving it to another host."""

from dataclasses import dataclass
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask import request as asked
from werkzeug.wrappers import Response as Answer

from contracts.availability import FreeHosts, GetFreeHosts
from contracts.booking import Booking, DecideBooking, GetLink, ReassignBooking
from contracts.errors import Conflict, Invalid, NotFound
from gateway import current, desk
from gateway.calendar import blueprint
from gateway.calendar.detail import get, when_of
from gateway.calendar.why import RULES
from gateway.security import signed_in
from gateway.settings_pages.inputs import Reader


@dataclass(frozen=True)
class Choice:
    """A host who could take it: `hint` says why not, if so; `takes` marks who has it."""

    id: UUID
    name: str
    hint: str
    free: bool
    takes: bool


@blueprint.post("/<uuid:booking_id>/approve")
@signed_in
def approve(booking_id: UUID) -> Answer:
    """Yes: it is booked, and the attendee gets the invitation."""
    shown = get(booking_id).booking
    if _decided(shown, approve=True):
        flash(f"Booked. {shown.attendee.name} gets the invitation.", "")
    return _back(booking_id)


@blueprint.route("/<uuid:booking_id>/decline", methods=["GET", "POST"])
@signed_in
def decline(booking_id: UUID) -> str | Answer | tuple[str, int]:
    """No, after asking once, with room for a reason; the time is free again."""
    shown = get(booking_id).booking
    reader = Reader(asked.form)
    reason = reader.text("reason", 1000)
    if asked.method != "POST" or reader.errors:
        page = render_template(
            "calendar/decline.html",
            booking=shown,
            when=when_of(shown),
            reason=reason,
            errors=reader.errors,
        )
        return (page, 422) if reader.errors else page
    if _decided(shown, approve=False, reason=reason):
        flash(f"Declined. {shown.attendee.name} gets a mail.", "")
    return _back(booking_id)


def _decided(shown: Booking, *, approve: bool, reason: str = "") -> bool:
    wish = DecideBooking(
        workspace_id=shown.workspace_id,
        booking_id=shown.id,
        approve=approve,
        reason=reason,
        actor=desk.actor(),
    )
    try:
        current.services().booking.decide(wish)
    except (Conflict, Invalid) as refusal:
        desk.tell(refusal)
        return False
    return True


@blueprint.route("/<uuid:booking_id>/reassign", methods=["GET", "POST"])
@signed_in
def reassign(booking_id: UUID) -> str | Answer | tuple[str, int]:
    """Another of the link's hosts takes it, at the same time."""
    shown = get(booking_id).booking
    if asked.method != "POST":
        return _page(shown, {})
    reader = Reader(asked.form)
    host_id = reader.id("host")
    if host_id is None:
        return _page(shown, {"host": "Choose who takes it."}), 422
    wish = ReassignBooking(
        workspace_id=shown.workspace_id,
        booking_id=booking_id,
        host_id=host_id,
        actor=desk.actor(),
    )
    try:
        current.services().booking.reassign(wish)
    except Invalid as refusal:
        return _page(shown, {"host": next(iter(refusal.fields.values()), refusal.message)}), 422
    except Conflict as refusal:
        return _page(shown, {"host": refusal.message}), 409
    host = desk.hosts().get(host_id)
    flash(f"{host.name if host else 'Another host'} takes it now; everybody gets a mail.", "")
    return _back(booking_id)


def _page(shown: Booking, errors: dict[str, str]) -> str:
    return render_template(
        "calendar/reassign.html",
        booking=shown,
        when=when_of(shown),
        choices=_choices(shown),
        errors=errors,
        chosen=asked.form.get("host", ""),
    )


def _choices(shown: Booking) -> list[Choice]:
    """The link's hosts; whether they are free is said where it is known."""
    wish = GetLink(workspace_id=shown.workspace_id, link_id=shown.link_id)
    try:
        places = current.services().booking.get_link(wish).settings.hosts
    except NotFound:
        return []
    facts = desk.part(lambda: _free(shown)).value
    passed = {each.host_id: each.rule for each in facts.passed_over} if facts else {}
    mine, known = {host.id for host in shown.hosts}, desk.hosts()
    return [
        Choice(
            id=place.host_id,
            name=known[place.host_id].name,
            hint=RULES.get(passed.get(place.host_id, ""), ""),
            free=facts is None or place.host_id in facts.free,
            takes=place.host_id in mine,
        )
        for place in places
        if place.host_id in known
    ]


def _free(shown: Booking) -> FreeHosts:
    minutes = int((shown.end - shown.start).total_seconds() // 60)
    return current.services().availability.free_hosts(
        GetFreeHosts(
            slug=shown.link_slug,
            start=shown.start,
            duration=minutes,
            except_booking=shown.id,
            by_host=True,
        )
    )


def _back(booking_id: UUID) -> Answer:
    return redirect(url_for("calendar.booking", booking_id=booking_id))
