"""A team of seven with weights 1:1:1:2:2:3:4, and a crowd that books, moves and swaps at once."""

import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

from booking.domain.rotation.replay import again
from booking.domain.rotation.telling import heard
from booking.service import rotating
from booking.store import ledger
from contracts.availability import FreeHosts, PassedOver
from contracts.booking import GetFairness, TeamMember
from contracts.errors import SlotTaken
from integration.booking.test_round_robin import team_link
from integration.booking.test_teams import saved
from integration.booking.test_threads import OVERLAPS
from integration.booking.world import Generous, World

WEIGHTS = (1, 1, 1, 2, 2, 3, 4)
APART = timedelta(minutes=5)
BUSY = 10
"""One start in so many is not free for a host."""


class Calendars(Generous):
    """Everybody is busy now and then, each at starts of their own."""

    def is_busy(self, host_id, start):
        return random.Random(f"{host_id} {start.isoformat()}").randrange(BUSY) == 0

    def free_hosts(self, request):
        busy = [one for one in self.hosts if self.is_busy(one, request.start)]
        free = tuple(one for one in self.hosts if one not in busy)
        return FreeHosts(
            link_id=self.hosts[0], duration=request.duration, free=free,
            passed_over=tuple(PassedOver(host_id=one, rule="busy") for one in busy),
        )  # fmt: skip


class Floor(World):
    """The team, with two links that share its meetings out together."""

    def __init__(self, databases, threads):
        self.calendars = Calendars()
        super().__init__(databases, pool_size=threads + 2, generous=self.calendars)
        self.seven = [self.account(f"Host {number}") for number in range(len(WEIGHTS))]
        members = zip(self.seven, WEIGHTS, strict=True)
        self.team = saved(self, *(TeamMember(host_id=one.id, weight=w) for one, w in members))
        self.links = [
            team_link(self, self.team, slug=slug, assignment="balanced", durations=(5,))
            for slug in ("one-link", "two-link")
        ]

    def start(self, number):
        return self.START + number * APART


@dataclass
class Told:
    """`off`: how far the worst host is from their weighted share, in meetings, once all have booked
    and moved to hours in which their host is free; swaps that find the host busy come after it.
    """

    seconds: float
    slowest: list[float]
    off: float
    moved: int
    swaps: Counter
    overlaps: int
    busy: int
    decisions: int
    replayed: int


def crowd(floor, number, threads):
    """`number` bookings, each tenth moved and each hundredth swapped with its neighbour, by so many
    at once.
    """
    order = list(range(number))
    random.Random(7).shuffle(order)
    seconds, booked, moved = [], {}, []
    is_busy = floor.calendars.is_busy

    def book(place):
        began = time.perf_counter()
        booked[place] = floor.book(floor.links[place % 2], start=floor.start(place))
        if place % 10 == 0 and not is_busy(host_of(booked[place]), floor.start(number + place)):
            booked[place] = floor.move(booked[place], floor.start(number + place))
            moved.append(place)
        seconds.append(time.perf_counter() - began)

    def swap(what):
        mine, other = what
        try:
            floor.move(booked[mine], booked[other].booking.start)
        except SlotTaken:
            return "taken"
        return "moved"

    began = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(book, order))
        took, off = time.perf_counter() - began, furthest(floor)
        pairs = [(n + 1, n + 2) for n in range(0, number - 2, 100)]
        swaps = Counter(pool.map(swap, [way for a, b in pairs for way in ((a, b), (b, a))]))
    return judged(floor, (took, sorted(seconds), off), (len(moved), swaps))


def host_of(booked):
    return booked.booking.hosts[0].id


def furthest(floor):
    first = floor.START.date()
    asked = GetFairness(
        workspace_id=floor.workspace, pool_id=floor.team.id, first=first, last=first
    )
    return max(abs(row.shortfall) for row in floor.booking.fairness(asked).rows)


def judged(floor, told, moves):
    took, seconds, off = told
    period = rotating.period(floor.team.id, floor.START, "UTC")
    with floor.service.db.begin() as tx:
        kept = list(map(heard, ledger.standing(tx, period)))
    return Told(
        seconds=took,
        slowest=seconds,
        off=off,
        moved=moves[0],
        swaps=moves[1],
        overlaps=floor.scalar(OVERLAPS),
        busy=sum(floor.calendars.is_busy(*who) for who in claimed(floor)),
        decisions=floor.count("ledger"),
        replayed=sum(
            one.decision.why == "kept" or again(one.decision) == one.decision.host_id
            for one in kept
        )
        - len(kept),
    )


def claimed(floor):
    """Each host and the start of each of their meetings."""
    with floor.engine.begin() as tx:
        rows = tx.exec_driver_sql("SELECT host_id, meeting_start FROM claim").all()
    return [(row.host_id, row.meeting_start) for row in rows]
