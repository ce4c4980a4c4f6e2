"""What a workspace's new links begin with, as inputs of its page, and back."""

from typing import Any

from gateway import current
from gateway.accounts import NewLinks
from gateway.settings_pages.inputs import Reader, hours_text
from gateway.settings_pages.link_form import colour, lengths, location

LABELS = {
    "durations": "Lengths",
    "location_kind": "Where",
    "location_value": "Where",
    "buffer_before": "Buffer before",
    "buffer_after": "Buffer after",
    "notice_hours": "Minimum notice",
    "colour": "Colour",
}


def kept() -> NewLinks:
    """What they begin with now, in the reader's workspace."""
    return current.accounts().new_links(current.account().workspace_id)


def values() -> dict[str, str]:
    """The same as the inputs show it."""
    now = kept()
    return {
        "durations": ", ".join(str(minutes) for minutes in now.durations),
        "location_kind": now.location.kind,
        "location_value": now.location.value,
        "buffer_before": str(now.buffer_before),
        "buffer_after": str(now.buffer_after),
        "notice_hours": hours_text(now.notice),
        "colour": now.colour,
    }


def read(reader: Reader) -> tuple[NewLinks, dict[str, str]]:
    """What was typed, and what is wrong with it by input."""
    wish: dict[str, Any] = {
        "durations": lengths(reader),
        "location": location(reader),
        "buffer_before": reader.whole("buffer_before", 0, 240, unit="minutes") or 0,
        "buffer_after": reader.whole("buffer_after", 0, 240, unit="minutes") or 0,
        "notice": reader.hours("notice_hours", 8760),
        "colour": colour(reader),
    }
    return NewLinks() if reader.errors else NewLinks(**wish), reader.errors
