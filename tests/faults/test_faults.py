"""Nothing lost, nothing twice: services stopped and killed, the broker and the database restarted.

One suite plays it all, one fault after the other; `stage` holds it, `checker` judges it. A service
that is stopped in good order is missed honestly: what needs it says "not now", the rest goes on.
"""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time

import pytest
import sqlalchemy as sa

from faults import checker
from faults.injections import INJECTED, TOLD
from faults.load import BUDGET, Tally, judge
from faults.stage import Report
from support.suites import PROGRAMS, SERVICES
from support.waiting import wait_for

NEEDS = {
    "booking": {"book", "move", "cancel", "a booking page", "a manage page"},
    "availability": {"book", "move"},
    "calendar-sync": set(),
    "notifications": set(),
    "crm-bridge": set(),
}
"""What must say "not now" while a service is away; everything else must go on."""

PARTLY = {
    "booking": {"the calendar"},
    "availability": {"a booking page", "look"},
    "crm-bridge": {"the deals"},
}
"""Pages that may say so as a whole, or show the rest."""


def _asks(stage, booker):
    """Everything that the suite is for, once; each by its name."""
    ada, http = stage.ada, booker.http
    first, second, third = booker.chains
    wishes = {
        "book": booker.booking(first.slug),
        "move": booker.moving(second),
        "cancel": booker.cancelling(third),
    }
    pages = {
        "a booking page": lambda: http.get(f"{booker.url}/book/{first.slug}", timeout=BUDGET),
        "a manage page": lambda: http.get(first.cancel_url, timeout=BUDGET),
        "the calendar": lambda: ada.http.get(f"{ada.url}/calendar", timeout=BUDGET),
        "the deals": lambda: ada.http.get(f"{ada.url}/deals", timeout=BUDGET),
        "the calendars": lambda: ada.http.get(f"{ada.url}/settings/calendars", timeout=BUDGET),
    }
    asks = {name: _changing(booker, wish) for name, wish in wishes.items()}
    asks["look"] = lambda: booker.look(booker.slugs[0])
    return asks | {name: _seeing(booker, name, page) for name, page in pages.items()}


def _changing(booker, wish):
    return lambda: booker.act(wish)


def _seeing(booker, name, page):
    return lambda: booker.see(name, page)


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_stopped_in_good_order_is_missed_honestly_and_made_good(stage, service):
    booker = stage.booker()
    while len(booker.chains) < 3:  # another time where somebody else has just taken one
        assert booker.act(booker.booking("phone-ada")) in {"ok", "refused"}
    booker.slugs = ["meet-grace"]  # whose free times nobody has asked for since
    asks = _asks(stage, booker)
    assert stage.suite.stop(service) == 0
    with ThreadPoolExecutor(len(asks)) as pool:
        outcomes = dict(zip(asks, pool.map(lambda ask: ask(), asks.values()), strict=True))
    assert judge(booker.http.get(f"{booker.url}/healthz", timeout=BUDGET)) == "ok"
    stage.suite.start(service)
    back = time.monotonic()
    stage.suite.await_ready()
    report = Report(f"SIGTERM {service}", booker.tally, recovered=time.monotonic() - back)
    stage.settle()
    stage.judge(report, back)
    away = {name for name, outcome in outcomes.items() if outcome == "away"}
    assert NEEDS[service] <= away <= NEEDS[service] | PARTLY.get(service, set()), outcomes
    assert set(outcomes.values()) <= {"ok", "away", "refused"}, outcomes


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_killed_under_load_loses_nothing(stage, program):
    stage.deaths += program == "notifications"
    stage.trouble(
        f"SIGKILL {program}",
        lambda: stage.suite.kill(program),
        lambda: stage.suite.start(program),
    )


def test_the_broker_restarted_under_load_loses_nothing(stage):
    stage.trouble("broker restarted", stage.rabbitmq.stop, stage.rabbitmq.start)


def test_the_database_restarted_under_load_loses_nothing(stage):
    stage.deaths += 1
    stage.trouble("database cut", stage.postgres.stop, stage.postgres.start)


def test_copies_are_what_their_owners_have(stage):
    """As an operator asks it: status 0, or the command fails."""
    copying = [service for service in SERVICES if service != "booking"]
    stage.await_rest()
    with ThreadPoolExecutor(2) as pool:
        said = pool.map(lambda s: stage.suite.command(s, "resync", s, "--check"), copying)
        assert all(" differ" in words for words in said)


def test_reminders_go_out_once_though_notifications_dies_among_them(stage):
    booker = stage.booker(["phone-ada"])
    for _ in range(12):
        booker.act(booker.booking("phone-ada"))
    stage.settle()
    stage.await_rest()
    reminders = "SELECT 1 FROM delivery WHERE kind = 'reminder' AND state = 'sent'"

    ahead = (
        fate.start for one in stage.bookers for fate in one.fates() if fate.status != "cancelled"
    )
    eve = datetime.combine(min(ahead).date(), clock_time(), UTC) - timedelta(minutes=1)
    stage.ahead = eve - datetime.now(UTC)
    offset = {"CLOCK_OFFSET_SECONDS": str(stage.ahead.total_seconds())}
    stage.suite.settings["notifications"] = offset
    dying = threading.Event()

    def die_at_the_fifth(envelope):
        if len(stage.smtp.messages) - before >= 4 and not dying.is_set():
            stage.suite.kill("notifications")
            dying.set()
        return "250 OK"

    stage.suite.stop("notifications")
    before = len(stage.smtp.messages)
    stage.smtp.answer = die_at_the_fifth
    stage.deaths += 1
    stage.suite.start("notifications")
    wait_for(dying.is_set, "the death among reminders")
    # The 55 s pass for which mails in hand are kept from other schedulers.
    stage.postgres.execute(
        "UPDATE delivery SET leased_until = clock_timestamp() WHERE leased_until IS NOT NULL",
        str(sa.make_url(stage.suite.databases["notifications"]).database),
    )
    stage.suite.start("notifications")
    report = Report("SIGKILL between 250 and its note", Tally())
    stage.judge(report, time.monotonic())
    assert stage.select("notifications", reminders)


@pytest.fixture(scope="module")
def played(stage):
    """A stage on which something has happened, whichever tests were chosen."""
    booker = stage.booker()
    for _ in range(6):
        booker.act(booker.booking("phone-ada"))
    stage.settle()
    assert stage.await_rest() == []
    return stage


@pytest.mark.parametrize("rule", INJECTED)
def test_the_checker_finds_a_fault_in_a_database(played, rule):
    service, statements = INJECTED[rule]
    with played.world() as (world, connections):
        for statement in statements.split(";"):
            connections[service].execute(sa.text(statement))
        found = checker.complaints(world)
        connections[service].rollback()
    assert checker.count(found, getattr(checker, rule)), found[:5]


@pytest.mark.parametrize(("rule", "inject"), TOLD)
def test_the_checker_finds_a_fault_in_what_was_told_or_mailed(played, rule, inject):
    with played.world() as (world, _):
        inject(world)
        found = checker.complaints(world)
    assert checker.count(found, getattr(checker, rule)), found[:5]


def test_every_rule_of_the_checker_has_been_seen_to_fail():
    assert {rule.__name__ for rule in checker.RULES} == INJECTED.keys() | dict(TOLD).keys()
