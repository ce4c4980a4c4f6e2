"""Peers' cases, restated in our own vectors: what each asks, in the words of docs/vectors.md."""

from datetime import UTC, datetime, timedelta
from typing import Any

from vectors.reading import Case, instant

DAY = timedelta(days=1)
TICKS = datetime(2030, 1, 1, tzinfo=UTC)
"""Where abstract ticks are placed, one a minute."""

WEEKDAYS = {"Monday": "2026-01-26", "Wednesday": "2026-01-28"}


def clock(minutes: int) -> str:
    """Minutes after midnight as `HH:MM`."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def end_of_day(case: Case, text: str) -> str:
    """cal.com writes a day's end as 23:59; ours is 24:00."""
    return "24:00" if text == "23:59" and case["peer"].startswith("cal.com") else text


def hours(case: Case, rules: list[Case]) -> dict[str, list[str]]:
    """Weekly hours by ISO weekday. Their Sunday is 0, but thunderbird's days are ISO's."""
    found: dict[str, list[str]] = {}
    for rule in rules:
        for day in rule["days"]:
            end = end_of_day(case, rule["end"])
            if rule["start"] < end:
                found.setdefault(str(day or 7), []).append(f"{rule['start']}-{end}")
    return found


def overrides(case: Case, rules: list[Case]) -> dict[str, list[str]]:
    """Overrides by day; one of no length is a day off."""
    found: dict[str, list[str]] = {}
    for rule in rules:
        windows = found.setdefault(rule["date"], [])
        end = end_of_day(case, rule["end"])
        if rule["start"] < end:
            windows.append(f"{rule['start']}-{end}")
    return found


