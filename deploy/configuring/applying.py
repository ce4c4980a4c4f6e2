"""Applies a plan, one object after the other, and says of each what became of it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from msgspec import structs

from configuring.installation import Refused
from configuring.state import Change, Plan
from contracts.availability import Schedule


class Keeper(Protocol):
    """What changes are given to."""

    def save(self, change: Change) -> None:
        """Raises `Refused`."""
        ...

    def remove(self, change: Change) -> None:
        """Raises `Refused`."""
        ...


@dataclass(frozen=True)
class Outcome:
    """What was done, what was refused and why, what was not tried after that."""

    done: tuple[Change, ...]
    refused: tuple[Change, Refused] | None = None
    left: tuple[Change, ...] = ()


def steps(plan: Plan) -> Iterator[Change]:
    """In the order in which each is possible: slugs are freed first, what is named comes before
    what names it, and goes after it.
    """
    yield from plan.removed("links")
    schedules = sorted(plan.saved("schedules"), key=lambda one: not _is_default(one))
    yield from map(_as_displaced, schedules)
    yield from plan.saved("teams")
    yield from plan.saved("links")
    yield from plan.removed("teams")
    yield from map(_as_displaced, plan.removed("schedules"))


def _is_default(change: Change) -> bool:
    return isinstance(change.value, Schedule) and change.value.is_default


def _as_displaced(change: Change) -> Change:
    """A schedule that was the default has a newer version once another has become it."""
    value, stays = change.value, change.after is not None
    if not isinstance(value, Schedule) or not (change.before or {}).get("default"):
        return change
    if stays and value.is_default:
        return change
    return replace(change, value=structs.replace(value, version=value.version + 1))


def apply(plan: Plan, keeper: Keeper) -> Outcome:
    """Stops at the first refusal: what comes after it may depend on it."""
    wanted = list(steps(plan))
    done: list[Change] = []
    for number, change in enumerate(wanted):
        try:
            if change.after is None:
                keeper.remove(change)
            else:
                keeper.save(change)
        except Refused as error:
            return Outcome(tuple(done), (change, error), tuple(wanted[number + 1 :]))
        done.append(change)
    return Outcome(tuple(done))
