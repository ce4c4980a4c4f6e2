"""Approval: a request claims its time, a host answers it, and unanswered it lapses."""

from collections import Counter
from datetime import timedelta
from uuid import uuid4

import pytest

from contracts.booking import (
    BookingCancelled,
    BookingConfirmed,
    BookingDeclined,
    BookingRequested,
    BookingRescheduled,
    ClaimsChanged,
    DecideBooking,
    DecideByToken,
    FindByToken,
    GetBooking,
    LinkHost,
    ListBookings,
    ManageTokens,
    RescheduleBooking,
)
from contracts.errors import (
    AlreadyCancelled,
    AlreadyMoved,
    Conflict,
    LimitReached,
    NotFound,
    SchedulingError,
    SlotTaken,
    TooLate,
)
from integration.booking.test_ledger import counts
from integration.booking.test_round_robin import team_link
from integration.booking.test_teams import saved
from integration.booking.test_threads import at_once

HOUR = timedelta(hours=1)
FAR = timedelta(days=10)


@pytest.fixture
def link(world):
    return world.link(approval=True)


def decide(world, booking, *, approve=True, **more):
    values = {"workspace_id": world.workspace, "booking_id": booking.id, "approve": approve}
    return world.booking.decide(
        DecideBooking(**(values | {"actor": f"host:{world.ada.id}"} | more))
    )


def tokens(world, booking):
    return world.booking.approval_tokens(
        ManageTokens(workspace_id=world.workspace, booking_id=booking.id)
    )


def by_token(world, token, action, **more):
    return world.booking.decide_by_token(DecideByToken(token=token, action=action, **more))


def find(world, token, action):
    return world.booking.find_by_token(FindByToken(token=token, action=action))


def host_moves(world, booking, start):
    request = RescheduleBooking(
        workspace_id=world.workspace, booking_id=booking.id, idempotency_key=uuid4().hex,
        start=start, actor=f"host:{world.ada.id}",
    )  # fmt: skip
    return world.booking.reschedule(request)


def states(world):
    return [claim.state for event in world.announced(ClaimsChanged) for claim in event.claims]


def test_a_request_claims_its_time_and_asks(world, link):
    booked = world.book(link).booking
    assert (booked.status, booked.approved) == ("pending", False)
    (event,) = world.announced(BookingRequested)
    assert (event.booking, event.previous) == (booked, None)
    assert world.announced(BookingConfirmed) == []
    assert states(world) == ["pending"]
    with pytest.raises(SlotTaken):
        world.book(link)
    shown = world.booking.list_bookings(ListBookings(workspace_id=world.workspace, tab="pending"))
    assert [one.id for one in shown.bookings] == [booked.id]
    assert shown.counts["upcoming"] == 0


def test_approved_it_is_a_booking_like_any_other(world, link):
    booked = world.book(link)
    world.clock.advance(HOUR)
    approved = decide(world, booked.booking)
    assert (approved.status, approved.approved, approved.sequence) == ("confirmed", True, 0)
    (event,) = world.announced(BookingConfirmed)
    assert (event.booking, event.at) == (approved, world.clock.now())
    assert states(world) == ["pending", "confirmed"]
    assert decide(world, booked.booking) == approved
    assert len(world.announced(BookingConfirmed)) == 1
    with pytest.raises(Conflict):
        decide(world, booked.booking, approve=False)
    assert world.cancel(booked).status == "cancelled"


def test_declined_it_frees_its_time_at_once(world, link):
    booked = world.book(link)
    declined = decide(world, booked.booking, approve=False, reason="Not this week.")
    assert (declined.status, declined.cancel_reason) == ("declined", "Not this week.")
    (event,) = world.announced(BookingDeclined)
    assert (event.booking, event.lapsed, event.actor) == (declined, False, f"host:{world.ada.id}")
    assert world.count("claim") == 0
    assert decide(world, booked.booking, approve=False) == declined
    with pytest.raises(AlreadyCancelled):
        decide(world, booked.booking)
    with pytest.raises(AlreadyCancelled):
        world.cancel(booked)
    world.book(link)


