"""Links whose attendees share a meeting: seats are never sold twice, and none is lost."""

from collections import Counter
from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from contracts.booking import (
    BookingConfirmed,
    ClaimsChanged,
    Export,
    Limits,
    LinkHost,
    PlaceHold,
    ReleaseHold,
    RenewHold,
)
from contracts.errors import HoldExpired, LimitReached, SchedulingError, SlotTaken
from integration.booking.test_reassign import written
from integration.booking.test_threads import OVERLAPS, at_once, kinds

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def group(world, *hosts, **changes):
    hosts = hosts or (world.ada,)
    places = tuple(LinkHost(host_id=one.id, position=n) for n, one in enumerate(hosts))
    wanted = {"slug": "webinar", "kind": "group", "hosts": places, "capacity": 3}
    return world.link(**(wanted | changes))


@pytest.fixture
def link(world):
    return group(world)


def hold(world, link, hold_id=None, start=None):
    wanted = PlaceHold(
        hold_id=hold_id or uuid4(), slug=link.settings.slug, start=start or world.START
    )
    return world.booking.place_hold(wanted)


def release(world, held):
    world.booking.release_hold(ReleaseHold(hold_id=held.id))


def claim(world):
    """The last claim that was told."""
    return world.announced(ClaimsChanged)[-1].claims[-1]


def seats(world):
    """(seats taken, capacity) of the meetings that stand, as the database has them."""
    with world.engine.begin() as tx:
        rows = tx.execute(
            sa.text(
                "SELECT seats_taken, capacity FROM meeting WHERE status <> 'cancelled'"
                " ORDER BY start_at"
            )
        )
        return [tuple(row) for row in rows]


def test_attendees_share_one_meeting_until_it_is_full(world, link):
    booked = [world.book(link).booking for _ in range(3)]
    assert len({one.meeting_id for one in booked}) == 1
    assert len({one.root_id for one in booked}) == 3
    with pytest.raises(SlotTaken) as refused:
        world.book(link)
    assert refused.value.alternatives
    assert (seats(world), world.count("claim")) == ([(3, 3)], 1)
    assert len(world.announced(BookingConfirmed)) == 3


def test_the_claim_tells_its_seats_and_its_only_booking(world, link):
    first = world.book(link).booking
    assert (claim(world).seats_taken, claim(world).booking_id) == (1, first.id)
    world.book(link)
    assert (claim(world).seats_taken, claim(world).booking_id) == (2, None)
    versions = [one.claims[0].version for one in world.announced(ClaimsChanged)]
    assert versions == sorted(set(versions))


def test_its_claim_blocks_everything_else(world, link):
    world.book(link)
    with pytest.raises(SlotTaken):
        world.book(world.link())
    longer = group(world, slug="longer", durations=(60,))
    with pytest.raises(SlotTaken):
        world.book(longer)


def test_another_length_at_the_same_start_is_another_meeting(world):
    link = group(world, durations=(30, 60))
    world.book(link)
    with pytest.raises(SlotTaken):
        world.book(link, duration=60)


def test_who_joins_meets_in_the_conference_that_the_meeting_has(world, link):
    first = world.book(link).booking
    written(world, first, world.ada, "https://meet.test/1")
    joined = world.book(link).booking
    assert (joined.join_url, joined.capacity) == ("https://meet.test/1", 3)
    assert not world.announced(BookingConfirmed)[-1].awaits_join_url
    written(world, joined, world.ada, "https://meet.test/2")
    moved = world.move(world.book(link), world.START + HOUR).booking
    assert (joined.join_url, moved.join_url) == ("https://meet.test/1", "")


def test_all_of_its_hosts_come(world):
    link = group(world, world.ada, world.bea)
    booked = [world.book(link).booking for _ in range(2)]
    assert [[host.name for host in one.hosts] for one in booked] == [["Ada", "Bea"]] * 2
    assert world.count("claim") == 2
    assert {one.seats_taken for one in world.announced(ClaimsChanged)[-1].claims} == {2}


def test_one_key_takes_one_seat(world, link):
    assert world.book(link, key="k") == world.book(link, key="k")
    assert seats(world) == [(1, 3)]


def test_limits_count_meetings_and_not_seats(world):
    link = group(world, limits={"day": 1})
    world.limit(world.ada, Limits(day=1))
    for _ in range(3):
        world.book(link)
    with pytest.raises(LimitReached):
        world.book(link, start=world.START + HOUR)


