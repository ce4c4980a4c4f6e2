"""The time zones that a page offers at once; with JavaScript the browser adds all of its own."""

from datetime import datetime

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

Options = list[tuple[str, list[tuple[str, str]]]]


def options(now: datetime, *first: str) -> Options:
    """Groups for a select: the ones that matter here first, then the common ones, then UTC."""
    own = list(dict.fromkeys(first))
    groups: Options = [("Here", [_option(now, zone) for zone in own])]
    for group, zones in COMMON.items():
        groups.append((group, [_option(now, zone) for zone in zones if zone not in own]))
    if "UTC" not in own:
        groups.append(("Everywhere", [("UTC", "UTC")]))
    return groups


def _option(now: datetime, zone: str) -> tuple[str, str]:
    return zone, f"{city(zone)} ({offset(now, zone)})"
