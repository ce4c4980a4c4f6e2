"""The overview: twelve weeks in numbers, with a plot that is drawn by the server."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import render_template

from contracts.booking import GetOverview, NamedTally, Tally, WeekTally
from gateway import current, desk
from gateway.calendar import blueprint, filtering, listing
from gateway.calendar.filtering import Filter
from gateway.security import signed_in

WEEKS = 12
HEIGHT = 160
"""Of the plot's columns, at most; how wide they are is the page's."""


@dataclass(frozen=True)
class Column:
    """A week of the plot, as places from the top and heights; parts stand on each other."""

    week: date
    words: str
    held: tuple[float, float]
    no_shows: tuple[float, float]
    cancelled: tuple[float, float]
    tally: Tally


@blueprint.get("/overview")
@signed_in
def overview() -> str:
    """The reader's, or whose they may see."""
    wanted = filtering.wanted()
    found = desk.part(lambda: current.services().booking.overview(_wish(wanted)))
    weeks = found.value.weeks if found.value else ()
    return render_template(
        "calendar/overview.html",
        found=found,
        columns=columns(weeks),
        height=HEIGHT,
        marks=marks(weeks),
        hosts_shown=desk.sees_all() and wanted.who != "mine",
        lead=lead_words,
        percent=percent,
        period=_period_words(weeks),
        **_choices(wanted),
    )


def _choices(wanted: Filter) -> dict[str, Any]:
    known = listing.around(wanted)
    return {
        name: known[name] for name in ("wanted", "hosts", "links", "may_see_all", "zone", "page")
    }


def _wish(wanted: Filter) -> GetOverview:
    return GetOverview(
        workspace_id=current.account().workspace_id,
        timezone=desk.zone(),
        first=desk.today() - timedelta(weeks=WEEKS - 1),
        weeks=WEEKS,
        host_id=wanted.host_id,
        link_id=wanted.link_id,
    )


def _period_words(weeks: tuple[WeekTally, ...]) -> str:
    if not weeks:
        return ""
    first, last = weeks[0].week, weeks[-1].week + timedelta(days=6)
    return f"{first.day} {first:%B %Y} \N{EN DASH} {last.day} {last:%B %Y}"


def top(weeks: tuple[WeekTally, ...]) -> int:
    """The number at the plot's top: 4 times a round step that the busiest week fits under."""
    most = max((one.tally.booked for one in weeks), default=0)
    step = 1
    for factor in (1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2500):
        step = factor
        if step * 4 >= most:
            break
    return step * 4


def marks(weeks: tuple[WeekTally, ...]) -> list[int]:
    """What the lines of the plot stand for, from the top; they are evenly apart."""
    highest = top(weeks)
    return [highest * n // 4 for n in range(4, -1, -1)]


def columns(weeks: tuple[WeekTally, ...]) -> list[Column]:
    """The plot: those that took place or will below, no-shows on them, cancelled ones on top."""
    unit = HEIGHT / top(weeks)
    return [_column(one, unit) for one in weeks]


def _column(one: WeekTally, unit: float) -> Column:
    tally = one.tally
    parts, base = [], float(HEIGHT)
    for count in (held(tally), tally.no_shows, tally.cancelled):
        size = round(min(count * unit, base), 2)
        base = round(base - size, 2)
        parts.append((base, size))
    words = f"{one.week.day} {one.week:%b}"
    return Column(one.week, words, parts[0], parts[1], parts[2], tally)


def held(tally: Tally) -> int:
    """Took place, or will."""
    return tally.booked - tally.no_shows - tally.cancelled


def percent(part: int, whole: int) -> str:
    """`12 %`; a dash of nothing."""
    return f"{round(100 * part / whole)} %" if whole else "\N{EN DASH}"


def lead_words(tally: Tally | NamedTally) -> str:
    """`3 hours`, `2.5 days`; a dash where nothing was booked."""
    hours = (tally.tally if isinstance(tally, NamedTally) else tally).lead_hours
    if hours is None:
        return "\N{EN DASH}"
    count, name = (hours, "hour") if hours < 48 else (hours / 24, "day")
    shown = f"{count:.1f}".removesuffix(".0") if count < 10 else f"{count:.0f}"
    return f"{shown} {name}{'' if shown == '1' else 's'}"
