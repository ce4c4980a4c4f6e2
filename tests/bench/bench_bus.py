"""Each program its own process, over RabbitMQ and a PostgreSQL that keeps what it was told.

Bookings by 16 visitors at once and a page of slots, beside an empty nameko call of two hops on the
same broker and a bare Flask view with the same bytes on the same server.
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from uuid import uuid4

import msgspec
import requests
from nameko.standalone.rpc import ClusterRpcProxy

from bench.bench_book import book, get, measured, mine, rush, session
from contracts.availability import (
    AvailabilityRpc,
    ListSchedules,
    SaveSchedule,
    WeekdayHours,
    Window,
)
from contracts.booking import BookingRpc, CreateLink, FindPage, Host, LinkSettings
from contracts.crm_bridge import CrmBridgeRpc
from contracts.errors import NotFound
from contracts.wire import Ping
from servicekit.rpc import RpcClient
from support.forms import OWNER, Browser
from support.mail import SmtpServer
from support.ports import free_port
from support.postgres import ROOT, Postgres
from support.processes import Program
from support.rabbitmq import RabbitMQ
from support.suites import PROGRAMS, ProcessSuite
from support.waiting import wait_for

BOOKINGS = 1500
PAGES = 4000
CALLS = 3000
CHANGES = 20
MONTH = 28
PAGES_AFTER = (("office", MONTH), ("ada", 7), ("ada", MONTH))
"""Links and days of slots that are asked for just after a change: a month of working days in half
hours, as most links are, and a week and a month of quarters of an hour, day and night.
"""
DURABLE = "shared_buffers = 128MB\nmax_connections = 200\n"
"""PostgreSQL's own defaults otherwise: a commit is on disk before it is answered."""


@contextmanager
def processes() -> Iterator[ProcessSuite]:
    """The six, with an empty database each."""
    with tempfile.TemporaryDirectory(prefix="workestra-bench-") as name, ExitStack() as stack:
        folder = Path(name)
        (folder / "mq").mkdir()
        postgres = Postgres(folder / "pg", DURABLE)
        stack.callback(postgres.stop)
        rabbitmq = RabbitMQ(folder / "mq")
        stack.callback(rabbitmq.close)
        smtp = SmtpServer()
        smtp.start()
        stack.callback(smtp.stop)
        urls = {program: postgres.url(postgres.create(program)) for program in PROGRAMS}
        suite = ProcessSuite(folder / "run", rabbitmq.vhost(), urls, smtp)
        stack.callback(suite.close)
        suite.start_all()
        yield suite


def set_up(suite: ProcessSuite, client: RpcClient) -> None:
    """An owner whose link `ada` can be booked at any quarter of an hour of the coming month, and
    whose link `office` can be at half hours of their working days.
    """
    Browser(suite.url).send("/setup", workspace="Acme", name="Ada", timezone="UTC", **OWNER)
    booking, availability = client.proxy(BookingRpc), client.proxy(AvailabilityRpc)
    host = wait_for(lambda: _host(booking), "the host")
    asked = ListSchedules(workspace_id=host.workspace_id, host_id=host.id)
    schedule = wait_for(lambda: availability.list_schedules(asked).schedules, "hours")[0]
    whole_day = (Window(start=0, end=1440),)
    always = tuple(WeekdayHours(weekday=day, windows=whole_day) for day in range(1, 8))
    replaced = msgspec.structs.replace(schedule, hours=always)
    availability.save_schedule(SaveSchedule(schedule=replaced))
    office = msgspec.structs.replace(
        schedule, id=uuid4(), name="Office", is_default=False, version=0
    )
    availability.save_schedule(SaveSchedule(schedule=office))
    for settings in (
        LinkSettings(title="Ada", slug="ada", durations=(15,), notice=0),
        LinkSettings(title="Office", slug="office", schedule_id=office.id, notice=0),
    ):
        link = {"workspace_id": host.workspace_id, "link_id": uuid4(), "owner_id": host.id}
        booking.create_link(CreateLink(**link, settings=settings))


def _host(booking: BookingRpc) -> Host | None:
    with suppress(NotFound):
        return booking.find_page(FindPage(slug="ada-acme")).hosts[0]
    return None


def slots(
    suite: ProcessSuite, days: int = MONTH, link: str = "ada"
) -> tuple[str, bytes, list[str]]:
    """The path of so many days of slots, its bytes, and the starts in it."""
    first = datetime.now(UTC).date() + timedelta(days=1)
    path = f"/api/v1/links/{link}/slots?from={first}&to={first + timedelta(days=days - 1)}&tz=UTC"
    answer = requests.get(suite.url + path, timeout=20)
    answer.raise_for_status()
    return path, answer.content, [slot["start"] for slot in answer.json()["slots"]]


