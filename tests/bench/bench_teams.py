"""5,000 bookings by 16 visitors at once on a team of seven, beside the same on one host's link.

The real class on a real PostgreSQL, no broker, availability answered at once: what is measured is
booking's own transaction, with its decision and its ledger. A tenth of the bookings moves, and some
swap their slots; the figures of fairness are those of the month afterwards.
"""

import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import quantiles

from integration.booking.fair import Floor, Told, crowd
from support.postgres import Postgres

BOOKINGS = 5000
ALONE = 500
VISITORS = 16


def run() -> dict[str, float]:
    """Figures by name."""
    with tempfile.TemporaryDirectory() as folder:
        postgres = Postgres(Path(folder) / "pg")
        try:
            floor = Floor(lambda service: postgres.url(postgres.create(service)), VISITORS)
            alone = _alone(floor)
            return _figures(crowd(floor, BOOKINGS, VISITORS)) | alone
        finally:
            postgres.stop()


def _alone(floor: Floor) -> dict[str, float]:
    """The same visitors on a link of one host."""
    link = floor.link(slug="own-ada", durations=(5,))
    busy = floor.calendars.is_busy
    places = [n for n in range(2 * ALONE) if not busy(floor.ada.id, floor.start(n))][:ALONE]

    def book(place: int) -> None:
        floor.book(link, start=floor.start(place))

    began = time.perf_counter()
    with ThreadPoolExecutor(VISITORS) as pool:
        list(pool.map(book, places))
    return {"one host: bookings/s": ALONE / (time.perf_counter() - began)}


def _figures(told: Told) -> dict[str, float]:
    cuts = quantiles(told.slowest, n=100)
    return {
        "team of 7: bookings": BOOKINGS,
        "team of 7: bookings/s": BOOKINGS / told.seconds,
        "team of 7: p50 ms": cuts[49] * 1000,
        "team of 7: p99 ms": cuts[98] * 1000,
        "moved": told.moved,
        "swaps moved": told.swaps["moved"],
        "swaps refused": told.swaps["taken"],
        "furthest from a share, meetings": told.off,
        "overlaps": told.overlaps,
        "booked while busy": told.busy,
        "decisions": told.decisions,
        "decisions played again otherwise": -told.replayed,
    }
