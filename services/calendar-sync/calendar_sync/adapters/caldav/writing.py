"""How our events stand in a CalDAV calendar: one resource each, named for our id."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, unquote, urljoin, urlsplit
from xml.sax.saxutils import escape

from icalendar import Calendar, Component, Event

from calendar_sync.adapters.caldav.server import Refused, Server
from calendar_sync.adapters.provider import ProviderUnavailable
from calendar_sync.domain.calendars import Draft, Written
from servicekit.outgoing import Forbidden

MARK = "X-WORKESTRA-ID"
"""The property that says that an event is ours: its value is our id."""

TRIES = 4
"""How often we begin anew when another client changes the event between our look and our write."""

THERE = {412, 409, 403}
"""What servers say to `If-None-Match: *` where the event, or one of its UID, stands already."""

TEXT = {"Content-Type": 'text/calendar; charset="utf-8"'}
PLAIN = {"Accept-Encoding": "identity"}
"""Proxies that pack an answer change its ETag."""


def write(server: Server, calendar_id: str, draft: Draft) -> Written:
    """As `Provider.write`."""
    url = _url(server, calendar_id, draft)
    try:
        server.ask("PUT", url, _fresh(draft), {**TEXT, "If-None-Match": "*"})
    except Refused as refused:
        if refused.status not in THERE:
            raise _unavailable(refused) from refused
        return _bring_in_line(server, calendar_id, draft)
    except Forbidden as forbidden:
        raise ProviderUnavailable(str(forbidden)) from forbidden
    return Written(_name(url))


def move(server: Server, calendar_id: str, draft: Draft) -> Written:
    """As `Provider.move`."""
    return _bring_in_line(server, calendar_id, draft)


def delete(server: Server, calendar_id: str, draft: Draft) -> None:
    """As `Provider.delete`: whatever the host made of the event meanwhile, its meeting is off."""
    url = _url(server, calendar_id, draft)
    try:
        if not _deleted(server, url) and (elsewhere := _by_uid(server, calendar_id, draft)):
            _deleted(server, elsewhere)
    except Refused as refused:
        raise _unavailable(refused) from refused
    except Forbidden as forbidden:
        raise ProviderUnavailable(str(forbidden)) from forbidden


def is_ours(text: str, uid: str) -> bool:
    """Whether an event was made by us under that id, whatever its resource is called: a copy that
    the host makes has a UID of its own.
    """
    return f"\n{MARK}:{uid}\r\n" in text or f"\n{MARK}:{uid}\n" in text


def _deleted(server: Server, url: str) -> bool:
    """Whether there was something to delete."""
    try:
        server.ask("DELETE", url)
    except Refused as refused:
        if refused.status in {404, 410}:
            return False
        raise
    return True


def _bring_in_line(server: Server, calendar_id: str, draft: Draft) -> Written:
    """Looks, compares, and changes only what differs from what we want, unless somebody else
    changed the event since we looked; then once more.
    """
    url = _url(server, calendar_id, draft)
    for _ in range(TRIES):
        try:
            if not _changed_at(server, url, draft):
                url = _by_uid(server, calendar_id, draft) or url
                if not _changed_at(server, url, draft):
                    server.ask("PUT", url, _fresh(draft), {**TEXT, "If-None-Match": "*"})
        except Refused as refused:
            if refused.status != 412:
                raise _unavailable(refused) from refused
        except Forbidden as forbidden:
            raise ProviderUnavailable(str(forbidden)) from forbidden
        else:
            return Written(_name(url))
    raise ProviderUnavailable("The event keeps changing while it is written.")


def _changed_at(server: Server, url: str, draft: Draft) -> bool:
    """Whether the event stands at that place, as it is wanted now."""
    try:
        found = server.ask("GET", url, headers=PLAIN)
    except Refused as refused:
        if refused.status in {404, 410}:
            return False
        raise
    wanted = _changed(found.text, draft)
    if wanted is not None:
        tag = found.headers.get("ETag", "*").removeprefix("W/")
        server.ask("PUT", url, wanted, {**TEXT, "If-Match": tag})
    return True


def _unavailable(refused: Refused) -> ProviderUnavailable:
    if refused.status in {404, 409, 410}:
        return ProviderUnavailable("This calendar is no longer there.")
    return ProviderUnavailable(str(refused))


def _url(server: Server, calendar_id: str, draft: Draft) -> str:
    name = draft.provider_id or draft.id
    resource = name[:-1] if name.endswith("/") else f"{name}.ics"
    return urljoin(server.at(calendar_id).rstrip("/") + "/", quote(resource, safe=""))


def _name(url: str) -> str:
    """The inverse: what reading calls the event of this resource."""
    resource = unquote(urlsplit(url).path.rpartition("/")[2])
    return resource.removesuffix(".ics") if resource.endswith(".ics") else f"{resource}/"


def _by_uid(server: Server, calendar_id: str, draft: Draft) -> str:
    """Where the event stands, if the host's client gave its resource another name; empty if it
    stands nowhere, or the server does not say.
    """
    text = f"<c:text-match>{escape(draft.id)}</c:text-match>"
    match = f'<c:prop-filter name="UID">{text}</c:prop-filter>'
    events = f'<c:comp-filter name="VEVENT">{match}</c:comp-filter>'
    inner = (
        "<d:prop><d:getetag/></d:prop>"
        f'<c:filter><c:comp-filter name="VCALENDAR">{events}</c:comp-filter></c:filter>'
    )
    try:
        answer = server.report(server.at(calendar_id), "calendar-query", inner, depth=1)
    except Refused:
        return ""
    return next((one.url for one in answer.items if one.status == 200), "")


def _fresh(draft: Draft) -> str:
    calendar, event = Calendar(), Event()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Workestra//Scheduling//EN")
    event.add("uid", draft.id)
    event.add(MARK, draft.id)
    event.add("sequence", 0)
    event.add("status", "CONFIRMED")
    event.add("transp", "TRANSPARENT" if draft.transparent else "OPAQUE")
    _set(event, draft)
    calendar.add_component(event)
    return str(calendar.to_ical().decode())


def _changed(text: str, draft: Draft) -> str | None:
    """The event as it should stand, with what the host added to it; `None` where it does."""
    try:
        calendar = Calendar.from_ical(text)
        (event,) = calendar.walk("VEVENT")
        if _stands(event, draft):
            return None
        sequence = int(event.get("SEQUENCE", 0)) + 1
    except ValueError:  # unreadable, or a series of several parts: not as we wrote it
        return _fresh(draft)
    for name in ("DURATION", "RRULE", "RDATE", "EXDATE", "SEQUENCE", "STATUS"):
        event.pop(name, None)
    event.add("sequence", sequence)
    event.add("status", "CONFIRMED")
    _set(event, draft)
    return str(calendar.to_ical().decode())


def _set(event: Component, draft: Draft) -> None:
    values = {
        "dtstamp": datetime.now(UTC),
        "dtstart": draft.start,
        "dtend": draft.end,
        "summary": clean(draft.title),
        "description": clean(draft.description),
        "location": clean(draft.location),
    }
    for name, value in values.items():
        event.pop(name, None)
        if value:
            event.add(name, value)


def _stands(event: Component, draft: Draft) -> bool:
    """Whether an event shows what is wanted."""
    texts = {"SUMMARY": draft.title, "DESCRIPTION": draft.description, "LOCATION": draft.location}
    return (
        _instant(event.get("DTSTART")) == draft.start
        and _instant(event.get("DTEND")) == draft.end
        and str(event.get("STATUS", "")).upper() != "CANCELLED"
        and "RRULE" not in event
        and all(str(event.get(name, "")) == clean(text) for name, text in texts.items())
    )


def _instant(value: Any) -> datetime | None:
    moment = getattr(value, "dt", None)
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        return None
    return moment.astimezone(UTC)


def clean(text: str) -> str:
    """Without what could end a line of iCalendar, or cannot be written: control characters and
    lone surrogates.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(one for one in lines if one in "\n\t" or (ord(one) >= 32 and one != "\x7f"))
    return kept.encode("utf-8", "ignore").decode().strip()
