"""The slot engine beside a naive reference, and how it grows.

March 2030 in New York with its clock change: Mon to Fri 09:00 to 17:00, half-hour meetings, hosts
with 60 busy periods each. The reference is that of `bench_engine`, in turns with the engine; answers
must be equal. Hours are kept and everything else is worked out anew, unless a line says `kept`.
Times are the processor's, the best of some rounds, so that others' work on the machine counts
least.
"""

import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import msgspec

from availability.domain import listing, team
from availability.domain.explain import explain
from availability.domain.facts import HostFacts, Offer
from availability.domain.minutes import day_number
from bench.bench_engine import FIRST, NOW, ZONE, Period, busy, naive, offer, ours

Figures = dict[str, float]


def again(asked: Offer) -> Offer:
    """The same offer with nothing kept of its hosts but their hours, as after a change of each."""
    return replace(asked, hosts=tuple(copied(host) for host in asked.hosts))


def copied(host: HostFacts) -> HostFacts:
    """The facts of a host as if just read."""
    return HostFacts(host.host, host.schedules, busy=host.busy)


def lasts(call: Callable[[], object]) -> float:
    """The processor's time of a call, in milliseconds."""
    start = time.thread_time_ns()
    call()
    return (time.thread_time_ns() - start) / 1e6


def timed(call: Callable[[], object], repeats: int = 49) -> float:
    """The best of some calls in a row."""
    return min(lasts(call) for _ in range(repeats))


ROUNDS, IN_A_ROW = 25, 16


def in_turns(slow: Callable[[], object], *quick: Callable[[], object]) -> list[float]:
    """The best of each, over rounds of one slow call and some of each quick one in a row."""
    times = [[lasts(slow), *(timed(call, IN_A_ROW) for call in quick)] for _ in range(ROUNDS)]
    return [min(column) for column in zip(*times, strict=True)]


def anew(asked: Offer, rounds: int) -> Iterator[Offer]:
    """As many copies of an offer, made before they are timed."""
    return iter([again(asked) for _ in range(rounds)])


ONE, UNION, TOGETHER = "35645018317bf9d3", "5cd38f4c9b57a58b", "3f5402865f7fb57c"
"""What the workload's authors expect: SHA-256 of its slots, one a line, cut to 16 digits."""


def digest(found: list[datetime]) -> str:
    """The slots in the workload's spelling, as its authors' digest."""
    lines = "\n".join(f"{at:%Y-%m-%dT%H:%M:%S}.000Z" for at in found)
    return hashlib.sha256(lines.encode()).hexdigest()[:16]


def check_answers() -> None:
    """One host, the union of 20, and 20 together with 6 busy periods each, as they should be."""
    twenty = offer([list(busy(host)) for host in range(20)])
    meeting = with_settings(offer([list(busy(n, 6)) for n in range(20)]), kind="collective")
    found = {
        "one host": (ours(offer([list(busy(0))])), ONE),
        "union of 20 hosts": (ours(twenty), UNION),
        "20 hosts together": (ours(meeting), TOGETHER),
    }
    for name, (slots, expected) in found.items():
        if digest(slots) != expected:
            raise AssertionError(f"{name}: not the slots that the workload expects")


def beside_the_reference(name: str, count: int) -> Figures:
    """One line of the comparison; wrong answers stop it."""
    periods: list[list[Period]] = [list(busy(host)) for host in range(count)]
    asked = offer(periods)
    if ours(asked) != naive(periods):
        raise AssertionError(f"{name}: the engine and the reference disagree")
    copies = anew(asked, ROUNDS * IN_A_ROW)
    reference, engine, kept = in_turns(
        partial(naive, periods), lambda: ours(next(copies)), partial(ours, asked)
    )
    return {
        f"{name}: reference, ms": reference,
        f"{name}: engine, ms": engine,
        f"{name}: engine, masks kept, ms": kept,
        f"{name}: reference / engine": reference / engine,
    }


def days(asked: Offer, count: int) -> int:
    """How many slots so many days from the first of March hold."""
    first = day_number(FIRST)
    return len(listing.in_days(asked, ZONE.key, first, first + count - 1))


def long_team(count: int) -> Offer:
    """A team whose horizon reaches past 62 days."""
    return with_settings(offer([list(busy(host)) for host in range(count)]), horizon_days=90)


def with_settings(asked: Offer, **changes: object) -> Offer:
    """The same offer of a link with other settings."""
    link = asked.link.link
    settings = msgspec.structs.replace(link.settings, **changes)
    known = replace(asked.link, link=msgspec.structs.replace(link, settings=settings))
    return replace(asked, link=known)


def team_of(count: int) -> Figures:
    """60 days of a team beside one host's: masks kept, and after a change of one host."""
    alone, asked = long_team(1), long_team(count)
    changed = iter(
        [replace(asked, hosts=(copied(asked.hosts[0]), *asked.hosts[1:])) for _ in range(ROUNDS)]
    )
    after, one, kept = in_turns(
        lambda: days(next(changed), 60), partial(days, alone, 60), partial(days, asked, 60)
    )
    return {
        f"{count} hosts, 60 days: masks kept, ms": kept,
        f"{count} hosts, 60 days: one of them changed, ms": after,
        f"{count} hosts / one host, masks kept": kept / one,
    }


def growth() -> Figures:
    """Hosts 1 to 1,000 over 60 days; days 7 to 62 of one host."""
    figures: Figures = {}
    for count in (1, 10, 100, 1000):
        figures |= team_of(count)
    asked = long_team(1)
    for count in (7, 14, 31, 62):
        copies = anew(asked, 49)
        figures[f"one host, {count} days: engine, ms"] = timed(partial(next_days, copies, count))
    return figures


def next_days(copies: Iterator[Offer], count: int) -> int:
    """The slots of the next copy over so many days."""
    return days(next(copies), count)


def single_starts() -> Figures:
    """The check of one start and its explanation, for a team of 20."""
    asked = offer([list(busy(host)) for host in range(20)])
    start = ours(asked)[40]
    late = replace(asked, ask=replace(asked.ask, now=NOW + timedelta(days=1)))
    return {
        "20 hosts: check of one start, ms": timed(partial(team.check, late, start)),
        "20 hosts: explanation of one start, ms": timed(partial(explain, late, start)),
    }


def run() -> Figures:
    """Times of both, and how many times the reference takes longer."""
    check_answers()
    return (
        beside_the_reference("one host", 1)
        | beside_the_reference("union of 20 hosts", 20)
        | growth()
        | single_starts()
    )
