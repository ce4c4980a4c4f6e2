"""What Graph v1.0 takes: parameters, preferences and bodies, checked as its documentation has them.

https://learn.microsoft.com/graph/api/resources/event and the pages of each request. Where Graph
would pass over something silently, this refuses it: a misspelt name helps nobody.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

JSON = dict[str, Any]
MARK = re.compile(r"(String|Integer) \{[0-9a-fA-F-]{36}\} (Name \S+|Id 0x[0-9A-Fa-f]{4})")
FILTER = re.compile(
    r"singleValueExtendedProperties/Any\(ep: ep/id eq '([^']+)' and ep/value eq '([^']*)'\)"
)
CLOCK = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?")
SHOWN = {"free", "tentative", "busy", "oof", "workingElsewhere", "unknown"}
PROVIDERS = {"unknown", "teamsForBusiness", "skypeForBusiness", "skypeForConsumer"}
UNTRACKED = ["$orderby", "$filter", "$select", "$expand", "$search", "$top"]

WRITABLE: dict[str, type | tuple[type, ...] | set[str] | str] = {
    "subject": str,
    "body": "body",
    "start": "moment",
    "end": "moment",
    "location": "location",
    "isAllDay": bool,
    "showAs": SHOWN,
    "isOnlineMeeting": bool,
    "onlineMeetingProvider": PROVIDERS,
    "attendees": "attendees",
    "isReminderOn": bool,
    "reminderMinutesBeforeStart": int,
    "sensitivity": {"normal", "personal", "private", "confidential"},
    "importance": {"low", "normal", "high"},
    "singleValueExtendedProperties": "properties",
}
READABLE = {
    *WRITABLE,
    "id",
    "type",
    "seriesMasterId",
    "transactionId",
    "isCancelled",
    "isOrganizer",
    "organizer",
    "responseStatus",
    "onlineMeeting",
    "createdDateTime",
    "changeKey",
    "iCalUId",
}


class Refusal(Exception):
    """An error as Graph words it."""

    def __init__(self, status: int, code: str, message: str, retry_after: str = "") -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message
        self.headers = [("Retry-After", retry_after)] if retry_after else []

    @property
    def body(self) -> JSON:
        """The error's envelope."""
        inner = {"date": "2026-11-23T12:00:00", "request-id": "0", "client-request-id": "0"}
        return {"error": {"code": self.code, "message": self.message, "innerError": inner}}


def refuse(code: str, message: str) -> Refusal:
    """A request that is wrong in itself."""
    return Refusal(400, code, message)


def missing() -> Refusal:
    """Something that is not there."""
    return Refusal(404, "ErrorItemNotFound", "The specified object was not found in the store.")


def zone_of(name: str) -> ZoneInfo:
    """By Windows' name or IANA's."""
    try:
        return ZoneInfo(WINDOWS_TO_OLSON.get(name, name))
    except (ZoneInfoNotFoundError, ValueError) as unknown:
        words = f"The following TimeZone value is not supported: '{name}'."
        raise refuse("TimeZoneNotSupportedException", words) from unknown


def preferences(header: str) -> dict[str, str]:
    """The parts of a Prefer header."""
    known = {
        "outlook.timezone": None,
        "idtype": {"ImmutableId"},
        "odata.maxpagesize": None,
        "outlook.body-content-type": {"text", "html"},
    }
    found: dict[str, str] = {}
    for one in filter(None, (part.strip() for part in header.split(","))):
        name, _, value = one.partition("=")
        value = value.strip('"')
        if name.lower() not in known:
            raise refuse("ErrorInvalidRequest", f"Unknown preference '{name}'.")
        takes = known[name.lower()]
        if takes and value not in takes:
            raise refuse("ErrorInvalidRequest", f"Preference '{name}' cannot be '{value}'.")
        found[name.lower()] = value
    zone_of(found.get("outlook.timezone", "UTC"))
    return found


def parameters(query: Mapping[str, str], allowed: Iterable[str]) -> dict[str, str]:
    """By their names in lower case; nothing that this resource does not know."""
    names = {name.lower() for name in allowed}
    for name in query:
        if name.lower() not in names:
            words = f"The query parameter '{name}' is not supported here."
            raise refuse("ErrorInvalidUrlQuery", words)
    found = {name.lower(): value for name, value in query.items()}
    for name in filter(None, found.get("$select", "").split(",")):
        if name not in READABLE | CALENDAR | USER:
            words = f"Could not find a property named '{name}' on type 'microsoft.graph.event'."
            raise refuse("RequestBroker--ParseUri", words)
    return found


