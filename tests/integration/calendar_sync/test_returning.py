"""What hosts do to our events in their own calendars is told once, and never taken for ours."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from calendar_sync.domain.events import event_id
from contracts.calendar_sync import AttendeeDeclined, EventDeleted, EventMoved
from unit.calendar_sync.builders import (
    ADA,
    HOUR,
    NOW,
    booked,
    cancelled,
    confirmed,
    moved,
    rescheduled,
)

KINDS = (EventMoved, EventDeleted, AttendeeDeclined)


@pytest.fixture(params=[False, True], ids=["our ids", "its ids"])
def connected(request, sync):
    sync.desk.books["main"].names = request.param
    sync.connect()
    return sync


def came_back(sync):
    return [event for event in sync.local.outbox if isinstance(event, KINDS)]


def standing(sync, booking=None):
    """A meeting whose event is written, and read once; its id at the provider."""
    booking = booking or booked()
    sync.hear(confirmed(booking))
    sync.write()
    sync.poll()
    book = sync.desk.books["main"]
    own = event_id(booking.root_id if booking.capacity == 1 else booking.meeting_id, ADA.id)
    return booking, f"its-own-{own}" if book.names else own


def follow(sync, before, start):
    """What booking announces when it follows."""
    after = moved(before, start=start, end=start + (before.end - before.start))
    sync.hear(replace(rescheduled(before, after), followed=ADA.id))
    sync.write()
    return after


def test_what_we_wrote_moved_and_deleted_ourselves_never_comes_back(connected):
    booking, _ = standing(connected)
    later = moved(booking)
    connected.hear(rescheduled(booking, later))
    connected.write()
    connected.poll()
    connected.hear(cancelled(later))
    connected.write()
    connected.poll()
    assert came_back(connected) == []
    assert all(event.periods == () for event in connected.busy())


def test_an_event_that_its_host_moves_is_told_once_and_not_written_again(connected):
    booking, key = standing(connected)
    connected.desk.shift(key, HOUR)
    connected.poll()
    connected.poll()
    (told,) = came_back(connected)
    assert (told.start, told.end) == (booking.start + HOUR, booking.end + HOUR)
    assert (told.was_start, told.meeting_id) == (booking.start, booking.meeting_id)
    after = follow(connected, booking, told.start)
    connected.poll()
    assert (connected.desk.calls["write"], connected.desk.calls["move"]) == (1, 0)
    assert [event.start for event in connected.written()] == [booking.start, after.start]
    assert len({event.join_url for event in connected.written()}) == 1
    assert len(came_back(connected)) == 1


def test_moves_faster_than_they_are_followed_end_where_the_host_put_it(connected):
    booking, key = standing(connected)
    connected.desk.shift(key, HOUR)
    connected.poll()
    connected.desk.shift(key, HOUR)
    connected.poll()
    first, second = came_back(connected)
    assert first.version < second.version
    after = follow(connected, booking, first.start)
    last = follow(connected, after, second.start)
    connected.poll()
    (event,) = connected.events.values()
    assert event.start == last.start == booking.start + 2 * HOUR
    assert (connected.desk.calls["move"], len(came_back(connected))) == (0, 2)


def test_an_event_that_is_moved_back_before_it_was_followed_is_told_again(connected):
    booking, key = standing(connected)
    connected.desk.shift(key, HOUR)
    connected.poll()
    connected.desk.shift(key, -HOUR)
    connected.poll()
    away, back = came_back(connected)
    assert (away.start, back.start) == (booking.start + HOUR, booking.start)
    after = follow(connected, booking, away.start)
    follow(connected, after, back.start)
    connected.poll()
    assert connected.desk.calls["move"] == 0
    assert len(came_back(connected)) == 2


def test_an_attendees_move_wins_over_a_hosts_that_was_not_followed(connected):
    booking, key = standing(connected)
    connected.desk.shift(key, HOUR)
    connected.poll()
    later = moved(booking)
    connected.hear(rescheduled(booking, later))
    connected.write()
    connected.poll()
    (event,) = connected.events.values()
    assert event.start == later.start
    assert len(came_back(connected)) == 1


def test_a_deleted_event_is_told_once_and_comes_back_only_when_it_is_wanted_anew(connected):
    booking, key = standing(connected)
    connected.desk.free(key)
    connected.poll()
    connected.poll()
    (told,) = came_back(connected)
    assert isinstance(told, EventDeleted)
    assert told.was_start == booking.start
    connected.write()
    assert connected.events == {}
    connected.hear(rescheduled(booking, moved(booking)))
    connected.write()
    assert len(connected.events) == 1


def test_a_deletion_that_falls_into_a_lost_cursor_is_seen_by_the_complete_reading(connected):
    _, key = standing(connected)
    connected.desk.free(key)
    with connected.service.db.begin() as tx:
        tx.exec_driver_sql("UPDATE calendar SET cursor = NULL")
    connected.poll()
    assert [type(event) for event in came_back(connected)] == [EventDeleted]


def test_a_complete_list_that_lacks_everything_of_ours_cancels_nothing(connected):
    keys = [standing(connected)[1] for _ in range(3)]
    for key in keys:
        connected.desk.books["main"].events.pop(key)
    with connected.service.db.begin() as tx:
        tx.exec_driver_sql("UPDATE calendar SET cursor = NULL")
    connected.poll()
    assert came_back(connected) == []


def test_an_event_that_is_not_listed_a_moment_after_it_was_written_is_not_gone(connected):
    connected.hear(confirmed(booked()))
    connected.write()
    connected.desk.books["main"].events.clear()
    with connected.service.db.begin() as tx:
        tx.exec_driver_sql("UPDATE calendar SET cursor = NULL")
        tx.exec_driver_sql("UPDATE connection SET next_sync_at = '2026-12-01 09:00:00+00'")
    connected.poll(timedelta(seconds=30))
    assert came_back(connected) == []


def test_a_provider_that_lost_all_it_had_deleted_nothing(connected):
    standing(connected)
    connected.desk.books["main"].events.clear()
    with connected.service.db.begin() as tx:
        tx.exec_driver_sql("UPDATE calendar SET cursor = 'another life:3'")
    connected.poll()
    assert came_back(connected) == []


def test_a_decline_is_told_once(connected):
    booking, key = standing(connected)
    connected.desk.decline(key)
    connected.poll()
    connected.poll()
    (told,) = came_back(connected)
    assert isinstance(told, AttendeeDeclined)
    assert told.was_start == booking.start


def test_a_change_read_while_we_write_is_decided_by_the_next_reading(connected):
    booking, key = standing(connected)
    connected.desk.shift(key, HOUR)
    with connected.service.db.begin() as tx:
        tx.exec_driver_sql("UPDATE wanted_event SET in_line_at = '2026-12-01 09:06:00+00'")
    connected.poll()
    assert came_back(connected) == []
    connected.poll(timedelta(seconds=1))
    assert [event.start for event in came_back(connected)] == [booking.start + HOUR]


def test_what_happens_to_an_event_that_is_over_interests_nobody(connected):
    _, key = standing(connected)
    connected.clock.advance(timedelta(days=2))
    connected.desk.shift(key, HOUR)
    connected.poll()
    connected.desk.free(key)
    connected.poll()
    assert came_back(connected) == []


def test_a_meeting_of_several_has_one_event_until_the_last_one_leaves(connected):
    first = booked(capacity=3)
    others = [
        replace(
            booked(capacity=3, meeting_id=first.meeting_id),
            attendee=replace(first.attendee, name=name, email=f"{name}@example.org"),
            created_at=NOW + HOUR,
        )
        for name in ("lee", "kim")
    ]
    connected.hear(confirmed(first), confirmed(others[0]))
    connected.write()
    (event,) = connected.events.values()
    assert "Sam" in event.title
    assert "lee@example.org" in event.description
    connected.hear(confirmed(others[1]))
    connected.write()
    told = connected.written()
    assert len({one.join_url for one in told}) == 1
    assert sorted(one.booking_id for one in told) == sorted(one.id for one in (first, *others))
    connected.hear(cancelled(first))
    connected.write()
    (event,) = connected.events.values()
    assert "Sam" not in event.title
    connected.hear(*map(cancelled, others))
    connected.write()
    connected.poll()
    assert connected.events == {}
    assert came_back(connected) == []


def test_who_moves_out_of_a_shared_meeting_takes_their_place_along(connected):
    first = booked(capacity=3)
    second = booked(capacity=3, meeting_id=first.meeting_id)
    connected.hear(confirmed(second), confirmed(first))
    after = moved(first, meeting_id=booked().id)
    connected.hear(rescheduled(first, after), confirmed(first))
    connected.write()
    assert {event.start for event in connected.events.values()} == {first.start, after.start}
    assert all("Sam, Sam" not in event.title for event in connected.events.values())


def test_events_told_apart_before_their_meeting_was_shared_leave_one(connected):
    alone = booked()
    connected.hear(confirmed(alone))
    connected.write()
    connected.hear(confirmed(replace(alone, capacity=3, version=2)))
    connected.write()
    assert len(connected.events) == 1
