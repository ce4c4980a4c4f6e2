"""The slot engine beside a naive reference, and how it grows.

March 2030 in New York with its clock change: Mon to Fri 09:00 to 17:00, half-hour meetings, hosts
with 60 busy periods each. The reference is that of `bench_engine`, timed in the same run; answers
must be equal. Hours are kept and everything else is worked out anew, unless a line says `kept`.
"""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import msgspec

from availability.domain import listing, team
from availability.domain.explain import explain
from availability.domain.facts import HostFacts, Offer
from availability.domain.minutes import day_number
from bench.bench_engine import FIRST, NOW, ZONE, Period, busy, naive, offer, ours, timed

Figures = dict[str, float]


def again(asked: Offer) -> Offer:
    """The same offer with nothing kept of its hosts but their hours, as after a change of each."""
    return replace(asked, hosts=tuple(copied(host) for host in asked.hosts))


def copied(host: HostFacts) -> HostFacts:
    """The facts of a host as if just read."""
    return HostFacts(host.host, host.schedules, busy=host.busy)


def changed(asked: Offer, repeats: int) -> float:
    """The median time, in milliseconds, of an answer just after a change of every host."""
    offers = iter([again(asked) for _ in range(repeats)])
    return timed(lambda: ours(next(offers)), repeats)


def beside_the_reference(name: str, count: int) -> Figures:
    """One line of the comparison; wrong answers stop it."""
    periods: list[list[Period]] = [list(busy(host)) for host in range(count)]
    asked = offer(periods)
    if ours(asked) != naive(periods):
        raise AssertionError(f"{name}: the engine and the reference disagree")
    reference = timed(partial(naive, periods), 15)
    engine = changed(asked, 99)
    return {
        f"{name}: reference, ms": reference,
        f"{name}: engine, ms": engine,
        f"{name}: engine, masks kept, ms": timed(partial(ours, asked), 99),
        f"{name}: reference / engine": reference / engine,
    }


def days(asked: Offer, count: int) -> int:
    """How many slots so many days from the first of March hold."""
    first = day_number(FIRST)
    return len(listing.in_days(asked, ZONE.key, first, first + count - 1))


def long_team(count: int) -> Offer:
    """A team whose horizon reaches past 62 days."""
    asked = offer([list(busy(host)) for host in range(count)])
    link = asked.link.link
    settings = msgspec.structs.replace(link.settings, horizon_days=90)
    known = replace(asked.link, link=msgspec.structs.replace(link, settings=settings))
    return replace(asked, link=known)


def team_of(count: int) -> Figures:
    """60 days of a team: masks kept, after a change of one host, and with all changed."""
    asked = long_team(count)
    days(asked, 60)
    one_changed = [
        replace(asked, hosts=(copied(asked.hosts[0]), *asked.hosts[1:])) for _ in range(21)
    ]
    offers = iter(one_changed)
    return {
        f"{count} hosts, 60 days: masks kept, ms": timed(partial(days, asked, 60), 49),
        f"{count} hosts, 60 days: one host changed, ms": timed(lambda: days(next(offers), 60), 21),
    }


def growth() -> Figures:
    """Hosts 1 to 1,000 over 60 days; days 7 to 62 of one host."""
    figures: Figures = {}
    for count in (1, 10, 100, 1000):
        figures |= team_of(count)
    one = figures["1 hosts, 60 days: masks kept, ms"]
    figures["1000 hosts / one host, masks kept"] = (
        figures["1000 hosts, 60 days: masks kept, ms"] / one
    )
    asked = long_team(1)
    for count in (7, 14, 31, 62):
        name = f"one host, {count} days: engine, ms"
        offers = iter([again(asked) for _ in range(49)])
        figures[name] = timed(lambda count=count, offers=offers: days(next(offers), count), 49)
    return figures


def single_starts() -> Figures:
    """The check of one start and its explanation, for a team of 20."""
    asked = offer([list(busy(host)) for host in range(20)])
    start = ours(asked)[40]
    late = replace(asked, ask=replace(asked.ask, now=NOW + timedelta(days=1)))
    return {
        "20 hosts: check of one start, ms": timed(partial(team.check, late, start), 49),
        "20 hosts: explanation of one start, ms": timed(partial(explain, late, start), 49),
    }


def run() -> Figures:
    """Times of both, and how many times the reference takes longer."""
    return (
        beside_the_reference("one host", 1)
        | beside_the_reference("union of 20 hosts", 20)
        | growth()
        | single_starts()
    )
