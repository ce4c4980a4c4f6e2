"""The slot engine beside a naive reference, on March 2030 in New York.

One host with 60 busy periods, and the union of 20 such hosts: 31 days, a clock change, Mon to Fri
09:00 to 17:00, half-hour meetings. The answers must be equal; the ratio is what counts.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

from availability.domain import listing
from availability.domain.facts import Ask, HostFacts, LinkFacts
from availability.domain.hours import Hours
from availability.domain.minutes import day_number, outward
from contracts.availability import Schedule, WeekdayHours, Window
from contracts.booking import Host, Link, LinkHost, LinkSettings

ZONE = ZoneInfo("America/New_York")
FIRST, LAST = date(2030, 3, 1), date(2030, 3, 31)
DAYS = [FIRST + timedelta(n) for n in range(31)]
WORKDAYS = [day for day in DAYS if day.weekday() < 5]
LENGTHS = (15, 30, 45, 60, 90)
HALF_HOUR = timedelta(minutes=30)
SPACE = UUID(int=1)
NOW = datetime(2030, 2, 28, 12, tzinfo=UTC)
Period = tuple[datetime, datetime]


def wall(day: date, minute: int) -> datetime:
    """The instant of a wall time."""
    local = datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=ZONE)
    return local.astimezone(UTC)


def busy(host: int, count: int = 60) -> Iterator[Period]:
    """Periods spread over the month, different for each host."""
    for n in range(count):
        day = WORKDAYS[(n * 8 + host * 5) % len(WORKDAYS)]
        start = wall(day, 540 + ((n * 53 + host * 37) * 5) % 450)
        yield start, start + timedelta(minutes=LENGTHS[(n + host) % 5])


HOURS = [(wall(day, 540), wall(day, 1020)) for day in WORKDAYS]


def is_free(periods: list[Period], start: datetime) -> bool:
    """Whether a meeting touches none of the periods."""
    return all(not (b < start + HALF_HOUR and start < e) for b, e in periods)


def naive_host(periods: list[Period]) -> list[datetime]:
    """Every half hour of every window, compared with every period: slow and plainly right."""
    found = []
    for opens, end in HOURS:
        start = opens
        while start + HALF_HOUR <= end:
            if is_free(periods, start):
                found.append(start)
            start += HALF_HOUR
    return found


def naive(hosts: list[list[Period]]) -> list[datetime]:
    """The union of the hosts' slots."""
    if len(hosts) == 1:
        return naive_host(hosts[0])
    return sorted(set().union(*[set(naive_host(periods)) for periods in hosts]))


def facts(number: int, periods: list[Period]) -> HostFacts:
    """One of the hosts as the engine knows it."""
    host_id = UUID(int=100 + number)
    host = Host(
        id=host_id,
        workspace_id=SPACE,
        slug=f"host-{number}",
        name=f"Host {number}",
        email=f"host-{number}@acme.test",
        timezone=ZONE.key,
    )
    window = Window(start=540, end=1020)
    schedule = Schedule(
        id=host_id,
        workspace_id=SPACE,
        host_id=host_id,
        name="Hours",
        timezone=ZONE.key,
        hours=tuple(WeekdayHours(weekday=day, windows=(window,)) for day in range(1, 6)),
        is_default=True,
    )
    return HostFacts(host, (Hours(schedule),), busy=tuple(outward(b, e) for b, e in periods))


def offer(hosts: list[list[Period]]) -> listing.Offer:
    """A half-hour link with these hosts, asked before the month begins."""
    known = tuple(facts(number, periods) for number, periods in enumerate(hosts))
    places = tuple(LinkHost(host_id=host.host.id) for host in known)
    settings = LinkSettings(title="Talk", slug="talk", hosts=places, notice=0, horizon_days=60)
    link = Link(
        id=UUID(int=2),
        workspace_id=SPACE,
        owner_id=known[0].host.id,
        settings=settings,
        created_at=NOW,
    )
    return listing.Offer(LinkFacts(link), known, Ask(now=NOW, duration=30))


def ours(asked: listing.Offer) -> list[datetime]:
    """The engine's answer for the month."""
    return listing.in_days(asked, ZONE.key, day_number(FIRST), day_number(LAST))


def fresh(periods: list[list[Period]]) -> list[datetime]:
    """The same, with nothing kept from before."""
    return ours(offer(periods))


def timed(call: Callable[[], object], repeats: int) -> float:
    """The median of its times, in milliseconds."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


def run() -> dict[str, float]:
    """Times of both, warm, and how many times the reference takes longer."""
    figures: dict[str, float] = {}
    for name, count in (("one host", 1), ("union of 20 hosts", 20)):
        periods = [list(busy(host)) for host in range(count)]
        asked = offer(periods)
        if ours(asked) != naive(periods):
            raise AssertionError(f"{name}: the engine and the reference disagree")
        reference = timed(partial(naive, periods), 9)
        engine = timed(partial(ours, asked), 99)
        cold = timed(partial(fresh, periods), 19)
        figures |= {
            f"{name}: reference, ms": reference,
            f"{name}: engine, ms": engine,
            f"{name}: engine from fresh facts, ms": cold,
            f"{name}: reference / engine": reference / engine,
        }
    return figures
