"""A team's fairness as a page and a file show it: totals a host, a plot, months, a trial. Pure."""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from contracts.booking import FairnessRow
from gateway.presenting import sheets

MOST_MONTHS = 24
BACK, AHEAD = 12, 3
"""Months that can be chosen, before and after the present one."""

MANY = 12
"""A team with more hosts than this is large."""

MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True)
class Total:
    """A host over the whole period. `would`: with the terms on trial; None without a trial."""

    host_id: UUID
    name: str
    weight: int
    level: int
    active: bool
    count: int
    shortfall: float
    would: int | None = None

    @property
    def share(self) -> float:
        """What they should have had: credits for absences are no meetings, so they are left out."""
        return max(self.count + self.shortfall, 0.0)


@dataclass(frozen=True)
class Bar:
    """A host's line of the plot: places on a scale from 0 to 100."""

    name: str
    words: str
    count: float
    share: float
    would: float | None


def month_before(month: date, by: int) -> date:
    """The first day of the month so many months earlier; later for a negative number."""
    place = month.year * 12 + month.month - 1 - by
    return date(place // 12, place % 12 + 1, 1)


def months(today: date) -> list[tuple[str, str]]:
    """The months to choose from, the latest first, as `2026-12` and in words."""
    this = today.replace(day=1)
    found = [month_before(this, by) for by in range(-AHEAD, BACK + 1)]
    return [(f"{month:%Y-%m}", f"{month:%B %Y}") for month in found]


def period(first: str, last: str, today: date) -> tuple[date, date]:
    """The months asked for; what cannot be read is the present one, the ends in order."""
    this = today.replace(day=1)
    ends = sorted((_month(first) or this, _month(last) or _month(first) or this))
    return max(ends[0], month_before(ends[1], MOST_MONTHS - 1)), ends[1]


def _month(value: str) -> date | None:
    try:
        found = date.fromisoformat(f"{value}-01")
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2200 else None


def totals(rows: Iterable[FairnessRow], tried: Iterable[FairnessRow] | None) -> list[Total]:
    """Each host once, in the team's order as the last month has it."""
    found: dict[UUID, Total] = {}
    would = _counts(tried) if tried is not None else None
    for row in rows:
        known = found.get(row.host_id)
        found[row.host_id] = Total(
            row.host_id,
            row.name,
            row.weight,
            row.level,
            row.active,
            row.count + (known.count if known else 0),
            row.shortfall + (known.shortfall if known else 0),
            None if would is None else would.get(row.host_id, 0),
        )
    return list(found.values())


def _counts(rows: Iterable[FairnessRow]) -> dict[UUID, int]:
    found: dict[UUID, int] = {}
    for row in rows:
        found[row.host_id] = found.get(row.host_id, 0) + row.count
    return found


def number(value: float) -> str:
    """Meetings with at most one digit after the point: `3`, `2.5`."""
    return f"{round(value, 1) + 0.0:.1f}".removesuffix(".0")  # + 0.0: no minus before a zero


def signed(value: float) -> str:
    """The same with its sign: `+1.5`, `0`, with a minus as it is printed."""
    shown = number(abs(value))
    return shown if shown == "0" else f"{'+' if value > 0 else MINUS}{shown}"


def plot(found: list[Total]) -> list[Bar]:
    """A bar for meetings, a mark for the share; the longest reaches nearly across. Of a large team
    those are left out of whom it has nothing to say.
    """
    if len(found) > MANY:
        found = [one for one in found if one.count or one.would or number(one.share) != "0"]
    longest = max((max(one.count, one.share, one.would or 0) for one in found), default=0) or 1

    def at(value: float) -> float:
        return round(value / longest * 98, 2)

    return [
        Bar(
            one.name,
            _words(one),
            at(one.count),
            at(one.share),
            None if one.would is None else at(one.would),
        )
        for one in found
    ]


def _words(one: Total) -> str:
    return f"{one.count} of {number(one.share)}"


COLUMNS = (
    "month", "host", "weight", "level", "active", "meetings", "credit", "target", "shortfall",
)  # fmt: skip


def as_csv(rows: Iterable[FairnessRow]) -> str:
    """A line for each host and month (RFC 4180), in UTF-8 with a mark that spreadsheets know."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow(
            [
                f"{row.month:%Y-%m}",
                sheets.harmless(row.name),
                row.weight,
                row.level,
                "yes" if row.active else "no",
                row.count,
                f"{row.credit:.3f}",
                f"{row.target:.3f}",
                f"{row.shortfall:.3f}",
            ]
        )
    return sheets.MARK + out.getvalue()


def terms_of(found: Iterable[Total], asked: Mapping[str, str]) -> dict[UUID, tuple[str, str]]:
    """The weight and level on trial as they were typed; the present ones where nothing was."""
    return {
        one.host_id: (
            asked.get(f"weight_{one.host_id}", str(one.weight)),
            asked.get(f"level_{one.host_id}", str(one.level)),
        )
        for one in found
        if one.weight > 0
    }
