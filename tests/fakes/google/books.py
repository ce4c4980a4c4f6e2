"""One calendar of the fake: its events with their tombstones, and who changes them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from fakes.google.rules import EVENT_ID, JSON, Refusal
from fakes.google.series import at, expanded, shifted

WRITERS = ("owner", "writer", "writerWithoutPrivateAccess")
LONGEST_TEXT = 8192
KEPT_ON_PUT = (
    *("id", "created", "creator", "organizer", "iCalUID", "kind", "htmlLink", "eventType"),
    *("sequence", "hangoutLink"),
)
"""What of an event its server keeps, whatever a client's PUT says."""


@dataclass
class Book:
    """A calendar. `versions` says when each event changed last, `gone` which occurrences left.

    `looks`: how often a new conference is shown as pending before it is there (`None`: until
    `make_conferences`); `conference` is how it ends.
    """

    id: str
    name: str
    zone: str = "UTC"
    role: str = "owner"
    primary: bool = False
    meet: bool = True
    looks: int | None = 0
    conference: str = "success"
    page_size: int | None = None
    events: dict[str, JSON] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    gone: dict[str, tuple[int, JSON]] = field(default_factory=dict)
    version: int = 0
    generation: int = 0
    pending: dict[str, int] = field(default_factory=dict)
    changed: Callable[["Book"], None] = lambda _: None

    # As another client of the same account does it.

    def put(self, start: datetime, end: datetime, **fields: Any) -> str:
        """An appointment; its id."""
        return self.add(start=self.place(start), end=self.place(end), **fields)

    def put_days(self, start: date, end: date, **fields: Any) -> str:
        """One of whole days, the last not included."""
        days = {"start": {"date": start.isoformat()}, "end": {"date": end.isoformat()}}
        return self.add(**days, **fields)

    def put_series(
        self, start: datetime, length: timedelta, *recurrence: str, **fields: Any
    ) -> str:
        """A recurring one, in the zone of `start` (a `ZoneInfo`)."""
        zone = str(start.tzinfo)
        places = {"start": at(start, zone, zone), "end": at(start + length, zone, zone)}
        return self.add(**places, recurrence=list(recurrence), **fields)

    def add(self, **body: Any) -> str:
        """Any event; its id."""
        return str(self.insert({"id": uuid4().hex, **body}, conferences=True)["id"])

    def change(self, event_id: str, **fields: Any) -> None:
        """Some of its fields; `None` takes one away."""
        self.patch(event_id, fields, conferences=True)

    def move(self, event_id: str, by: timedelta) -> None:
        """The same event at another time."""
        event = self.events[event_id]
        self.change(event_id, start=shifted(event["start"], by), end=shifted(event["end"], by))

    def remove(self, event_id: str) -> None:
        """Deletes it."""
        self.delete(event_id)

    def occurrence(self, master_id: str, which: int | datetime, **changes: Any) -> str:
        """Changes one occurrence of a series, by its number or start, e.g. `status="cancelled"`;
        its id.
        """
        one = self._which(master_id, which)
        if changes.get("status") == "cancelled":
            names = ("id", "recurringEventId", "originalStartTime", "kind", "etag")
            one = {key: one[key] for key in names}
        self._store({**one, **changes})
        return str(one["id"])

    def _which(self, master_id: str, which: int | datetime) -> JSON:
        all_of_them = list(expanded(self.events[master_id], self.zone))
        if isinstance(which, int):
            return all_of_them[which]
        wanted = at(which, self.zone)["dateTime"]
        return next(one for one in all_of_them if one["start"].get("dateTime") == wanted)

    def place(self, moment: datetime) -> JSON:
        """A start or end."""
        return at(moment, self.zone)

    def expire(self) -> None:
        """No sync token is good any more."""
        self.generation += 1

    def make_conferences(self) -> None:
        """The conferences that were asked for are there now."""
        for event_id in list(self.pending):
            self._settle(event_id)

    def living(self) -> list[JSON]:
        """Events that are not cancelled."""
        return [one for one in self.events.values() if one["status"] != "cancelled"]

    # As the API does it.

    def get(self, event_id: str) -> JSON:
        """As events.get: tombstones too."""
        found = self._found(event_id)
        if event_id in self.pending and self.looks is not None:
            self.pending[event_id] -= 1
            if self.pending[event_id] <= 0:
                self._settle(event_id)
        return self.events[found["id"]]

    def insert(self, body: JSON, *, conferences: bool) -> JSON:
        """As events.insert: an id, also of a tombstone, can be used once."""
        event_id = body.get("id") or uuid4().hex
        if not EVENT_ID.fullmatch(event_id):
            raise Refusal(400, "invalid", "Invalid resource id value.")
        if event_id in self.events:
            raise Refusal(409, "duplicate", "The requested identifier already exists.")
        now = _stamp()
        made: JSON = {
            "kind": "calendar#event",
            "id": event_id,
            "htmlLink": f"https://www.google.com/calendar/event?eid={event_id}",
            "created": now,
            "creator": {"email": self.id, "self": True},
            "organizer": {"email": self.id, "self": True},
            "iCalUID": f"{event_id}@google.com",
            "eventType": "default",
            "sequence": 0,
            "reminders": {"useDefault": True},
        }
        return self._write({}, made | _without_nulls(body), conferences=conferences)

    def patch(
        self, event_id: str, body: JSON, *, conferences: bool, etag: str | None = None
    ) -> JSON:
        """As events.patch: what is named changes, `null` takes away."""
        found = self._matched(event_id, etag)
        return self._write(found, merged(found, body), conferences=conferences)

    def update(
        self, event_id: str, body: JSON, *, conferences: bool, etag: str | None = None
    ) -> JSON:
        """As events.update: what is not named is gone."""
        found = self._matched(event_id, etag)
        kept = {key: found[key] for key in KEPT_ON_PUT if key in found}
        return self._write(found, kept | _without_nulls(body), conferences=conferences)

    def delete(self, event_id: str) -> None:
        """As events.delete: twice is gone."""
        found = self._found(event_id)
        if found["status"] == "cancelled":
            raise Refusal(410, "deleted", "Resource has been deleted")
        self._store({**found, "status": "cancelled"})
        for one in list(self.events.values()):
            if one.get("recurringEventId") == event_id and one["status"] != "cancelled":
                self._store({**one, "status": "cancelled"})

    def _found(self, event_id: str) -> JSON:
        if event_id not in self.events:
            raise Refusal(404, "notFound", "Not Found")
        return self.events[event_id]

    def _matched(self, event_id: str, etag: str | None) -> JSON:
        found = self._found(event_id)
        if etag not in {None, "*", found["etag"]}:
            raise Refusal(412, "conditionNotMet", "Precondition Failed")
        return found

    def _write(self, before: JSON, wanted: JSON, *, conferences: bool) -> JSON:
        after: JSON = {"status": "confirmed"} | wanted
        if len(after.get("description", "")) > LONGEST_TEXT:
            raise Refusal(400, "invalid", "Description too long.")
        after["start"], after["end"] = self._times(after)
        self._confer(before, after, conferences=conferences)
        if before.get("start") not in (None, after["start"]):
            after["sequence"] = before.get("sequence", 0) + 1
        return self._store(after)

    def _times(self, event: JSON) -> tuple[JSON, JSON]:
        places = [self._time(event, "start"), self._time(event, "end")]
        if ("date" in places[0]) != ("date" in places[1]):
            words = "The start and end times must either both be date or both be dateTime."
            raise Refusal(400, "invalid", words)
        first, last = (datetime.fromisoformat(one.get("date") or one["dateTime"]) for one in places)
        if last < first or ("date" in places[0] and first == last):
            raise Refusal(400, "timeRangeEmpty", "The specified time range is empty.")
        return places[0], places[1]

    def _time(self, event: JSON, which: str) -> JSON:
        """As Google gives it back: in the calendar's zone."""
        place: JSON = event.get(which) or {}
        if ("date" in place) == ("dateTime" in place):
            raise Refusal(400, "required", f"Missing {which} time.")
        if "date" in place:
            return {"date": place["date"]}
        moment = datetime.fromisoformat(place["dateTime"])
        if moment.tzinfo is None:
            raise Refusal(400, "required", f"Missing time zone definition for {which} time.")
        if event.get("recurrence") and "timeZone" not in place:
            raise Refusal(400, "required", f"Missing time zone definition for {which} time.")
        return at(moment, self.zone, place.get("timeZone"))

    def _confer(self, before: JSON, after: JSON, *, conferences: bool) -> None:
        """Conferences are made asynchronously (Event.conferenceData.createRequest)."""
        known = before.get("conferenceData", {})
        if not conferences:
            after.pop("conferenceData", None)
            if known:
                after["conferenceData"] = known
        asked = after.get("conferenceData", {}).get("createRequest")
        if not conferences or not asked:
            return
        if asked["requestId"] == known.get("createRequest", {}).get("requestId"):
            after["conferenceData"] = known
            return
        kind = asked.get("conferenceSolutionKey", {}).get("type", "hangoutsMeet")
        if not self.meet or kind != "hangoutsMeet":
            raise Refusal(400, "invalid", "Invalid conference type value.")
        after["conferenceData"] = {"createRequest": asked | {"status": {"statusCode": "pending"}}}
        self.pending[after["id"]] = self.looks or 0
        if self.looks == 0:
            self._conclude(after)

    def _settle(self, event_id: str) -> None:
        event = dict(self.events[event_id])
        self._conclude(event)
        self._store(event)

    def _conclude(self, event: JSON) -> None:
        self.pending.pop(event["id"], None)
        asked = event["conferenceData"]["createRequest"] | {
            "status": {"statusCode": self.conference}
        }
        event["conferenceData"] = {"createRequest": asked}
        if self.conference == "success":
            code = event["id"][:10]
            link = f"https://meet.google.com/{code[:3]}-{code[3:7]}-{code[7:]}"
            event["hangoutLink"] = link
            event["conferenceData"] |= {
                "entryPoints": [{"entryPointType": "video", "uri": link, "label": link[8:]}],
                "conferenceSolution": {"key": {"type": "hangoutsMeet"}, "name": "Google Meet"},
                "conferenceId": link.rpartition("/")[2],
            }

    def _store(self, event: JSON) -> JSON:
        self.version += 1
        before = self.events.get(event["id"])
        stored = event | {"etag": f'"{self.version:016d}"', "updated": _stamp()}
        stored.setdefault("status", "confirmed")
        self.events[event["id"]] = stored
        self.versions[event["id"]] = self.version
        self._part(before, stored)
        self.changed(self)
        return stored

    def _part(self, before: JSON | None, after: JSON) -> None:
        """Occurrences that a series has no more are told as cancelled."""
        old = self._ids(before)
        new = self._ids(after)
        for occurrence_id in old.keys() - new.keys():
            one = old[occurrence_id]
            names = ("id", "recurringEventId", "originalStartTime")
            tombstone = {key: one[key] for key in names} | {"status": "cancelled"}
            self.gone[occurrence_id] = (self.version, tombstone)
        for occurrence_id in new:
            self.gone.pop(occurrence_id, None)

    def _ids(self, event: JSON | None) -> dict[str, JSON]:
        if not event or not event.get("recurrence") or event["status"] == "cancelled":
            return {}
        return {one["id"]: one for one in expanded(event, self.zone)}


def merged(before: JSON, patch: JSON) -> JSON:
    """RFC 7396."""
    after = dict(before)
    for key, value in patch.items():
        if value is None:
            after.pop(key, None)
        elif isinstance(value, dict):
            after[key] = merged(before.get(key, {}), value)
        else:
            after[key] = value
    return after


def _without_nulls(body: JSON) -> JSON:
    return {
        key: _without_nulls(value) if isinstance(value, dict) else value
        for key, value in body.items()
        if value is not None
    }


def _stamp() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
