"""Other schedulers' own cases, asked of our engine; where a rule of ours differs, our answer holds.

`tests/vectors/differences.json` names each row whose answer differs, with the rule and our answer,
and each row that asks for what is not the engine's. Every other row must come out as the peer has it.
"""

import json
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from availability.domain import listing
from availability.domain.hours import Hours, runs
from availability.domain.minutes import Frame, Span, day_number, merge, subtract, to_instant
from vectors import peers, reading

CASES = reading.load("peers.json")
NOTES = json.loads((reading.FOLDER / "differences.json").read_text())
DIFFERENT, ELSEWHERE = NOTES["different"], NOTES["elsewhere"]
ASKED = [case for case in CASES if case["id"] not in ELSEWHERE]


def text(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def same(value):
    """Instants in one spelling, whatever the peer's was; clock times and others as they are."""
    if isinstance(value, dict):
        return {name: same(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [same(inner) for inner in value]
    try:
        return text(reading.instant(value)) if len(value) > 10 else value
    except (TypeError, ValueError):
        return value


# --- ranges --------------------------------------------------------------------------------------


def minutes_of(ranges) -> list[Span]:
    """Spans of minute numbers; abstract ticks are minutes."""
    if ranges and isinstance(ranges[0][0], str):
        pairs = [
            (reading.instant(a).timestamp(), reading.instant(b).timestamp()) for a, b in ranges
        ]
        return [(round(a / 60), round(b / 60)) for a, b in pairs]
    return [tuple(pair) for pair in ranges]


def spelt(case, spans: list[Span]):
    if case["input"].get("unit"):
        return [list(span) for span in spans]
    return [[text(to_instant(a)), text(to_instant(b))] for a, b in spans]


def operated(case) -> list[Span]:
    asked = case["input"]
    if "ranges" in asked:
        return merge(minutes_of(asked["ranges"]))
    if asked["op"] == "subtract":
        return subtract(minutes_of(asked["free"]), minutes_of(asked["busy"]))
    sets = [minutes_of(ranges) for ranges in asked["sets"]]
    days = [start // 1440 for spans in sets for start, _ in spans]
    frame = Frame.around(min(days), max(days))
    mask = frame.full
    for spans in sets:
        mask &= frame.mask(spans)
    return merge(
        (frame.start + n, frame.start + n + 1) for n in range(frame.days * 1440) if mask >> n & 1
    )


def opened(case) -> list[Span]:
    """The open stretches of a window, each cut to it (but where the row asks for a whole one)."""
    asked = case["input"]
    start, end = (int(reading.instant(edge).timestamp() // 60) for edge in asked["window"])
    about = peers.host(case, {"timezone": asked.get("host_timezone")} | asked)
    found = runs(Hours(reading.schedule("ada", about)), start, end)
    if "first_range" in case["expected"]:
        return runs(Hours(reading.schedule("ada", about)), start, end + 1440)
    return [(max(a, start), min(b, end)) for a, b in found]


# --- slots ---------------------------------------------------------------------------------------


def slots(case) -> list[datetime]:
    asked = case["input"]
    if "free_ranges" in asked:
        vector = peers.of_ranges(case)
    elif "candidates" in asked or isinstance(asked.get("hours"), list):
        vector = peers.of_candidates(case)
    elif "hosts" in asked:
        vector = peers.vector(case)
    else:
        vector = peers.of_a_day(case)
    first, last = (
        day_number(date.fromisoformat(vector["ask"][edge])) for edge in ("first", "last")
    )
    return listing.in_days(reading.offer(vector), "UTC", first, last)


def by_date(found: list[datetime], zone: str) -> dict[str, list[str]]:
    dates = defaultdict(list)
    for at in found:
        dates[at.astimezone(ZoneInfo(zone)).date().isoformat()].append(text(at))
    return dates


def of_dates(zone_of, counted):
    """What a row says of some dates: of each, `counted` of our slots beside the expected value."""

    def said(case, found, expected):
        dates = by_date(found, zone_of(case["input"]))
        return {day: counted(dates[day], value) for day, value in expected.items()}

    return said


def starts(case, found, expected):
    if case["input"].get("unit"):
        return [(at - peers.TICKS) // timedelta(minutes=1) for at in found]
    clock = all(len(at) == 5 for at in expected)
    return [f"{at:%H:%M}" if clock else text(at) for at in found]


def clocks(found) -> set[str]:
    return {f"{at:%H:%M}" for at in found}


def earliest(case) -> datetime:
    asked = case["input"]
    return reading.instant(asked["now"]) + timedelta(minutes=asked["min_notice_min"])


def last_end(case, found) -> str:
    return text(found[-1] + timedelta(minutes=case["input"]["duration_min"]))


def attendee(asked) -> str:
    return asked["attendee_timezone"]


def first_host(asked) -> str:
    return asked["hosts"][0]["timezone"]


OF_SLOTS = {
    "slot_starts_by_attendee_date": of_dates(attendee, lambda mine, _: mine),
    "slot_count_on_host_date": of_dates(first_host, lambda mine, _: len(mine)),
    "slot_count_on_host_date_at_least": of_dates(first_host, lambda mine, n: min(len(mine), n)),
    "slot_starts": starts,
    "slot_count": lambda _, found, __: len(found),
    "slot_count_at_least": lambda _, found, expected: min(len(found), expected),
    "first_slot": lambda _, found, __: text(found[0]),
    "last_slot": lambda _, found, __: text(found[-1]),
    "all_away": lambda _, found, __: not found,
    "no_slot_before": lambda case, found, expected: (
        expected if found[0] >= earliest(case) else text(found[0])
    ),
    "slot_end_not_after": lambda case, found, expected: max(last_end(case, found), expected),
    "available": lambda _, found, expected: [at for at in expected if at in clocks(found)],
    "unavailable": lambda _, found, expected: [at for at in expected if at not in clocks(found)],
}
OF_RANGES = {
    "ranges": lambda ranges, _: ranges,
    "range_count": lambda ranges, _: len(ranges),
    "first_range": lambda ranges, _: ranges[0],
    "first_range_end_not": lambda ranges, no: no if ranges[0][1] != no else None,
    "ranges_include": lambda ranges, expected: [span for span in expected if span in ranges],
}


def answers(case, expected):
    """Our answers to what a row asserts, in the row's own form."""
    if case["layer"] in {"range_ops", "hours_to_ranges"}:
        ranges = spelt(case, operated(case) if case["layer"] == "range_ops" else opened(case))
        return {what: OF_RANGES[what](ranges, value) for what, value in expected.items()}
    found = slots(case)
    return {what: OF_SLOTS[what](case, found, value) for what, value in expected.items()}


@pytest.mark.parametrize("case", ASKED, ids=lambda case: case["id"])
def test_a_peers_case_comes_out_as_theirs_or_as_the_rule_of_ours_says(case):
    expected = same(DIFFERENT[case["id"]]["ours"] if case["id"] in DIFFERENT else case["expected"])
    assert expected == answers(case, expected)


def test_a_difference_is_one():
    for case in ASKED:
        if case["id"] in DIFFERENT:
            assert same(DIFFERENT[case["id"]]["ours"]) != same(case["expected"])


def test_every_row_that_is_set_aside_exists_and_has_a_reason():
    known = {case["id"] for case in CASES}
    assert known >= set(DIFFERENT) | set(ELSEWHERE)
    assert all(note["rule"] for note in DIFFERENT.values())
    assert all(ELSEWHERE.values())
