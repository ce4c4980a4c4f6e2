"""Book: what is stored, announced and answered; and what is refused."""

from datetime import timedelta
from uuid import uuid4

import pytest

from contracts.booking import (
    Attendee,
    BookingConfirmed,
    ClaimsChanged,
    GetBooking,
    GetLink,
    Limits,
    LinkChanged,
    SaveHost,
)
from contracts.errors import Conflict, Invalid, LimitReached, LinkClosed, NotFound, SlotTaken


def test_a_booking_is_stored_announced_and_answered_with_its_tokens(world):
    link = world.link(buffer_before=10, buffer_after=5, reschedule_cutoff=60)
    booked = world.book(link, guests=("Guest@x.test",), answers={"note": "hello"})
    one = booked.booking
    assert (one.status, one.start, one.end - one.start) == (
        "confirmed",
        world.START,
        timedelta(minutes=30),
    )
    assert (one.root_id, one.uid, one.sequence) == (one.id, f"{one.id}@workestra", 0)
    assert one.reschedule_until == one.start - timedelta(hours=1)
    assert len({booked.reschedule_token, booked.cancel_token}) == 2
    (confirmed,) = world.announced(BookingConfirmed)
    assert confirmed.booking == one
    (claims,) = world.announced(ClaimsChanged)
    (claim,) = claims.claims
    assert (claim.start, claim.end) == (
        one.start - timedelta(minutes=10),
        one.end + timedelta(minutes=5),
    )
    assert (claim.booking_id, claim.state, claim.removed) == (one.id, "confirmed", False)


def test_no_token_is_ever_stored_or_announced(world):
    booked = world.book(world.link())
    everything = world.dump()
    assert booked.booking.attendee.email in everything
    assert booked.reschedule_token not in everything
    assert booked.cancel_token not in everything


def test_touching_meetings_are_fine_and_overlapping_buffers_are_not(world):
    link = world.link(buffer_after=15, interval=15)
    world.book(link)
    with pytest.raises(SlotTaken):
        world.book(link, start=world.START + timedelta(minutes=30))
    world.book(link, start=world.START + timedelta(minutes=45))


def test_two_links_of_one_host_share_their_time(world):
    world.book(world.link(slug="one"))
    with pytest.raises(SlotTaken):
        world.book(world.link(slug="two"))


def test_the_same_key_has_the_same_answer_also_after_the_booking_was_cancelled_and_rebooked(world):
    link = world.link()
    first = world.book(link, key="k")
    assert world.book(link, key="k") == first
    world.cancel(first)
    world.book(link, key="other")
    again = world.book(link, key="k")
    assert (again.booking.id, again.booking.status) == (first.booking.id, "cancelled")
    assert (again.reschedule_token, again.cancel_token) == (
        first.reschedule_token,
        first.cancel_token,
    )
    assert len(world.announced(BookingConfirmed)) == 2


def test_the_same_key_with_other_content_is_refused(world):
    link = world.link()
    world.book(link, key="k")
    for changes in ({"start": world.START + timedelta(hours=1)}, {"answers": {"note": "x"}}):
        with pytest.raises(Conflict) as refused:
            world.book(link, key="k", **changes)
        assert type(refused.value) is Conflict
    assert world.count("booking") == 1


def test_a_repeat_long_after_has_the_same_answer_though_nothing_could_be_booked_now(world):
    link = world.link(expires_at=world.START)
    first = world.book(link, key="k")
    world.clock.advance(timedelta(days=3))
    assert world.book(link, key="k").booking.id == first.booking.id


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"attendee": Attendee(name="Eve\u202e", email="e@x.test")}, "attendee.name"),
        ({"attendee": Attendee(name="Eve", email="e@x.test\r\nBcc: a@x.test")}, "attendee.email"),
        (
            {"attendee": Attendee(name="Eve", email="e@x.test", timezone="No/Where")},
            "attendee.timezone",
        ),
        ({"guests": ("nobody",)}, "guests.0"),
        ({"answers": {"note": "\x00"}}, "answers.note"),
        ({"answers": {"other": "x"}}, "answers.other"),
        ({"duration": 45}, "duration"),
        ({"host_id": uuid4()}, "host"),
        ({"minutes": -60 * 24 * 30}, "start"),
        ({"minutes": 60 * 24 * 2000}, "start"),
    ],
)
def test_a_wrong_value_is_named_and_nothing_is_stored(world, changes, field):
    minutes = changes.pop("minutes", 0) if "minutes" in changes else 0
    with pytest.raises(Invalid) as refused:
        world.book(world.link(), start=world.START + timedelta(minutes=minutes), **changes)
    assert list(refused.value.fields) == [field]
    assert (world.count("booking"), world.count("claim")) == (0, 0)


