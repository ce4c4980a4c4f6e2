"""Where faults are played: a suite of processes, its bookers, and the checker."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import msgspec
import sqlalchemy as sa

from contracts.availability import (
    AvailabilityRpc,
    ListSchedules,
    SaveSchedule,
    WeekdayHours,
    Window,
)
from contracts.booking import BookingRpc, CreateLink, Host, LinkSettings, ListHosts, Location
from contracts.calendar_sync import CalendarSyncRpc, Connect
from faults import checker
from faults.load import Booker, Crowd, Tally
from faults.world import World, journal, select_over
from servicekit.rpc import RpcClient
from support.forms import OWNER, Browser
from support.mail import SmtpServer
from support.postgres import Postgres
from support.rabbitmq import RabbitMQ
from support.suites import PROGRAMS, ProcessSuite
from support.waiting import wait_for

HEAL = 60.0
"""Seconds after the end of a fault within which everything must be caught up."""

AT_DESK = Location(kind="phone", value="+44 20 7946 0000")
BOOKERS = 5
BEFORE, AFTER = 25, 15
"""Requests that went well before a fault strikes, and after it before the bookers end."""

WEEK = tuple(WeekdayHours(weekday=day, windows=(Window(start=0, end=1440),)) for day in range(1, 8))


@dataclass
class Report:
    """What one fault did, for people to read."""

    fault: str
    tally: Tally
    recovered: float = 0.0
    caught_up: float = 0.0
    found: list[str] = field(default_factory=list)
    repeats: int = 0

    def __str__(self) -> str:
        c, o = checker, self.tally.outcomes
        lost = c.count(self.found, c.acknowledged_is_kept, c.news_is_sent, c.announced_is_heard)
        overlaps = c.count(self.found, c.claims_do_not_overlap, c.meetings_do_not_overlap)
        return (
            f"{self.fault:32} ok {o['ok']:4}  refused {o['refused']:3}  away {o['away']:3}"
            f"  unknown {o['unknown']:3}  wrong {o['wrong']:2} | lost {lost}  overlaps {overlaps}"
            f"  mails repeated {self.repeats}  other {len(self.found) - lost - overlaps}"
            f" | answers again {self.recovered:5.1f} s  caught up {self.caught_up:5.1f} s"
            f"  slowest {self.tally.slowest:4.1f} s"
        )


class Stage:
    """One suite with two workspaces: Ada's calendar is written, Grace has none."""

    def __init__(
        self, suite: ProcessSuite, rabbitmq: RabbitMQ, postgres: Postgres, smtp: SmtpServer
    ) -> None:
        self.suite = suite
        self.rabbitmq = rabbitmq
        self.postgres = postgres
        self.smtp = smtp
        self.bookers: list[Booker] = []
        self.reports: list[Report] = []
        self.deaths = 0
        self.ahead = timedelta()
        self.ada = Browser(suite.url)
        self.slugs: list[str] = []
        self._engines = {
            program: sa.create_engine(suite.databases[program], poolclass=sa.NullPool)
            for program in PROGRAMS
        }

    # --- before the play ---

    def furnish(self) -> None:
        """Hosts who can be booked at any hour, and their links."""
        self.ada.send("/setup", workspace="Acme", name="Ada", timezone="UTC", **OWNER)
        self._second_workspace("Globex", "grace@globex.test")
        client = RpcClient(self.suite.amqp_uri)
        try:
            self._furnish(client)
        finally:
            client.close()

    def _furnish(self, client: RpcClient) -> None:
        ada, grace = self._host(client, OWNER["email"]), self._host(client, "grace@globex.test")
        for host in (ada, grace):
            self._open_all_hours(client, host)
        wish = Connect(
            workspace_id=ada.workspace_id,
            connection_id=uuid4(),
            host_id=ada.id,
            provider="practice",
            account="ada",
        )
        client.proxy(CalendarSyncRpc).connect(wish)
        writes = "SELECT 1 FROM host_calendar WHERE writes_calendar"
        wait_for(lambda: self.select("booking", writes), "the calendar in booking")
        self._link(client, ada, "phone-ada", AT_DESK, creates_deal=True)
        self._link(client, ada, "join-ada", Location(kind="conference"), creates_deal=True)
        self._link(client, grace, "meet-grace", AT_DESK, creates_deal=False)
        for slug in self.slugs:
            booker = self.booker([slug])
            wait_for(lambda: booker.look(slug) == "ok" and booker.free[slug], slug)  # noqa: B023

    def _second_workspace(self, name: str, owner: str) -> None:
        self.suite.command("gateway", "workspace", "add", name, "--owner", owner)
        mail = self.smtp.wait(owner)[0].get_body(("plain",))
        assert mail is not None
        link = re.search(rf"{self.suite.url}(/invitation/\S+)", mail.get_content())
        assert link is not None, mail.get_content()
        Browser(self.suite.url).send(
            link[1], name="Grace", timezone="UTC", password=OWNER["password"]
        )

    def _host(self, client: RpcClient, email: str) -> Host:
        spaces = self.select("gateway", "SELECT workspace_id, email FROM account")
        space: UUID = next(row.workspace_id for row in spaces if row.email == email)
        booking = client.proxy(BookingRpc)
        asked = ListHosts(workspace_id=space)
        return wait_for(lambda: booking.list_hosts(asked).hosts, f"host {email}")[0]

    def _open_all_hours(self, client: RpcClient, host: Host) -> None:
        availability = client.proxy(AvailabilityRpc)
        asked = ListSchedules(workspace_id=host.workspace_id, host_id=host.id)
        found = wait_for(lambda: availability.list_schedules(asked).schedules, "a schedule")
        always = msgspec.structs.replace(found[0], hours=WEEK, timezone="UTC")
        availability.save_schedule(SaveSchedule(schedule=always))

    def _link(
        self, client: RpcClient, host: Host, slug: str, location: Location, *, creates_deal: bool
    ) -> None:
        settings = LinkSettings(
            title=slug,
            slug=slug,
            durations=(15,),
            location=location,
            creates_deal=creates_deal,
        )
        wish = CreateLink(
            workspace_id=host.workspace_id, link_id=uuid4(), owner_id=host.id, settings=settings
        )
        client.proxy(BookingRpc).create_link(wish)
        self.slugs.append(slug)

    # --- during it ---

    def booker(self, slugs: list[str] | None = None, tally: Tally | None = None) -> Booker:
        """One more, whose meetings the checker follows to the end."""
        number = len(self.bookers)
        made = Booker(number, self.suite.url, slugs or self.slugs, tally or Tally())
        self.bookers.append(made)
        return made

    def crowd(self) -> Crowd:
        """Bookers who share a tally."""
        tally = Tally()
        return Crowd([self.booker(tally=tally) for _ in range(BOOKERS)], tally)

    def settle(self) -> None:
        """Every unknown outcome becomes known."""
        for booker in self.bookers:
            booker.settle()

    def revive(self, program: str) -> None:
        """Starts a program that is gone, and waits for nothing."""
        self.suite.start(program)

    # --- what is so ---

    def select(self, service: str, statement: str) -> list[sa.Row[tuple[object, ...]]]:
        """Rows of a service's database."""
        with self._engines[service].connect() as connection:
            return list(connection.execute(sa.text(statement)).all())

    @contextmanager
    def world(self) -> Iterator[tuple[World, dict[str, sa.Connection]]]:
        """Everything as it is now, with the connections that it is read through."""
        with ExitStack() as stack:
            connections = {
                name: stack.enter_context(engine.connect())
                for name, engine in self._engines.items()
            }
            yield (
                World(
                    select=select_over(connections),
                    mails=journal(self.smtp.messages),
                    fates=[fate for booker in self.bookers for fate in booker.fates()],
                    now=datetime.now(UTC) + self.ahead,
                    repeats=self.deaths,
                ),
                connections,
            )

    def await_rest(self, seconds: float = HEAL) -> list[str]:
        """Waits until everything is caught up; what breaks a rule in just that world.

        A service may have something to tell at any time, so a world counts only if nothing
        happened while it was looked at. Says what is left if that takes too long.
        """
        left: list[str] = []
        found: list[str] = []

        def rests() -> bool:
            mails = len(self.smtp.messages)
            with self.world() as (world, _):
                before = checker.pulse(world.select)
                left[:] = checker.unfinished(world)
                found[:] = [] if left else checker.complaints(world)
                after = [] if left else checker.pulse(world.select)
            if not left and (len(self.smtp.messages), after) != (mails, before):
                left.append("something happened while it was looked at")
            return not left

        try:
            wait_for(rests, "rest", seconds)
        except AssertionError as late:
            raise AssertionError("\n".join([f"busy after {seconds} s:", *left[:20]])) from late
        return found

    def judge(self, report: Report, since: float) -> None:
        """Waits for rest, has the checker look at it, and raises with what it says.

        `since` is the monotonic time from which it may take to catch up.
        """
        report.found = self.await_rest()
        report.caught_up = time.monotonic() - since
        with self.world() as (world, _):
            report.repeats = len(checker.repeated(world))
        self.reports.append(report)
        found = [*report.found, *report.tally.wrong]
        if found:
            raise AssertionError("\n".join([str(report), *found[:40]]))

    # --- the play ---

    def trouble(self, fault: str, strike: Callable[[], None], mend: Callable[[], None]) -> None:
        """A fault under load: strikes, mends, and looks at what is left of it."""
        crowd = self.crowd()
        crowd.start()
        wait_for(lambda: crowd.done() >= BEFORE, "load")
        strike()
        mend()
        mended, done = time.monotonic(), crowd.done()
        wait_for(lambda: crowd.done() >= done + AFTER, f"answers after {fault}", HEAL)
        report = Report(fault, crowd.tally, recovered=time.monotonic() - mended)
        crowd.stop()
        self.settle()
        self.judge(report, mended)
