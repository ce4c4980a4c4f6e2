"""The time zones that a page offers at once; with JavaScript the browser adds all of its own."""

from datetime import datetime
from functools import lru_cache
from importlib import resources

from gateway.presenting.times import city, offset

COMMON: dict[str, tuple[str, ...]] = {
    "Europe": (
        "Europe/London", "Europe/Lisbon", "Europe/Paris", "Europe/Berlin", "Europe/Madrid",
        "Europe/Rome", "Europe/Stockholm", "Europe/Warsaw", "Europe/Athens", "Europe/Helsinki",
        "Europe/Kyiv", "Europe/Istanbul", "Europe/Moscow",
    ),
    "America": (
        "America/New_York", "America/Chicago", "America/Denver", "America/Phoenix",
        "America/Los_Angeles", "America/Anchorage", "America/Halifax", "America/Mexico_City",
        "America/Bogota", "America/Sao_Paulo", "America/Argentina/Buenos_Aires",
    ),
    "Africa": ("Africa/Lagos", "Africa/Cairo", "Africa/Nairobi", "Africa/Johannesburg"),
    "Asia": (
        "Asia/Jerusalem", "Asia/Riyadh", "Asia/Dubai", "Asia/Karachi", "Asia/Kolkata",
        "Asia/Kathmandu", "Asia/Dhaka", "Asia/Bangkok", "Asia/Singapore", "Asia/Hong_Kong",
        "Asia/Shanghai", "Asia/Seoul", "Asia/Tokyo",
    ),
    "Australia and Pacific": (
        "Australia/Perth", "Australia/Adelaide", "Australia/Brisbane", "Australia/Sydney",
        "Pacific/Auckland", "Pacific/Honolulu",
    ),
}  # fmt: skip


@lru_cache(maxsize=1)
def _renamed() -> dict[str, str]:
    """Names that no country uses any more, with the ones that took their place.

    From the tz database itself: its links, but for those names that `zone.tab` still gives to a
    country. (`Europe/Oslo` is a link too, and Oslo remains Oslo.)
    """
    files = resources.files("tzdata") / "zoneinfo"
    table = (files / "zone.tab").read_text(encoding="utf-8").splitlines()
    used = {row.split("\t")[2] for row in table if row and not row.startswith("#")}
    rules = (files / "tzdata.zi").read_text(encoding="utf-8").splitlines()
    links = (row.split() for row in rules if row.startswith("L "))
    return {old: new for _, new, old in links if old not in used and "/" in old and new in used}


def canonical(zone: str) -> str:
    """Its name today: `Asia/Kolkata` for `Asia/Calcutta`, as browsers still call it."""
    return _renamed().get(zone, zone)


Options = list[tuple[str, list[tuple[str, str]]]]


def options(now: datetime, *first: str) -> Options:
    """Groups for a select: the ones that matter here first, then the common ones, then UTC."""
    own = list(dict.fromkeys(canonical(zone) for zone in first))
    groups: Options = [("Here", [_option(now, zone) for zone in own])]
    for group, zones in COMMON.items():
        groups.append((group, [_option(now, zone) for zone in zones if zone not in own]))
    if "UTC" not in own:
        groups.append(("Everywhere", [("UTC", "UTC")]))
    return groups


def _option(now: datetime, zone: str) -> tuple[str, str]:
    return zone, f"{city(zone)} ({offset(now, zone)})"
