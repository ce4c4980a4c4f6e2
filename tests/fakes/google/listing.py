"""events.list: filters, expansion, pages and sync tokens, by the documented rules.

https://developers.google.com/calendar/api/v3/reference/events/list and .../guides/sync
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from fakes.google.books import Book
from fakes.google.rules import JSON, Refusal
from fakes.google.series import expanded

NOT_WITH_TOKEN = (
    "iCalUID",
    "orderBy",
    "privateExtendedProperty",
    "q",
    "sharedExtendedProperty",
    "timeMin",
    "timeMax",
    "updatedMin",
)
NO_TOKEN_FOR = ("iCalUID", "orderBy", "privateExtendedProperty", "q", "sharedExtendedProperty")
"""A list so restricted gives no sync token."""


@dataclass
class Snapshot:
    """A list whose pages are being asked for."""

    rows: list[JSON]
    asked: JSON
    version: int
    served: int = 0


@dataclass
class Lists:
    """The lists of one calendar that are open."""

    book: Book
    open: dict[str, Snapshot] = field(default_factory=dict)

    def page(self, query: JSON) -> JSON:
        """One page of events. Raises `Refusal`."""
        token = query.get("pageToken")
        asked = {key: value for key, value in query.items() if key not in {"pageToken", "fields"}}
        if token is None:
            return self._answer(Snapshot(self._rows(asked), asked, self.book.version))
        snapshot = self.open.pop(token, None)
        if snapshot is None or snapshot.asked != asked:
            raise Refusal(400, "invalidParameter", "Invalid page token value.", "pageToken")
        return self._answer(snapshot)

    def _answer(self, snapshot: Snapshot) -> JSON:
        size = min(snapshot.asked.get("maxResults", 250), self.book.page_size or 2500, 2500)
        end = snapshot.served + size
        answer: JSON = {
            "kind": "calendar#events",
            "etag": f'"{self.book.version}"',
            "summary": self.book.name,
            "updated": datetime.now(UTC).isoformat(),
            "timeZone": self.book.zone,
            "accessRole": self.book.role,
            "defaultReminders": [],
            "items": snapshot.rows[snapshot.served : end],
        }
        if end < len(snapshot.rows):
            token = uuid4().hex
            self.open[token] = snapshot
            snapshot.served = end
            answer["nextPageToken"] = token
        elif not any(key in snapshot.asked for key in NO_TOKEN_FOR):
            answer["nextSyncToken"] = self._token(snapshot)
        return answer

    def _token(self, snapshot: Snapshot) -> str:
        single = int(snapshot.asked.get("singleEvents", False))
        text = f"{self.book.id}/{self.book.generation}/{snapshot.version}/{single}"
        return urlsafe_b64encode(text.encode()).decode()

    def _rows(self, asked: JSON) -> list[JSON]:
        _check(asked)
        token = asked.get("syncToken")
        single = asked.get("singleEvents", False)
        if token is not None:
            return list(self._since(self._position(token, single=single), single=single))
        rows = [one for _, one in self._all(single=single)]
        return [one for one in rows if self._wanted(one, asked)]

    def _position(self, token: str, *, single: bool) -> int:
        """The version up to which the client knows all."""
        gone = Refusal(
            410,
            "fullSyncRequired",
            "Sync token is no longer valid, a full sync is required.",
            "syncToken",
        )
        try:
            text = urlsafe_b64decode(token.encode()).decode()
            name, generation, version, was_single = text.rsplit("/", 3)
        except ValueError:
            raise gone from None
        if (name, int(generation)) != (self.book.id, self.book.generation):
            raise gone
        if int(was_single) != int(single):
            words = "Parameters differ from those of the initial synchronization."
            raise Refusal(400, "invalidParameter", words, "singleEvents")
        return int(version)

    def _since(self, version: int, *, single: bool) -> Any:
        """All that changed, without any window: deleted events are always told."""
        for changed, one in self._all(single=single):
            if changed > version:
                yield one
        if single:
            for changed, tombstone in self.book.gone.values():
                if changed > version:
                    yield tombstone

    def _all(self, *, single: bool) -> list[tuple[int, JSON]]:
        rows: list[tuple[int, JSON]] = []
        for event_id, event in self.book.events.items():
            version = self.book.versions[event_id]
            if not single or not event.get("recurrence"):
                rows.append((version, event))
            elif event["status"] != "cancelled":
                rows += [
                    (version, one)
                    for one in expanded(event, self.book.zone)
                    if one["id"] not in self.book.events
                ]
        return rows

    def _wanted(self, event: JSON, asked: JSON) -> bool:
        if event["status"] == "cancelled" and not asked.get("showDeleted"):
            return False
        if asked.get("eventTypes") and event["eventType"] not in asked["eventTypes"]:
            return False
        if "start" not in event:
            return "timeMin" not in asked and "timeMax" not in asked
        start, end = (moment(event[key], self.book.zone) for key in ("start", "end"))
        after = "timeMin" not in asked or end > asked["timeMin"]
        return after and ("timeMax" not in asked or start < asked["timeMax"])


def _check(asked: JSON) -> None:
    if asked.get("orderBy") == "startTime" and not asked.get("singleEvents"):
        words = "The requested ordering is not available for the particular query."
        raise Refusal(400, "badRequest", words)
    if "timeMin" in asked and "timeMax" in asked and asked["timeMin"] >= asked["timeMax"]:
        raise Refusal(400, "timeRangeEmpty", "The specified time range is empty.", "timeMax")
    if "syncToken" not in asked:
        return
    for key in NOT_WITH_TOKEN:
        if key in asked:
            words = f"Sync token cannot be used with the parameter {key}."
            raise Refusal(400, "badRequest", words, key)
    for key in ("showDeleted", "showHiddenInvitations"):
        if asked.get(key) is False:
            words = f"Sync token cannot be used with {key} set to false."
            raise Refusal(400, "badRequest", words, key)


def moment(place: JSON, zone: str) -> datetime:
    """A start or end as an instant; whole days in the calendar's zone."""
    if "date" in place:
        day = date.fromisoformat(place["date"])
        return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)
    return datetime.fromisoformat(place["dateTime"]).astimezone(UTC)