def test_the_buttons_of_the_mail_act_for_their_answer_alone(world, link):
    one, two = world.book(link).booking, world.book(link, start=world.START + HOUR).booking
    first, second = tokens(world, one), tokens(world, two)
    assert first.answer_until == one.start
    assert len({first.approve_token, first.decline_token, second.approve_token, ""}) == 4
    before = world.dump()
    assert find(world, first.approve_token, "approve").closed == ""
    assert world.dump() == before
    with pytest.raises(NotFound):
        by_token(world, first.decline_token, "approve")
    with pytest.raises(NotFound):
        by_token(world, world.book(world.link(slug="free"), start=world.START + 3 * HOUR).cancel_token,
                 "decline")  # fmt: skip
    assert by_token(world, first.approve_token, "approve").status == "confirmed"
    assert by_token(world, second.decline_token, "decline", reason="No").status == "declined"
    assert "answered" in find(world, first.decline_token, "decline").closed
    assert tokens(world, one).approve_token == tokens(world, two).decline_token == ""


def test_the_attendee_never_gets_the_hosts_tokens_and_none_is_stored_or_told(world, link):
    booked = world.book(link)
    told = tokens(world, booked.booking)
    secrets = {told.approve_token, told.decline_token}
    manage = ManageTokens(workspace_id=world.workspace, booking_id=booked.booking.id)
    again = world.booking.manage_tokens(manage)
    assert again == booked
    assert secrets.isdisjoint({booked.reschedule_token, booked.cancel_token})
    assert not any(secret in world.dump() for secret in secrets)
    world.keys("another key")
    renewed = tokens(world, booked.booking)
    assert secrets.isdisjoint({renewed.approve_token, renewed.decline_token})
    with pytest.raises(NotFound):
        by_token(world, told.approve_token, "approve")
    assert by_token(world, renewed.approve_token, "approve").status == "confirmed"


@pytest.mark.parametrize("far", [False, True])
def test_a_request_lapses_after_two_days_or_at_its_start(world, link, far):
    start = world.START + (FAR if far else timedelta())
    booked = world.book(link, start=start)
    end = world.NOW + timedelta(hours=48) if far else start
    world.clock.set(end - timedelta(seconds=1))
    world.local.tick("booking", "lapse_requests")
    assert world.announced(BookingDeclined) == []
    world.clock.set(end)
    with pytest.raises(TooLate):
        decide(world, booked.booking)
    for _ in range(2):
        world.local.tick("booking", "lapse_requests")
    (event,) = world.announced(BookingDeclined)
    assert (event.booking.status, event.lapsed, event.actor) == ("declined", True, "system")
    assert world.count("claim") == 0


def test_what_was_answered_does_not_lapse(world, link):
    approved = world.book(link, start=world.START + FAR).booking
    decide(world, approved)
    world.clock.advance(timedelta(days=4))
    world.local.tick("booking", "lapse_requests")
    asked = GetBooking(workspace_id=world.workspace, booking_id=approved.id)
    assert world.booking.get_booking(asked).booking.status == "confirmed"


def test_a_confirmed_meeting_that_moves_asks_again(world, link):
    booked = world.book(link, start=world.START + FAR)
    decide(world, booked.booking)
    world.clock.advance(timedelta(hours=50))
    moved = world.move(booked, world.START + FAR + HOUR)
    assert (moved.booking.status, moved.booking.approved) == ("pending", True)
    event = world.announced(BookingRequested)[-1]
    assert (event.booking, event.previous.id) == (moved.booking, booked.booking.id)
    assert world.announced(BookingRescheduled) == []
    world.local.tick("booking", "lapse_requests")
    assert world.announced(BookingDeclined) == []
    assert decide(world, moved.booking).status == "confirmed"
    assert len(world.announced(BookingConfirmed)) == 2


def test_a_request_that_moves_is_a_new_request_with_new_buttons(world, link):
    booked = world.book(link)
    old = tokens(world, booked.booking)
    moved = world.move(booked, world.START + HOUR)
    assert (moved.booking.status, moved.booking.approved) == ("pending", False)
    with pytest.raises(AlreadyMoved):
        by_token(world, old.approve_token, "approve")
    with pytest.raises(AlreadyMoved):
        find(world, old.approve_token, "approve")
    new = tokens(world, booked.booking)
    assert new.booking == moved.booking
    assert by_token(world, new.approve_token, "approve").start == world.START + HOUR


