"""How a connection's health is noticed, told, shown and probed; providers that want to be left alone
are left alone.
"""

from datetime import timedelta
from uuid import uuid4

import pytest

from calendar_sync.domain.calendars import Draft
from calendar_sync.service import AGE, CONNECTIONS
from contracts.calendar_sync import ListConnections, Probe
from contracts.errors import NotFound
from unit.calendar_sync.builders import ADA, HOUR, NOW, WORKSPACE, booked, confirmed

ASKED = timedelta(minutes=30)


@pytest.fixture
def connected(sync):
    sync.connect()
    return sync


def shown(sync):
    (one,) = sync.service.list_connections(ListConnections(workspace_id=WORKSPACE)).connections
    return one


def told(sync):
    return [event.state for event in sync.connections()]


def test_a_failed_reading_is_shown_with_what_to_do_and_gone_when_it_works(connected):
    connected.desk.misbehave("read", "unavailable")
    connected.poll()
    one = shown(connected)
    assert (one.state, one.attempts, one.synced_at) == ("ok", 1, NOW)
    assert "We try again by ourselves" in one.problem
    assert one.next_sync_at > connected.clock.now()
    connected.poll(timedelta(minutes=6))
    assert (shown(connected).problem, shown(connected).attempts) == ("", 0)
    assert told(connected) == ["ok"]


def test_a_calendar_that_is_silent_for_an_hour_is_told_once_and_once_when_it_works(connected):
    connected.desk.misbehave("read", *["unavailable"] * 20)
    for _ in range(12):
        connected.poll(timedelta(minutes=6))
    assert told(connected) == ["ok", "broken"]
    assert "has not answered for an hour" in connected.connections()[-1].problem
    assert connected.connections()[-1].writes_calendar
    for _ in range(10):
        connected.poll(timedelta(minutes=6))
    assert told(connected) == ["ok", "broken", "ok"]
    assert shown(connected).problem == ""


def test_a_refusal_is_told_once_and_once_when_it_is_mended(connected):
    connected.desk.refused = True
    connected.poll()
    connected.poll()
    connected.desk.refused = False
    connected.connect()
    connected.poll()
    assert told(connected) == ["ok", "broken", "ok"]


def test_no_request_of_any_kind_goes_out_before_the_provider_wants_one(connected):
    desk = connected.desk
    desk.retry_after = ASKED
    desk.misbehave("read", "unavailable")
    connected.poll()
    calls = desk.calls.total()
    connected.hear(confirmed(booked()))
    for minutes in (0, 3, 10, 16):
        connected.clock.advance(timedelta(minutes=minutes))
        connected.write()
        connected.service.sync_calendars()
        connected.copy(max_age=1)
        probe(connected)
    assert desk.calls.total() == calls
    connected.clock.advance(timedelta(minutes=1))
    connected.write()
    connected.service.sync_calendars()
    assert (len(connected.written()), shown(connected).problem) == (1, "")


def test_a_wait_that_a_writer_was_asked_for_holds_for_readers_too(connected):
    desk = connected.desk
    desk.retry_after = ASKED
    desk.misbehave("write", "unavailable")
    connected.hear(confirmed(booked()), confirmed(booked()))
    connected.write()
    calls = desk.calls.total()
    connected.poll()
    connected.write()
    assert desk.calls.total() == calls
    connected.clock.advance(ASKED)
    connected.write()
    connected.poll()
    assert len(connected.events) == len(connected.written()) == 2


def test_the_numbers_tell_of_each_provider(connected):
    connected.desk.misbehave("read", "unavailable")
    connected.poll(timedelta(minutes=4))
    assert AGE.labels("practice")._value.get() == 240
    assert CONNECTIONS.labels("practice", "ok")._value.get() == 1
    connected.desk.refused = True
    connected.poll(timedelta(minutes=9))
    assert CONNECTIONS.labels("practice", "broken")._value.get() == 1


# --- probes ---


def probe(sync, connection_id=None, workspace=WORKSPACE):
    connection_id = connection_id or shown(sync).id
    return sync.service.probe(Probe(workspace_id=workspace, connection_id=connection_id))


@pytest.mark.parametrize("names", [False, True], ids=["our ids", "its ids"])
def test_a_probe_goes_the_whole_way_and_leaves_nothing(connected, names):
    connected.desk.books["main"].names = names
    found = probe(connected)
    assert found.ok
    assert [step.name for step in found.steps] == [
        "calendars",
        "read",
        "write",
        "read_back",
        "delete",
    ]
    assert connected.events == {}
    connected.poll()
    assert connected.copy().periods == ()


def test_what_a_probe_writes_blocks_nobody_even_if_it_is_read_meanwhile(connected):
    start = NOW + HOUR
    left = Draft(id="left", start=start, end=start + HOUR, title="Check", transparent=True)
    connected.desk.books["main"].put(left)
    connected.poll()
    assert connected.copy().periods == ()


@pytest.mark.parametrize("step", ["calendars", "read", "write", "delete"])
def test_a_probe_says_which_step_failed_and_cleans_up(connected, step):
    connected.desk.misbehave(step, "refused" if step == "write" else "unavailable")
    found = probe(connected)
    assert not found.ok
    (failed,) = (one for one in found.steps if not one.ok)
    assert (failed.name, "503" in failed.problem, bool(failed.problem)) == (step, False, True)
    assert len(connected.events) == (1 if step == "delete" else 0)


def test_a_probe_of_a_calendar_that_cannot_be_written_only_reads(sync):
    sync.desk.books["main"].writable = False
    sync.connect()
    assert [step.name for step in probe(sync).steps] == ["calendars", "read"]


def test_nobody_probes_anothers_connection(connected):
    with pytest.raises(NotFound):
        probe(connected, workspace=uuid4())
    with pytest.raises(NotFound):
        probe(connected, uuid4())


def test_one_broken_connection_closes_its_host_though_another_works(connected):
    connected.connect(account="ada@home.test")
    connected.desk.refused = True
    connected.poll()
    assert connected.copy(host_id=ADA.id).state == "broken"
