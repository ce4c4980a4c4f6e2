"""Where meetings stand in a day of the week's picture: quarters of an hour, and lanes. Pure.

A meeting takes at least two quarters of the picture, so that its words can be read; what overlaps
there stands in lanes.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

QUARTER = timedelta(minutes=15)
QUARTERS = 96
SHORTEST = 2
MOST_LANES = 4
"""So many fit beside each other; what does not is counted."""
EARLY, LATE = 8, 18
"""Hours that are always in the picture."""


@dataclass(frozen=True)
class Block:
    """What stands in the picture. `at`: quarters after midnight, `length`: quarters; `lane` of
    `lanes`, from 1.
    """

    what: Any
    at: int
    length: int
    lane: int = 1
    lanes: int = 1

    @property
    def end(self) -> int:
        """The quarter after its last."""
        return self.at + self.length


def place(what: Any, start: datetime, end: datetime, day: date) -> Block | None:
    """Where wall times stand on a day; None where they do not touch it.

    An hour that a clock change repeats or leaves out is drawn as the clock shows it.
    """
    midnight = datetime.combine(day, time())
    first = start.replace(tzinfo=None) - midnight
    last = max(end.replace(tzinfo=None) - midnight, first + QUARTER)
    if last <= timedelta() or first >= timedelta(days=1):
        return None
    at = max(first // QUARTER, 0)
    until = min(-(-last // QUARTER), QUARTERS)
    length = max(until - at, SHORTEST)
    return Block(what, min(at, QUARTERS - length), length)


def beside(blocks: Iterable[Block]) -> tuple[list[Block], int]:
    """The blocks in lanes, by start; and how many found no place."""
    shown: list[Block] = []
    group: list[Block] = []
    left = 0
    for block in sorted(blocks, key=lambda one: (one.at, -one.length)):
        if group and block.at >= max(one.end for one in group):
            shown += _widened(group)
            group = []
        lane = _free_lane(group, block)
        if lane > MOST_LANES:
            left += 1
        else:
            group.append(replace(block, lane=lane))
    return shown + _widened(group), left


def _free_lane(group: list[Block], block: Block) -> int:
    taken = {one.lane for one in group if one.end > block.at}
    return next(lane for lane in range(1, len(taken) + 2) if lane not in taken)


def _widened(group: list[Block]) -> list[Block]:
    lanes = max((one.lane for one in group), default=1)
    return [replace(one, lanes=lanes) for one in group]


def hours(blocks: Iterable[Block]) -> tuple[int, int]:
    """The whole hours that the picture shows: `[first, last)`."""
    known = list(blocks)
    first = min([EARLY, *(one.at // 4 for one in known)])
    last = max([LATE, *(-(-one.end // 4) for one in known)])
    return first, last
