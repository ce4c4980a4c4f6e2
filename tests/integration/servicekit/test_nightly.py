"""Copies are compared once a night, by one replica, and only what stays different is reported."""

import threading
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest
import sqlalchemy as sa
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from contracts.errors import Unavailable
from servicekit import Settings, nightly
from servicekit.nightly import KeepsCopies
from servicekit.testing import FakeClock, Local

NIGHT = datetime(2026, 12, 1, 1, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class Copies(KeepsCopies[Settings]):
    """A service whose copies differ as its owner, a list, says; each look takes one from it."""

    name = "crm-bridge"
    truth: ClassVar[list[dict[str, int]]] = []

    def resync(self, *, check):
        assert check, "nothing is mended by itself"
        found = self.truth.pop(0)
        if not found:
            raise Unavailable
        return found


@pytest.fixture
def clock():
    return FakeClock(NIGHT)


@pytest.fixture
def replicas(databases, clock, monkeypatch):
    """Two processes of one service on one database."""
    monkeypatch.setattr(Copies, "truth", [])
    first, second = Local(databases, clock).add(Copies), Copies()
    second.kit = first.kit
    return first, second


def shown(kind):
    return REGISTRY.get_sample_value("copies_differ", {"service": "crm-bridge", "kind": kind})


def test_by_day_nothing_is_compared(replicas, clock):
    for hour in (0, 6, 12, 23):
        clock.set(NIGHT.replace(hour=hour))
        replicas[0].compare_copies()
    assert Copies.truth == []


def test_one_replica_compares_once_a_night(replicas, clock):
    Copies.truth += [{"rows": 0}, {"rows": 0}]
    for _ in range(3):
        for replica in replicas:
            replica.compare_copies()
        clock.advance(timedelta(minutes=20))
    assert len(Copies.truth) == 1
    clock.advance(timedelta(days=1))
    replicas[1].compare_copies()
    assert Copies.truth == []


def test_two_replicas_that_begin_at_once_do_it_once(replicas, clock):
    Copies.truth += [{"rows": 0}, {"rows": 0}]
    barrier = threading.Barrier(2)

    def begin(replica):
        barrier.wait(60)
        replica.compare_copies()

    threads = [threading.Thread(target=begin, args=(one,)) for one in replicas]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(Copies.truth) == 1


def test_what_differs_twice_is_reported_by_kind_and_shown_by_every_replica(replicas, clock):
    Copies.truth += [{"rows": 3, "events": 1, "bookings": 9}, {"rows": 2, "events": 0}]
    with capture_logs() as lines:
        replicas[0].compare_copies()
        assert lines == [], "it may have been on its way"
        clock.advance(MINUTE)
        replicas[1].compare_copies()
    (line,) = lines
    assert (line["event"], line["kinds"]) == ("copies_differ", {"rows": 2, "events": 0})
    nightly.differing.clear()
    replicas[0].compare_copies()
    assert (shown("rows"), shown("events"), shown("bookings")) == (2, 0, None)


def test_what_was_on_its_way_is_no_difference(replicas, clock):
    Copies.truth += [{"rows": 3}, {"rows": 0}]
    with capture_logs() as lines:
        replicas[0].compare_copies()
        clock.advance(MINUTE)
        replicas[0].compare_copies()
    assert [line["event"] for line in lines] == ["copies_agree"]
    assert shown("rows") == 0


def test_an_owner_that_does_not_answer_is_asked_again(replicas, clock):
    Copies.truth += [{}, {"rows": 0}]
    replicas[0].compare_copies()
    clock.advance(MINUTE)
    replicas[1].compare_copies()
    assert Copies.truth == []


def test_a_replica_that_died_over_it_is_replaced_when_its_lease_ends(replicas):
    Copies.truth += [{"rows": 0}]
    with replicas[0].db.begin() as tx:
        assert nightly.take_turn(tx, NIGHT.date()) == {}
    replicas[1].compare_copies()
    assert len(Copies.truth) == 1
    with replicas[0].db.begin() as tx:
        tx.execute(sa.text("UPDATE duty SET leased_until = clock_timestamp() - interval '1 s'"))
    replicas[1].compare_copies()
    assert Copies.truth == []
