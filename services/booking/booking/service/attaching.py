"""Files of bookings: their records, from the upload to the end of their time."""

from datetime import datetime

import msgspec

from booking.domain import links, uploads
from booking.service.desk import Desk
from booking.store import bookings, history
from booking.store import links as stored_links
from booking.store import uploads as stored
from contracts.booking import (
    AddUpload,
    Answer,
    BookedFile,
    Booking,
    BookingUploads,
    DropUploads,
    DueUploads,
    EraseUpload,
    FileErased,
    FindUploads,
    Link,
    Upload,
    Uploads,
)
from contracts.errors import Invalid, LimitReached
from servicekit import Tx

ERASED = "file_erased"


def add(desk: Desk, request: AddUpload) -> Upload:
    """A file's record, which waits for its booking."""
    now = desk.clock.now()
    with desk.db.begin() as tx:
        link = stored_links.offer(tx, request.slug).link
        links.require_open(link, now)
        uploads.require_asked(link.settings.questions, request.upload)
        if stored.waiting(tx, link.id) >= uploads.MOST_WAITING:
            raise LimitReached("Too many files wait here just now. Please try again in an hour.")
        waits = msgspec.structs.replace(request.upload, expires_at=uploads.waits_until(now))
        return stored.add(tx, link, waits, now)


def found(desk: Desk, request: FindUploads) -> Uploads:
    """What a visitor has attached so far."""
    with desk.db.begin() as tx:
        link = stored_links.offer(tx, request.slug).link
        there = stored.for_link(tx, link.id, request.ids, desk.clock.now())
    return Uploads(uploads=there)


def attached(desk: Desk, link: Link, answers: dict[str, Answer]) -> tuple[BookedFile, ...]:
    """The files that checked answers name; nothing is asked where none is. Raises `Invalid`."""
    asked = uploads.wanted(link.settings.questions, answers)
    if not asked:
        return ()
    with desk.db.begin() as tx:
        there = stored.for_link(tx, link.id, asked.values(), desk.clock.now())
    return uploads.attached(asked, there)


def take(desk: Desk, tx: Tx, booking: Booking) -> None:
    """Gives a new booking its files. Raises `Invalid` where another took one meanwhile."""
    if not booking.files:
        return
    until = uploads.kept_until(booking.end, desk.settings.file_days)
    if not stored.take(tx, booking, until, desk.clock.now()):
        raise Invalid(fields={f"answers.{file.question}": uploads.GONE for file in booking.files})


def move(desk: Desk, tx: Tx, moved: Booking) -> None:
    """Its files stay as long after the new time."""
    if moved.files:
        until = uploads.kept_until(moved.end, desk.settings.file_days)
        stored.keep_until(tx, moved, until, desk.clock.now())


def of_booking(desk: Desk, request: BookingUploads) -> Uploads:
    """Those that are still there. Raises `NotFound`."""
    with desk.db.begin() as tx:
        booking = bookings.get(tx, request.workspace_id, request.booking_id)
        return Uploads(uploads=stored.of_booking(tx, booking, desk.clock.now()))


def erase(desk: Desk, request: EraseUpload) -> Uploads:
    """The one that is to be deleted now; empty where it is gone. Raises `NotFound`."""
    now = desk.clock.now()
    with desk.db.begin() as tx:
        booking = bookings.get(tx, request.workspace_id, request.booking_id)
        erased = stored.erase(tx, booking, request.upload_id, now)
        if erased:
            said = history.entry(now, request.actor, ERASED)
            history.add(tx, (booking.workspace_id, booking.root_id), said)
            desk.announce(tx, _erased(booking, request, now))
    return Uploads(uploads=erased)


def _erased(booking: Booking, request: EraseUpload, now: datetime) -> FileErased:
    return FileErased(
        workspace_id=booking.workspace_id,
        version=booking.version,
        root_id=booking.root_id,
        upload_id=request.upload_id,
        at=now,
    )


def due(desk: Desk, request: DueUploads) -> Uploads:
    """What the gateway is to delete."""
    with desk.db.begin() as tx:
        return Uploads(uploads=stored.due(tx, desk.clock.now(), request.limit))


def drop(desk: Desk, request: DropUploads) -> None:
    """Their contents are deleted."""
    with desk.db.begin() as tx:
        stored.drop(tx, request.ids, desk.clock.now())
