"""The engine against a reference that asks, minute by minute, what the wall clock shows."""

import os
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from availability.domain import listing, team
from availability.domain.explain import explain
from availability.domain.facts import Ask, HostFacts, LinkFacts, Offer
from availability.domain.hours import Hours, starts
from availability.domain.minutes import (
    DAY,
    Frame,
    day_number,
    floor_minute,
    outward,
    to_instant,
)
from contracts.availability import DateOverride, Schedule, TimeOff, WeekdayHours, Window
from contracts.booking import Claim, Host, Limits, Link, LinkHost, LinkSettings, SeatHold
from vectors.reference import MINUTE, Reference

CASES = int(os.environ.get("ENGINE_CASES", "40"))
"""How many situations are made up; the same ones each time."""
steady = settings(
    max_examples=CASES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
WORKSPACE, LINK, OTHER = UUID(int=1), UUID(int=2), UUID(int=3)
HOSTS = [UUID(int=10 + n) for n in range(3)]

# Each zone with a day on which its clocks do something worth a test.
DAYS = {
    "America/New_York": [date(2026, 3, 8), date(2026, 11, 1), date(2026, 6, 3)],
    "Europe/London": [date(2026, 3, 29), date(2026, 10, 25)],
    "Australia/Lord_Howe": [date(2026, 4, 5), date(2026, 10, 4)],
    "Asia/Kathmandu": [date(2026, 5, 5)],
    "Pacific/Apia": [date(2011, 12, 30), date(2026, 7, 1)],
    "Africa/Casablanca": [date(2026, 2, 15), date(2026, 3, 22)],
    "America/Santiago": [date(2026, 4, 4), date(2026, 9, 6)],
    "Pacific/Kiritimati": [date(2026, 1, 1)],
    "Asia/Beirut": [date(2026, 3, 29), date(2026, 10, 25)],
    "America/St_Johns": [date(2026, 3, 8)],
}


def windows_of_a_day(edges: list[int]) -> tuple[Window, ...]:
    ordered = sorted(set(edges))
    return tuple(
        Window(start=a, end=b)
        for a, b in zip(ordered[::2], ordered[1::2], strict=False)
        if a < 1440
    )


edges = st.lists(st.integers(0, 108).map(lambda n: n * 15), min_size=0, max_size=4)
few_limits = st.one_of(
    st.just(Limits()),
    st.builds(
        Limits,
        day=st.none() | st.integers(1, 3),
        week=st.none() | st.integers(1, 4),
        month=st.none() | st.integers(1, 4),
    ),
)


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def weekly(draw, day: date) -> tuple[WeekdayHours, ...]:
    """One weekday at least is closed and so is the one after, so that no stretch is endless."""
    shut = day.isoweekday() - 4
    return tuple(
        WeekdayHours(weekday=weekday, windows=windows_of_a_day(draw(edges)))
        for weekday in range(1, 8)
        if weekday not in {(shut - 1) % 7 + 1, shut % 7 + 1}
    )


@st.composite
def time_offs(draw, host_id: UUID, day: date):
    found = []
    owner = {"workspace_id": WORKSPACE, "host_id": host_id}
    if draw(st.integers(0, 3)) == 0:
        first = day + timedelta(days=draw(st.integers(-1, 1)))
        found.append(TimeOff(id=UUID(int=50), first_day=first, last_day=first, **owner))
    if draw(st.integers(0, 3)) == 0:
        start = midnight(day) + draw(st.integers(-1440, 1440)) * MINUTE
        end = start + draw(st.integers(1, 300)) * MINUTE
        found.append(TimeOff(id=UUID(int=51), start=start, end=end, **owner))
    return tuple(found)


@st.composite
def meetings(draw, now: datetime, day: date, offer: LinkSettings, duration: int):
    """The claims of some meetings; the link's own with all of its hosts, where they come together."""
    found: list[Claim] = []
    for n in range(draw(st.integers(0, 5))):
        own = draw(st.booleans())
        start = midnight(day) + draw(st.integers(-864, 576)) * 5 * MINUTE
        length = draw(st.sampled_from([duration, duration, 30])) * MINUTE
        state = draw(st.sampled_from(["hold", "pending", "confirmed", "confirmed"]))
        seats = draw(st.integers(1, offer.capacity)) if own and offer.kind == "group" else 1
        held = draw(st.integers(0, seats)) if seats > 1 else 0
        claim = Claim(
            id=UUID(int=1000 + n),
            meeting_id=UUID(int=2000 + n),
            host_id=HOSTS[0],
            link_id=LINK if own else OTHER,
            state=state,
            start=start - draw(st.integers(0, 6)) * 5 * MINUTE,
            end=start + length + draw(st.integers(0, 6)) * 5 * MINUTE,
            meeting_start=start,
            meeting_end=start + length,
            booking_id=UUID(int=3000 + n) if state != "hold" and seats == 1 else None,
            expires_at=now + draw(st.sampled_from([-5, 0, 5])) * MINUTE
            if state == "hold"
            else None,
            seats_taken=seats,
            seat_holds=tuple(
                SeatHold(
                    id=UUID(int=4000 + i), expires_at=now + draw(st.sampled_from([-1, 1])) * MINUTE
                )
                for i in range(held)
            ),
        )
        together = own and offer.kind in {"collective", "group"}
        everyone = [place.host_id for place in offer.hosts]
        for host_id in everyone if together else [draw(st.sampled_from(everyone))]:
            key = UUID(int=host_id.int * 10_000 + n)
            found.append(msgspec.structs.replace(claim, id=key, host_id=host_id))
    return found


@st.composite
def hosts(draw, host_id: UUID, place: tuple[date, str], now: datetime, claims: list[Claim]):
    day, zone = place
    home = draw(st.sampled_from([zone, zone, *DAYS]))
    schedule = Schedule(
        id=host_id,
        workspace_id=WORKSPACE,
        host_id=host_id,
        name="Hours",
        timezone=draw(st.sampled_from([zone, zone, zone, *DAYS])),
        hours=weekly(draw, day),
        overrides=tuple(
            DateOverride(day=day + timedelta(days=n), windows=windows_of_a_day(draw(edges)))
            for n in draw(st.sets(st.integers(-1, 1), max_size=2))
        ),
        is_default=True,
    )
    host = Host(
        id=host_id,
        workspace_id=WORKSPACE,
        name="Ada",
        email="ada@acme.test",
        timezone=home,
        slug="ada-acme",
        limits=draw(few_limits),
        active=draw(st.integers(0, 30)) != 30,
    )
    begins = [
        midnight(day) + draw(st.integers(-1440, 2880)) * MINUTE
        for _ in range(draw(st.integers(0, 3)))
    ]
    return HostFacts(
        host=host,
        schedules=(Hours(schedule),),
        time_off=draw(time_offs(host_id, day)),
        claims=tuple(claim for claim in claims if claim.host_id == host_id),
        busy=tuple(
            outward(at, at + timedelta(seconds=draw(st.integers(1, 9000)))) for at in begins
        ),
        calendar=draw(st.sampled_from(["none", "none", "ok", "ok", "ok", "broken"])),
        synced_at=now - draw(st.sampled_from([0, 15, 16])) * MINUTE,
    )


@st.composite
def situations(draw):
    zone = draw(st.sampled_from(sorted(DAYS)))
    day = draw(st.sampled_from(DAYS[zone]))
    now = midnight(day) + draw(st.integers(-3000, 1000)) * MINUTE
    now += timedelta(seconds=draw(st.sampled_from([0, 30])))
    kind = draw(st.sampled_from(["one_on_one", "round_robin", "collective", "group"]))
    count = 1 if kind == "one_on_one" else draw(st.integers(1, 3))
    duration = draw(st.sampled_from([5, 15, 30, 45, 50, 480]))
    offer = LinkSettings(
        title="Call",
        slug="call",
        kind=kind,
        hosts=tuple(LinkHost(host_id=host_id) for host_id in HOSTS[:count]),
        durations=(duration,),
        interval=draw(st.none() | st.sampled_from([5, 15, 20, 45, 60])),
        buffer_before=draw(st.sampled_from([0, 0, 10, 240])),
        buffer_after=draw(st.sampled_from([0, 0, 15, 240])),
        notice=draw(st.sampled_from([0, 0, 1, 240])),
        horizon_days=draw(st.integers(1, 4)),
        first_day=draw(st.none() | st.just(day)),
        last_day=draw(st.none() | st.just(day + timedelta(days=1))),
        limits=draw(few_limits),
        capacity=draw(st.integers(1, 3)),
        grid_start=draw(st.sampled_from([0, 90, 150, 541])),
        grid_timezone=draw(st.sampled_from([None, zone])),
        open_when_stale=draw(st.booleans()),
        active=draw(st.integers(0, 30)) != 30,
    )
    link = Link(
        id=LINK,
        workspace_id=WORKSPACE,
        owner_id=HOSTS[0],
        settings=offer,
        created_at=now,
        workspace_timezone=draw(st.sampled_from(["UTC", zone, "Asia/Kathmandu"])),
    )
    claims = draw(meetings(now, day, offer, duration))
    holds = [c.meeting_id for c in claims if c.state == "hold"]
    holds += [hold.id for c in claims for hold in c.seat_holds]
    ask = Ask(
        now=now,
        duration=duration,
        except_hold=draw(st.sampled_from([None, *holds])),
        except_booking=draw(st.sampled_from([None, *{c.booking_id for c in claims}])),
        by_host=draw(st.integers(0, 20)) == 20,
    )
    known = tuple(draw(hosts(host_id, (day, zone), now, claims)) for host_id in HOSTS[:count])
    own = tuple(claim for claim in claims if claim.link_id == LINK)
    return day, Offer(LinkFacts(link, own), known, ask)


def window(day: date) -> tuple[datetime, datetime]:
    start = midnight(day) - timedelta(hours=16)
    return start, start + timedelta(hours=48)


@steady
@given(situations())
def test_the_listing_is_that_of_the_minute_by_minute_reference(situation):
    """The starts, the hosts free for each, and the seats."""
    day, offer = situation
    start, end = window(day)
    expected = Reference(offer, start, end).slots()
    span = day_number(day) - 1, day_number(day) + 1
    found = {
        slot.start: (slot.hosts, slot.seats)
        for slot in listing.slots_in_days(offer, "UTC", *span)
        if start <= slot.start < end
    }
    assert expected == found
    plain = listing.in_days(offer, "UTC", *span)
    assert sorted(expected) == [at for at in plain if start <= at < end]


@steady
@given(situations(), st.integers(0, 59))
def test_the_check_and_the_explanation_of_a_start_agree_with_the_reference(situation, offset):
    """Who is free, and each rule of the link and of each host, at one start in an hour or so."""
    day, offer = situation
    start, end = window(day)
    reference = Reference(offer, start, end)
    slots = reference.slots()
    sample = [start + n * MINUTE for n in range(offset, 48 * 60, 67)]
    for at in [*sample, *sorted(slots)[::5]]:
        hosts, room = slots.get(at, ((), 0))
        verdict = team.check(offer, at)
        assert (hosts, room) == (verdict.free, verdict.seats)
        told = explain(offer, at)
        assert told.offered == (at in slots)
        if at >= offer.ask.now:
            assert {c.rule for c in told.checks if not c.passed} == reference.link_rules(at)
            for host, checks in zip(offer.hosts, told.hosts, strict=True):
                refused = {check.rule for check in checks.checks if not check.passed}
                assert refused == reference.host_rules(host, at)
        assert not team.check(offer, at + timedelta(seconds=1)).free


@settings(steady, max_examples=max(CASES // 2, 1))
@given(situations(), st.sampled_from(sorted(DAYS)))
def test_days_of_a_visitor_partition_the_same_instants(situation, visitor):
    """Every visitor sees the same instants; each belongs to exactly one of their days."""
    day, offer = situation
    middle = day_number(day)
    whole = listing.in_days(offer, visitor, middle - 1, middle + 1)
    parts = [listing.in_days(offer, visitor, n, n) for n in range(middle - 1, middle + 2)]
    assert sorted(whole) == sorted(slot for part in parts for slot in part)
    for number, part in zip(range(middle - 1, middle + 2), parts, strict=True):
        for slot in part:
            assert day_number(slot.astimezone(ZoneInfo(visitor)).date()) == number


@pytest.mark.parametrize("zone", sorted(DAYS))
def test_an_answer_is_true_until_it_says(zone):
    """Just before `valid_until` the same slots come; the first one's notice ends it at the latest."""
    day = DAYS[zone][0]
    schedule = Schedule(
        id=HOSTS[0],
        workspace_id=WORKSPACE,
        host_id=HOSTS[0],
        name="Hours",
        timezone=zone,
        is_default=True,
        hours=tuple(
            WeekdayHours(weekday=n, windows=(Window(start=540, end=1020),)) for n in range(1, 8)
        ),
    )
    host = HostFacts(
        host=Host(
            id=HOSTS[0],
            workspace_id=WORKSPACE,
            name="A",
            email="a@b.test",
            timezone=zone,
            slug="ada",
        ),
        schedules=(Hours(schedule),),
    )
    offer = LinkSettings(title="T", slug="call", hosts=(LinkHost(host_id=HOSTS[0]),), notice=60)
    made = datetime(2026, 1, 1, tzinfo=UTC)
    link = LinkFacts(
        link=Link(
            id=UUID(int=1),
            workspace_id=WORKSPACE,
            owner_id=HOSTS[0],
            settings=offer,
            created_at=made,
        )
    )
    for hour in range(48):
        now = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(hours=hour, seconds=30)
        asked = listing.Offer(link, (host,), Ask(now=now, duration=30))
        slots = listing.in_days(asked, zone, day_number(day), day_number(day) + 40)
        until = listing.valid_until(asked, slots[0])
        late = listing.Offer(link, (host,), Ask(now=until - timedelta(microseconds=1), duration=30))
        assert now < until
        assert slots == listing.in_days(late, zone, day_number(day), day_number(day) + 40)
        assert floor_minute(slots[0]) >= floor_minute(now) + 60


def changes(zone: str, year: int) -> list[date]:
    """The UTC days of a year on which the zone's offset changes."""
    place = ZoneInfo(zone)
    days = [datetime(year, 1, 1, tzinfo=UTC) + timedelta(days=n) for n in range(366)]
    offsets = [day.astimezone(place).utcoffset() for day in days]
    return [d.date() for d, a, b in zip(days, offsets, offsets[1:], strict=False) if a != b]


@pytest.mark.parametrize("year", [2011, 2026])
def test_hours_follow_the_wall_in_every_zone_that_changes_its_clocks(year):
    """All zones of the IANA data with a transition in the year: every minute of the days around."""
    windows = (Window(start=15, end=150), Window(start=165, end=1430))
    seen = 0
    for zone in sorted(available_timezones()):
        week = tuple(WeekdayHours(weekday=n, windows=windows) for n in range(1, 8))
        schedule = Schedule(
            id=HOSTS[0], workspace_id=WORKSPACE, host_id=HOSTS[0], name="Hours", timezone=zone, hours=week
        )  # fmt: skip
        place = ZoneInfo(zone)
        for day in changes(zone, year):
            frame = Frame.around(day_number(day), day_number(day))
            found = starts(Hours(schedule), frame, 1, 1).fits
            seen += 1
            for n in range(2 * DAY, 3 * DAY):
                shown = to_instant(frame.start + n).astimezone(place)
                minute = shown.hour * 60 + shown.minute
                is_open = 15 <= minute < 150 or 165 <= minute < 1430
                assert is_open == bool(found >> n & 1), (zone, shown)
    assert seen > 300
