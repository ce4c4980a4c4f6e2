"""Public holidays of a schedule: the country, or a part of it, whose holidays are days off."""

from dataclasses import dataclass
from datetime import date, timedelta

from contracts.availability import GetHolidays, Holiday, Schedule
from gateway import current, desk
from gateway.settings_pages.inputs import Reader

AHEAD = timedelta(days=365)
Options = list[tuple[str, str]]


@dataclass(frozen=True)
class Shown:
    """What the page shows: what can be chosen, what is, and the year that follows from it."""

    country: str
    region: str
    countries: Options
    parts: Options
    days: list[tuple[Holiday, bool]]
    """Each holiday, and whether the schedule has hours of its own that day."""


def shown(schedule: Schedule, today: date) -> Shown:
    """The holidays of a schedule over the year ahead."""
    wish = GetHolidays(region=schedule.holidays, first=today, last=today + AHEAD)
    found = current.services().availability.holidays(wish)
    country = schedule.holidays.partition("-")[0]
    own = {override.day for override in schedule.overrides}
    return Shown(
        country=country,
        region=schedule.holidays,
        countries=[("", "None"), *((each.region, each.name) for each in found.countries)],
        parts=[
            (country, "The whole country"),
            *((each.region, each.name) for each in found.parts),
        ],
        days=[(holiday, holiday.day in own) for holiday in found.days],
    )


def region_of(reader: Reader) -> str:
    """What was chosen: a part counts where its country was chosen with it."""
    country, part = reader.raw("country"), reader.raw("part")
    return part if country and part.startswith(f"{country}-") else country


def part_of(schedule: Schedule) -> desk.Part[Shown]:
    """The same as a part of the schedule's page."""
    return desk.part(lambda: shown(schedule, desk.today(schedule.timezone)))
