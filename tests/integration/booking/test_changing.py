"""Reschedule, cancel, no-show, and the tokens that allow it."""

from datetime import timedelta

import msgspec
import pytest

from contracts.booking import (
    Attendee,
    BookingCancelled,
    BookingNoShow,
    BookingRescheduled,
    CancelBooking,
    CancelByToken,
    ClaimsChanged,
    FindByToken,
    ManageTokens,
    RescheduleBooking,
    RescheduleByToken,
    SetNoShow,
)
from contracts.errors import (
    AlreadyCancelled,
    AlreadyMoved,
    Conflict,
    Invalid,
    NotFound,
    SlotTaken,
    TooLate,
)

HOUR = timedelta(hours=1)


def find(world, token, action="reschedule"):
    return world.booking.find_by_token(FindByToken(token=token, action=action))


def host_moves(world, booking, start, key="k"):
    return world.booking.reschedule(
        RescheduleBooking(
            workspace_id=booking.workspace_id, booking_id=booking.id, idempotency_key=key, start=start,
            actor=f"host:{world.ada.id}",
        )
    )  # fmt: skip


def host_cancels(world, booking, reason=""):
    request = CancelBooking(
        workspace_id=booking.workspace_id,
        booking_id=booking.id,
        reason=reason,
        actor=f"host:{world.ada.id}",
    )
    return world.booking.cancel(request)


def no_show(world, booking, *, value=True):
    request = SetNoShow(
        workspace_id=booking.workspace_id,
        booking_id=booking.id,
        no_show=value,
        actor=f"host:{world.ada.id}",
    )
    return world.booking.set_no_show(request)


def test_a_move_keeps_the_meeting_and_its_uid_and_is_announced_once_with_both_times(world):
    booked = world.book(world.link())
    moved = world.move(booked, world.START + HOUR)
    old, new = booked.booking, moved.booking
    assert (new.meeting_id, new.uid, new.root_id) == (old.meeting_id, old.uid, old.id)
    assert (new.previous_id, new.sequence, new.status) == (old.id, 1, "confirmed")
    (event,) = world.announced(BookingRescheduled)
    assert (event.booking, event.previous.status, event.previous.next_id) == (
        new,
        "rescheduled",
        new.id,
    )
    assert (event.previous.start, event.actor) == (old.start, "attendee")
    assert event.version > old.version
    assert (world.count("meeting"), world.count("claim")) == (1, 1)
    world.book(world.link(slug="again"), start=old.start)


def test_languages_of_attendee_and_host_are_kept_and_told_through_a_move(world):
    """A region follows its language; a language that no mail is written in is English."""
    cyd = world.account("Cyd", slug="cyd-acme", language="he")
    link = world.link(owner=cyd)
    reader = Attendee(name="Zoë", email="zoe@x.test", timezone="Asia/Tokyo", language="pt-BR")
    world.move(world.book(link, attendee=reader), world.START + timedelta(hours=1))
    (moved,) = world.announced(BookingRescheduled)
    told = (moved.previous, moved.booking)
    assert [(one.attendee.language, one.hosts[0].language) for one in told] == [("pt", "he")] * 2
    stranger = msgspec.structs.replace(reader, language="sv-SE")
    later = world.START + timedelta(hours=3)
    assert world.book(link, attendee=stranger, start=later).booking.attendee.language == "en"
    assert world.account("Cyd", account_id=cyd.id, version=2).language == "en"


def test_the_moved_claim_keeps_its_id_in_a_higher_version(world):
    booked = world.book(world.link())
    world.move(booked, world.START + HOUR)
    first, second = (event.claims[0] for event in world.announced(ClaimsChanged))
    assert (second.id, second.start, second.removed) == (first.id, world.START + HOUR, False)
    assert second.version > first.version


def test_a_meeting_may_move_by_less_than_its_length(world):
    link = world.link(interval=10)
    booked = world.book(link)
    assert world.move(booked, world.START + timedelta(minutes=10)).booking.sequence == 1


def test_a_move_to_a_taken_time_changes_nothing(world):
    link = world.link()
    booked = world.book(link)
    world.book(link, start=world.START + HOUR)
    with pytest.raises(SlotTaken):
        world.move(booked, world.START + HOUR)
    assert find(world, booked.reschedule_token).booking == booked.booking
    assert world.announced(BookingRescheduled) == []


def test_both_old_tokens_are_dead_after_a_move_and_the_new_ones_live(world):
    booked = world.book(world.link())
    moved = world.move(booked, world.START + HOUR)
    with pytest.raises(AlreadyMoved):
        world.move(booked, world.START + 2 * HOUR, key="other")
    with pytest.raises(AlreadyMoved):
        world.cancel(booked)
    for token, action in ((booked.reschedule_token, "reschedule"), (booked.cancel_token, "cancel")):
        with pytest.raises(AlreadyMoved):
            find(world, token, action)
    assert find(world, moved.reschedule_token).closed == ""
    world.cancel(world.move(moved, world.START))


def test_the_same_move_again_has_the_same_answer(world):
    booked = world.book(world.link())
    moved = world.move(booked, world.START + HOUR, key="m")
    assert world.move(booked, world.START + HOUR, key="m") == moved
    with pytest.raises(Conflict):
        world.move(moved, world.START + 2 * HOUR, key="m")
    assert len(world.announced(BookingRescheduled)) == 1


def test_a_move_to_the_same_time_is_no_move(world):
    with pytest.raises(Invalid):
        world.move(world.book(world.link()), world.START)