def test_a_host_who_moves_a_request_agrees_to_it(world, link):
    booked = world.book(link).booking
    moved = host_moves(world, booked, world.START + HOUR)
    assert (moved.status, moved.approved) == ("confirmed", True)
    (event,) = world.announced(BookingConfirmed)
    assert event.booking == moved
    assert states(world) == ["pending", "confirmed"]
    again = host_moves(world, moved, world.START + 2 * HOUR)
    assert world.announced(BookingRescheduled)[-1].booking == again


def test_a_request_that_is_taken_back_says_that_it_was_never_approved(world, link):
    world.cancel(world.book(link))
    (event,) = world.announced(BookingCancelled)
    assert (event.booking.status, event.booking.approved) == ("cancelled", False)
    assert world.count("claim") == 0


def test_requests_count_towards_limits(world):
    link = world.link(approval=True, limits={"day": 1})
    booked = world.book(link)
    with pytest.raises(LimitReached):
        world.book(link, start=world.START + HOUR)
    decide(world, booked.booking, approve=False)
    world.book(link, start=world.START + HOUR)


def test_a_declined_request_gives_its_host_the_credit_back(world):
    team = saved(world, world.ada, world.bea)
    link = team_link(world, team, approval=True)
    booked = world.book(link).booking
    assert counts(world, team) == [1, 0]
    decide(world, booked, approve=False)
    assert counts(world, team) == [0, 0]


def test_all_hosts_of_a_meeting_together_are_claimed_and_freed(world):
    places = tuple(
        LinkHost(host_id=one.id, position=n) for n, one in enumerate((world.ada, world.bea))
    )
    link = world.link(kind="collective", hosts=places, approval=True)
    booked = world.book(link).booking
    decide(world, booked)
    assert states(world) == ["pending"] * 2 + ["confirmed"] * 2
    decide(world, world.book(link, start=world.START + HOUR).booking, approve=False)
    assert world.count("claim") == 2


def test_each_seat_of_a_group_is_answered_by_itself(world):
    link = world.link(kind="group", capacity=3, approval=True)
    one, two, three = (world.book(link).booking for _ in range(3))
    with pytest.raises(SlotTaken):
        world.book(link)
    assert states(world)[-1] == "pending"
    decide(world, one)
    assert states(world)[-1] == "confirmed"
    decide(world, two, approve=False)
    decide(world, world.book(link).booking)
    decide(world, three, approve=False)
    assert world.scalar("SELECT seats_taken FROM meeting") == 2


def test_one_of_many_answers_counts(crowd):
    link = crowd.link(approval=True)
    booked = crowd.book(link)

    def answer(n):
        if n % 3 == 2:
            return crowd.cancel(booked)
        return decide(crowd, booked.booking, approve=n % 3 == 0)

    results = at_once(9, answer)
    done = Counter(one.status for one in results if not isinstance(one, SchedulingError))
    told = [
        len(crowd.announced(kind)) for kind in (BookingConfirmed, BookingDeclined, BookingCancelled)
    ]
    assert told[1] + told[2] <= 1
    assert told[0] <= 1
    assert done
    left = crowd.scalar("SELECT count(*) FROM booking WHERE status = 'confirmed'")
    assert crowd.count("claim") == left


def waiting(world, **more):
    asked = ListBookings(workspace_id=world.workspace, tab="pending", **more)
    return world.booking.list_bookings(asked)


@pytest.mark.parametrize("whose", ["everybody's", "a host's"])
def test_requests_can_be_listed_by_when_they_lapse_page_by_page(world, link, whose):
    """Made an hour apart for ever sooner starts; the last one's start comes before its 48 hours."""
    asked = []
    for place in (9, 8, 0):
        asked.append(world.book(link, start=world.START + place * HOUR + place * FAR).booking.id)
        world.clock.advance(HOUR)
    wish = {"limit": 1} | ({"host_id": world.ada.id} if whose == "a host's" else {})
    assert [one.id for one in waiting(world, **wish | {"limit": 9}).bookings] == asked
    found, cursor = [], ""
    for _ in asked:
        page = waiting(world, due_first=True, after=cursor, **wish)
        found, cursor = [*found, *(one.id for one in page.bookings)], page.cursor
    assert found == [asked[2], asked[0], asked[1]]
    assert waiting(world, due_first=True, after=cursor, **wish).bookings == ()
