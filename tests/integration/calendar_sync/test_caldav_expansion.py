"""What CalDAV calendars and feeds block, compared with an expansion that shares no code with ours:
dateutil's rules over local times without zones, each taken to UTC by hand.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from calendar_sync.adapters.caldav import CalDav
from calendar_sync.adapters.ics import FEED, Feed
from calendar_sync.adapters.means import Means
from calendar_sync.adapters.provider import READ_AHEAD, Account
from contract.calendars.harness import NOW, Theirs
from contract.calendars.harness_caldav import CalDavHarness
from contract.calendars.icalendar_text import calendar, vevent
from fakes.authority import ca_bundle, serve
from fakes.caldav import HOME, PASSWORD, USER, FakeCalDav, Shelf
from fakes.feed import FeedServer, Served

MEANS = Means(call_seconds=60, private_addresses=True, ca_bundle=ca_bundle())
ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Africa/Casablanca",
    "Asia/Kolkata",
    "UTC",
)
RULES = (
    "FREQ=DAILY;INTERVAL={n}",
    "FREQ=WEEKLY;BYDAY=MO,WE,FR",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,TU;WKST=SU",
    "FREQ=MONTHLY;BYDAY=-1SU",
    "FREQ=MONTHLY;BYMONTHDAY=31",
    "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
    "FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
    "FREQ=DAILY;COUNT=4{n}0",
    "FREQ=WEEKLY;UNTIL=20270{n}28T235959Z",
)
UNTIL = NOW + READ_AHEAD


@dataclass(frozen=True)
class Series:
    """A series by its local times."""

    key: str
    zone: ZoneInfo
    first: datetime
    minutes: int
    rule: str
    without: frozenset[datetime]
    moved: dict[datetime, datetime]

    def by_hand(self) -> list[tuple[datetime, datetime]]:
        """Every period, in UTC, up to what a link can reach."""
        until = UNTIL.replace(tzinfo=None) + timedelta(days=2)
        local = rrulestr(self._local_rule(), dtstart=self.first)
        starts = [
            one for one in local.between(self.first, until, inc=True) if one not in self.without
        ]
        places = [self.moved.get(one, one) for one in starts]
        return [
            (self._utc(one), self._utc(one) + timedelta(minutes=self.minutes)) for one in places
        ]

    def _local_rule(self) -> str:
        """UNTIL is in UTC (RFC 5545, 3.3.10); at the day's last second no occurrence is near it."""
        return self.rule.replace("T235959Z", "T235959")

    def _utc(self, local: datetime) -> datetime:
        return local.replace(tzinfo=self.zone).astimezone(UTC)

    def event(self) -> Theirs:
        def at(local):
            return local.replace(tzinfo=self.zone)

        length = timedelta(minutes=self.minutes)
        return Theirs(
            self.key,
            at(self.first),
            at(self.first + length),
            rule=self.rule,
            without=tuple(at(one) for one in self.without),
            moved={at(old): (at(new), at(new + length)) for old, new in self.moved.items()},
        )


def series(number: int) -> Series:
    """The series of that number: its first months lie before now, its clocks change within."""
    random = Random(number)
    rule = RULES[number % len(RULES)].format(n=random.randint(1, 3))
    day = datetime(2026, 9, 1) + timedelta(days=random.randint(0, 150))  # noqa: DTZ001 - local
    first = day.replace(hour=random.choice((8, 9, 15, 21)), minute=random.choice((0, 30)))
    starts = list(rrulestr(rule.replace("T235959Z", "T235959"), dtstart=first)[:40])
    chosen = random.sample(starts[1:], min(4, len(starts) - 1))
    moved = {one: one + timedelta(hours=2, minutes=15) for one in chosen[2:]}
    zone = ZoneInfo(ZONES[number % len(ZONES)])
    minutes = random.choice((25, 60))
    return Series(f"s{number}", zone, starts[0], minutes, rule, frozenset(chosen[:2]), moved)


def expected(parts):
    periods = [one for part in parts for one in part.by_hand()]
    return sorted(one for one in periods if one[1] > NOW and one[0] < UNTIL)


def found(reading):
    periods = [(one.start, one.end) for one in reading.occurrences if one.blocks]
    return sorted(one for one in periods if one[1] > NOW and one[0] < UNTIL)


def test_fifty_series_in_twenty_calendars_block_where_their_rules_say(radicale):
    ada = CalDavHarness(radicale)
    places = [ada.client.make_calendar(f"c{number}") for number in range(20)]
    parts = {
        place: [series(n) for n in range(50) if n % 20 == at] for at, place in enumerate(places)
    }
    for place, some in parts.items():
        texts = {f"{one.key}.ics": calendar(vevent(one.event(), "a@b.test")) for one in some}
        radicale.fill(place, texts)
    for place, some in parts.items():
        reading = ada.provider.read(ada.account, place, None, NOW)
        assert found(reading) == expected(some), place
    ada.client.close()


def test_fifty_series_in_one_feed_block_where_their_rules_say():
    parts = [series(number) for number in range(100, 150)]
    text = calendar(*(vevent(one.event(), "a@b.test") for one in parts))
    server = FeedServer()
    server.feeds["/a.ics"] = Served(text=text)
    with serve(server) as url:
        signed = Feed(MEANS).open(f"{url}/a.ics", "", "")
        account = Account(signed.account, signed.secret, lambda _: None)
        reading = Feed(MEANS).read(account, FEED, None, NOW)
    assert found(reading) == expected(parts)


def test_six_hundred_events_in_three_pages_block_all():
    made = FakeCalDav(shelves={f"{HOME}work/": Shelf()}, page=200)
    shelf = made.shelves[f"{HOME}work/"]
    with serve(made) as url:
        signed = CalDav(MEANS).open(url, USER, PASSWORD)
        account = Account(signed.account, signed.secret, lambda _: None)
        empty = CalDav(MEANS).read(account, f"{HOME}work/", None, NOW)
        starts = [NOW + timedelta(hours=3 * number) for number in range(600)]
        for number, start in enumerate(starts):
            event = Theirs(f"e{number}", start, start + timedelta(hours=1))
            shelf.put(f"e{number}.ics", calendar(vevent(event, USER)))
        later = CalDav(MEANS).read(account, f"{HOME}work/", empty.cursor, NOW)
        whole = CalDav(MEANS).read(account, f"{HOME}work/", None, NOW)
    blocked = [(start, start + timedelta(hours=1)) for start in starts]
    assert found(later) == found(whole) == blocked
