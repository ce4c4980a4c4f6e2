"""What an attendee does with a booking, by the links in their mail: move it, cancel it.

GET shows and changes nothing, since mail scanners follow links; only POST acts. The token stands
in the address, so no answer is kept and no referrer is sent.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from flask import Blueprint, Response, make_response, redirect, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as Answer

from contracts.booking import (
    Booking,
    BookingUploads,
    CancelByToken,
    FindByToken,
    FindPage,
    LinkSettings,
    Managed,
    RescheduleByToken,
)
from contracts.errors import (
    AlreadyCancelled,
    AlreadyMoved,
    Invalid,
    LinkClosed,
    NotFound,
    SchedulingError,
    SlotTaken,
    TooLate,
)
from gateway import current, languages, limits
from gateway.booking_pages import done, picking, ways
from gateway.booking_pages.pages import UNREADABLE
from gateway.booking_pages.picking import Shown, Source
from gateway.errors import status_of
from gateway.files import serving
from gateway.presenting import picker, times, zones
from gateway.presenting.picker import Wish
from gateway.presenting.refusals import refusal, said

blueprint = Blueprint("manage_pages", __name__)

OVER = (AlreadyCancelled, AlreadyMoved, TooLate, LinkClosed)
LONGEST_REASON = 1000


@dataclass(frozen=True, slots=True)
class Move:
    """A booking that its attendee wants elsewhere, and where they look. `seats`: of a group."""

    booking: Booking
    wish: Wish
    host_id: UUID | None = None
    seats: bool = False

    @property
    def source(self) -> Source:
        """Its link's slots, its own time among them; only its host's, where it stays with them."""
        return Source(self.booking.link_slug, self.booking.id, self.host_id)


@blueprint.after_request
def keep_secret(answer: Answer) -> Answer:
    """Also where the answer is an error."""
    return done.private(answer)


@blueprint.get("/book/reschedule/<token>")
def reschedule(token: str) -> Answer:
    """The old time above the picker; with `start`, the button that moves it there."""
    found = find(token, "reschedule")
    if isinstance(found, Answer):
        return found
    move = _move(found.booking, request.args)
    try:
        return _reschedule_page(move, picking.instant(request.args.get("start", "")))
    except (NotFound, LinkClosed):
        return _over(found.booking, said("This meeting cannot be moved here any more."))


@blueprint.post("/book/reschedule/<token>")
def move(token: str) -> Answer:
    """Moves, and leads to the page that says so."""
    typed = request.form.get("start", "")
    start = picking.instant(typed)
    if start is None:
        if typed:
            return _not_moved(token, None, Invalid(fields={"start": UNREADABLE}))
        return redirect(ways.reschedule(token), 303)
    try:
        limits.check_address("manage")
        booked = current.services().booking.reschedule_by_token(
            RescheduleByToken(token=token, idempotency_key=_key(token, start), start=start)
        )
    except NotFound:
        raise
    except SchedulingError as refused:
        return _not_moved(token, start, refused)
    return redirect(ways.done(done.token(booked, moved=True)), 303)


@blueprint.get("/book/reschedule/<token>/files/<uuid:upload_id>")
def file(token: str, upload_id: UUID) -> Response:
    """What the attendee has attached; their own token opens it, and nothing else does."""
    found = current.services().booking.find_by_token(FindByToken(token=token, action="reschedule"))
    booking = found.booking
    wish = BookingUploads(workspace_id=booking.workspace_id, booking_id=booking.id)
    there = current.services().booking.booking_uploads(wish).uploads
    mine = next((each for each in there if each.id == upload_id), None)
    if mine is None:
        raise NotFound("This file is no longer here.")
    return serving.attachment(mine)


@blueprint.get("/book/cancel/<token>")
def cancel(token: str) -> Answer:
    """What it is, and the button; after it, that it is cancelled."""
    found = find(token, "cancel")
    if isinstance(found, Answer):
        return found
    zone = found.booking.attendee.timezone
    return _page("manage/cancel.html", **done.meeting(found.booking, zone))


@blueprint.get("/book/cancel/kept")
def kept() -> Answer:
    """Where "Keep it" leads: nothing was changed. `kept` is too short to be a token."""
    return _page("manage/kept.html")


@blueprint.post("/book/cancel/<token>")
def cancel_now(token: str) -> Answer:
    """Cancels; a second time is harmless."""
    reason = request.form.get("reason", "").strip()[:LONGEST_REASON]
    try:
        limits.check_address("manage")
        current.services().booking.cancel_by_token(CancelByToken(token=token, reason=reason))
    except OVER:
        pass  # The page that follows says what happened before.
    except NotFound:
        raise
    except SchedulingError as refused:
        return _not_cancelled(token, reason, refused)
    return redirect(ways.cancel(token), 303)


def find(token: str, action: Literal["reschedule", "cancel"]) -> Managed | Answer:
    """The booking, or the page that says why it can no longer be changed here."""
    try:
        found = current.services().booking.find_by_token(FindByToken(token=token, action=action))
    except AlreadyMoved as moved:
        return _page("manage/over.html", 409, why=refusal(moved), kind="moved")
    languages.prefer(found.booking.attendee.language)
    ways.require_of_frame(found.booking.link_id)
    if found.closed:
        return _over(found.booking, said(found.closed, TooLate.default))
    return found


def _over(booking: Booking, why: str) -> Answer:
    kind = "cancelled" if booking.status in {"cancelled", "declined"} else "late"
    zone = booking.attendee.timezone
    return _page("manage/over.html", 200, why=why, kind=kind, **done.meeting(booking, zone))


def _move(booking: Booking, values: "MultiDict[str, str]") -> Move:
    wish = picking.wish(values, request.path, booking.attendee.timezone)
    minutes = round((booking.end - booking.start).total_seconds() / 60)
    settings = _settings(booking)
    sticks = settings is not None and settings.kind == "round_robin" and not settings.repick
    return Move(
        booking,
        replace(wish, duration=minutes),
        host_id=booking.hosts[0].id if sticks and booking.hosts else None,
        seats=settings is not None and settings.kind == "group",
    )


def _settings(booking: Booking) -> LinkSettings | None:
    """The link's; None where it cannot be asked: the move itself decides."""
    try:
        page = current.services().booking.find_page(FindPage(slug=booking.link_slug))
    except SchedulingError:
        return None
    return page.link.settings if page.link else None