def test_a_length_that_is_no_longer_offered_cannot_be_moved(world):
    link = world.link()
    booked = world.book(link)
    world.update(link, durations=(45,))
    with pytest.raises(Conflict) as refused:
        world.move(booked, world.START + HOUR)
    assert "30 minutes" in str(refused.value)


def test_a_token_is_good_for_its_action_alone(world):
    booked = world.book(world.link())
    with pytest.raises(NotFound):
        world.booking.cancel_by_token(CancelByToken(token=booked.reschedule_token))
    request = RescheduleByToken(
        token=booked.cancel_token, idempotency_key="k", start=world.START + HOUR
    )
    with pytest.raises(NotFound):
        world.booking.reschedule_by_token(request)
    for token in ("", "a" * 43, booked.cancel_token[:-1], booked.cancel_token + "A", "\x00" * 43):
        with pytest.raises(NotFound):
            find(world, token, "cancel")


def test_looking_changes_nothing(world):
    booked = world.book(world.link())
    before = world.dump()
    find(world, booked.cancel_token, "cancel")
    assert world.dump() == before


def test_cancelling_frees_the_time_at_once_and_again_is_harmless(world):
    link = world.link()
    booked = world.book(link)
    cancelled = world.cancel(booked, reason="two\nlines")
    assert (cancelled.status, cancelled.cancel_reason, cancelled.sequence) == (
        "cancelled",
        "two\nlines",
        1,
    )
    before = world.dump()
    with pytest.raises(AlreadyCancelled):
        world.cancel(booked)
    assert world.dump() == before
    (event,) = world.announced(BookingCancelled)
    assert (event.booking, event.actor, event.at) == (cancelled, "attendee", world.NOW)
    assert world.announced(ClaimsChanged)[-1].claims[0].removed
    assert "cancelled" in find(world, booked.cancel_token, "cancel").closed
    world.book(link)


def test_a_reason_that_could_do_harm_is_refused(world):
    booked = world.book(world.link())
    with pytest.raises(Invalid) as refused:
        world.cancel(booked, reason="\x00")
    assert list(refused.value.fields) == ["reason"]


def test_tokens_die_at_the_start_and_the_host_may_act_until_the_end(world):
    booked = world.book(world.link())
    world.clock.set(world.START)
    with pytest.raises(TooLate):
        world.cancel(booked)
    with pytest.raises(TooLate):
        world.move(booked, world.START + HOUR)
    assert find(world, booked.reschedule_token).closed
    assert host_cancels(world, booked.booking).status == "cancelled"


def test_the_cut_offs_hold_the_attendee_and_not_the_host(world):
    booked = world.book(world.link(reschedule_cutoff=60, cancel_cutoff=120))
    world.clock.set(world.START - 2 * HOUR)
    with pytest.raises(TooLate):
        world.cancel(booked)
    moved = world.move(booked, world.START + HOUR)
    world.clock.set(world.START)
    with pytest.raises(TooLate):
        world.move(moved, world.START + 3 * HOUR, key="late")
    assert host_moves(world, moved.booking, world.START + 3 * HOUR).sequence == 2


def test_the_host_moves_and_cancels_in_their_name(world):
    booked = world.book(world.link())
    moved = host_moves(world, booked.booking, world.START + HOUR)
    assert host_moves(world, booked.booking, world.START + HOUR) == moved
    assert world.announced(BookingRescheduled)[-1].actor == f"host:{world.ada.id}"
    with pytest.raises(AlreadyMoved):
        host_cancels(world, booked.booking)
    assert host_cancels(world, moved, "ill").cancelled_by == f"host:{world.ada.id}"
    with pytest.raises(AlreadyCancelled):
        host_moves(world, moved, world.START + 2 * HOUR, key="other")


def test_a_no_show_is_marked_and_unmarked_after_the_start_once_each(world):
    one = world.book(world.link()).booking
    with pytest.raises(Conflict):
        no_show(world, one)
    world.clock.set(one.end)
    assert [no_show(world, one).status for _ in range(2)] == ["no_show"] * 2
    assert [no_show(world, one, value=False).status for _ in range(2)] == ["completed"] * 2
    assert [event.no_show for event in world.announced(BookingNoShow)] == [True, False]


def test_a_cancelled_or_moved_booking_is_no_no_show(world):
    link = world.link()
    cancelled = world.cancel(world.book(link))
    moved = world.book(link)
    world.move(moved, world.START + HOUR)
    world.clock.set(world.START + 5 * HOUR)
    for booking, error in ((cancelled, AlreadyCancelled), (moved.booking, AlreadyMoved)):
        with pytest.raises(error):
            no_show(world, booking)


def manage(world, booking):
    return world.booking.manage_tokens(
        ManageTokens(workspace_id=booking.workspace_id, booking_id=booking.id)
    )


def test_tokens_are_given_out_again_for_the_newest_booking_of_the_chain(world):
    booked = world.book(world.link())
    assert manage(world, booked.booking) == booked
    moved = world.move(booked, world.START + HOUR)
    assert manage(world, booked.booking) == moved


def test_tokens_survive_a_new_first_key_and_are_renewed_when_theirs_is_gone(world):
    booked = world.book(world.link())
    world.keys("new", *world.KEYS)
    assert manage(world, booked.booking) == booked
    world.keys("new")
    renewed = manage(world, booked.booking)
    assert renewed.booking == booked.booking
    assert {renewed.reschedule_token, renewed.cancel_token}.isdisjoint(
        {booked.reschedule_token, booked.cancel_token}
    )
    assert manage(world, booked.booking) == renewed
    with pytest.raises(NotFound):
        world.cancel(booked)
    world.cancel(renewed)
