"""Everything about one booking, and what is done with it: cancel, no-show, a mail again."""

from dataclasses import dataclass
from datetime import datetime
from typing import get_args
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from contracts.booking import Answer as Answered
from contracts.booking import (
    BookedFile,
    Booking,
    BookingDetail,
    BookingUploads,
    CancelBooking,
    GetBooking,
    GetDecisions,
    Question,
    SetNoShow,
)
from contracts.crm_bridge import Deal, FindDeal
from contracts.errors import Conflict, Invalid, NotFound
from contracts.notifications import Delivery, ListDeliveries, MailKind, Resend
from gateway import current, desk
from gateway.calendar import blueprint, why
from gateway.calendar.listing import row_of
from gateway.security import signed_in
from gateway.settings_pages.inputs import Reader
from gateway.settings_pages.link_words import PLACES

MAILS: dict[MailKind, str] = {
    "confirmed": "Confirmation",
    "updated": "Update with the join link",
    "rescheduled": "New time",
    "cancelled": "Cancellation",
    "reminder": "Reminder",
    "requested": "Request received",
    "approval_asked": "Question for approval",
    "declined": "Declined",
    "lapsed": "Lapsed without an answer",
    "reassigned": "New host",
    "handed_over": "Handed over",
}
STATES = {"due": "waiting", "sent": "sent", "skipped": "not needed", "failed": "failed"}
DONE = {
    "booked": "Booked",
    "confirmed": "Booked",
    "rescheduled": "Moved",
    "cancelled": "Cancelled",
    "no_show": "Marked as a no-show",
    "no_show_undone": "No longer a no-show",
    "join_url": "Join link came from the calendar",
    "event_written": "Written into the calendar",
    "completed": "Took place",
    "requested": "Asked for",
    "approved": "Approved",
    "declined": "Declined",
    "lapsed": "Lapsed without an answer",
    "reassigned": "Given to another host",
    "file_erased": "File deleted",
}
assert set(MAILS) <= set(get_args(MailKind))


def get(booking_id: UUID) -> BookingDetail:
    """A booking that the reader may see. Raises `NotFound`."""
    workspace_id = current.account().workspace_id
    found = current.services().booking.get_booking(
        GetBooking(workspace_id=workspace_id, booking_id=booking_id)
    )
    if not desk.sees_all() and all(h.id != current.account().id for h in found.booking.hosts):
        raise NotFound
    return found


@blueprint.get("/<uuid:booking_id>")
@signed_in
def booking(booking_id: UUID) -> str:
    """Everything about one booking; a part whose service is away says so."""
    found = get(booking_id)
    shown = found.booking
    deal = desk.part(lambda: _deal(shown))
    return render_template(
        "calendar/booking.html",
        booking=shown,
        row=row_of(shown),
        when=when_of(shown),
        place=shown.location.value or PLACES[shown.location.kind],
        answers=answers_of(shown),
        files=desk.part(lambda: _files(shown)),
        may_open=any(host.id == current.account().id for host in shown.hosts),
        mails=desk.part(lambda: _mails(shown)),
        mail_names=MAILS,
        mail_states=STATES,
        deal=deal,
        calendar=_calendar(shown),
        history=_history(found),
        desk=desk,
        decisions=desk.part(lambda: _why(shown)),
        is_open=shown.status in {"confirmed", "pending"} and shown.end > current.now(),
    )


def when_of(shown: Booking) -> dict[str, str]:
    """Day and times in the reader's zone; the attendee's where theirs differ."""
    start = desk.local(shown.start)
    theirs = desk.local(shown.start, shown.attendee.timezone)
    same = start.replace(tzinfo=None) == theirs.replace(tzinfo=None)
    return {
        "day": desk.day_words(start.date(), desk.today()),
        "from": desk.time_words(shown.start),
        "to": desk.time_words(shown.end),
        "zone": desk.zone_words(desk.zone(), shown.start),
        "theirs": ""
        if same
        else f"{desk.when_words(shown.start, shown.attendee.timezone)} "
        f"in {desk.zone_words(shown.attendee.timezone, shown.start)}",
    }


@dataclass(frozen=True)
class Said:
    """An answer under its question; `link`: an address that was asked for."""

    label: str
    words: str
    link: str = ""
    file: BookedFile | None = None


def answers_of(shown: Booking) -> list[Said]:
    """The answers in the form's order; then what no question of the form asks for any more."""
    files = {file.question: file for file in shown.files}
    known = {question.id: question for question in shown.questions}
    names = [name for name in known if name in shown.answers or name in files]
    names += [name for name in (*shown.answers, *files) if name not in known]
    return [_said(known.get(n), n, shown.answers.get(n), files.get(n)) for n in names]


def _said(
    question: Question | None, name: str, answer: Answered | None, file: BookedFile | None
) -> Said:
    words = file.name if file else _answer_words(answer)
    kind = question.type if question and isinstance(answer, str) else ""
    link = {"url": words, "email": f"mailto:{words}"}.get(kind, "")
    return Said(question.label if question else name, words, link, file)


def _answer_words(value: object) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _mails(shown: Booking) -> list[Delivery]:
    answer = current.services().notifications.list_deliveries(
        ListDeliveries(workspace_id=shown.workspace_id, root_id=shown.root_id)
    )
    return sorted(answer.deliveries, key=lambda each: each.sent_at or each.due_at)


