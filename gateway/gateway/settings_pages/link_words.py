"""What a link is set to, in a line for each section of its page. Pure."""

from collections.abc import Mapping
from uuid import UUID

from contracts.booking import LinkSettings
from gateway.presenting.words import length, listed

PLACES = {
    "conference": "Video call",
    "phone": "A phone call",
    "address": "At an address",
    "url": "At a fixed web address",
}
LABELS = {
    "title": "Title",
    "slug": "Address",
    "description": "Description",
    "colour": "Colour",
    "active": "Open for bookings",
    "listed": "Listed on your own page",
    "durations": "Lengths",
    "interval": "A start time every",
    "buffer_before": "Buffer before",
    "buffer_after": "Buffer after",
    "notice_hours": "Minimum notice",
    "horizon": "How far ahead",
    "horizon_days": "Days ahead",
    "first_day": "First day",
    "last_day": "Last day",
    "schedule_id": "Schedule",
    "limit_day": "Meetings a day",
    "limit_week": "Meetings a week",
    "limit_month": "Meetings a month",
    "single_use": "Single use",
    "expires_day": "Expires on",
    "expires_time": "Expires at",
    "reschedule_hours": "Can be moved until",
    "cancel_hours": "Can be cancelled until",
    "kind": "Kind",
    "team_id": "Team",
    "hosts": "People",
    "assignment": "Way of choosing",
    "visitor_picks": "The visitor may pick",
    "repick": "Choose again for a move",
    "capacity": "Places",
    "grid_start": "Start times counted from",
    "grid_timezone": "Their time zone",
    "approval": "Approval",
    "location_kind": "Place",
    "location_value": "Where",
    "confirmation_text": "Words after booking",
    "redirect_url": "Page after booking",
    "calendar_changes": "Changes in your calendar",
    "creates_deal": "Make a deal",
}
"""An input's name in words, for the summary of what is wrong."""


def says(settings: LinkSettings, schedules: Mapping[UUID, str]) -> dict[str, str]:
    """A line for each section, by the section's name."""
    return {
        "when": _when(settings, schedules),
        "limits": _limits(settings),
        "where": where(settings),
        "questions": _questions(settings),
        "notifications": _after(settings),
        "crm": "Makes a deal for new people" if settings.creates_deal else "Makes no deals",
    }


def ahead(minutes: int) -> str:
    """Minutes in words, days where they are whole: `4 hours`, `2 days`."""
    days, rest = divmod(minutes, 1440)
    if days and not rest:
        return "1 day" if days == 1 else f"{days} days"
    return length(minutes)


def where(settings: LinkSettings) -> str:
    """The place: its value where it has one."""
    return settings.location.value or PLACES[settings.location.kind]


def _when(settings: LinkSettings, schedules: Mapping[UUID, str]) -> str:
    notice = f"{ahead(settings.notice)} ahead at least" if settings.notice else "no notice"
    horizon = f"up to {settings.horizon_days} days ahead"
    if settings.first_day and settings.last_day:
        horizon = f"from {settings.first_day:%-d %b} to {settings.last_day:%-d %b %Y}"
    parts = [listed([length(minutes) for minutes in settings.durations]), notice, horizon]
    if settings.buffer_before or settings.buffer_after:
        parts.append(f"{settings.buffer_before} + {settings.buffer_after} min of buffer")
    if settings.schedule_id:
        parts.append(schedules.get(settings.schedule_id, "a schedule of its own"))
    return ", ".join(parts)


def _limits(settings: LinkSettings) -> str:
    limits = settings.limits
    counts = ((limits.day, "a day"), (limits.week, "a week"), (limits.month, "a month"))
    parts = [f"{count} {period}" for count, period in counts if count]
    if settings.single_use:
        parts.append("single use")
    if settings.expires_at:
        parts.append(f"expires {settings.expires_at:%-d %b %Y}")
    cutoffs = (
        (settings.reschedule_cutoff, "changes"),
        (settings.cancel_cutoff, "cancelling"),
    )
    parts += [f"{what} until {ahead(minutes)} before" for minutes, what in cutoffs if minutes]
    return ", ".join(parts) or "None; can be changed and cancelled until the start"


def _questions(settings: LinkSettings) -> str:
    asked = settings.questions
    if not asked:
        return "Name and e-mail"
    if len(asked) == 1:
        return f"Name, e-mail, “{asked[0].label}”{' (required)' if asked[0].required else ''}"
    files = sum(question.type == "file" for question in asked)
    more = f", {files} for a file" if files else ""
    return f"Name, e-mail and {len(asked)} questions{more}"


def _after(settings: LinkSettings) -> str:
    told = "" if settings.calendar_changes == "follow" else "; you are told of changes only"
    if settings.redirect_url:
        return f"Then on to {settings.redirect_url}{told}"
    return ("With your own words" if settings.confirmation_text else "The usual words") + told