def test_a_cancellation_frees_one_seat_and_the_last_one_the_time(world, link):
    booked = [world.book(link) for _ in range(3)]
    world.cancel(booked[0])
    assert (claim(world).seats_taken, claim(world).removed) == (2, False)
    world.cancel(booked[1])
    assert claim(world).booking_id == booked[2].booking.id
    world.book(link)
    assert seats(world) == [(2, 3)]
    for one in (booked[2], world.book(link, key="x")):
        world.cancel(one)
    assert seats(world) == [(1, 3)]


def test_the_last_one_leaving_ends_the_meeting(world, link):
    booked = [world.book(link) for _ in range(2)]
    for one in booked:
        world.cancel(one)
    assert claim(world).removed
    assert (seats(world), world.count("claim")) == ([], 0)
    assert world.book(link).booking.meeting_id != booked[0].booking.meeting_id
    world.book(world.link(), start=world.START + HOUR)


def test_a_reschedule_moves_one_place_to_a_meeting_of_its_own_or_to_one_that_stands(world, link):
    one, two, three = (world.book(link) for _ in range(3))
    later = world.START + HOUR
    moved = world.move(one, later)
    assert moved.booking.meeting_id != one.booking.meeting_id
    assert (moved.booking.root_id, moved.booking.sequence) == (one.booking.id, 1)
    assert seats(world) == [(2, 3), (1, 3)]
    joined = world.move(two, later)
    assert joined.booking.meeting_id == moved.booking.meeting_id
    assert seats(world) == [(1, 3), (2, 3)]
    world.move(three, later)
    assert (seats(world), world.count("claim")) == ([(3, 3)], 1)
    with pytest.raises(SlotTaken):
        world.book(link, start=later)


def test_who_sits_alone_takes_the_meeting_along(world, link):
    booked = world.book(link)
    moved = world.move(booked, world.START + 15 * MINUTE)
    assert moved.booking.meeting_id == booked.booking.meeting_id
    assert seats(world) == [(1, 3)]
    assert world.book(link, start=world.START + 15 * MINUTE).booking.meeting_id == (
        moved.booking.meeting_id
    )


def test_a_seat_does_not_move_into_a_full_meeting_nor_over_its_own(world, link):
    later = world.START + HOUR
    for _ in range(3):
        world.book(link, start=later)
    one, _ = world.book(link), world.book(link)
    for start in (later, world.START + 15 * MINUTE):
        with pytest.raises(SlotTaken):
            world.move(one, start)
    assert seats(world) == [(2, 3), (3, 3)]


def test_a_hold_keeps_a_seat_and_leaves_the_others_free(world, link):
    first, second = hold(world, link), hold(world, link)
    assert (claim(world).state, claim(world).seats_taken) == ("hold", 2)
    assert {one.id for one in claim(world).seat_holds} == {first.id, second.id}
    world.book(link)
    told = claim(world)
    assert (told.state, told.expires_at, told.seats_taken) == ("confirmed", None, 3)
    with pytest.raises(SlotTaken):
        world.book(link)
    for held in (first, second):
        world.book(link, hold_id=held.id)
    assert (seats(world), world.count("hold"), claim(world).seat_holds) == ([(3, 3)], 0, ())


def test_a_lone_hold_becomes_a_booking_or_nothing(world, link):
    held = hold(world, link)
    booked = world.book(link, hold_id=held.id)
    assert (seats(world), world.count("claim"), world.count("hold")) == ([(1, 3)], 1, 0)
    assert booked.booking.meeting_id != held.id
    again = hold(world, link, held.id, start=world.START + HOUR)
    release(world, again)
    assert (seats(world), world.count("claim"), world.count("hold")) == ([(1, 3)], 1, 0)


def test_a_hold_moves_with_its_start_even_from_a_meeting_that_others_joined(world, link):
    held = hold(world, link)
    world.book(link)
    moved = hold(world, link, held.id, start=world.START + HOUR)
    assert moved.start == world.START + HOUR
    assert seats(world) == [(1, 3), (1, 3)]
    back = hold(world, link, held.id)
    assert (seats(world), back.start) == ([(2, 3)], world.START)
    assert world.booking.renew_hold(RenewHold(hold_id=held.id)).id == held.id


def test_held_seats_expire_by_the_tick_and_for_the_next_visitor(world, link):
    world.book(link)
    held = [hold(world, link) for _ in range(2)]
    world.clock.advance(10 * MINUTE)
    world.book(link)
    assert (seats(world), world.count("hold")) == ([(2, 3)], 0)
    hold(world, link)
    hold(world, link, start=world.START + HOUR)
    world.clock.advance(10 * MINUTE)
    world.local.tick("booking", "end_expired_holds")
    assert (seats(world), world.count("hold"), world.count("claim")) == ([(2, 3)], 0, 1)
    with pytest.raises(HoldExpired):
        world.booking.renew_hold(RenewHold(hold_id=held[0].id))


