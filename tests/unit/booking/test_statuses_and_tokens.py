"""Statuses, tokens and idempotency keys."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.domain import drafts, keys, statuses, tokens
from booking.domain.drafts import Ids, Offer, Wish
from booking.domain.tokens import Minted
from contracts.booking import Attendee, Book, Host, Link, LinkHost, LinkSettings
from contracts.errors import AlreadyCancelled, AlreadyMoved, Conflict, TooLate

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
START = NOW + timedelta(days=1)
ADA = Attendee(name="Ada", email="ada@x.test")
HOST = Host(
    id=uuid4(), workspace_id=uuid4(), name="Bea", email="b@x.test", timezone="UTC", slug="bea"
)


def booking(status="confirmed", **settings):
    link = Link(
        id=uuid4(), workspace_id=HOST.workspace_id, owner_id=HOST.id, created_at=NOW,
        settings=LinkSettings(title="A", slug="abc", hosts=(LinkHost(host_id=HOST.id),), **settings),
    )  # fmt: skip
    made = drafts.booked(
        Offer(link, (HOST,), "Acme"),
        (HOST,),
        Wish(START, 30, ADA, (), {}),
        Ids(uuid4(), uuid4()),
        NOW,
    )
    return msgspec.structs.replace(made, status=status)


def test_completed_is_shown_once_a_confirmed_meeting_has_ended():
    one = booking()
    assert statuses.shown(one, one.end - timedelta(seconds=1)).status == "confirmed"
    assert statuses.shown(one, one.end).status == "completed"
    assert statuses.shown(booking("cancelled"), one.end).status == "cancelled"


def test_the_attendee_is_held_to_the_cut_off():
    one = booking(cancel_cutoff=60)
    statuses.require_in_time(one, "cancel", START - timedelta(minutes=61))
    statuses.require_in_time(one, "reschedule", START - timedelta(minutes=1))
    for action, at in (("cancel", START - timedelta(minutes=60)), ("reschedule", START)):
        with pytest.raises(TooLate):
            statuses.require_in_time(one, action, at)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        ("rescheduled", AlreadyMoved),
        ("cancelled", AlreadyCancelled),
        ("declined", AlreadyCancelled),
        ("no_show", Conflict),
    ],
)
def test_what_is_over_cannot_be_moved_or_cancelled(status, error):
    for check in (
        lambda: statuses.require_open(booking(status), NOW),
        lambda: statuses.require_in_time(booking(status), "cancel", NOW),
    ):
        with pytest.raises(error):
            check()


def test_the_host_may_act_until_the_end():
    one = booking()
    statuses.require_open(one, one.end - timedelta(seconds=1))
    with pytest.raises(TooLate):
        statuses.require_open(one, one.end)


def test_a_no_show_is_known_from_the_start_on():
    statuses.require_started(booking(), START)
    with pytest.raises(Conflict):
        statuses.require_started(booking(), START - timedelta(seconds=1))
    with pytest.raises(AlreadyCancelled):
        statuses.require_started(booking("cancelled"), START)


def test_only_some_statuses_follow_each_other():
    statuses.require_possible("confirmed", "cancelled")
    with pytest.raises(Conflict):
        statuses.require_possible("cancelled", "confirmed")


def test_a_moved_booking_goes_on_from_the_one_before():
    old = msgspec.structs.replace(booking(), version=4, join_url="https://meet.test/1")
    link = Link(
        id=old.link_id,
        workspace_id=old.workspace_id,
        owner_id=HOST.id,
        settings=LinkSettings(title="A", slug="abc"),
        created_at=NOW,
    )
    new = drafts.moved(old, link, (HOST,), START + timedelta(hours=1), uuid4())
    assert (new.root_id, new.uid, new.meeting_id, new.previous_id) == (
        old.root_id,
        old.uid,
        old.meeting_id,
        old.id,
    )
    assert (new.sequence, new.version, new.end - new.start) == (
        old.sequence + 1,
        5,
        old.end - old.start,
    )
    assert (new.join_url, drafts.awaits_join_url(new)) == (old.join_url, False)


KEY, OTHER = "first key of the installation", "second"


@given(st.integers(0, 9), st.sampled_from(tokens.ACTIONS))
def test_a_token_is_43_characters_of_its_booking_action_and_generation(generation, action):
    minted = Minted(uuid4(), generation, tokens.key_id(KEY))
    one = tokens.token(KEY, minted, action)
    others = {
        tokens.token(OTHER, minted, action),
        tokens.token(KEY, Minted(uuid4(), generation, minted.key_id), action),
        tokens.token(KEY, Minted(minted.booking_id, generation + 1, minted.key_id), action),
        tokens.token(KEY, minted, next(a for a in tokens.ACTIONS if a != action)),
    }
    assert tokens.is_token(one)
    assert len(others | {one}) == 5


def test_tokens_are_made_again_with_the_key_that_made_them_wherever_it_stands():
    minted = Minted(uuid4(), 0, tokens.key_id(KEY))
    assert tokens.pair((KEY,), minted) == tokens.pair((OTHER, KEY), minted)
    assert tokens.pair((OTHER,), minted) is None


@pytest.mark.parametrize(
    "value", ["", "a" * 42, "a" * 44, "a" * 42 + "=", "a" * 42 + "\n", "\x00" * 43, "é" * 43]
)
def test_other_shapes_are_no_tokens(value):
    assert not tokens.is_token(value)


def request(**changes):
    return Book(
        **({"slug": "abc", "idempotency_key": "k", "start": START, "attendee": ADA} | changes)
    )


def test_a_key_is_the_same_with_another_hold_zone_and_order_and_other_with_other_content():
    one = keys.for_book(request(answers={"a": "1", "b": "2"}))
    same = keys.for_book(request(answers={"b": "2", "a": "1"}, hold_id=uuid4()))
    other = keys.for_book(request(answers={"a": "2", "b": "2"}))
    assert one == same
    assert (one.digest, one.content != other.content) == (other.digest, True)


def test_a_key_does_not_mind_another_language():
    """A form that is sent again after its page was switched to German is the same form."""
    german = msgspec.structs.replace(ADA, language="de")
    assert keys.for_book(request(attendee=german)) == keys.for_book(request())


def test_a_move_has_another_content_than_a_booking():
    assert keys.for_move("k", uuid4(), START).content != keys.for_book(request()).content
