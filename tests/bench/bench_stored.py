"""A page of slots from the service itself: how it grows with what is stored and with the hosts.

The real class on a real PostgreSQL, no broker: `hot` when nothing has changed, `after a booking`
when one host of the link has, `first` in a process that remembers nothing. What is stored lies in
the three years before, and for all but the team of 20 in the month that is asked for too: the
team's own share is past, so the answers are equal. Databases of all sizes are asked in turns.
"""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from uuid import UUID, uuid4

import sqlalchemy as sa

from availability import editing
from availability.service import Availability
from availability.store import changes, copies
from availability.store.memory import Memory
from contracts.availability import GetSlots
from contracts.booking import Claim, Host, Link, LinkHost, LinkSettings
from servicekit.testing import FakeClock, Local
from support.postgres import Postgres

NOW = datetime(2030, 3, 4, 8, tzinfo=UTC)
TEAM = 20
CROWD = 1000
"""Hosts among whom the stored bookings are spread."""
GROWTH = (0, 1_000, 10_000, 100_000, 1_000_000)
HOSTS = (1, 10, 100, 1000)
ROUNDS = 60
NAMES = ("hot", "after a booking", "first")
WORKSPACE = uuid4()

STORE = """
    INSERT INTO claim (id, workspace_id, meeting_id, host_id, link_id, booking_id, state, start_at,
                       end_at, meeting_start, meeting_end, seats_taken, removed, version,
                       changed_at, number)
    SELECT gen_random_uuid(), :workspace, gen_random_uuid(), (:hosts)[1 + n % :crowd], :link,
           gen_random_uuid(), 'confirmed', at, at + interval '30 min', at, at + interval '30 min',
           1, false, 1, at, 0
    FROM (SELECT n, CAST(:until AS timestamptz) - n / :crowd * (interval '3 years' / :each)
                    - CASE WHEN n % :crowd < :team THEN interval '75 days' ELSE '0' END AS at
          FROM generate_series(0, :count - 1) AS n) AS made
"""


def host(number: int) -> Host:
    """One of the crowd."""
    return Host(
        id=UUID(int=number + 1),
        workspace_id=WORKSPACE,
        name=f"Host {number}",
        email=f"host{number}@acme.test",
        timezone="America/New_York",
        slug=f"host-{number}",
        version=1,
    )


def link(count: int) -> Link:
    """A link of the first so many."""
    hosts = tuple(LinkHost(host_id=host(number).id) for number in range(count))
    settings = LinkSettings(
        title="Team", slug=f"team-{count}", kind="round_robin", hosts=hosts, notice=0
    )
    return Link(
        id=UUID(int=10**9 + count),
        workspace_id=WORKSPACE,
        owner_id=hosts[0].host_id,
        created_at=NOW,
        version=1,
        settings=settings,
    )


class Sample(NamedTuple):
    """What a page took."""

    milliseconds: float
    statements: int


class Bench:
    """The service with its people and links."""

    def __init__(self, databases: Callable[[str], str]) -> None:
        self.clock = FakeClock(NOW)
        self.service = Local(databases, clock=self.clock).add(Availability)
        self.statements = 0
        sa.event.listen(self.service.db.engine, "before_cursor_execute", self._count)
        with self.service.db.begin() as tx:
            for number in range(CROWD):
                copies.keep_host(tx, host(number), 1)
                editing.make_default(tx, host(number), NOW)
                changes.touch(tx, [host(number).id])
            for count in (*HOSTS, TEAM):
                copies.keep_link(tx, link(count), 1, NOW, removed=False)
                changes.touch(tx, [link(count).id])

    def _count(self, *_: object) -> None:
        self.statements += 1

    def store(self, count: int) -> None:
        """Bookings before now, and of all but the team up to a month after."""
        if not count:
            return
        values = {
            "workspace": WORKSPACE,
            "hosts": [host(number).id for number in range(CROWD)],
            "crowd": CROWD,
            "team": TEAM,
            "link": uuid4(),
            "until": NOW + timedelta(days=30),
            "each": max(count // CROWD, 1),
            "count": count,
        }
        typed = sa.text(STORE).bindparams(sa.bindparam("hosts", type_=sa.ARRAY(sa.Uuid)))
        with self.service.db.begin() as tx:
            tx.execute(typed, values)

    def settle(self) -> None:
        """As a server has it that has run for a while."""
        with self.service.db.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT")
            connection.execute(sa.text("VACUUM ANALYZE"))
            connection.execute(sa.text("CHECKPOINT"))

    def ask(self, hosts: int) -> None:
        """A page of the month."""
        first = NOW.date()
        asked = GetSlots(
            slug=f"team-{hosts}",
            first=first,
            last=first + timedelta(days=30),
            timezone="Europe/Paris",
        )
        assert self.service.slots(asked).slots

    def book(self, number: int) -> None:
        """A booking of the first host, as it arrives from its owner."""
        start = NOW + timedelta(days=1, minutes=30 * number)
        claim = Claim(
            id=uuid4(), meeting_id=uuid4(), host_id=host(0).id, link_id=link(TEAM).id,
            state="confirmed", start=start, end=start + timedelta(minutes=30), meeting_start=start,
            meeting_end=start + timedelta(minutes=30), booking_id=uuid4(), version=1,
        )  # fmt: skip
        with self.service.db.begin() as tx:
            touched = copies.keep_claims(tx, WORKSPACE, [claim], NOW)
            changes.touch(tx, touched.ids)

    def forget(self, _: int) -> None:
        """As a process that has just started."""
        self.service.process.memory = Memory()

    def time(self, hosts: int, number: int, name: str = "hot") -> Sample:
        """A page after what its name says."""
        before = {"hot": None, "after a booking": self.book, "first": self.forget}[name]
        if before:
            before(number)
        self.statements = 0
        start = time.perf_counter()
        self.ask(hosts)
        return Sample((time.perf_counter() - start) * 1e3, self.statements)


Make = Callable[[], Bench]


@contextmanager
def benches() -> Iterator[Make]:
    """As many as are asked for, each with its database, on one server."""
    with tempfile.TemporaryDirectory(prefix="workestra-bench-") as folder:
        postgres = Postgres(Path(folder) / "pg")
        try:
            yield lambda: Bench(lambda service: postgres.url(postgres.create(service)))
        finally:
            postgres.stop()


def run() -> dict[str, float]:
    """Medians in milliseconds, in turns over all sizes, and how they grow."""
    figures: dict[str, float] = {}
    with benches() as make:
        suites = {count: make() for count in GROWTH}
        for count, suite in suites.items():
            suite.store(count)
            suite.settle()
            suite.ask(TEAM)
        for name in NAMES:
            rounds = [
                {count: suite.time(TEAM, number, name) for count, suite in suites.items()}
                for number in range(ROUNDS)
            ]
            for count in suites:
                samples = [each[count] for each in rounds]
                title = f"{name}, {count:,} stored"
                figures[title] = statistics.median(one.milliseconds for one in samples)
                figures[f"{title}: statements"] = samples[-1].statements
            ratio = figures[f"{name}, {GROWTH[-1]:,} stored"] / figures[f"{name}, 0 stored"]
            figures[f"{name}, a million beside none (at most 1.2)"] = ratio
        empty = suites[0]
        for hosts in HOSTS:
            empty.ask(hosts)
            samples = [empty.time(hosts, number) for number in range(ROUNDS)]
            figures[f"hot, {hosts} hosts"] = statistics.median(one.milliseconds for one in samples)
            figures[f"hot, {hosts} hosts: statements"] = samples[-1].statements
    return figures
