"""Public holidays by country, and by part of one, as the `holidays` package knows them.

A region is a country of ISO 3166 (`DE`) or a part of one as the package names it (`DE-BY`). Names
are English where the package has them in English.
"""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

import holidays
from holidays.registry import COUNTRIES

from availability.domain.minutes import day_number, to_date
from contracts.availability import NamedRegion

ENGLISH = ("en_US", "en_GB", "en")
SMALL = frozenset({"And", "Of", "The", "Da"})
CODES = frozenset(codes[1] for codes in COUNTRIES.values())


@lru_cache(maxsize=256)
def _parts(country: str) -> tuple[str, ...]:
    """The parts of a country. The first call loads the package's countries: some 8 MiB."""
    return tuple(holidays.country_holidays(country).subdivisions)


def is_region(region: str) -> bool:
    """Whether its holidays are known."""
    country, dash, part = region.partition("-")
    return country in CODES and (not dash or part in _parts(country))


def _worded(module: str) -> str:
    """`isle_of_man` as `Isle of Man`."""
    words = [word if word not in SMALL else word.lower() for word in module.title().split("_")]
    first, *others = words
    return " ".join([first.capitalize(), *others])


@lru_cache(maxsize=1)
def countries() -> tuple[NamedRegion, ...]:
    """All countries, by name."""
    found = [
        NamedRegion(region=codes[1], name=_worded(module)) for module, codes in COUNTRIES.items()
    ]
    return tuple(sorted(found, key=lambda each: each.name))


@lru_cache(maxsize=64)
def parts(region: str) -> tuple[NamedRegion, ...]:
    """The parts of the country of a region, by name."""
    if not is_region(region):
        return ()
    country = region.partition("-")[0]
    known = holidays.country_holidays(country).get_subdivision_aliases()
    found = [
        NamedRegion(region=f"{country}-{part}", name=next(iter(known.get(part, ())), part))
        for part in _parts(country)
    ]
    return tuple(sorted(found, key=lambda each: each.name))


def _language(country: str) -> str | None:
    spoken = holidays.country_holidays(country).supported_languages
    return next((language for language in ENGLISH if language in spoken), None)


@lru_cache(maxsize=2048)
def of_year(region: str, year: int) -> Mapping[int, str]:
    """The names of a year's holidays by day number; none for a region that is not known."""
    if not is_region(region):
        return {}
    country, _, part = region.partition("-")
    found: Mapping[date, str] = holidays.country_holidays(
        country, subdiv=part or None, years=year, expand=False, language=_language(country)
    )
    return {day_number(day): name for day, name in found.items() if day.year == year}


def name(region: str, day: int) -> str:
    """The name of the holiday on a day (number), empty if it is none."""
    if not region:
        return ""
    return of_year(region, to_date(day).year).get(day, "")