def ranges_as_overrides(ranges: list[list[str]]) -> dict[str, list[str]]:
    """Free ranges, given as instants, as windows of UTC days. A last millisecond ends its minute."""
    found: dict[str, list[str]] = {}
    for start, end in (map(instant, pair) for pair in ranges):
        midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
        first = -((midnight - start) // timedelta(minutes=1))
        last = -((midnight - end) // timedelta(minutes=1))
        if first < last:
            found.setdefault(f"{start:%Y-%m-%d}", []).append(f"{clock(first)}-{clock(last)}")
    return found


def host(case: Case, about: Case) -> Case:
    """A host's part of a vector."""
    busy = [[a, b] for a, b in about.get("external_busy", ())]
    return {
        "timezone": about.get("timezone", "UTC"),
        "hours": hours(case, about.get("weekly_hours", [])),
        "overrides": overrides(case, about.get("date_overrides", [])),
        "busy": busy,
    }


BLOCKS = {"ACCEPTED": "confirmed", None: "confirmed", "PENDING": "pending"}


def claims(case: Case) -> list[Case]:
    """What is booked or held. Their pending bookings block only where the type says so."""
    asked, found = case["input"], []
    for number, about in enumerate(asked["hosts"]):
        for booked in about.get("bookings", ()):
            status = booked.get("status")
            if status in BLOCKS and (status != "PENDING" or booked.get("blocks_while_pending")):
                times = {"start": booked["start"], "end": booked["end"]}
                found.append({"host": f"host{number}", "state": BLOCKS[status]} | times)
    for held in asked.get("held_slots", ()):
        until = instant(asked["now"]) + timedelta(minutes=held["expires_in_min"])
        times = {"start": held["start"], "end": held["end"], "expires_at": until.isoformat()}
        found.append({"host": "host0", "state": "hold", "meeting": held["by"]} | times)
    return found


def link(case: Case) -> Case:
    """The link's part of a vector."""
    asked = case["input"]
    limits = asked.get("booking_limits") or asked.get("team_booking_limits") or {}
    zone = (asked.get("hosts") or [{}])[0].get("timezone", "UTC")
    return {
        "kind": asked.get("scheduling") or "one_on_one",
        "durations": [asked["duration_min"]],
        "interval": asked.get("slot_interval_min"),
        "notice": asked.get("min_notice_min") or 0,
        "buffer_before": asked.get("buffer_before_min") or 0,
        "buffer_after": asked.get("buffer_after_min") or 0,
        "limits": {name.removeprefix("per_"): most for name, most in limits.items()},
        "grid_timezone": zone,
    } | horizon(asked.get("booking_window") or {})


def horizon(window: Case) -> Case:
    """Their booking windows: days ahead, or a range of dates."""
    if window.get("type") == "range":
        return {"first_day": window["start"], "last_day": window["end"]}
    if "days" in window:
        return {"horizon_days": window["days"]}
    return {"first_day": "2000-01-01", "last_day": "2100-01-01"}


def vector(case: Case) -> Case:
    """An end-to-end case as a vector of ours, without the answer."""
    asked = case["input"]
    first, last = (instant(text) for text in asked["window"])
    return {
        "now": asked["now"],
        "workspace_timezone": asked["hosts"][0].get("timezone", "UTC"),
        "link": link(case),
        "hosts": {f"host{n}": host(case, about) for n, about in enumerate(asked["hosts"])},
        "claims": claims(case),
        "ask": {
            "first": f"{first - DAY:%Y-%m-%d}",
            "last": f"{last + DAY:%Y-%m-%d}",
            "timezone": "UTC",
            "except_hold": "self",
        },
    }


def since_ticks(ranges: list[list[float]]) -> list[list[str]]:
    """Ranges of abstract ticks as minutes of a day of their own."""
    return [[(TICKS + timedelta(minutes=round(n))).isoformat() for n in pair] for pair in ranges]


def of_ranges(case: Case) -> Case:
    """A case that gives free ranges as a vector of one host whose hours they are."""
    asked: dict[str, Any] = {"hosts": [{}], "now": "2020-01-01T00:00:00Z"} | case["input"]
    if "unit" in asked:
        asked["free_ranges"] = since_ticks(asked["free_ranges"])
        asked |= {"duration_min": asked["duration"], "slot_interval_min": asked["slot_interval"]}
    ranges = asked["free_ranges"] or [["2021-06-21T00:00:00Z", "2021-06-21T00:00:00Z"]]
    days = sorted(edge for pair in ranges for edge in pair)
    made = vector(case | {"input": asked | {"window": [days[0], days[-1]]}})
    made["hosts"]["host0"]["overrides"] = ranges_as_overrides(asked["free_ranges"])
    away = [{"first_day": day, "last_day": day} for day in asked.get("out_of_office", ())]
    made["hosts"]["host0"]["time_off"] = away
    return made


def of_candidates(case: Case) -> Case:
    """A case of naive clock times on one day: candidates or hours, busy times, a gap around them."""
    asked = case["input"]
    day, gap, length = "2026-01-26", asked.get("gap_min", 0), asked["duration_min"]
    times = [int(t[:2]) * 60 + int(t[3:]) for t in asked.get("candidates") or asked["hours"]]
    step = times[1] - times[0] if "candidates" in asked else length
    end = times[-1] + (max(step, length) if "candidates" in asked else 0)
    busy = [[f"{day}T{a}:00Z", f"{day}T{b}:00Z"] for a, b in asked.get("busy", ())]
    return {
        "now": f"{day}T{asked.get('not_before', '00:00')}:00Z",
        "link": {
            "durations": [length],
            "interval": step,
            "notice": 0,
            "buffer_before": gap,
            "buffer_after": gap,
        },
        "hosts": {"host0": {"overrides": {day: [f"{clock(times[0])}-{clock(end)}"]}, "busy": busy}},
        "ask": {"first": day, "last": day, "timezone": "UTC"},
    }


def of_a_day(case: Case) -> Case:
    """A case of one host with naive days, or with days ahead in minutes, as a vector."""
    asked = case["input"]
    zone = asked.get("host_timezone", "UTC")
    day = WEEKDAYS.get(asked.get("day", ""), asked.get("day", "2026-01-26"))
    now = asked.get("now", f"{day}T00:00:00Z")
    ahead = asked.get("max_ahead_min", 1440) // 1440
    end = instant(now) + timedelta(days=ahead + 1)
    about = {"timezone": zone} | {
        name: asked[name] for name in ("weekly_hours", "external_busy") if name in asked
    }
    if asked.get("day_off"):
        about["date_overrides"] = [{"date": day, "start": "00:00", "end": "00:00"}]
    wide = asked | {"hosts": [about], "now": now, "window": [now, end.isoformat()]}
    made = vector(case | {"input": wide})
    if "day" in asked:
        made["ask"] |= {"first": day, "last": day}
    else:
        made["link"] |= {"first_day": None, "last_day": None, "horizon_days": ahead}
    return made
