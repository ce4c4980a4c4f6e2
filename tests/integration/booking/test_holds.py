"""Holds: placed, renewed, released, ended, and spent by a booking."""

from datetime import timedelta
from uuid import uuid4

import pytest

from contracts.booking import ClaimsChanged, PlaceHold, ReleaseHold, RenewHold
from contracts.errors import HoldExpired, LimitReached, SlotTaken

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def place(world, link, hold_id=None, start=None, address=""):
    request = PlaceHold(
        hold_id=hold_id or uuid4(),
        slug=link.settings.slug,
        start=start or world.START,
        address=address,
    )
    return world.booking.place_hold(request)


def test_a_hold_keeps_the_slot_from_everyone_but_its_owner(world):
    link = world.link()
    hold = place(world, link)
    assert hold.expires_at == world.clock.now() + 10 * MINUTE
    with pytest.raises(SlotTaken):
        world.book(link)
    with pytest.raises(SlotTaken):
        place(world, link)
    world.book(link, hold_id=hold.id)
    assert (world.count("hold"), world.count("claim"), world.count("meeting")) == (0, 1, 1)


def test_the_readers_are_told_of_the_hold_and_of_its_end(world):
    link = world.link()
    hold = place(world, link)
    world.book(link, hold_id=hold.id)
    told = [claim for event in world.announced(ClaimsChanged) for claim in event.claims]
    assert [(claim.state, claim.removed) for claim in told] == [
        ("hold", False), ("hold", True), ("confirmed", False),
    ]  # fmt: skip
    assert [claim.id == hold.id for claim in told] == [True, True, False]
    assert sorted(claim.version for claim in told) == [claim.version for claim in told]


def test_placing_it_again_is_the_same_hold_and_another_start_moves_it(world):
    link = world.link()
    hold = place(world, link)
    world.clock.advance(MINUTE)
    assert place(world, link, hold.id) == hold
    moved = place(world, link, hold.id, start=world.START + HOUR)
    assert moved.start == world.START + HOUR
    assert world.count("hold") == 1
    world.book(link)


def test_it_is_renewed_for_ten_minutes_and_thirty_in_all(world):
    hold = place(world, world.link())
    ends = []
    for _ in range(4):
        world.clock.advance(8 * MINUTE)
        try:
            ends.append(world.booking.renew_hold(RenewHold(hold_id=hold.id)).expires_at - world.NOW)
        except HoldExpired:
            ends.append(None)
    assert ends == [18 * MINUTE, 26 * MINUTE, 30 * MINUTE, None]


def test_an_expired_hold_neither_keeps_the_slot_nor_fails_its_booking(world):
    link = world.link()
    hold = place(world, link)
    other = place(world, link, start=world.START + HOUR)
    world.clock.advance(10 * MINUTE)
    with pytest.raises(HoldExpired):
        world.booking.renew_hold(RenewHold(hold_id=hold.id))
    world.book(link, start=world.START + HOUR)
    world.book(link, hold_id=hold.id)
    world.booking.release_hold(ReleaseHold(hold_id=other.id))
    assert world.count("hold") == 0


def test_the_tick_ends_holds_and_says_so(world):
    link = world.link()
    holds = [place(world, link, start=world.START + n * HOUR) for n in range(3)]
    world.clock.advance(10 * MINUTE)
    world.local.tick("booking", "end_expired_holds")
    assert (world.count("hold"), world.count("claim"), world.count("meeting")) == (0, 0, 0)
    gone = world.announced(ClaimsChanged)[-1].claims
    assert {claim.id for claim in gone} == {hold.id for hold in holds}
    assert all(claim.removed for claim in gone)


def test_releasing_frees_the_slot_and_may_be_repeated(world):
    link = world.link()
    hold = place(world, link)
    for _ in range(2):
        world.booking.release_hold(ReleaseHold(hold_id=hold.id))
    assert (world.count("claim"), world.count("hold")) == (0, 0)
    assert world.book(link).booking.status == "confirmed"


def test_an_address_has_five_open_holds_at_most(world):
    link = world.link()
    holds = [
        place(world, link, start=world.START + n * HOUR, address="192.0.2.1") for n in range(5)
    ]
    with pytest.raises(LimitReached):
        place(world, link, start=world.START + 5 * HOUR, address="192.0.2.1")
    place(world, link, start=world.START + 5 * HOUR, address="192.0.2.2")
    world.booking.release_hold(ReleaseHold(hold_id=holds[0].id))
    place(world, link, address="192.0.2.1")


def test_loopback_and_unknown_addresses_are_not_counted(world):
    link = world.link()
    for n in range(12):
        place(world, link, start=world.START + n * HOUR, address="127.0.0.1" if n % 2 else "")
    assert world.count("hold") == 12


def test_a_hold_can_neither_take_over_nor_release_a_meeting(world):
    link = world.link()
    booked = world.book(link)
    with pytest.raises(SlotTaken):
        place(world, link, booked.booking.meeting_id, start=world.START + HOUR)
    world.booking.release_hold(ReleaseHold(hold_id=booked.booking.meeting_id))
    assert (world.count("claim"), world.count("hold")) == (1, 0)


def test_a_hold_does_not_count_towards_a_limit(world):
    link = world.link(limits={"day": 1})
    place(world, link)
    assert world.book(link, start=world.START + HOUR).booking.status == "confirmed"