CALENDAR = {"name", "canEdit", "isDefaultCalendar", "owner", "allowedOnlineMeetingProviders"}
USER = {"mail", "userPrincipalName", "displayName"}


def tracked(query: Mapping[str, str]) -> dict[str, str]:
    """The parameters of calendarView/delta: a window, or a token and nothing else."""
    lower = {name.lower(): value for name, value in query.items()}
    if any(name in lower for name in UNTRACKED):
        words = (
            "The following parameters are not supported with change tracking over the "
            f"'CalendarView' resource: '{', '.join(UNTRACKED)}'."
        )
        raise refuse("ErrorInvalidUrlQuery", words)
    if len(lower) == 1 and set(lower) <= {"$deltatoken", "$skiptoken"}:
        return lower
    if set(lower) != {"startdatetime", "enddatetime"}:
        words = "This request requires a time window specified by the query string parameters StartDateTime and EndDateTime."
        raise refuse("ErrorInvalidParameter", words)
    return lower


def window(found: Mapping[str, str]) -> tuple[datetime, datetime]:
    """A window's ends; UTC where no offset is said."""
    try:
        ends = [datetime.fromisoformat(found[name]) for name in ("startdatetime", "enddatetime")]
    except (KeyError, ValueError) as wrong:
        raise refuse("ErrorInvalidParameter", "The window is not valid.") from wrong
    start, end = (one if one.tzinfo else one.replace(tzinfo=UTC) for one in ends)
    if not start < end or end - start > timedelta(days=1825):
        raise refuse("ErrorInvalidParameter", "The requested time duration is not valid.")
    return start, end


def marked(query: str) -> tuple[str, str]:
    """The id and value of the one filter that this fake knows."""
    found = FILTER.fullmatch(query)
    if not found or not MARK.fullmatch(found[1]):
        raise refuse("ErrorInvalidUrlQueryFilter", "The query filter contains invalid nodes.")
    return found[1], found[2]


def check_event(body: JSON, *, new: bool) -> None:
    """A body of POST or PATCH."""
    for name, value in body.items():
        if name == "transactionId" and new and isinstance(value, str):
            continue
        if name not in WRITABLE:
            raise _unknown(name, "event")
        _check(name, value)
    if new and not {"subject", "start", "end"} <= set(body):
        raise refuse("ErrorPropertyValidationFailure", "At least one property failed validation.")


def _check(name: str, value: Any) -> None:
    takes = WRITABLE[name]
    if isinstance(takes, set):
        right = value in takes
    elif isinstance(takes, str):
        right = True
        CHECKS[takes](value)
    else:
        right = isinstance(value, takes) and not (takes is int and isinstance(value, bool))
    if not right or (name == "subject" and len(value) > 255):
        raise refuse("RequestBodyRead", f"Cannot convert the value of '{name}'.")


def _members(kind: str, value: Any, known: dict[str, type]) -> None:
    if not isinstance(value, dict):
        raise refuse("RequestBodyRead", f"A '{kind}' is expected.")
    for name, one in value.items():
        if name not in known:
            raise _unknown(name, kind)
        if not isinstance(one, known[name]):
            raise refuse("RequestBodyRead", f"Cannot convert the value of '{name}'.")


def _moment(value: Any) -> None:
    _members("dateTimeTimeZone", value, {"dateTime": str, "timeZone": str})
    if not CLOCK.fullmatch(value.get("dateTime", "")):
        raise refuse("ErrorInvalidProperty", "The date and time are not valid.")
    zone_of(value.get("timeZone", ""))


def _body(value: Any) -> None:
    _members("itemBody", value, {"contentType": str, "content": str})
    if value.get("contentType", "text").lower() not in {"text", "html"}:
        raise refuse("RequestBodyRead", "Cannot convert the value of 'contentType'.")


def _location(value: Any) -> None:
    _members("location", value, {"displayName": str, "locationUri": str, "locationType": str})


def _attendees(value: Any) -> None:
    for one in value:
        _members("attendee", one, {"emailAddress": dict, "type": str})


def _properties(value: Any) -> None:
    for one in value:
        _members("singleValueLegacyExtendedProperty", one, {"id": str, "value": str})
        if not MARK.fullmatch(one.get("id", "")):
            raise refuse("ErrorInvalidProperty", "The extended property's id is not valid.")


CHECKS = {
    "moment": _moment,
    "body": _body,
    "location": _location,
    "attendees": _attendees,
    "properties": _properties,
}


def _unknown(name: str, kind: str) -> Refusal:
    words = (
        f"The property '{name}' does not exist on type 'microsoft.graph.{kind}'. "
        "Make sure to only use property names that are defined by the type."
    )
    return refuse("RequestBodyRead", words)
