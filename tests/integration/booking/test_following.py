"""Meetings follow what happens to their events in hosts' calendars, or the host is told: once."""

from datetime import timedelta
from itertools import permutations

import pytest

from contracts.booking import (
    Attendee,
    BookingCancelled,
    BookingRescheduled,
    CalendarDiffers,
    ClaimsChanged,
    GetBooking,
    LinkHost,
)
from contracts.calendar_sync import AttendeeDeclined, EventDeleted, EventMoved
from contracts.errors import AlreadyMoved, SlotTaken
from integration.booking.test_group import group
from integration.booking.test_threads import OVERLAPS

HOUR = timedelta(hours=1)


@pytest.fixture
def link(world):
    return world.link()


def about(booking, host, version):
    return {
        "workspace_id": booking.workspace_id,
        "version": version,
        "root_id": booking.root_id,
        "meeting_id": booking.meeting_id,
        "host_id": host.id,
        "was_start": booking.start,
    }


def shifted(booking, host, by, version=1, *, longer=timedelta()):
    start, end = booking.start + by, booking.end + by + longer
    return EventMoved(**about(booking, host, version), was_end=booking.end, start=start, end=end)


def newest(world, booking):
    asked = GetBooking(workspace_id=world.workspace, booking_id=booking.id, latest=True)
    return world.booking.get_booking(asked).booking


def differences(world):
    return [(event.what, event.why) for event in world.announced(CalendarDiffers)]


def test_a_meeting_follows_its_host_without_notice_or_horizon(world, link):
    booked = world.book(link)
    world.hear(shifted(booked.booking, world.ada, timedelta(days=60), longer=HOUR))
    (told,) = world.announced(BookingRescheduled)
    after = newest(world, booked.booking)
    assert told.booking == after
    assert (told.followed, told.actor) == (world.ada.id, f"host:{world.ada.id}")
    assert told.previous.status == "rescheduled"
    assert after.start == booked.booking.start + timedelta(days=60)
    assert after.end - after.start == timedelta(hours=1, minutes=30)
    assert (after.meeting_id, after.uid) == (booked.booking.meeting_id, booked.booking.uid)
    (claim,) = world.announced(ClaimsChanged)[-1].claims
    assert (claim.meeting_start, claim.meeting_end) == (after.start, after.end)
    with pytest.raises(AlreadyMoved):
        world.move(booked, world.START + HOUR)
    world.book(link)
    assert differences(world) == []
    assert world.scalar(OVERLAPS) == 0


def test_a_time_that_another_meeting_has_is_not_taken_and_the_host_told(world, link):
    booked, other = world.book(link), world.book(link, start=world.START + HOUR)
    world.hear(shifted(booked.booking, world.ada, HOUR))
    assert newest(world, booked.booking) == booked.booking
    assert newest(world, other.booking) == other.booking
    (told,) = world.announced(CalendarDiffers)
    assert (told.what, told.why, told.start) == ("moved", "taken", world.START + HOUR)
    assert (told.host_id, told.booking.id) == (world.ada.id, booked.booking.id)
    with pytest.raises(SlotTaken):
        world.book(link)


def test_a_link_that_only_tells_changes_nothing(world):
    link = world.link(calendar_changes="tell")
    booked = world.book(link)
    world.hear(shifted(booked.booking, world.ada, HOUR, 1))
    world.hear(EventDeleted(**about(booked.booking, world.ada, 2)))
    world.hear(AttendeeDeclined(**about(booked.booking, world.ada, 3)))
    assert newest(world, booked.booking) == booked.booking
    assert differences(world) == [
        ("moved", "policy"),
        ("deleted", "policy"),
        ("declined", "policy"),
    ]


@pytest.mark.parametrize(
    ("by", "longer"),
    [(-timedelta(days=2), timedelta()), (HOUR, timedelta(hours=9)), (HOUR, -timedelta(minutes=29))],
    ids=["to the past", "too long", "too short"],
)
def test_where_a_meeting_cannot_be_its_host_is_told(world, link, by, longer):
    booked = world.book(link)
    world.hear(shifted(booked.booking, world.ada, by, longer=longer))
    assert newest(world, booked.booking) == booked.booking
    assert differences(world) == [("moved", "impossible")]


def test_a_deleted_event_cancels_the_meeting_as_by_its_host(world, link):
    booked = world.book(link)
    world.hear(EventDeleted(**about(booked.booking, world.ada, 1)))
    (told,) = world.announced(BookingCancelled)
    assert (told.actor, told.booking.status) == (f"host:{world.ada.id}", "cancelled")
    world.book(link)


def test_a_decline_cancels_the_place_as_by_its_attendee(world, link):
    booked = world.book(link)
    world.hear(AttendeeDeclined(**about(booked.booking, world.ada, 1)))
    (told,) = world.announced(BookingCancelled)
    assert (told.actor, told.booking.id) == ("attendee", booked.booking.id)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_hosts_changes_end_where_the_last_one_was_in_whatever_order_they_come(world, link, order):
    booking = world.book(link).booking
    changes = [shifted(booking, world.ada, HOUR * n, n) for n in (1, 2, 3)]
    for place in (*order, *order):
        world.hear(changes[place])
    after = newest(world, booking)
    assert after.start == booking.start + 3 * HOUR
    assert world.scalar(OVERLAPS) == 0
    assert world.scalar("SELECT count(*) FROM claim") == 1


