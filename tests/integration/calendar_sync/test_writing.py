"""Events follow their bookings: once each, whatever goes wrong on the way."""

from datetime import timedelta
from random import Random

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from calendar_sync.adapters.practice import WORLD
from calendar_sync.domain.events import event_id
from calendar_sync.store import wanted
from contracts.booking import Exported, Location
from contracts.calendar_sync import Disconnect, EventRemoved
from contracts.errors import CalendarUnreachable
from servicekit import context
from unit.calendar_sync.builders import (
    ADA,
    BEA,
    NOW,
    WORKSPACE,
    booked,
    cancelled,
    confirmed,
    moved,
    rescheduled,
)


@pytest.fixture
def connected(sync):
    sync.connect()
    return sync


def test_a_confirmed_booking_is_written_and_its_join_url_announced(connected):
    booking = booked()
    connected.hear(confirmed(booking))
    assert connected.desk.calls["write"] == 0
    connected.write()
    identity = event_id(booking.root_id, ADA.id)
    assert connected.events[identity].start == booking.start
    (event,) = connected.written()
    assert event.join_url == f"https://meet.practice.test/{identity}"
    assert (event.booking_id, event.host_id, event.start) == (booking.id, ADA.id, booking.start)


def test_without_a_conference_no_join_url_is_announced(connected):
    connected.hear(confirmed(booked(location=Location(kind="phone", value="1"))))
    connected.write()
    assert [event.join_url for event in connected.written()] == [""]


def test_a_move_moves_the_event_and_keeps_its_join_url(connected):
    before = booked()
    after = moved(before)
    connected.hear(confirmed(before))
    connected.write()
    connected.hear(rescheduled(before, after))
    connected.write()
    (event,) = connected.events.values()
    assert event.start == after.start
    first, second = connected.written()
    assert first.join_url == second.join_url
    assert (second.booking_id, second.version > first.version) == (after.id, True)
    assert connected.desk.calls["write"] == connected.desk.calls["move"] == 1


def test_a_cancellation_removes_the_event_and_says_so(connected):
    booking = booked()
    connected.hear(confirmed(booking))
    connected.write()
    connected.hear(cancelled(booking))
    connected.write()
    connected.write()
    assert connected.events == {}
    assert len(connected.announced(EventRemoved)) == 1


def test_a_cancellation_before_its_confirmation_writes_nothing_ever(connected):
    booking = booked()
    connected.hear(cancelled(booking))
    connected.write()
    connected.hear(confirmed(booking))
    connected.write()
    assert connected.desk.calls["write"] == connected.desk.calls["delete"] == 0
    assert connected.announced(EventRemoved) == []


def test_a_late_confirmation_does_not_undo_a_move(connected):
    before = booked()
    after = moved(before)
    connected.hear(rescheduled(before, after), confirmed(before), rescheduled(before, after))
    connected.write()
    assert [event.start for event in connected.events.values()] == [after.start]
    assert len(connected.written()) == 1


def test_a_lost_reply_never_doubles_an_event(connected):
    connected.desk.misbehave("write", "reply_lost")
    connected.hear(confirmed(booked()))
    connected.write()
    assert connected.written() == []
    connected.clock.advance(timedelta(minutes=1))
    connected.write()
    assert len(connected.events) == len(connected.written()) == 1


def test_an_event_whose_reply_was_lost_is_removed_by_a_cancellation(connected):
    booking = booked()
    connected.desk.misbehave("write", "reply_lost")
    connected.hear(confirmed(booking))
    connected.write()
    assert len(connected.events) == 1
    connected.hear(cancelled(booking))
    connected.write()
    assert connected.events == {}


def test_a_provider_that_is_away_delays_the_event_as_it_asks(connected):
    connected.desk.misbehave("write", "unavailable")
    connected.desk.retry_after = timedelta(minutes=10)
    connected.hear(confirmed(booked()))
    connected.write()
    connected.clock.advance(timedelta(minutes=9))
    connected.write()
    assert connected.desk.calls["write"] == 1
    connected.clock.advance(timedelta(minutes=1))
    connected.write()
    assert len(connected.written()) == 1


def test_a_wish_that_comes_while_the_provider_is_slow_is_not_lost(connected):
    before = booked()
    after = moved(before)
    book = connected.desk.books["main"]
    put = book.put

    def put_while_it_is_moved(draft):
        book.put = put
        connected.hear(rescheduled(before, after))
        put(draft)

    book.put = put_while_it_is_moved
    connected.hear(confirmed(before))
    connected.write()
    connected.write()
    assert [event.start for event in connected.events.values()] == [after.start]
    assert [event.booking_id for event in connected.written()] == [after.id]


def test_a_refused_account_is_told_once_and_its_events_wait_for_it(connected):
    connected.hear(confirmed(booked()), confirmed(booked()))
    connected.desk.refused = True
    connected.write()
    connected.write()
    broken = [event for event in connected.connections() if event.state == "broken"]
    assert len(broken) == 1
    assert not broken[0].writes_calendar
    assert "connect ada@acme.test again" in broken[0].problem
    connected.desk.refused = False
    mended = connected.connect()
    assert mended.state == "ok"
    connected.write()
    assert len(connected.events) == len(connected.written()) == 2


def test_a_host_who_is_invited_by_mail_is_not_written_to(connected):
    connected.hear(confirmed(booked(hosts=(replace(ADA, writes_calendar=False),))))
    connected.write()
    assert connected.events == {}