def _reschedule_page(
    move: Move, start: datetime | None, refused: SchedulingError | None = None
) -> Answer:
    surroundings = picking.context(None, move.wish.zone)
    asked = move.wish
    if start == move.booking.start and refused is None:
        start = None  # Where it stands already there is nothing to move.
    if start is not None and asked.day is None:
        asked = replace(asked, day=times.local(start, asked.zone).date())
    shown = picking.show(move.source, asked, surroundings)
    if start is not None and refused is None and _is_taken(shown, asked, start):
        refused = SlotTaken()
    twelve = surroundings.twelve
    return _page(
        "manage/reschedule.html",
        status_of(refused) if refused is not None else 200,
        picker=shown.picker,
        skipped=shown.skipped,
        seats=move.seats,
        token=(request.view_args or {})["token"],
        wish=shown.wish,
        refused=refused,
        start=picker.iso(start) if start else "",
        start_words=times.when(start, asked.zone, twelve=twelve) if start else "",
        offers=_offers(shown, start, refused) if start and refused else [],
        zones=zones.options(surroundings.now, asked.zone, *_host_zone(move.booking)),
        **done.meeting(move.booking, asked.zone),
    )


def _is_taken(shown: Shown, asked: Wish, start: datetime) -> bool:
    """Whether somebody has it by now: only the day that is asked for says so."""
    own_day = asked.day == times.local(start, asked.zone).date()
    return own_day and all(slot.start != start for slot in shown.slots.slots)


def _host_zone(booking: Booking) -> list[str]:
    return [host.timezone for host in booking.hosts[:1]]


def _offers(shown: Shown, start: datetime, refused: SchedulingError) -> list[tuple[str, str]]:
    named = [found for value in refused.alternatives if (found := picking.instant(value))]
    free = named[:3] or picker.nearest(shown.slots.slots, start)
    wish = replace(shown.wish, month=None)
    return [
        (
            replace(wish, day=times.local(one, wish.zone).date()).href(start=picker.iso(one)),
            times.when(one, wish.zone, twelve=picking.twelve()),
        )
        for one in free
    ]


def _not_moved(token: str, start: datetime | None, refused: SchedulingError) -> Answer:
    found = find(token, "reschedule")
    if isinstance(found, Answer):
        found.status_code = status_of(refused)
        return found
    return _reschedule_page(_move(found.booking, request.form), start, refused)


def _not_cancelled(token: str, reason: str, refused: SchedulingError) -> Answer:
    found = find(token, "cancel")
    if isinstance(found, Answer):
        return found
    values: dict[str, Any] = done.meeting(found.booking, found.booking.attendee.timezone)
    return _page("manage/cancel.html", status_of(refused), refused=refused, reason=reason, **values)


def _key(token: str, start: datetime) -> str:
    """The same move asked twice is one move."""
    return current.mac("move", token, start.isoformat())


def _page(template: str, status: int = 200, **values: object) -> Answer:
    return make_response(render_template(template, **values), status)
