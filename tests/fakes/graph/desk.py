"""What one account's requests to Graph do."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from fakes.graph.delta import Deltas
from fakes.graph.mailbox import BLOB, JOIN, Book, Item, Mailbox, shown
from fakes.graph.shapes import (
    JSON,
    Refusal,
    check_event,
    marked,
    missing,
    parameters,
    preferences,
    refuse,
    window,
    zone_of,
)
from fakes.graph.subscriptions import Subscriptions


@dataclass(frozen=True)
class Call:
    """One request: `ids` are those of its path, in order."""

    ids: tuple[str, ...]
    query: dict[str, str]
    body: JSON
    prefer: str
    base: str


@dataclass(frozen=True)
class Desk:
    """One account. `urls_late`: how many times a new meeting is shown before it has a join URL."""

    mailbox: Mailbox
    deltas: Deltas
    subscriptions: Subscriptions
    urls_late: list[int]

    def me(self, call: Call) -> JSON:
        """GET /me."""
        parameters(call.query, ["$select"])
        address = self.mailbox.address
        return {"mail": address, "userPrincipalName": address, "displayName": "Host"}

    def zone(self, call: Call) -> JSON:
        """GET /me/mailboxSettings/timeZone."""
        parameters(call.query, [])
        return {"value": self.mailbox.zone}

    def calendars(self, call: Call) -> JSON:
        """GET /me/calendars."""
        found = parameters(call.query, ["$top", "$skip", "$select"])
        size, skip = int(found.get("$top", 10)), int(found.get("$skip", 0))
        mine = list(self.mailbox.books.values())
        page: JSON = {"value": [_calendar(one) for one in mine[skip : skip + size]]}
        if skip + size < len(mine):
            link = f"{call.base}/v1.0/me/calendars?$top={size}&$skip={skip + size}"
            page["@odata.nextLink"] = link
        return page

    def calendar(self, call: Call) -> JSON:
        """GET /me/calendars/{id}."""
        parameters(call.query, ["$select"])
        return _calendar(self._book(call.ids[0]))

    def delta(self, call: Call) -> JSON:
        """GET /me/calendars/{id}/calendarView/delta."""
        book = self._book(call.ids[0])
        page = self.deltas.page(self.mailbox, book, call.query, preferences(call.prefer))
        here = f"{call.base}/v1.0/me/calendars/{book.id}/calendarView/delta"
        kind, token = page["kind"], page["token"]
        name = "@odata.deltaLink" if kind == "delta" else "@odata.nextLink"
        return {"value": page["value"], name: f"{here}?${kind}token={token}"}

    def events(self, call: Call) -> JSON:
        """GET /me/calendars/{id}/events, by the mark of one of ours."""
        found = parameters(call.query, ["$filter", "$select", "$top"])
        book = self._book(call.ids[0])
        name, value = marked(found.get("$filter", ""))
        mine = [one for one in book.standing if one.marks.get(name) == value]
        return {"value": [self._shown(one, call) for one in mine]}

    def event(self, call: Call) -> JSON:
        """GET /me/events/{id}, deleted ones too."""
        parameters(call.query, ["$select"])
        return self._shown(self._found(call)[1], call)

    def calendar_of(self, call: Call) -> JSON:
        """GET /me/events/{id}/calendar; deleted ones are in none."""
        parameters(call.query, ["$select"])
        book, item = self._found(call)
        if item.deleted:
            raise missing()
        return _calendar(book)

    def instances(self, call: Call) -> JSON:
        """GET /me/events/{id}/instances."""
        found = parameters(call.query, ["startDateTime", "endDateTime", "$select", "$top", "$skip"])
        start, end = window(found)
        item = self._found(call)[1]
        if item.deleted:
            raise missing()
        if item.type != "seriesMaster":
            raise refuse("ErrorInvalidRequest", "Your request can't be completed.")
        size, skip = int(found.get("$top", 10)), int(found.get("$skip", 0))
        inside = [one for one in item.occurrences if one.within(start, end)]
        page: JSON = {"value": [self._shown(one, call) for one in inside[skip : skip + size]]}
        if skip + size < len(inside):
            window_text = "&".join(
                f"{key}={call.query[key]}" for key in call.query if key[0] != "$"
            )
            here = f"{call.base}/v1.0/me/events/{item.id}/instances?{window_text}"
            page["@odata.nextLink"] = f"{here}&$top={size}&$skip={skip + size}"
        return page

    def create(self, call: Call) -> JSON:
        """POST /me/calendars/{id}/events. A repeated `transactionId` makes nothing new."""
        check_event(call.body, new=True)
        book = self._book(call.ids[0])
        if not book.can_edit:
            raise Refusal(403, "ErrorAccessDenied", "Access is denied.")
        transaction = call.body.get("transactionId", "")
        for one in book.standing:
            if transaction and one.transaction == transaction:
                return self._shown(one, call)
        item = Item(datetime.now(UTC), datetime.now(UTC), transaction=transaction)
        self._apply(book, item, call.body)
        book.put(item)
        return self._shown(item, call)

    def change(self, call: Call) -> JSON:
        """PATCH /me/events/{id}, deleted ones too."""
        check_event(call.body, new=False)
        book, item = self._found(call)
        self._apply(book, item, call.body)
        book.put(item)
        return self._shown(item, call)

    def delete(self, call: Call) -> None:
        """DELETE /me/events/{id}; a second time from the deleted items."""
        book, item = self._found(call)
        if item.deleted:
            del book.items[item.id]
            return
        book.drop(item)

    def subscribe(self, call: Call) -> JSON:
        """POST /subscriptions."""
        words = str(call.body.get("resource", "")).strip("/").split("/")
        if len(words) != 4 or (words[0], words[1], words[3]) != ("me", "calendars", "events"):
            raise refuse("InvalidRequest", "The resource cannot be subscribed to.")
        book = self._book(words[2].replace("%3D", "="))
        return self.subscriptions.create(self.mailbox.address, book.id, call.body)

    def renew(self, call: Call) -> JSON:
        """PATCH /subscriptions/{id}."""
        return self.subscriptions.renew(self.mailbox.address, call.ids[0], call.body)

    def unsubscribe(self, call: Call) -> None:
        """DELETE /subscriptions/{id}."""
        self.subscriptions.delete(self.mailbox.address, call.ids[0])

    def _book(self, identity: str) -> Book:
        if identity not in self.mailbox.books:
            raise missing()
        return self.mailbox.books[identity]

    def _found(self, call: Call) -> tuple[Book, Item]:
        found = self.mailbox.find(call.ids[0])
        if found is None:
            raise missing()
        return found

    def _shown(self, item: Item, call: Call) -> JSON:
        zone = preferences(call.prefer).get("outlook.timezone", "UTC")
        found = shown(item, self.mailbox, zone)
        if item.online and self.urls_late and self.urls_late[0] > 0:
            self.urls_late[0] -= 1
            found["onlineMeeting"] = None
        return found

    def _apply(self, book: Book, item: Item, body: JSON) -> None:
        plain: dict[str, Callable[[Any], tuple[str, Any]]] = {
            "subject": lambda value: ("subject", value),
            "showAs": lambda value: ("show_as", value),
            "isAllDay": lambda value: ("all_day", value),
            "sensitivity": lambda value: ("sensitivity", value),
            "attendees": lambda value: ("attendees", value),
            "start": lambda value: ("start", _instant(value)),
            "end": lambda value: ("end", _instant(value)),
            "location": lambda value: ("location", value["displayName"]),
            "body": lambda value: ("body", value["content"]),
        }
        for name, act in plain.items():
            if name in body:
                setattr(item, *act(body[name]))
        if item.end < item.start:
            raise refuse(
                "ErrorPropertyValidationFailure", "At least one property failed validation."
            )
        for one in body.get("singleValueExtendedProperties", ()):
            item.marks[one["id"]] = one["value"]
        self._meet(book, item, body)

    def _meet(self, book: Book, item: Item, body: JSON) -> None:
        """An online meeting's text holds Teams' part, and without it is none any more."""
        if item.online and "body" in body and item.join_url not in item.body:
            item.online, item.join_url = False, ""
        if body.get("isOnlineMeeting") and not item.online:
            if not book.teams or body.get("onlineMeetingProvider") != "teamsForBusiness":
                return
            item.online, item.join_url = True, JOIN.format(key=item.id[4:24])
            item.body += BLOB.format(url=item.join_url)


def _calendar(book: Book) -> JSON:
    return {
        "id": book.id,
        "name": book.name,
        "color": "auto",
        "canEdit": book.can_edit,
        "isDefaultCalendar": book.main,
        "allowedOnlineMeetingProviders": ["teamsForBusiness"] if book.teams else [],
        "defaultOnlineMeetingProvider": "teamsForBusiness" if book.teams else "unknown",
        "owner": {"name": "Host", "address": book.owner},
    }


def _instant(value: JSON) -> datetime:
    local = datetime.fromisoformat(value["dateTime"])
    return local.replace(tzinfo=zone_of(value["timeZone"])).astimezone(UTC)