def test_a_late_message_does_not_undo_what_the_attendee_did_since(world, link):
    booked = world.book(link)
    moved = world.move(booked, world.START + 5 * HOUR)
    for late in (
        shifted(booked.booking, world.ada, HOUR, 1),
        EventDeleted(**about(booked.booking, world.ada, 2)),
        AttendeeDeclined(**about(booked.booking, world.ada, 3)),
    ):
        world.hear(late)
    assert newest(world, booked.booking) == moved.booking
    assert differences(world) == []


def test_an_event_moved_back_where_it_belongs_is_no_news(world, link):
    booking = world.book(link).booking
    back = shifted(booking, world.ada, HOUR)
    same = EventMoved(
        **about(booking, world.ada, 2), was_end=booking.end, start=booking.start, end=booking.end
    )
    world.hear(same)
    world.hear(back)
    assert (newest(world, booking), differences(world)) == (booking, [])


def test_what_is_over_or_cancelled_follows_nothing(world, link):
    booked, gone = world.book(link), world.book(link, start=world.START + HOUR)
    world.cancel(gone)
    world.hear(shifted(gone.booking, world.ada, HOUR))
    world.clock.set(booked.booking.start)
    world.hear(shifted(booked.booking, world.ada, HOUR))
    world.hear(EventDeleted(**about(booked.booking, world.ada, 2)))
    assert world.announced(BookingRescheduled) == []
    assert differences(world) == []


def test_nobody_moves_what_is_not_theirs(world, link):
    booking = world.book(link).booking
    world.hear(shifted(booking, world.bea, HOUR))
    moved = shifted(booking, world.ada, HOUR)
    elsewhere = {"workspace_id": world.other_workspace}
    world.hear(
        EventMoved(**{name: getattr(moved, name) for name in moved.__struct_fields__} | elsewhere)
    )
    assert newest(world, booking) == booking


def test_a_meeting_whose_link_is_gone_is_cancelled_with_its_event_but_not_moved(world, link):
    booking = world.book(link).booking
    world.delete(link)
    world.hear(shifted(booking, world.ada, HOUR, 1))
    assert differences(world) == [("moved", "impossible")]
    world.hear(EventDeleted(**about(booking, world.ada, 2)))
    assert newest(world, booking).status == "cancelled"


def test_a_shared_meeting_moves_with_all_who_sit_in_it(world):
    link = group(world)
    people = [Attendee(name=name, email=f"{name}@x.test") for name in ("zoe", "kim")]
    first, second = (world.book(link, attendee=one) for one in people)
    world.hear(shifted(first.booking, world.ada, HOUR))
    told = world.announced(BookingRescheduled)
    assert {event.previous.id for event in told} == {first.booking.id, second.booking.id}
    assert {event.booking.start for event in told} == {world.START + HOUR}
    assert {event.booking.meeting_id for event in told} == {first.booking.meeting_id}
    claims = world.announced(ClaimsChanged)[-1].claims
    assert [(one.meeting_start, one.seats_taken) for one in claims] == [(world.START + HOUR, 2)]
    third = world.book(link, start=world.START + HOUR).booking
    assert third.meeting_id == first.booking.meeting_id
    after = newest(world, first.booking)
    world.hear(AttendeeDeclined(**about(after, world.ada, 2), email="KIM@x.test"))
    (gone,) = world.announced(BookingCancelled)
    assert gone.booking.attendee.email == "kim@x.test"
    world.hear(EventDeleted(**about(after, world.ada, 3)))
    assert len(world.announced(BookingCancelled)) == 3
    assert world.scalar("SELECT count(*) FROM claim") == 0


def test_a_rotations_meeting_keeps_its_host(world):
    places = tuple(
        LinkHost(host_id=one.id, position=n) for n, one in enumerate((world.ada, world.bea))
    )
    link = world.link(slug="crew", kind="round_robin", hosts=places)
    booking = world.book(link).booking
    host = next(one for one in (world.ada, world.bea) if one.id == booking.hosts[0].id)
    world.hear(shifted(booking, host, HOUR))
    assert newest(world, booking).hosts == booking.hosts


def test_those_who_meet_together_all_move(world):
    places = tuple(
        LinkHost(host_id=one.id, position=n) for n, one in enumerate((world.ada, world.bea))
    )
    link = world.link(slug="both", kind="collective", hosts=places)
    booking = world.book(link).booking
    world.hear(shifted(booking, world.bea, HOUR))
    after = newest(world, booking)
    assert (after.start, after.hosts) == (booking.start + HOUR, booking.hosts)
    assert {one.meeting_start for one in world.announced(ClaimsChanged)[-1].claims} == {after.start}
