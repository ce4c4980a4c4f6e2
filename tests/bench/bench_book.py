"""Bookings over HTTP by 16 visitors at once, beside the same visitors asking for `/healthz`."""

import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from statistics import quantiles
from threading import Barrier, local
from uuid import uuid4

import requests
import urllib3

from support.suites import EmbeddedSuite

VISITORS = 16
CROWD = 200
APART = timedelta(hours=1)
"""Between the starts that are booked: more than a meeting with its buffers."""
mine = local()


def session() -> urllib3.PoolManager:
    """This visitor's own connection; as light as can be, for it shares the processors."""
    if not hasattr(mine, "session"):
        mine.session = urllib3.PoolManager(maxsize=1, retries=False, timeout=60)
    found: urllib3.PoolManager = mine.session
    return found


def starts(url: str) -> list[str]:
    """Free times of the demo's link that do not touch one another."""
    first = datetime.now(UTC).date()
    window = {"from": str(first), "to": str(first + timedelta(days=30)), "tz": "UTC"}
    answer = requests.get(f"{url}/api/v1/links/ada/slots", params=window, timeout=20)
    answer.raise_for_status()
    chosen: list[str] = []
    for slot in answer.json()["slots"]:
        start = datetime.fromisoformat(slot["start"])
        if not chosen or start - datetime.fromisoformat(chosen[-1]) >= APART:
            chosen.append(slot["start"])
    return chosen


def wish(url: str, start: str) -> urllib3.BaseHTTPResponse:
    """What the gateway says to a visitor who wants this time."""
    attendee = {"name": "Visitor", "email": f"{uuid4().hex}@visitor.test", "timezone": "UTC"}
    return session().request(
        "POST",
        f"{url}/api/v1/links/ada/bookings",
        json={"start": start, "attendee": attendee},
        headers={"Idempotency-Key": uuid4().hex},
    )


def book(url: str, start: str) -> None:
    """One booking, that must succeed."""
    answer = wish(url, start)
    if answer.status != HTTPStatus.CREATED:
        raise AssertionError(answer.data)


def rush(url: str, start: str) -> dict[str, float]:
    """A crowd that wants one time at the same moment: what they were told, and the slowest answer."""
    gate = Barrier(CROWD)

    def want(_number: int) -> tuple[int, bool, float]:
        gate.wait()
        began = time.perf_counter()
        answer = wish(url, start)
        took = time.perf_counter() - began
        return answer.status, bool(answer.json().get("alternatives")), took

    with ThreadPoolExecutor(CROWD) as pool:
        told = list(pool.map(want, range(CROWD)))
    return {
        "visitors who want one time": len(told),
        "told 201": sum(status == HTTPStatus.CREATED for status, _, _ in told),
        "told 409, with other times": sum(
            status == HTTPStatus.CONFLICT and others for status, others, _ in told
        ),
        "slowest of them, s": max(took for _, _, took in told),
    }


def ask(url: str, _number: str) -> None:
    """The least that the gateway can do."""
    get(f"{url}/healthz", "")


def get(url: str, _item: str) -> None:
    """One page, that must be there."""
    answer = session().request("GET", url)
    if answer.status != HTTPStatus.OK:
        raise AssertionError(answer.data)


def measured(
    what: Callable[[str, str], object], url: str, items: list[str], percentile: int = 95
) -> tuple[float, float]:
    """Done a second, and that percentile in milliseconds, by all visitors at once."""

    def timed(item: str) -> float:
        began = time.perf_counter()
        what(url, item)
        return 1000 * (time.perf_counter() - began)

    began = time.perf_counter()
    with ThreadPoolExecutor(VISITORS) as pool:
        times = list(pool.map(timed, items))
    return len(items) / (time.perf_counter() - began), quantiles(times, n=100)[percentile - 1]


def run() -> dict[str, float]:
    """Rates and 95th percentiles of both."""
    with tempfile.TemporaryDirectory(prefix="workestra-bench-") as folder:
        suite = EmbeddedSuite(Path(folder) / "data", "--demo")
        try:
            free = starts(suite.url)
            floor, floor_p95 = measured(ask, suite.url, [str(n) for n in range(1000)])
            crowd = rush(suite.url, free.pop())
            rate, p95 = measured(book, suite.url, free)
        finally:
            suite.stop()
    return crowd | {
        "bookings": len(free),
        "bookings a second": rate,
        "booking, 95th percentile, ms": p95,
        "GET /healthz a second": floor,
        "GET /healthz, 95th percentile, ms": floor_p95,
        "healthz / booking": floor / rate,
    }
