"""Deletes the contents whose time booking says is over."""

import threading

import structlog

from contracts.booking import BookingRpc, DropUploads, DueUploads
from contracts.errors import SchedulingError, Unavailable
from gateway.files.store import FileStore

log = structlog.get_logger()
PAUSE = 60.0
"""Seconds between two looks."""


def sweep(booking: BookingRpc, store: FileStore) -> int:
    """Contents first, records last: who dies between them begins again. How many were deleted.

    Several processes may do it at once. Raises `SchedulingError`.
    """
    deleted = 0
    while due := booking.due_uploads(DueUploads()).uploads:
        gone = [each.id for each in due if _delete(store, each.key)]
        booking.drop_uploads(DropUploads(ids=tuple(gone)))
        deleted += len(gone)
        if len(gone) < len(due):
            break
    return deleted


def _delete(store: FileStore, key: str) -> bool:
    try:
        store.delete(key)
    except Unavailable as error:
        log.warning("file_not_deleted", problem=str(error.__cause__)[:300])
        return False
    return True


class Sweeper:
    """A part of the running gateway."""

    def __init__(self, booking: BookingRpc, store: FileStore) -> None:
        self._booking = booking
        self._store = store
        self._ended = threading.Event()

    def start(self) -> None:
        """Begins in the background."""
        threading.Thread(target=self._run, daemon=True, name="file-sweeper").start()

    def stop(self) -> None:
        """Tells it to end."""
        self._ended.set()

    def _run(self) -> None:
        while not self._ended.wait(PAUSE):
            try:
                sweep(self._booking, self._store)
            except SchedulingError as error:
                log.info("files_not_swept", problem=str(error))
            except Exception:
                log.exception("sweep_failed")
