"""Another client's events as iCalendar text, written by hand: nothing here is our code."""

from datetime import UTC, date, datetime

from contract.calendars.harness import Theirs

SHOWN = {
    "busy": "",
    "free": "TRANSP:TRANSPARENT\n",
    "tentative": "STATUS:TENTATIVE\n",
    "cancelled": "STATUS:CANCELLED\n",
    "declined": "ORGANIZER:mailto:sam@else.test\nATTENDEE;PARTSTAT=DECLINED:mailto:{host}\n",
}


def calendar(*events: str) -> str:
    """A whole calendar of these events."""
    inner = "".join(events)
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Other//Client//EN\n{inner}END:VCALENDAR\n"
    return text.replace("\n", "\r\n")


def vevent(event: Theirs, host: str) -> str:
    """One event, with its occurrences that were moved; `host` is the host's e-mail address."""
    lines = [_time("DTSTART", event.start), _time("DTEND", event.end)]
    if event.rule:
        lines.append(f"RRULE:{event.rule}")
    lines += [_time("EXDATE", one) for one in event.without]
    master = _component(event.key, lines, SHOWN[event.shown].format(host=host))
    moved = [
        _component(
            event.key,
            [_time("RECURRENCE-ID", at), _time("DTSTART", start), _time("DTEND", end)],
        )
        for at, (start, end) in event.moved.items()
    ]
    return master + "".join(moved)


def _component(key: str, lines: list[str], more: str = "") -> str:
    body = "\n".join(
        [f"UID:{key}@other.test", "DTSTAMP:20261101T000000Z", "SUMMARY:Theirs", *lines]
    )
    return f"BEGIN:VEVENT\n{body}\n{more}END:VEVENT\n"


def _time(name: str, moment: date | datetime) -> str:
    if not isinstance(moment, datetime):
        return f"{name};VALUE=DATE:{moment:%Y%m%d}"
    zone = getattr(moment.tzinfo, "key", None)
    if zone:
        return f"{name};TZID={zone}:{moment:%Y%m%dT%H%M%S}"
    if moment.tzinfo is None:
        return f"{name}:{moment:%Y%m%dT%H%M%S}"
    return f"{name}:{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"
