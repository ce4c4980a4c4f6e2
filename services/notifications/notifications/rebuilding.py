"""Compares the upcoming reminders with booking's truth, and repairs them."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime

from sqlalchemy import Connection as Tx

from contracts.booking import Booking, BookingRpc, Export
from notifications.domain import decide, plan
from notifications.store import chains, deliveries

Begin = Callable[[], AbstractContextManager[Tx]]
"""Opens a transaction."""


def resync(begin: Begin, booking: BookingRpc, now: datetime, *, check: bool) -> dict[str, int]:
    """Counts of `bookings` read, reminders `missing` and `stray`; all put right unless `check`.

    A missing reminder whose time has come is left alone: it may have been sent before a restore
    from a backup, and none must go out twice.
    """
    with begin() as tx:
        stray = deliveries.due_reminders(tx)
    counts = {"bookings": 0, "missing": 0, "stray": 0}
    for page in _pages(booking):
        expected = {
            mail.key: mail
            for one in page
            for mail in plan.reminders(one)
            if mail.due_at > now or mail.key in stray
        }
        with begin() as tx:
            missing = expected.keys() - deliveries.known_keys(tx, list(expected))
            if not check:
                for one in page:
                    chain = chains.lock(tx, one.root_id, one.workspace_id)
                    chains.save(tx, chain.with_booking(one))
                deliveries.add(tx, [expected[key] for key in sorted(missing)], now)
        counts["bookings"] += len(page)
        counts["missing"] += len(missing)
        for key in expected:
            stray.pop(key, None)
    counts["stray"] = len(stray)
    if stray and not check:
        with begin() as tx:
            deliveries.skip_keys(tx, list(stray), decide.NOT_CONFIRMED)
    return counts


def _pages(booking: BookingRpc) -> Iterator[tuple[Booking, ...]]:
    after = ""
    while True:
        page = booking.export(Export(kind="bookings", after=after))
        yield page.bookings
        if not page.cursor:
            return
        after = page.cursor