def test_a_move_to_another_host_moves_the_event_between_calendars(connected):
    connected.connect(BEA.id, "bea@acme.test")
    before = booked()
    after = moved(before, hosts=(BEA,))
    connected.hear(confirmed(before))
    connected.write()
    connected.hear(rescheduled(before, after))
    connected.write()
    assert connected.events == {}
    first, second = connected.written()
    assert (first.host_id, second.host_id) == (ADA.id, BEA.id)
    assert second.version > first.version


def test_a_meeting_that_is_over_is_not_written_any_more(connected):
    connected.desk.misbehave("write", "unavailable")
    connected.hear(confirmed(booked()))
    connected.write()
    connected.clock.advance(timedelta(days=2))
    connected.write()
    assert connected.events == {}
    assert connected.desk.calls["write"] == 1


def test_without_a_calendar_the_event_waits_until_there_is_one(sync):
    sync.hear(confirmed(booked()))
    sync.write()
    sync.connect()
    sync.write()
    assert len(sync.written()) == 1


def test_many_chains_shuffled_repeated_and_disturbed_end_in_line(connected):
    random = Random(11)
    heard, expected = [], {}
    for number in range(60):
        before = booked(start=NOW + timedelta(days=3), end=NOW + timedelta(days=3, hours=1))
        after = moved(before)
        chain = [confirmed(before), rescheduled(before, after), cancelled(after)]
        heard += chain[: number % 3 + 1] * 2
        ends = [before.start, after.start, None][number % 3]
        if ends is not None:
            expected[event_id(before.root_id, ADA.id)] = ends
    random.shuffle(heard)
    for call in ("write", "move", "delete"):
        connected.desk.misbehave(call, *("unavailable", "reply_lost") * 10)
    while heard:
        connected.hear(*(heard.pop() for _ in range(min(9, len(heard)))))
        connected.write()
    for _ in range(30):
        connected.clock.advance(timedelta(hours=1))
        connected.write()
    assert {key: event.start for key, event in connected.events.items()} == expected
    told = {event.root_id: event.start for event in connected.written()}
    assert {event_id(root, ADA.id): start for root, start in told.items()}.items() >= (
        expected.items()
    )


class Owner:
    """Stands where booking does: it answers `export` with what it was given."""

    def __init__(self, *bookings):
        self.bookings = bookings

    def export(self, _request):
        return Exported(bookings=self.bookings)


def test_resync_finds_and_repairs_what_was_never_heard(connected):
    kept, lost = booked(), booked()
    gone = booked()
    connected.hear(confirmed(kept), confirmed(gone))
    ended = replace(gone, status="cancelled", version=2)
    asked = booked(status="pending")
    connected.service.__dict__["booking"] = Owner(kept, lost, ended, asked)
    assert connected.service.resync(check=True) == {"events": 2}
    assert connected.service.resync(check=False) == {"events": 2}
    assert connected.service.resync(check=True) == {"events": 0}
    connected.write()
    assert set(connected.events) == {event_id(one.root_id, ADA.id) for one in (kept, lost)}


def test_an_account_that_cannot_be_reached_is_not_connected(sync):
    sync.desk.misbehave("calendars", "unavailable")
    with pytest.raises(CalendarUnreachable):
        sync.connect()


def test_an_event_carries_the_id_of_the_request_that_booked_it(connected):
    context.enter("request-of-the-booking")
    connected.hear(confirmed(booked()))
    context.enter("tick")
    connected.write()
    with connected.service.db.begin() as tx:
        query = "SELECT correlation_id FROM outbox WHERE name = 'EventWritten'"
        assert tx.execute(sa.text(query)).scalars().all() == ["request-of-the-booking"]
    assert context.correlation_id() == "tick"


def test_a_calendar_that_is_disconnected_while_it_is_written_holds_nothing_of_ours(sync):
    connection = sync.connect()
    booking = booked()
    book = sync.desk.books["main"]
    put = book.put

    def put_while_it_is_disconnected(draft):
        book.put = put
        put(draft)
        gone = Disconnect(workspace_id=WORKSPACE, connection_id=connection.id)
        sync.service.disconnect(gone)

    book.put = put_while_it_is_disconnected
    sync.hear(confirmed(booking))
    sync.write()
    sync.connect(account="new@acme.test")
    other = WORLD.desk("new@acme.test")
    sync.hear(rescheduled(booking, moved(booking)))
    sync.write()
    assert (other.calls["move"], other.calls["write"]) == (0, 1)


def test_an_account_that_is_connected_again_has_its_events_taken_up(sync):
    connection = sync.connect()
    booking = booked()
    sync.hear(confirmed(booking))
    sync.write()
    sync.service.disconnect(Disconnect(workspace_id=WORKSPACE, connection_id=connection.id))
    sync.connect()
    sync.write()
    assert len(sync.events) == 1
    sync.hear(cancelled(booking))
    sync.write()
    assert sync.events == {}


def test_a_writer_whose_lease_was_taken_over_announces_nothing(connected):
    connected.hear(confirmed(booked()))
    book = connected.desk.books["main"]
    put = book.put

    def put_while_another_takes_over(draft):
        book.put = put
        put(draft)
        with connected.service.db.begin() as tx:
            late = "UPDATE wanted_event SET leased_until = clock_timestamp() - interval '1 s'"
            tx.execute(sa.text(late))
            wanted.lease_due(tx, connected.clock.now(), 8, timedelta(minutes=1))

    book.put = put_while_another_takes_over
    connected.write()
    assert connected.written() == []
    with connected.service.db.begin() as tx:
        late = "UPDATE wanted_event SET leased_until = clock_timestamp() - interval '1 s'"
        tx.execute(sa.text(late))
    connected.write()
    assert (len(connected.written()), len(connected.events)) == (1, 1)
