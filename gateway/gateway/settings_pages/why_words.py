"""Why a start is offered or not, in sentences. Pure.

Each rule has one sentence for what holds and one for what refuses, made of the facts that
availability gives (`docs/vectors.md`). Times are wall times of one zone, which the page names;
what a host's own hours say is in the host's zone, named there.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from contracts.availability import Check, Explanation, HostChecks
from gateway.presenting.words import length, listed

PERIODS = {"day": "a day", "week": "a week", "month": "a month"}
STATES = {"hold": "Somebody is booking just then", "pending": "A request waits for approval"}
CLOSED = {
    "paused": "The link is paused.",
    "used": "The link was for one booking, which has been made.",
    "expired": "The link has expired.",
}


@dataclass(frozen=True)
class Line:
    """A rule in a sentence, and whether it lets the start through."""

    passed: bool
    words: str


@dataclass(frozen=True)
class Person:
    """A host, and what each rule says of them; what refuses comes first."""

    name: str
    free: bool
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Answer:
    """The whole answer: a sentence, what the link decides, what each host's time decides."""

    offered: bool
    verdict: str
    lines: tuple[Line, ...]
    people: tuple[Person, ...]


class Facts:
    """What a rule went by, as words. Instants come as wall time of `zone`."""

    def __init__(self, facts: Mapping[str, str], zone: str) -> None:
        self._facts = facts
        self._zone = zone

    def __getitem__(self, name: str) -> str:
        return self._facts.get(name, "")

    def at(self, name: str) -> str:
        """`Tue 1 December, 14:00`; empty where there is none."""
        if not self[name]:
            return ""
        wall = datetime.fromisoformat(self[name]).astimezone(ZoneInfo(self._zone))
        return f"{wall:%a} {wall.day} {wall:%B}, {wall:%H:%M}"

    def clock(self, name: str) -> str:
        """`14:00`."""
        return self.at(name).rpartition(" ")[2]

    def span(self) -> str:
        """`Tue 1 December, 14:00 to 14:30`, the second day only if it is another."""
        start, end = self.at("start"), self.at("end")
        same = start.partition(",")[0] == end.partition(",")[0]
        return f"{start} to {self.clock('end') if same else end}"

    def days(self) -> str:
        """`Tue 1 December 2026` or `Tue 1 December 2026 to Fri 4 December 2026`."""
        if not self["first_day"]:
            return "that time"
        first, last = (_day(self[name]) for name in ("first_day", "last_day"))
        return first if first == last else f"{first} to {last}"


def _day(text: str) -> str:
    day = date.fromisoformat(text)
    return f"{day:%a} {day.day} {day:%B %Y}"


# --- the link's rules ----------------------------------------------------------------------------


def _closed(facts: Facts, *, passed: bool) -> str:
    return "The link takes bookings." if passed else CLOSED.get(facts["why"], "It is closed.")


def _past(facts: Facts, *, passed: bool) -> str:
    return "It lies ahead." if passed else f"It has passed: it is {facts.at('now')} now."


def _notice(facts: Facts, *, passed: bool) -> str:
    minutes = int(facts["minutes"] or 0)
    if not minutes:
        return "The link needs no notice."
    if passed:
        return f"It is more than the minimum notice of {length(minutes)} ahead."
    earliest = facts.at("earliest")
    return f"The minimum notice is {length(minutes)}: {earliest} is the earliest now."


def _full(whose: str) -> Callable[..., str]:
    def words(facts: Facts, *, passed: bool) -> str:
        if passed:
            return f"No limit of {whose} is reached."
        limit = f"at most {facts['most']} {PERIODS.get(facts['period'], '')}"
        return f"{whose.capitalize()} takes {limit}: {facts.days()} has {facts['count']}."

    return words


# --- a host's rules ------------------------------------------------------------------------------


def _member(facts: Facts, *, passed: bool) -> str:
    if passed:
        return "Takes meetings of this link."
    away = facts["why"] == "inactive"
    return "Cannot be booked: the account is closed." if away else "Is not known here yet."


def _horizon(facts: Facts, *, passed: bool) -> str:
    if not facts["last_day"]:
        return "It lies too far ahead."
    if passed:
        return f"The day can be booked ({facts.days()})."
    return f"Only {facts.days()} can be booked."