def _files(shown: Booking) -> set[UUID]:
    """The ids of its files that are still there."""
    if not shown.files:
        return set()
    wish = BookingUploads(workspace_id=shown.workspace_id, booking_id=shown.id)
    return {each.id for each in current.services().booking.booking_uploads(wish).uploads}


def _deal(shown: Booking) -> Deal | None:
    wish = FindDeal(workspace_id=shown.workspace_id, root_id=shown.root_id)
    return current.services().crm_bridge.find_deal(wish).deal


def _why(shown: Booking) -> list[why.Told]:
    """Why this host; empty for what no rotation has decided."""
    wish = GetDecisions(workspace_id=shown.workspace_id, booking_id=shown.id)
    found = current.services().booking.decisions(wish).decisions
    return why.told(found, desk.when_words, lambda actor: desk.person(actor, shown.attendee.name))


def _calendar(shown: Booking) -> str:
    if shown.status == "pending" and not shown.approved:
        return "In no calendar before it is approved."
    writers = [host.name for host in shown.hosts if host.writes_calendar]
    if not writers:
        return "No calendar is connected; the invitation came by mail."
    if shown.status in {"cancelled", "declined", "rescheduled"}:
        return "Taken out of the calendar."
    whose = "your calendar" if writers == [current.account().name] else f"{writers[0]}'s calendar"
    if shown.location.kind == "conference" and not shown.join_url:
        return f"Being written into {whose}; the join link follows."
    return f"In {whose}."


def _history(found: BookingDetail) -> list[dict[str, str]]:
    """What happened, newest first; a move with the time it had before."""
    told, before = [], ""
    for entry in found.history:
        start = _instant_words(entry.detail.get("start", ""))
        told.append(
            {
                "at": desk.when_words(entry.at),
                "who": desk.person(entry.actor, found.booking.attendee.name),
                "what": DONE.get(entry.action, entry.action.replace("_", " ").capitalize()),
                "before": before if entry.action == "rescheduled" else "",
                "start": start,
                "hosts": _handed(entry.detail) if entry.action == "reassigned" else "",
            }
        )
        before = start or before
    return told[::-1]


def _handed(detail: dict[str, str]) -> str:
    """Who gave a meeting to whom."""
    names = {str(host.id): host.name for host in desk.hosts().values()}
    who = [names.get(detail.get(end, ""), "a former member") for end in ("from", "to")]
    return f"From {who[0]} to {who[1]}"


def _instant_words(value: str) -> str:
    """An instant of a history in the reader's zone; empty for none."""
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return ""
    return desk.when_words(at) if at.tzinfo else ""


# --- actions -------------------------------------------------------------------------------------


@blueprint.route("/<uuid:booking_id>/cancel", methods=["GET", "POST"])
@signed_in
def cancel(booking_id: UUID) -> str | Answer | tuple[str, int]:
    """Asks once, with room for a reason; then cancels. A request is declined instead."""
    shown = get(booking_id).booking
    if request.method != "POST" and shown.status == "pending":
        return redirect(url_for("calendar.decline", booking_id=booking_id))
    reader = Reader(request.form)
    reason = reader.text("reason", 1000)
    if request.method != "POST" or reader.errors:
        page = _ask_cancel(shown, reason, reader.errors)
        return (page, 422) if reader.errors else page
    wish = CancelBooking(
        workspace_id=shown.workspace_id,
        booking_id=booking_id,
        reason=reason,
        actor=desk.actor(),
    )
    try:
        current.services().booking.cancel(wish)
        flash(f"The meeting with {shown.attendee.name} is cancelled; they get a mail.", "")
    except (Conflict, Invalid) as refusal:
        desk.tell(refusal)
    return redirect(url_for("calendar.booking", booking_id=booking_id))


def _ask_cancel(shown: Booking, reason: str, errors: dict[str, str]) -> str:
    return render_template(
        "calendar/cancel.html", booking=shown, when=when_of(shown), reason=reason, errors=errors
    )


@blueprint.post("/<uuid:booking_id>/no-show")
@signed_in
def no_show(booking_id: UUID) -> Answer:
    """Marks or unmarks, after the start."""
    shown = get(booking_id).booking
    missed = Reader(request.form).flag("no_show")
    wish = SetNoShow(
        workspace_id=shown.workspace_id,
        booking_id=booking_id,
        no_show=missed,
        actor=desk.actor(),
    )
    try:
        current.services().booking.set_no_show(wish)
        words = "is marked as a no-show." if missed else "is no longer a no-show."
        flash(f"{shown.attendee.name} {words}", "")
    except (Conflict, Invalid) as refusal:
        desk.tell(refusal)
    return redirect(url_for("calendar.booking", booking_id=booking_id))


@blueprint.post("/<uuid:booking_id>/mails/<uuid:delivery_id>")
@signed_in
def resend(booking_id: UUID, delivery_id: UUID) -> Answer:
    """Sends a failed mail of this booking again."""
    shown = get(booking_id).booking
    if all(mail.id != delivery_id for mail in _mails(shown)):
        raise NotFound
    wish = Resend(workspace_id=shown.workspace_id, delivery_id=delivery_id)
    current.services().notifications.resend(wish)
    flash("The mail is on its way again.", "")
    return redirect(url_for("calendar.booking", booking_id=booking_id))