@pytest.mark.parametrize("slug", ["nothing-here", "", "a\x00b", "../x", "A" * 3])
def test_there_is_nothing_at_an_unknown_slug(world, slug):
    with pytest.raises(NotFound):
        world.book(slug)


def test_a_single_use_link_takes_one_meeting_which_may_still_move(world):
    link = world.link(single_use=True)
    booked = world.book(link, key="k")
    later = world.START + timedelta(hours=2)
    with pytest.raises(LinkClosed):
        world.book(link, start=later)
    assert world.book(link, key="k") == booked
    assert world.announced(LinkChanged)[-1].link.used
    assert world.move(booked, later).booking.start == later


def test_a_link_that_is_for_one_meeting_no_longer_is_open_again(world):
    link = world.link(single_use=True)
    world.book(link)
    used = world.booking.get_link(GetLink(workspace_id=link.workspace_id, link_id=link.id))
    assert used.used
    assert not world.update(used, single_use=False).used


def test_paused_expired_and_deleted_links_take_nothing(world):
    paused, expired, deleted = (world.link(slug=slug) for slug in ("paused", "expired", "deleted"))
    world.update(paused, active=False)
    world.update(expired, expires_at=world.clock.now() - timedelta(seconds=1))
    world.delete(deleted)
    for slug, error in (("paused", LinkClosed), ("expired", LinkClosed), ("deleted", NotFound)):
        with pytest.raises(error):
            world.book(slug)


@pytest.mark.parametrize("period", ["day", "week", "month"])
def test_a_links_limit_is_counted_under_the_lock(world, period):
    link = world.link(limits=Limits(**{period: 2}))
    booked = [world.book(link, start=world.START + timedelta(hours=n)) for n in range(2)]
    with pytest.raises(LimitReached):
        world.book(link, start=world.START + timedelta(hours=3))
    world.move(booked[0], world.START + timedelta(hours=3))
    world.book(link, start=world.START + timedelta(days=40))
    world.cancel(booked[1])
    world.book(link, start=world.START + timedelta(hours=4))


def test_a_hosts_limit_counts_over_all_their_links_in_their_zone(world):
    one, two = world.link(slug="one"), world.link(slug="two")
    world.booking.save_host(
        SaveHost(
            workspace_id=world.ada.workspace_id,
            host_id=world.ada.id,
            slug=world.ada.slug,
            limits=Limits(day=2),
        )
    )
    world.book(one)
    world.book(two, start=world.START + timedelta(hours=1))
    with pytest.raises(LimitReached):
        world.book(one, start=world.START + timedelta(hours=2))
    world.book(one, start=world.START + timedelta(days=1))


def test_history_tells_the_whole_chain(world):
    booked = world.book(world.link())
    moved = world.move(booked, world.START + timedelta(hours=1))
    world.cancel(moved, reason="ill")
    detail = world.booking.get_booking(
        GetBooking(workspace_id=world.ada.workspace_id, booking_id=booked.booking.id, latest=True)
    )
    assert [entry.action for entry in detail.history] == ["booked", "rescheduled", "cancelled"]
    assert (detail.booking.id, detail.booking.status) == (moved.booking.id, "cancelled")
    assert (detail.booking.cancel_reason, detail.booking.cancelled_by) == ("ill", "attendee")


def test_the_loser_is_told_the_nearest_free_starts(world):
    link = world.link(buffer_after=15)
    world.book(link)
    with pytest.raises(SlotTaken) as refused:
        world.book(link)
    assert refused.value.alternatives == [
        "2026-12-02T07:30:00Z", "2026-12-02T08:00:00Z", "2026-12-02T10:00:00Z",
    ]  # fmt: skip
