"""Many at once: never two meetings at one time, never a deadlock, never two for one key.

Each worker has its own connection (pool sizes are set for it). Availability says "free" to all,
so the database alone decides. Two tests take a guard away, to show that the others can fail.
"""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import uuid4

import pytest
from psycopg2.errors import DeadlockDetected
from sqlalchemy.exc import OperationalError

from booking.store import claims
from contracts.booking import BookingConfirmed, Limits, PlaceHold
from contracts.errors import LimitReached, LinkClosed, SchedulingError, SlotTaken, Unavailable

HOUR = timedelta(hours=1)

OVERLAPS = """
SELECT count(*) FROM claim a JOIN claim b
    ON a.host_key = b.host_key AND a.id < b.id AND a.span && b.span
"""


def at_once(number, act):
    """What `act(n)` answers or raises, all started together."""
    start = Barrier(number)

    def one(n):
        start.wait(60)
        try:
            return act(n)
        except SchedulingError as refused:
            return refused

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(one, range(number)))


def kinds(results):
    return Counter(type(result).__name__ for result in results)


def test_of_two_hundred_bookers_of_one_slot_one_has_it(crowd):
    link = crowd.link()
    results = at_once(200, lambda n: crowd.book(link, key=f"k{n}"))
    assert kinds(results) == {"Booked": 1, "SlotTaken": 199}
    assert (crowd.count("booking"), crowd.count("claim"), crowd.count("meeting")) == (1, 1, 1)
    assert len(crowd.announced(BookingConfirmed)) == 1


def test_overlapping_starts_never_both_win(crowd):
    link = crowd.link(durations=(30, 60), buffer_after=10)
    at_once(
        60,
        lambda n: crowd.book(
            link, start=crowd.START + timedelta(minutes=5 * (n % 20)), duration=30 + 30 * (n % 2)
        ),
    )
    assert crowd.scalar(OVERLAPS) == 0
    assert crowd.count("booking") >= 2


def test_without_the_constraint_they_would_overlap(crowd):
    crowd.execute("ALTER TABLE claim DROP CONSTRAINT claim_no_overlap")
    link = crowd.link()
    results = at_once(20, lambda n: crowd.book(link, key=f"k{n}"))
    assert kinds(results) == {"Booked": 20}
    assert crowd.scalar(OVERLAPS) == 190


def two_meetings(crowd):
    """Of one host through two links, so that no link's lock stands between them."""
    one, two = crowd.link(slug="one"), crowd.link(slug="two")
    return crowd.book(one), crowd.book(two, start=crowd.START + HOUR)


def swap(crowd, one, two):
    """Both attendees move to the other's slot at once."""
    to = ((one, two.booking.start), (two, one.booking.start))
    return at_once(2, lambda n: crowd.move(*to[n]))


def test_attendees_who_swap_their_slots_never_deadlock(crowd):
    one, two = two_meetings(crowd)
    for _ in range(50):
        assert kinds(swap(crowd, one, two)) == {"SlotTaken": 2}
    assert crowd.scalar(OVERLAPS) == 0


def test_without_the_hosts_lock_they_would_deadlock(crowd, monkeypatch):
    one, two = two_meetings(crowd)
    with crowd.engine.begin() as tx:
        keys = claims.lock_hosts(tx, [crowd.ada.id])
    together = Barrier(2)
    lift = claims.lift

    def both_lifted(tx, meeting_id):
        lifted = lift(tx, meeting_id)
        together.wait(30)
        return lifted

    monkeypatch.setattr(claims, "lock_hosts", lambda _tx, _hosts: keys)
    monkeypatch.setattr(claims, "lift", both_lifted)
    results = swap(crowd, one, two)
    assert kinds(results) == {"Unavailable": 1, "SlotTaken": 1}
    victim = next(result for result in results if isinstance(result, Unavailable))
    assert isinstance(victim.__cause__, OperationalError)
    assert isinstance(victim.__cause__.orig, DeadlockDetected)


def test_bookers_movers_and_cancellers_of_two_hosts_never_deadlock(crowd):
    links = [crowd.link(), crowd.link(slug="bea", owner=crowd.bea)]

    def live(n):
        done = []
        for step in range(6):
            start = crowd.START + HOUR * ((n * 7 + step * 3) % 12)
            try:
                booked = crowd.book(links[(n + step) % 2], start=start)
                moved = crowd.move(booked, start + HOUR)
                done.append(crowd.cancel(moved).status)
            except SchedulingError as refused:
                done.append(type(refused).__name__)
        return done

    told = Counter(word for done in at_once(12, live) for word in done)
    assert set(told) <= {"cancelled", "SlotTaken"}
    assert crowd.scalar(OVERLAPS) == 0
    left = crowd.scalar("SELECT count(*) FROM booking WHERE status = 'confirmed'")
    assert crowd.count("claim") == left


def test_one_key_books_once_and_everyone_has_the_same_answer(crowd):
    link = crowd.link()
    first, *others = at_once(20, lambda _: crowd.book(link, key="one"))
    assert others == [first] * 19
    assert crowd.count("booking") == 1


def test_one_key_moves_once_and_everyone_has_the_same_answer(crowd):
    booked = crowd.book(crowd.link())
    first, *others = at_once(10, lambda _: crowd.move(booked, crowd.START + HOUR, key="one"))
    assert others == [first] * 9
    assert crowd.count("booking") == 2


def test_of_those_who_move_cancel_and_move_again_one_has_it(crowd):
    booked = crowd.book(crowd.link())

    def act(n):
        return crowd.cancel(booked) if n % 2 else crowd.move(booked, crowd.START + n * HOUR + HOUR)

    results = at_once(10, act)
    assert sum(not isinstance(result, SchedulingError) for result in results) == 1
    assert crowd.scalar("SELECT count(*) FROM booking WHERE next_id IS NULL") == 1


def test_a_single_use_link_is_used_once(crowd):
    link = crowd.link(single_use=True)
    results = at_once(16, lambda n: crowd.book(link, start=crowd.START + n * HOUR))
    assert kinds(results) == {"Booked": 1, LinkClosed.__name__: 15}


@pytest.mark.parametrize("of_host", [False, True])
def test_a_limit_is_never_passed(crowd, of_host):
    if of_host:
        links = [crowd.link(slug="one"), crowd.link(slug="two")]
        crowd.limit(crowd.ada, Limits(month=3))
    else:
        links = [crowd.link(limits=Limits(month=3))] * 2
    results = at_once(16, lambda n: crowd.book(links[n % 2], start=crowd.START + n * HOUR))
    assert kinds(results) == {"Booked": 3, LimitReached.__name__: 13}


def test_of_many_holds_of_one_slot_one_is_placed_and_an_address_never_has_six(crowd):
    link = crowd.link()

    def hold(n, start, address=""):
        return crowd.booking.place_hold(
            PlaceHold(hold_id=uuid4(), slug=link.settings.slug, start=start, address=address)
        )

    assert kinds(at_once(20, lambda n: hold(n, crowd.START))) == {"Hold": 1, SlotTaken.__name__: 19}
    many = at_once(12, lambda n: hold(n, crowd.START + HOUR * (n + 1), "192.0.2.9"))
    assert kinds(many) == {"Hold": 5, LimitReached.__name__: 7}
