"""The time zones that a page offers at once; with JavaScript the browser adds all of its own."""

from datetime import datetime

from gateway.presenting.cities import city, renamed
from gateway.presenting.speech import gettext, noted
from gateway.presenting.times import offset

COMMON: dict[str, tuple[str, ...]] = {
    noted("Europe"): (
        "Europe/London", "Europe/Lisbon", "Europe/Paris", "Europe/Berlin", "Europe/Madrid",
        "Europe/Rome", "Europe/Stockholm", "Europe/Warsaw", "Europe/Athens", "Europe/Helsinki",
        "Europe/Kyiv", "Europe/Istanbul", "Europe/Moscow",
    ),
    noted("America"): (
        "America/New_York", "America/Chicago", "America/Denver", "America/Phoenix",
        "America/Los_Angeles", "America/Anchorage", "America/Halifax", "America/Mexico_City",
        "America/Bogota", "America/Sao_Paulo", "America/Argentina/Buenos_Aires",
    ),
    noted("Africa"): ("Africa/Lagos", "Africa/Cairo", "Africa/Nairobi", "Africa/Johannesburg"),
    noted("Asia"): (
        "Asia/Jerusalem", "Asia/Riyadh", "Asia/Dubai", "Asia/Karachi", "Asia/Kolkata",
        "Asia/Kathmandu", "Asia/Dhaka", "Asia/Bangkok", "Asia/Singapore", "Asia/Hong_Kong",
        "Asia/Shanghai", "Asia/Seoul", "Asia/Tokyo",
    ),
    noted("Australia and Pacific"): (
        "Australia/Perth", "Australia/Adelaide", "Australia/Brisbane", "Australia/Sydney",
        "Pacific/Auckland", "Pacific/Honolulu",
    ),
}  # fmt: skip


def canonical(zone: str) -> str:
    """Its name today: `Asia/Kolkata` for `Asia/Calcutta`, as browsers still call it."""
    return renamed().get(zone, zone)


Options = list[tuple[str, list[tuple[str, str]]]]


def options(now: datetime, *first: str) -> Options:
    """Groups for a select: the ones that matter here first, then the common ones, then UTC."""
    own = list(dict.fromkeys(canonical(zone) for zone in first))
    groups: Options = [(gettext("Here"), [_option(now, zone) for zone in own])]
    for group, zones in COMMON.items():
        groups.append((gettext(group), [_option(now, zone) for zone in zones if zone not in own]))
    if "UTC" not in own:
        groups.append((gettext("Everywhere"), [("UTC", "UTC")]))
    return groups


def areas() -> dict[str, str]:
    """What the first part of a zone's name is called: the browser groups its own zones by it."""
    return {
        "Africa": gettext("Africa"),
        "America": gettext("America"),
        "Antarctica": gettext("Antarctica"),
        "Arctic": gettext("Arctic"),
        "Asia": gettext("Asia"),
        "Atlantic": gettext("Atlantic"),
        "Australia": gettext("Australia"),
        "Europe": gettext("Europe"),
        "Indian": gettext("Indian Ocean"),
        "Pacific": gettext("Pacific"),
    }


def _option(now: datetime, zone: str) -> tuple[str, str]:
    return zone, f"{city(zone)} ({offset(now, zone)})"
