"""Files that attendees attached: given to the booking's hosts, deleted before their time."""

from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from contracts.booking import (
    Booking,
    BookingUploads,
    DropUploads,
    EraseUpload,
    Upload,
)
from contracts.errors import NotFound, SchedulingError
from gateway import current, desk
from gateway.calendar import blueprint
from gateway.calendar.detail import get
from gateway.files import serving
from gateway.security import signed_in


def of(booking: Booking) -> tuple[Upload, ...]:
    """The files that are still there."""
    wish = BookingUploads(workspace_id=booking.workspace_id, booking_id=booking.id)
    return current.services().booking.booking_uploads(wish).uploads


def one(booking: Booking, upload_id: UUID) -> Upload:
    """One of them. Raises `NotFound`."""
    found = next((each for each in of(booking) if each.id == upload_id), None)
    if found is None:
        raise NotFound("This file is no longer here.")
    return found


@blueprint.get("/<uuid:booking_id>/files/<uuid:upload_id>")
@signed_in
def file(booking_id: UUID, upload_id: UUID) -> Response:
    """For the booking's hosts alone: what is sent to them is not the whole workspace's."""
    booking = get(booking_id).booking
    if all(host.id != current.account().id for host in booking.hosts):
        raise NotFound
    return serving.attachment(one(booking, upload_id))


@blueprint.route("/<uuid:booking_id>/files/<uuid:upload_id>/delete", methods=["GET", "POST"])
@signed_in
def erase_file(booking_id: UUID, upload_id: UUID) -> str | Answer:
    """Asks once; then the content is deleted, and its name forgotten."""
    booking = get(booking_id).booking
    found = one(booking, upload_id)
    if request.method != "POST":
        return render_template("calendar/erase_file.html", booking=booking, file=found)
    wish = EraseUpload(
        workspace_id=booking.workspace_id,
        booking_id=booking.id,
        upload_id=upload_id,
        actor=desk.actor(),
    )
    for gone in current.services().booking.erase_upload(wish).uploads:
        _delete(gone)
    flash("The file is deleted.", "")
    return redirect(url_for("calendar.booking", booking_id=booking_id))


def _delete(gone: Upload) -> None:
    """At once; where that fails, the sweeper does it: booking keeps the record until then."""
    try:
        current.files().delete(gone.key)
        current.services().booking.drop_uploads(DropUploads(ids=(gone.id,)))
    except SchedulingError:
        return
