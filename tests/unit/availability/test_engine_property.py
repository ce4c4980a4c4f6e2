"""The engine against a reference that asks, minute by minute, what the wall clock shows."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from availability.domain import engine, listing
from availability.domain.facts import Ask, HostFacts, LinkFacts
from availability.domain.hours import Hours
from availability.domain.minutes import day_number, floor_minute, outward
from contracts.availability import DateOverride, Schedule, TimeOff, WeekdayHours, Window
from contracts.booking import Claim, Host, Limits, Link, LinkHost, LinkSettings

MINUTE = timedelta(minutes=1)
WORKSPACE, HOST, LINK, SCHEDULE = uuid4(), uuid4(), uuid4(), uuid4()

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


class Reference:
    """The rules, read off the page, with nothing clever."""

    def __init__(self, link: LinkFacts, host: HostFacts, ask: Ask) -> None:
        self.link, self.host, self.ask = link, host, ask
        self.settings = link.link.settings
        self.schedule = host.schedules[0].schedule
        self.zone = ZoneInfo(self.schedule.timezone)
        self.home = ZoneInfo(host.host.timezone)
        self.interval = self.settings.interval or ask.duration
        self.weekly = {day.weekday: day.windows for day in self.schedule.hours}
        self.overridden = {day.day: day.windows for day in self.schedule.overrides}

    def is_open(self, at: datetime) -> bool:
        wall = at.astimezone(self.zone).replace(tzinfo=None)
        for back in range(3):
            day = wall.date() - timedelta(days=back)
            windows = self.overridden.get(day, self.weekly.get(day.isoweekday(), ()))
            minute = wall.hour * 60 + wall.minute + back * 1440
            if any(window.start <= minute < window.end for window in windows):
                return True
        return False

    def is_off(self, at: datetime) -> bool:
        day = at.astimezone(self.home).date()
        for off in self.host.time_off:
            if off.first_day and off.last_day and off.first_day <= day <= off.last_day:
                return True
            if off.start and off.end and off.start <= at < off.end:
                return True
        return False

    def live(self, claims: tuple[Claim, ...]) -> list[Claim]:
        return [
            c
            for c in claims
            if not (c.expires_at and c.expires_at <= self.ask.now)
            and not (self.ask.except_hold and c.id == self.ask.except_hold)
            and not (self.ask.except_booking and c.booking_id == self.ask.except_booking)
        ]

    def over_limit(self, start, claims, limits: Limits, zone: str) -> bool:
        def keys(at: datetime):
            day = at.astimezone(ZoneInfo(zone)).date()
            return {"day": day, "week": day.isocalendar()[:2], "month": (day.year, day.month)}

        mine = keys(start)
        count = Counter(
            name
            for claim in self.live(claims)
            if claim.state != "hold"
            for name, key in keys(claim.meeting_start).items()
            if key == mine[name]
        )
        return any(
            most is not None and count[name] >= most
            for name, most in (("day", limits.day), ("week", limits.week), ("month", limits.month))
        )

    def in_horizon(self, start: datetime) -> bool:
        day = start.astimezone(self.home).date()
        if self.settings.first_day and day < self.settings.first_day:
            return False
        if self.settings.last_day:
            return day <= self.settings.last_day
        today = self.ask.now.astimezone(self.home).date()
        return day <= today + timedelta(days=self.settings.horizon_days)

    def fits(self, start: datetime) -> bool:
        end = start + self.ask.duration * MINUTE
        padded = (
            start - self.settings.buffer_before * MINUTE,
            end + self.settings.buffer_after * MINUTE,
        )
        taken = [(c.start, c.end) for c in self.live(self.host.claims)]
        epoch = datetime(1970, 1, 1, tzinfo=UTC)
        taken += [(epoch + a * MINUTE, epoch + b * MINUTE) for a, b in self.host.busy]
        return (
            start >= self.ask.now
            and start >= self.ask.now + self.settings.notice * MINUTE
            and self.in_horizon(start)
            and not any(a < padded[1] and padded[0] < b for a, b in taken)
            and not any(self.is_off(start + n * MINUTE) for n in range(self.ask.duration))
            and all(self.is_open(start + n * MINUTE) for n in range(self.ask.duration))
            and not self.over_limit(
                start, self.host.claims, self.host.host.limits, self.host.host.timezone
            )
            and not self.over_limit(
                start, self.link.claims, self.settings.limits, self.link.link.workspace_timezone
            )
        )

    def slots(self, first: datetime, last: datetime) -> list[datetime]:
        """Walks from three days before, which always begins outside any open stretch here."""
        found, anchor, at = [], None, first - timedelta(days=3)
        while at < last:
            if not self.is_open(at):
                anchor = None
            elif anchor is None:
                anchor = at
            on_grid = anchor is not None and (at - anchor) // MINUTE % self.interval == 0
            if at >= first and on_grid and self.fits(at):
                found.append(at)
            at += MINUTE
        return found


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


@st.composite
def situations(draw):
    zone = draw(st.sampled_from(sorted(DAYS)))
    day = draw(st.sampled_from(DAYS[zone]))
    home = draw(st.sampled_from([zone, zone, *DAYS]))
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)

    def near(low: int, high: int, step: int = 5) -> datetime:
        return midnight + draw(st.integers(low // step, high // step)) * step * MINUTE

    # One weekday at least is closed and so is the one after, so that no stretch is endless.
    shut = day.isoweekday() - 4
    hours = tuple(
        WeekdayHours(weekday=weekday, windows=windows_of_a_day(draw(edges)))
        for weekday in range(1, 8)
        if weekday not in {(shut - 1) % 7 + 1, shut % 7 + 1}
    )
    overrides = tuple(
        DateOverride(day=day + timedelta(days=n), windows=windows_of_a_day(draw(edges)))
        for n in draw(st.sets(st.integers(-1, 1), max_size=2))
    )
    time_off = []
    if draw(st.booleans()):
        first = day + timedelta(days=draw(st.integers(-1, 1)))
        time_off.append(
            TimeOff(
                id=uuid4(), workspace_id=WORKSPACE, host_id=HOST, first_day=first, last_day=first
            )
        )
    if draw(st.booleans()):
        start = near(-1440, 1440, 7)
        time_off.append(
            TimeOff(
                id=uuid4(),
                workspace_id=WORKSPACE,
                host_id=HOST,
                start=start,
                end=start + draw(st.integers(1, 300)) * MINUTE,
            )
        )
    now = near(-3000, 1000, 1) + timedelta(seconds=draw(st.sampled_from([0, 30])))
    claims = []
    for _ in range(draw(st.integers(0, 5))):
        start = near(-4320, 2880)
        state = draw(st.sampled_from(["hold", "pending", "confirmed"]))
        claims.append(
            Claim(
                id=uuid4(),
                meeting_id=uuid4(),
                host_id=HOST,
                link_id=LINK,
                state=state,
                start=start - draw(st.integers(0, 6)) * 5 * MINUTE,
                end=start + draw(st.integers(6, 15)) * 5 * MINUTE,
                meeting_start=start,
                meeting_end=start + 30 * MINUTE,
                booking_id=None if state == "hold" else uuid4(),
                expires_at=now + draw(st.sampled_from([-5, 0, 5])) * MINUTE
                if state == "hold"
                else None,
            )
        )
    busy = [
        outward(start, start + timedelta(seconds=draw(st.integers(1, 9000))))
        for start in (near(-1440, 2880, 1) for _ in range(draw(st.integers(0, 4))))
    ]
    duration = draw(st.sampled_from([5, 15, 30, 45, 50, 480]))
    offer = LinkSettings(
        title="Call",
        slug="call",
        hosts=(LinkHost(host_id=HOST),),
        durations=(duration,),
        interval=draw(st.none() | st.sampled_from([5, 15, 20, 45, 60])),
        buffer_before=draw(st.sampled_from([0, 0, 10, 240])),
        buffer_after=draw(st.sampled_from([0, 0, 15, 240])),
        notice=draw(st.sampled_from([0, 0, 1, 240])),
        horizon_days=draw(st.integers(1, 4)),
        first_day=draw(st.none() | st.just(day)),
        last_day=draw(st.none() | st.just(day + timedelta(days=1))),
        limits=draw(few_limits),
    )
    schedule = Schedule(
        id=SCHEDULE,
        workspace_id=WORKSPACE,
        host_id=HOST,
        name="Hours",
        timezone=zone,
        hours=hours,
        overrides=overrides,
        is_default=True,
    )
    host = Host(
        id=HOST,
        workspace_id=WORKSPACE,
        name="Ada",
        email="ada@acme.test",
        timezone=home,
        slug="ada-acme",
        limits=draw(few_limits),
    )
    link = Link(
        id=LINK,
        workspace_id=WORKSPACE,
        owner_id=HOST,
        settings=offer,
        created_at=now,
        workspace_timezone=draw(st.sampled_from(["UTC", home, "Asia/Kathmandu"])),
    )
    owned = [c for c in claims if c.booking_id]
    ask = Ask(
        now=now,
        duration=duration,
        except_hold=draw(st.sampled_from([None, *(c.id for c in claims if c.state == "hold")])),
        except_booking=draw(st.sampled_from([None, *(c.booking_id for c in owned)])),
    )
    facts = HostFacts(
        host=host,
        schedules=(Hours(schedule),),
        time_off=tuple(time_off),
        claims=tuple(claims),
        busy=tuple(busy),
    )
    return day, zone, LinkFacts(link=link, claims=tuple(claims)), facts, ask


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(situations())
def test_listing_and_check_agree_with_the_minute_by_minute_reference(situation):
    day, _, link, host, ask = situation
    start = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=16)
    end = start + timedelta(hours=48)
    expected = Reference(link, host, ask).slots(start, end)

    offer = listing.Offer(link, (host,), ask)
    wide = listing.in_days(offer, "UTC", day_number(day) - 1, day_number(day) + 1)
    assert expected == [slot for slot in wide if start <= slot < end]

    # The check of one start and the listing are one engine: they must say the same.
    for minute in range(0, 48 * 60, 5):
        at = start + minute * MINUTE
        assert (at in expected) == (engine.refusal(link, host, ask, at) is None)


@settings(max_examples=60, deadline=None)
@given(situations(), st.sampled_from(sorted(DAYS)))
def test_days_of_a_visitor_partition_the_same_instants(situation, visitor):
    """Every visitor sees the same instants; each belongs to exactly one of their days."""
    day, _, link, host, ask = situation
    offer, middle = listing.Offer(link, (host,), ask), day_number(day)
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
        id=SCHEDULE,
        workspace_id=WORKSPACE,
        host_id=HOST,
        name="Hours",
        timezone=zone,
        is_default=True,
        hours=tuple(
            WeekdayHours(weekday=n, windows=(Window(start=540, end=1020),)) for n in range(1, 8)
        ),
    )
    host = HostFacts(
        host=Host(
            id=HOST, workspace_id=WORKSPACE, name="A", email="a@b.test", timezone=zone, slug="ada"
        ),
        schedules=(Hours(schedule),),
    )
    offer = LinkSettings(title="T", slug="call", hosts=(LinkHost(host_id=HOST),), notice=60)
    made = datetime(2026, 1, 1, tzinfo=UTC)
    link = LinkFacts(
        link=Link(
            id=UUID(int=1), workspace_id=WORKSPACE, owner_id=HOST, settings=offer, created_at=made
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
