"""Booking and the real availability together: what one announces, the other reckons with."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from availability.service import Availability
from contracts.availability import GetSlots
from contracts.booking import PlaceHold, ReleaseHold, RescheduleBooking
from contracts.errors import Invalid, LimitReached, LinkClosed, SlotTaken
from integration.booking.world import World

DAY = date(2026, 12, 2)
NINE = datetime(2026, 12, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def real(databases):
    """Ada works from nine to five in London, where it is UTC in December."""
    world = World(databases, availability=Availability)
    world.deliver()
    return world


def starts(world, link, hold_id=None):
    found = world.availability.slots(
        GetSlots(slug=link.settings.slug, first=DAY, last=DAY, timezone="UTC", except_hold=hold_id)
    )
    return {slot.start for slot in found.slots}


def test_a_booked_slot_is_offered_no_longer_and_a_cancelled_one_again(real):
    link = real.link()
    real.deliver()
    booked = real.book(link, start=NINE)
    real.deliver()
    assert NINE not in starts(real, link)
    real.cancel(booked)
    real.deliver()
    assert NINE in starts(real, link)


def test_what_was_never_offered_is_refused_by_its_rule(real):
    link = real.link(horizon_days=2)
    real.deliver()
    for start in (
        NINE + timedelta(minutes=10),
        NINE - HOUR,
        real.NOW + HOUR,
        NINE + timedelta(days=7),
    ):
        with pytest.raises(Invalid) as refused:
            real.book(link, start=start)
        assert list(refused.value.fields) == ["start"]


def test_of_two_who_saw_the_same_slot_the_second_is_told_the_nearest(real):
    link = real.link()
    real.deliver()
    assert NINE in starts(real, link)
    real.book(link, start=NINE)
    with pytest.raises(SlotTaken) as before_the_news:
        real.book(link, start=NINE)
    real.deliver()
    with pytest.raises(SlotTaken) as after_the_news:
        real.book(link, start=NINE)
    expected = ["2026-12-02T09:30:00Z", "2026-12-02T10:00:00Z", "2026-12-02T10:30:00Z"]
    assert before_the_news.value.alternatives == after_the_news.value.alternatives == expected


def test_a_hold_hides_the_slot_from_all_but_its_owner_until_it_is_released(real):
    link, hold_id = real.link(), uuid4()
    real.deliver()
    real.booking.place_hold(PlaceHold(hold_id=hold_id, slug="intro", start=NINE))
    real.deliver()
    assert (NINE in starts(real, link), NINE in starts(real, link, hold_id)) == (False, True)
    real.booking.release_hold(ReleaseHold(hold_id=hold_id))
    real.deliver()
    assert NINE in starts(real, link)


def test_a_held_slot_is_booked_by_its_owner_alone(real):
    link, hold_id = real.link(), uuid4()
    real.deliver()
    real.booking.place_hold(PlaceHold(hold_id=hold_id, slug="intro", start=NINE))
    real.deliver()
    with pytest.raises(SlotTaken):
        real.book(link, start=NINE)
    assert real.book(link, start=NINE, hold_id=hold_id).booking.start == NINE


def test_a_meeting_is_not_in_its_own_way_when_it_moves(real):
    link = real.link(durations=(60,), interval=30)
    real.deliver()
    booked = real.book(link, start=NINE)
    real.deliver()
    moved = real.move(booked, NINE + HOUR / 2)
    real.deliver()
    again = real.move(moved, NINE)
    real.deliver()
    assert again.booking.sequence == 2
    assert min(starts(real, link)) == NINE + HOUR


def test_the_host_may_override_notice_and_the_attendee_may_not(real):
    link = real.link(notice=60 * 24 * 3)
    real.deliver()
    far = NINE + timedelta(days=6)
    booked = real.book(link, start=far)
    real.deliver()
    with pytest.raises(Invalid):
        real.move(booked, NINE)
    moved = real.booking.reschedule(
        RescheduleBooking(
            workspace_id=real.workspace, booking_id=booked.booking.id, idempotency_key="h", start=NINE,
            actor=f"host:{real.ada.id}",
        )
    )  # fmt: skip
    assert moved.start == NINE


def test_a_used_link_is_closed_to_others_and_open_to_its_own_meeting(real):
    link = real.link(single_use=True)
    real.deliver()
    booked = real.book(link, start=NINE)
    real.deliver()
    with pytest.raises(LinkClosed):
        real.book(link, start=NINE + HOUR)
    assert real.move(booked, NINE + HOUR).booking.sequence == 1


def test_a_limit_is_known_to_both(real):
    link = real.link(limits={"day": 1})
    real.deliver()
    real.book(link, start=NINE)
    with pytest.raises(LimitReached):
        real.book(link, start=NINE + HOUR)
    real.deliver()
    with pytest.raises(LimitReached) as refused:
        real.book(link, start=NINE + HOUR)
    assert refused.value.alternatives[0].startswith("2026-12-0")
    assert starts(real, link) == set()


def test_the_same_key_has_its_answer_though_the_slot_is_known_to_be_taken(real):
    link = real.link()
    real.deliver()
    first = real.book(link, start=NINE, key="k")
    real.deliver()
    assert real.book(link, start=NINE, key="k") == first
