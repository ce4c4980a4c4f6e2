"""How our events are written: found by a mark of ours, so that none is ever doubled.

Graph makes an event's id, so a reply that is lost takes it along. Each event therefore carries
our own id as an extended property, by which it is found again, and as `transactionId`, by which
Graph knows a repeated request (learn.microsoft.com/graph/api/resources/event).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from html import escape
from typing import Any

from calendar_sync.adapters.microsoft.graph import Graph, Missing, part
from calendar_sync.adapters.microsoft.shapes import (
    Calendar,
    Found,
    Ours,
    age,
    instant,
    parse,
)
from calendar_sync.adapters.provider import ProviderUnavailable
from calendar_sync.domain.calendars import Draft, Written

MARK = "String {5f1d4e3c-2f0a-4c55-9a55-6a3e7e1c0b8d} Name WorkestraEvent"
"""Our extended property: a namespace of our own, and a name in it."""

TEAMS = "teamsForBusiness"
WHOLE = 'outlook.body-content-type="html"'
LONGEST = 255
"""Characters of a subject or a place's name in Exchange."""

ADDRESS_COMES = timedelta(minutes=10)
"""How long we wait for the join URL of a meeting that Teams is still making."""

SOON = timedelta(seconds=2)
TEAMS_BLOB = re.compile(r"<div[^>]*>(?:\s*<[^>]+>)*\s*_{20,}")
"""Where Teams' own part of the text begins: a rule of underscores. It must stay, or the meeting
is no online meeting any more (learn.microsoft.com/graph/api/event-update).
"""


@dataclass(frozen=True)
class Writer:
    """Writes in one calendar."""

    graph: Graph
    calendar_id: str

    def put(self, draft: Draft) -> Written:
        """The event as drafted: the one that stands there, or a new one."""
        with self.graph.in_calendar(self.calendar_id):
            standing = self._standing(draft)
            event = self._change(standing, draft) if standing else self._make(draft)
        return self._written(event, draft)

    def delete(self, draft: Draft) -> None:
        """The event is gone: all that bear the mark, or the very one if its id is known."""
        try:
            found = self._marked(draft)
        except Missing:  # and its calendar with it
            found = ()
        known = [one for one in found if one.id == draft.provider_id] or found
        elsewhere = [] if found else self._elsewhere(draft)
        for event_id in [*(one.id for one in known), *elsewhere]:
            try:
                self.graph.ask("DELETE", f"me/events/{part(event_id)}")
            except Missing:
                continue

    def _standing(self, draft: Draft) -> Ours | None:
        """The event in this calendar, or in another one to which the host has moved it."""
        found = self._marked(draft)
        same = [one for one in found if one.id == draft.provider_id]
        if found:
            return (same or sorted(found, key=lambda one: one.created_date_time or ""))[0]
        for event_id in self._elsewhere(draft):
            return parse(self.graph.get(f"me/events/{part(event_id)}", prefer=WHOLE), Ours)
        return None

    def _marked(self, draft: Draft) -> tuple[Ours, ...]:
        query = (
            f"singleValueExtendedProperties/Any(ep: ep/id eq '{MARK}' and ep/value eq '{draft.id}')"
        )
        path = f"me/calendars/{part(self.calendar_id)}/events"
        return parse(self.graph.get(path, {"$filter": query}, WHOLE), Found).value

    def _elsewhere(self, draft: Draft) -> Iterable[str]:
        """Its id, if it stands in another calendar. Deleted events can be had by their id too,
        but are in no calendar.
        """
        if not draft.provider_id:
            return []
        try:
            self.graph.get(f"me/events/{part(draft.provider_id)}/calendar", {"$select": "id"})
        except Missing:
            return []
        return [draft.provider_id]

    def _make(self, draft: Draft) -> Ours:
        body = self._shown(draft) | {
            "body": {"contentType": "html", "content": _html(draft)},
            "showAs": "free" if draft.transparent else "busy",
            "transactionId": _transaction(draft),
            "singleValueExtendedProperties": [{"id": MARK, "value": draft.id}],
        }
        if draft.conference and self._has_teams():
            body |= _online()
        path = f"me/calendars/{part(self.calendar_id)}/events"
        made = parse(self.graph.ask("POST", path, body, prefer=WHOLE), Ours)
        return made if _same_time(made, draft) else self._change(made, draft)

    def _change(self, event: Ours, draft: Draft) -> Ours:
        """Brings it in line. What the host may have chosen, such as how it is shown, stays."""
        body = self._shown(draft) | self._text(event, draft)
        if draft.conference and not event.is_online_meeting and self._has_teams():
            body |= _online()
        changed = self.graph.ask("PATCH", f"me/events/{part(event.id)}", body, prefer=WHOLE)
        return parse(changed, Ours)

    def _shown(self, draft: Draft) -> dict[str, Any]:
        """Nobody is invited: we mail the invitations."""
        return {
            "subject": draft.title[:LONGEST],
            "start": _moment(draft.start),
            "end": _moment(draft.end),
            "isAllDay": False,
            "location": {"displayName": draft.location[:LONGEST]},
        }

    def _text(self, event: Ours, draft: Draft) -> dict[str, Any]:
        """The text, with Teams' part kept; nothing where that part cannot be found."""
        content = _html(draft)
        if event.is_online_meeting:
            blob = TEAMS_BLOB.search(event.body.content if event.body else "")
            if blob is None:
                return {}
            content += blob.string[blob.start() :]
        return {"body": {"contentType": "html", "content": content}}

    def _has_teams(self) -> bool:
        query = {"$select": "id,allowedOnlineMeetingProviders"}
        found = self.graph.get(f"me/calendars/{part(self.calendar_id)}", query)
        return TEAMS in parse(found, Calendar).allowed_online_meeting_providers

    def _written(self, event: Ours, draft: Draft) -> Written:
        """Raises `ProviderUnavailable` while Teams has yet to give a join URL: the event stands,
        and is found when this is tried again.
        """
        if not draft.conference:
            return Written(event.id)
        young = age(event.created_date_time, datetime.now(UTC)) < ADDRESS_COMES
        if event.is_online_meeting and not event.join_url and young:
            raise ProviderUnavailable("the meeting has no join URL yet", SOON)
        return Written(event.id, event.join_url)


def _transaction(draft: Draft) -> str:
    """Names the making of the event, and of each one that follows a deleted one."""
    if not draft.provider_id:
        return draft.id
    return f"{draft.id}-{sha256(draft.provider_id.encode()).hexdigest()[:8]}"


def _same_time(event: Ours, draft: Draft) -> bool:
    """Whether the answer is the event we meant: an earlier one answers a repeated request."""
    if event.start is None or event.end is None:
        return False
    return (instant(event.start), instant(event.end)) == (draft.start, draft.end)


def _moment(moment: datetime) -> dict[str, str]:
    return {"dateTime": moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S"), "timeZone": "UTC"}


def _html(draft: Draft) -> str:
    return f"<div>{escape(draft.description).replace(chr(10), '<br>')}</div>"


def _online() -> dict[str, Any]:
    return {"isOnlineMeeting": True, "onlineMeetingProvider": TEAMS}