def test_a_renewed_hold_is_told(world, link):
    held, other = hold(world, link), hold(world, link)
    world.clock.advance(5 * MINUTE)
    renewed = world.booking.renew_hold(RenewHold(hold_id=held.id))
    ends = {one.id: one.expires_at for one in claim(world).seat_holds}
    assert ends == {held.id: renewed.expires_at, other.id: other.expires_at}
    assert claim(world).expires_at == renewed.expires_at


def test_held_seats_end_with_the_meeting(world, link):
    booked, held = world.book(link), hold(world, link)
    world.cancel(booked)
    assert (world.count("hold"), world.count("claim")) == (0, 0)
    world.book(link, hold_id=held.id)


def test_the_owners_truth_tells_of_held_seats(world, link):
    world.book(link)
    held = hold(world, link)
    (exported,) = world.booking.export(Export(kind="claims")).claims
    assert exported == claim(world)
    assert exported.seat_holds[0].id == held.id


def test_the_capacity_is_what_the_link_says_now(world, link):
    for _ in range(2):
        world.book(link)
    fewer = world.update(link, capacity=2)
    with pytest.raises(SlotTaken):
        world.book(link)
    world.update(fewer, capacity=4)
    for _ in range(2):
        world.book(link)
    assert seats(world) == [(4, 4)]


def test_no_seat_is_sold_twice_whoever_comes_at_once(crowd):
    link = group(crowd, crowd.ada, crowd.bea, capacity=20)
    results = at_once(80, lambda n: crowd.book(link, key=f"k{n}"))
    assert kinds(results) == {"Booked": 20, "SlotTaken": 60}
    assert seats(crowd) == [(20, 20)]
    assert crowd.count("booking") == 20
    assert crowd.scalar("SELECT max(seats_taken) FROM claim") == 20


def test_without_counting_the_database_itself_refuses_a_seat_too_many(world, link, monkeypatch):
    for _ in range(3):
        world.book(link)
    monkeypatch.setattr("booking.store.seats.taken", lambda _tx, _meeting_id: 0)
    with pytest.raises(sa.exc.IntegrityError, match="meeting_check"):
        world.book(link)
    assert (seats(world), world.count("booking")) == ([(3, 3)], 3)


def test_bookers_holders_movers_and_cancellers_never_deadlock_or_oversell(crowd):
    links = [
        group(crowd, crowd.ada, crowd.bea, capacity=3),
        group(crowd, crowd.bea, slug="other", capacity=2),
        crowd.link(),
    ]

    def live(n):
        done = []
        for step in range(6):
            start, link = crowd.START + HOUR * ((n * 5 + step) % 20), links[(n + step) % 3]
            try:
                held = hold(crowd, link, start=start).id if step % 3 else None
                booked = crowd.book(link, start=start, hold_id=held)
                moved = crowd.move(booked, crowd.START + HOUR * ((n * 5 + step + 1) % 20))
                done.append(crowd.cancel(moved).status if step % 2 else "kept")
            except SchedulingError as refused:
                done.append(type(refused).__name__)
        return done

    told = Counter(word for done in at_once(16, live) for word in done)
    assert set(told) <= {"cancelled", "kept", "SlotTaken"}
    assert min(told["cancelled"], told["kept"]) > 3
    assert crowd.scalar(OVERLAPS) == 0
    wrong = """
        SELECT count(*) FROM meeting m WHERE m.status <> 'cancelled' AND (
            m.seats_taken <> (
                SELECT count(*) FROM booking b WHERE b.meeting_id = m.id AND b.status = 'confirmed'
            ) + (
                SELECT count(*) FROM hold h
                WHERE h.meeting_id = m.id AND (m.capacity > 1 OR m.status = 'held')
            )
            OR NOT EXISTS (SELECT 1 FROM claim c WHERE c.meeting_id = m.id)
            OR EXISTS (
                SELECT 1 FROM claim c WHERE c.meeting_id = m.id AND c.seats_taken <> m.seats_taken
            )
        )
    """
    assert crowd.scalar(wrong) == 0
    lost = "SELECT count(*) FROM claim c JOIN meeting m ON m.id = c.meeting_id"
    assert crowd.scalar(f"{lost} WHERE m.status = 'cancelled'") == 0
