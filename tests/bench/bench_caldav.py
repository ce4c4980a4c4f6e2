"""A CalDAV calendar of 10,000 events, read for the first time and after one change.

The real calendar-sync on a real PostgreSQL, in a process of its own, against a CalDAV server in
memory over TLS; the floor is the same texts fetched by bare requests, parsed as XML and dropped.
"""

import os
from multiprocessing import get_context
from multiprocessing.connection import Connection as Pipe
from time import process_time
from typing import Any
from uuid import uuid4

import requests
from lxml import etree

from bench.bench_calendars import database
from bench.measures import peak, resident, timed
from calendar_sync.service import CalendarSync
from contract.calendars.harness import HOUR, NOW, Theirs
from contract.calendars.icalendar_text import calendar, vevent
from contracts.calendar_sync import Connect
from fakes.authority import ca_bundle, serve
from fakes.caldav import HOME, PASSWORD, USER, FakeCalDav, Shelf
from servicekit.testing import FakeClock, Local

EVENTS = 10_000
WORK = f"{HOME}work/"


def text(number: int, later: int = 0) -> str:
    """An appointment, each hour another; one in a hundred comes again for twenty weeks."""
    start = NOW + (number + later) * HOUR
    rule = "FREQ=WEEKLY;COUNT=20" if number % 100 == 0 else ""
    return calendar(vevent(Theirs(f"e{number}", start, start + HOUR / 2, rule=rule), USER))


def stand_for_the_server(pipe: Pipe) -> None:
    """Serves the calendar, and changes an event when told to."""
    shelf = Shelf()
    with serve(FakeCalDav(shelves={WORK: shelf})) as url:
        pipe.send((url, ca_bundle()))
        while (told := pipe.recv()) != "end":
            for number in range(EVENTS) if told == "fill" else (7,):
                shelf.put(f"e{number}.ics", text(number, 0 if told == "fill" else 1))
            pipe.send("done")


def read(place: str, url: str, bundle: str, pipe: Pipe) -> None:
    """Connects an empty calendar, then reads all, then one change; tells the figures."""
    local = Local(lambda _: place, FakeClock(NOW))
    service = local.add(CalendarSync, private_addresses=True, ca_bundle=bundle, call_seconds=60)
    whose: dict[str, Any] = {"workspace_id": uuid4(), "host_id": uuid4(), "provider": "caldav"}
    account: dict[str, Any] = {"url": url, "account": USER, "secret": PASSWORD}
    service.connect(Connect(connection_id=uuid4(), **whose, **account))

    def again(told: str) -> float:
        pipe.send(told)
        pipe.recv()
        local.clock.advance(10 * HOUR / 60)
        return timed(service.sync_calendars)

    before = resident()
    work = process_time()
    first = again("fill")
    work = process_time() - work
    grown = peak() - before
    floor = timed(lambda: bare(url, bundle))
    one = sorted(again("change") for _ in range(5))[2]
    pipe.send({"first": first, "work": work, "grown": grown, "floor": floor, "one": one})


def bare(url: str, bundle: str) -> None:
    """The floor."""
    with requests.Session() as session:
        session.auth, session.verify, session.trust_env = (USER, PASSWORD), bundle, False
        for first in range(0, EVENTS, 100):
            hrefs = (f"<d:href>{WORK}e{one}.ics</d:href>" for one in range(first, first + 100))
            asked = "<d:prop><d:getetag/><c:calendar-data/></d:prop>" + "".join(hrefs)
            spaces = 'xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"'
            body = f"<c:calendar-multiget {spaces}>{asked}</c:calendar-multiget>"
            answer = session.request("REPORT", url + WORK, data=body, headers={"Depth": "1"})
            etree.fromstring(answer.content)


def run() -> dict[str, float]:
    """Seconds, milliseconds, MiB."""
    os.environ.setdefault("PYTHONWARNINGS", "ignore")  # eventlet says at each start that it ages
    spawn = get_context("spawn")
    ours, theirs = spawn.Pipe()
    reading, read_end = spawn.Pipe()
    server = spawn.Process(target=stand_for_the_server, args=(theirs,), daemon=True)
    server.start()
    url, bundle = ours.recv()
    with database() as place:
        reader = spawn.Process(target=read, args=(place, url, bundle, read_end), daemon=True)
        reader.start()
        while not isinstance(heard := reading.recv(), dict):
            ours.send(heard)
            reading.send(ours.recv())
        reader.join()
    ours.send("end")
    server.join()
    return {
        "10,000 events, first reading, s": heard["first"],
        "of that, our own work on a processor, s": heard["work"],
        "the same texts by bare requests, s": heard["floor"],
        "first reading, times its floor": heard["first"] / heard["floor"],
        "memory that it took, MiB": heard["grown"],
        "one change, ms": 1000 * heard["one"],
    }
