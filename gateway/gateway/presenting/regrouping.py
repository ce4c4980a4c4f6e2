"""What a page says besides a month's times, so that a script can put them under the days of another
zone without asking again (`frontend/src/js/book/regroup.js`): the instants, and the page's words
with places in them.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from babel.dates import get_day_names

from contracts.availability import Slot
from gateway.presenting import speech, times
from gateway.presenting.picker import Context, Wish, counted
from gateway.presenting.speech import gettext

SAMPLES = (1, 2, 5)
"""Numbers of each kind that the grammars of our languages know for whole numbers of times."""

Minute = int
"""Minutes since 1970, UTC: instants as the script reckons with them."""


def said(wish: Wish, slots: Sequence[Slot], days: tuple[date, date], context: Context) -> Any:
    """`slots` are those of `days`, the first and the last, of the wish's zone. None where the words
    cannot be taken apart.
    """
    assert wish.month is not None
    long, middle = _pattern(times.day_long, wish.month), _pattern(times.day_middle, wish.month)
    english = speech.language() == "en"
    if not long or not middle or (context.twelve and not english):
        return None
    return {
        "month": f"{wish.month:%Y-%m}",
        "present": f"{times.local(context.now, wish.zone):%Y-%m}",
        "now": _minute(context.now),
        "from": _minute(times.midnight(days[0], wish.zone)),
        "until": _minute(times.midnight(times.day_after(days[1]), wish.zone)),
        "runs": runs([_minute(slot.start) for slot in slots]),
        "long": long,
        "middle": middle,
        "count": {speech.locale().plural_form(n): _count(n) for n in reversed(SAMPLES)},
        "today": gettext("%(day)s, today", day="{d}"),
        "line": gettext("Times in %(zone)s", zone="{z}"),
        "clock": "12" if context.twelve else _clock(),
    }


def runs(minutes: Sequence[Minute]) -> list[list[Minute]]:
    """Rising numbers as (first, step, how many): a day of times is three numbers."""
    found: list[list[Minute]] = []
    for minute in minutes:
        start, step, count = found[-1] if found else (0, 0, 0)
        if count == 1 or (count and minute == start + step * count):
            found[-1] = [start, (minute - start) // count, count + 1]
        else:
            found.append([minute, 0, 1])
    return found


def _minute(instant: datetime) -> Minute:
    return int(instant.timestamp()) // 60


def _pattern(words: Any, month: date) -> str:
    """`{w} {d} December 2026`: how a day of this month is written; "" where that is not plain."""
    names = get_day_names("wide", locale=speech.locale())
    for day in (month.replace(day=number) for number in range(25, 29)):
        text, number, name = words(day), str(day.day), names[day.weekday()]
        if text.count(number) == 1 and text.count(name) == 1:
            return str(text.replace(number, "{d}").replace(name, "{w}"))
    return ""


def _count(number: int) -> str:
    return counted("{d}", number).replace(str(number), "{n}")


def _clock() -> str:
    return "HH" if times.clock(datetime(2026, 1, 1, 5, tzinfo=UTC), "UTC")[0] == "0" else "H"
