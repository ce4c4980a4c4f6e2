"""Our events as Google wants them, and whether what stands there is in line.

https://developers.google.com/calendar/api/v3/reference/events
"""

from datetime import UTC, datetime, timedelta
from html import escape

from calendar_sync.adapters.google.api import JSON
from calendar_sync.domain.calendars import Draft

MARK = "workestra"
"""The private property by which an event of ours can be found."""
LONGEST_TEXT = 8192
"""Of a description, as Google counts it; a title or a place is shorter."""
LONGEST_LINE = 1024
UNSAID = {"transparency": "opaque"}
"""What an answer leaves out."""
PATIENCE = timedelta(minutes=10)
TRIES = 3
"""Conferences asked for when Google fails to make one."""


def body(draft: Draft) -> JSON:
    """The event. Google shows a description as HTML, everything else as text."""
    return {
        "summary": draft.title[:LONGEST_LINE],
        "description": _html(draft.description),
        "location": draft.location[:LONGEST_LINE],
        "start": {"dateTime": _instant(draft.start)},
        "end": {"dateTime": _instant(draft.end)},
        "status": "confirmed",
        "transparency": "transparent" if draft.transparent else "opaque",
        "extendedProperties": {"private": {MARK: draft.id}},
    }


def patch(draft: Draft) -> JSON:
    """The same as a patch: an event that was made to last whole days has times again."""
    wanted = body(draft)
    for key in ("start", "end"):
        wanted[key] = wanted[key] | {"date": None}
    return wanted


def in_line(event: JSON, draft: Draft) -> bool:
    """Whether what stands there is what is wanted."""
    wanted = body(draft)
    times = all(_at(event.get(key, {}), wanted.pop(key)) for key in ("start", "end"))
    wanted.pop("extendedProperties")
    marked = event.get("extendedProperties", {}).get("private", {}).get(MARK)
    texts = all(event.get(key, UNSAID.get(key, "")) == value for key, value in wanted.items())
    return bool(times and texts and marked == draft.id)


def _at(found: JSON, wanted: JSON) -> bool:
    text = found.get("dateTime")
    return text is not None and _parsed(text) == _parsed(wanted["dateTime"])


def _parsed(text: str) -> datetime:
    return datetime.fromisoformat(text)


def conference(request_id: str) -> JSON:
    """Asks for a Meet. Google ignores a request id that it has seen last."""
    key = {"type": "hangoutsMeet"}
    return {"createRequest": {"requestId": request_id, "conferenceSolutionKey": key}}


def join_url(event: JSON) -> str:
    """Where to meet, empty while there is nowhere."""
    entries = event.get("conferenceData", {}).get("entryPoints", ())
    videos = (str(one.get("uri", "")) for one in entries if one.get("entryPointType") == "video")
    return next(videos, "") or str(event.get("hangoutLink", ""))


def pending(event: JSON) -> bool:
    """Whether a conference is being made."""
    return bool(_request(event).get("status", {}).get("statusCode") == "pending")


def given_up(event: JSON, now: datetime) -> bool:
    """Whether a conference has been in the making for so long that none is to be expected."""
    return now - datetime.fromisoformat(event["updated"]) > PATIENCE


def next_request(event: JSON, draft: Draft) -> str:
    """The id under which to ask for a conference; empty when it has failed too often.

    It grows by a letter with each failure, so that a repeated call asks for nothing twice.
    """
    last = str(_request(event).get("requestId", ""))
    if not last.startswith(draft.id):
        return draft.id
    failures = len(last) - len(draft.id) + 1
    return f"{last}n" if failures < TRIES else ""


def _request(event: JSON) -> JSON:
    return dict(event.get("conferenceData", {}).get("createRequest", {}))


def _html(text: str) -> str:
    """Escaped, and as long as Google takes it; no character is cut in two."""
    parts, length = [], 0
    for character in text:
        part = escape(character, quote=False)
        length += len(part)
        if length > LONGEST_TEXT:
            break
        parts.append(part)
    return "".join(parts)


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