def two_hops(uri: str) -> dict[str, float]:
    """Empty calls through two nameko services, by as many clients as there are visitors."""
    with ExitStack() as stack:
        for name in ("first", "second"):
            command = [sys.executable, "-m", "bench.hops", uri, name]
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            program = Program(command, Path(folder) / name, {"PYTHONPATH": str(ROOT / "tests")})
            stack.callback(program.kill)
            wait_for(
                lambda program=program: "ready" in program.text().split(), name, 30, program.log
            )
        rate, p95 = measured(_hop, uri, ["{}"] * CALLS)
        alone = median(_alone(uri) for _ in range(CALLS // 10))
    return {
        "two-hop calls a second": rate,
        "two-hop call, 95th percentile, ms": p95,
        "one call, nobody else, ms": alone,
    }


def _alone(uri: str) -> float:
    """A call of one hop, in milliseconds."""
    if not hasattr(mine, "bus"):
        mine.bus = ClusterRpcProxy({"AMQP_URI": uri}, timeout=20).start()
    began = time.perf_counter()
    mine.bus.second.call({})
    return 1000 * (time.perf_counter() - began)


def _hop(uri: str, _item: str) -> None:
    if not hasattr(mine, "bus"):
        mine.bus = ClusterRpcProxy({"AMQP_URI": uri}, timeout=20).start()
    mine.bus.first.call({})


def own_calls(client: RpcClient) -> dict[str, float]:
    """The least call of ours: a ping, which asks the database too."""
    crm = client.proxy(CrmBridgeRpc)
    rate, p95 = measured(lambda _url, _item: crm.ping(Ping()), "", [""] * CALLS)
    return {"pings a second": rate, "ping, 95th percentile, ms": p95}


@contextmanager
def bare_view(body: bytes) -> Iterator[str]:
    """The URL of a Flask view that gives these bytes, on the server that the gateway has."""
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "body"
        file.write_bytes(body)
        bind = f"127.0.0.1:{free_port()}"
        options = ["--bind", bind, "--worker-class", "gthread", "--threads", "16"]
        bare = Program(
            [sys.executable, "-m", "gunicorn", *options, "--keep-alive", "15", "bench.bare:app"],
            Path(name) / "log",
            {"PYTHONPATH": str(ROOT / "tests"), "BARE_BODY": str(file)},
        )
        try:
            wait_for(lambda: _answers(f"http://{bind}/"), "the bare view", 30, bare.log)
            yield f"http://{bind}/"
        finally:
            bare.kill()


def pages(suite: ProcessSuite) -> dict[str, float]:
    """A month of slots that the gateway remembers, beside a bare view with the same bytes."""
    path, body, _ = slots(suite)
    with bare_view(body) as bare:
        floor, floor_p99 = measured(get, bare, [""] * PAGES, 99)
        rate, p99 = measured(get, suite.url + path, [""] * PAGES, 99)
    return {
        "bytes of a month of slots": len(body),
        "bare view a second": floor,
        "bare view, 99th percentile, ms": floor_p99,
        "slots a second": rate,
        "slots, 99th percentile, ms": p99,
        "slots / bare view": rate / floor,
        "slots / bare view, 99th percentile": p99 / floor_p99,
    }


def after_changes(suite: ProcessSuite) -> dict[str, float]:
    """A page of slots asked for again and again while bookings are made, one after the other: the
    first answer that knows of a booking is the one that nobody had kept.
    """
    figures = {}
    for link, days in PAGES_AFTER:
        path, body, starts = slots(suite, days, link)
        took = median(_first_news(suite, path, start) for start in starts[-CHANGES:])
        figures[f"{link}: starts of {days} days"] = len(starts)
        figures[f"{link}: bytes of {days} days"] = len(body)
        figures[f"{link}: {days} days just after a change, nobody else, ms"] = took
    return figures


def _first_news(suite: ProcessSuite, path: str, start: str) -> float:
    book(suite.url, start)
    while True:
        began = time.perf_counter()
        answer = session().request("GET", suite.url + path)
        took = 1000 * (time.perf_counter() - began)
        if start.encode() not in answer.data:
            return took
        time.sleep(0.01)


def _answers(url: str) -> bool:
    with suppress(requests.RequestException):
        return requests.get(url, timeout=2).ok
    return False


def run() -> dict[str, float]:
    """All of it, one after the other on the same six processes."""
    with processes() as suite:
        client = RpcClient(suite.amqp_uri)
        set_up(suite, client)
        figures = two_hops(suite.amqp_uri) | own_calls(client) | pages(suite)
        figures |= after_changes(suite)
        starts = slots(suite)[2]
        step = max(1, len(starts) // BOOKINGS)
        figures |= rush(suite.url, starts.pop())
        wanted = starts[::step][:BOOKINGS]
        rate, p95 = measured(book, suite.url, wanted)
        client.close()
    hops, alone = figures["two-hop calls a second"], figures["one call, nobody else, ms"]
    after = {
        f"{link}: {days} days just after a change / one call": (
            figures[f"{link}: {days} days just after a change, nobody else, ms"] / alone
        )
        for link, days in PAGES_AFTER
    }
    return (
        figures
        | after
        | {
            "bookings": len(wanted),
            "bookings a second": rate,
            "booking, 95th percentile, ms": p95,
            "bookings / two-hop calls": rate / hops,
        }
    )
