"""Why a meeting went to its host: the decisions of the rotation in plain words. Pure.

The words follow `contracts.booking.teams`: a ground, and a reason for each who was passed over.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from contracts.booking import Candidate, Decision
from contracts.booking.teams import Reason, Why

REASONS: dict[Reason, str] = {
    "": "Chosen",
    "busy": "Busy in their calendar",
    "away": "Out of office",
    "inactive": "Paused",
    "unavailable": "Not available",
    "ring": "Free, but later in the order",
    "level": "Free, but on a lower level",
    "shortfall": "Free, but less below their share",
    "turn": "Free, but had a meeting more recently",
    "place": "Free, but later in the order",
    "choice": "Free; chosen by hand",
}
RULES = {
    "hours": "Outside their hours",
    "claimed": "Has another meeting",
    "busy": "Busy in their calendar",
    "time_off": "Out of office",
    "host_limit": "Has reached their limit of meetings",
    "calendar_stale": "Their calendar could not be read",
    "off_grid": "Not at one of their start times",
    "notice": "Too short notice",
    "horizon": "Too far ahead",
    "not_a_host": "No longer takes these meetings",
}
HAND: dict[Why, str] = {
    "picked": "the attendee picked them",
    "kept": "the meeting was moved and kept its host",
    "reassigned": "it was given to them by hand",
}
METHODS = {"rotate": "in turn", "balanced": "by share", "priority": "by level, then by share"}


@dataclass(frozen=True)
class Line:
    """A candidate: who, what they had, their share ("" where they had none), and why not."""

    name: str
    chosen: bool
    count: int
    share: str
    words: str


@dataclass(frozen=True)
class Told:
    """A decision: its title, the sentence, and its candidates."""

    title: str
    sentence: str
    when: str
    by: str
    lines: list[Line]
    month: str
    method: str
    counts: bool


def told(
    decisions: Iterable[Decision], when: Callable[[datetime], str], who: Callable[[str], str]
) -> list[Told]:
    """The newest first. `when` puts an instant in words, `who` an actor."""
    return [_told(each, when, who) for each in decisions][::-1]


def _told(found: Decision, when: Callable[[datetime], str], who: Callable[[str], str]) -> Told:
    by_hand = found.why in HAND
    return Told(
        title=f"Why {found.host_name or 'this host'}?",
        sentence=sentence(found),
        when=when(found.at),
        by=who(found.actor) if by_hand else "",
        lines=[_line(one, found) for one in found.candidates],
        month=f"{found.month:%B %Y}",
        method=METHODS[found.method],
        counts=found.method != "rotate",
    )


def sentence(found: Decision) -> str:
    """One sentence that says why, without numbers that only the table can carry."""
    name = found.host_name or "This host"
    words = _hand(found) if found.why in HAND else GROUNDS[found.ground](found)
    again = "The meeting was moved, and its host chosen again: " if found.why == "again" else ""
    words = f"{again}{name} {words}."
    return words[:1].upper() + words[1:]


def _hand(found: Decision) -> str:
    return f"takes it because {HAND[found.why]}"


def _chosen(found: Decision) -> Candidate | None:
    return next((one for one in found.candidates if one.host_id == found.host_id), None)


def _ring(found: Decision) -> str:
    last = next((one for one in found.candidates if one.host_id == found.last_host_id), None)
    if last is None:
        return "is the first in the order who was free"
    return f"is the next in the order who was free: {last.name or 'the host before'} had the last"


def _shortfall(found: Decision) -> str:
    one = _chosen(found)
    if one is None:
        return "was furthest below their share"
    had = "1 meeting" if one.count == 1 else f"{one.count} meetings"
    return (
        f"was furthest below their share of {found.month:%B}: "
        f"{had} of {number(one.count + one.shortfall)}"
    )


def _level(found: Decision) -> str:
    one = _chosen(found)
    level = f" ({one.level})" if one else ""
    return f"is on the highest level{level} on which somebody was free"


GROUNDS: dict[str, Callable[[Decision], str]] = {
    "only_free": lambda _found: "was the only one free at that time",
    "ring": _ring,
    "level": _level,
    "shortfall": _shortfall,
    "turn": lambda _found: "was as far below their share as others, and has waited longest",
    "place": lambda _found: "was as far below their share as others, and comes first in the order",
    "choice": lambda _found: "was chosen by hand",
}


def _line(one: Candidate, found: Decision) -> Line:
    chosen = one.host_id == found.host_id
    return Line(
        name=one.name or "A former member",
        chosen=chosen,
        count=one.count,
        share=number(max(one.count + one.shortfall, 0)) if one.target else "",
        words="Chosen" if chosen else _passed(one),
    )


def _passed(one: Candidate) -> str:
    if one.state in {"free", "inactive", "away"}:
        return REASONS[one.reason]
    return RULES.get(one.rule, REASONS[one.reason])


def number(value: float) -> str:
    """Meetings with at most one digit after the point."""
    return f"{round(value, 1) + 0.0:.1f}".removesuffix(".0")