def _hours(facts: Facts, *, passed: bool) -> str:
    name, zone = facts["schedule"], facts["timezone"]
    if not name:
        return "There is no schedule."
    windows = facts["windows"].replace("-", "\N{EN DASH}")
    special = "a special day, " if facts["override"] else ""
    if facts["holiday"]:
        special = f"{facts['holiday']}, a holiday: "
    theirs = f"“{name}” has {special}{windows or 'no hours'} that day"
    wall = facts["wall"].rpartition(" ")[2]
    place = zone.rpartition("/")[2].replace("_", " ")
    start = "Within the hours" if passed else "Outside the hours"
    return f"{start}: {theirs}, and it would be {wall} in {place}."


def _time_off(facts: Facts, *, passed: bool) -> str:
    if passed:
        return "No time off then."
    period = facts.days() if facts["first_day"] else facts.span()
    reason = f" ({facts['reason']})" if facts["reason"] else ""
    return f"Time off: {period}{reason}."


def _grid(facts: Facts, *, passed: bool) -> str:
    every = f"every {length(int(facts['interval'] or 0))}"
    if passed:
        return f"It is one of the start times ({every})."
    near = [words for name in ("before", "after") if (words := facts.at(name))]
    rest = f"; the nearest are {listed(near)}" if near else ""
    return f"It is none of the start times, which come {every}{rest}."


def _busy(facts: Facts, *, passed: bool) -> str:
    if passed:
        return "The calendar is free then, buffers included."
    return f"The calendar is busy {facts.span()}; buffers count."


def _claimed(facts: Facts, *, passed: bool) -> str:
    seats = facts["seats"]
    if passed:
        return f"A meeting with room for {seats} more." if seats else "No other meeting then."
    full = "The meeting then is full" if seats == "0" else "Another meeting is booked"
    return f"{STATES.get(facts['state'], full)}: {facts.span()}, buffers included."


def _calendar(facts: Facts, *, passed: bool) -> str:
    if facts["calendar"] == "none":
        return "No calendar is connected."
    read = facts.at("synced_at")
    if passed:
        return f"The calendar was read {read}." if read else "The link is open without calendars."
    if facts["calendar"] == "broken" or not read:
        return "The calendar cannot be read, so nothing is offered."
    old = length(int(facts["freshness_minutes"] or 0))
    return f"The calendar was last read {read}, longer ago than {old}, so nothing is offered."


SENTENCES: dict[str, Callable[..., str]] = {
    "link_closed": _closed,
    "past": _past,
    "notice": _notice,
    "link_limit": _full("the link"),
    "not_a_host": _member,
    "horizon": _horizon,
    "hours": _hours,
    "time_off": _time_off,
    "off_grid": _grid,
    "busy": _busy,
    "claimed": _claimed,
    "host_limit": _full("the host"),
    "calendar_stale": _calendar,
}


def line(check: Check, zone: str) -> Line:
    """One rule in a sentence."""
    sentence = SENTENCES[check.rule](Facts(check.facts, zone), passed=check.passed)
    return Line(check.passed, sentence)


def _lines(checks: tuple[Check, ...], zone: str) -> tuple[Line, ...]:
    return tuple(sorted((line(check, zone) for check in checks), key=lambda each: each.passed))


def _person(host: HostChecks, zone: str) -> Person:
    return Person(host.name or "A former host", host.free, _lines(host.checks, zone))


def _verdict(told: Explanation, zone: str) -> str:
    free = [host.name for host in told.hosts if host.free]
    if told.offered:
        seats = f", for {told.seats} more" if told.kind == "group" else ""
        return f"It can be booked, with {listed(free)}{seats}."
    for check in told.checks:
        if not check.passed:
            return f"It cannot be booked. {line(check, zone).words}"
    refusing = [host.name or "a former host" for host in told.hosts if not host.free]
    if len(told.hosts) == 1:
        failed = next((c for c in told.hosts[0].checks if not c.passed), None)
        return f"It cannot be booked. {line(failed, zone).words if failed else ''}".strip()
    if told.kind in {"collective", "group"}:
        return f"It cannot be booked: everybody is needed, and {listed(refusing)} cannot."
    return "It cannot be booked: nobody can take it."


def answer(told: Explanation, zone: str) -> Answer:
    """The explanation in sentences, its times in `zone`."""
    return Answer(
        offered=told.offered,
        verdict=_verdict(told, zone),
        lines=_lines(told.checks, zone),
        people=tuple(_person(host, zone) for host in told.hosts),
    )
