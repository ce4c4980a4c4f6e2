"""How one event of ours is brought in line, whatever became of earlier tries.

The id is ours, so that a call whose reply was lost finds its event on the next try: 409, also from
the tombstone of an event that was deleted, which confirming brings back.
"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime

from calendar_sync.adapters.google import events
from calendar_sync.adapters.google.api import JSON, Api, Missing, Rejected, Taken
from calendar_sync.adapters.provider import ProviderUnavailable
from calendar_sync.domain.calendars import Draft, Written

PAUSES = (0.2, 0.4, 0.8, 1.6)
"""Seconds between looks at a conference that is being made."""


@dataclass(frozen=True)
class Desk:
    """One event in one calendar. Nobody is mailed by Google: `sendUpdates=none`."""

    api: Api
    calendar_id: str
    draft: Draft

    @property
    def event_id(self) -> str:
        """Google's."""
        return self.draft.provider_id or self.draft.id

    def write(self) -> Written:
        """Makes the event, or brings the one that has its id in line."""
        try:
            return self._written(self._insert())
        except Taken:
            return self._written(self._align())

    def move(self) -> Written:
        """Brings it in line, or makes it where it is gone for good."""
        try:
            return self._written(self._patch(events.patch(self.draft)))
        except Missing:
            return self.write()

    def delete(self) -> None:
        """Removes it; one that is not there is removed."""
        try:
            self._ask("delete", eventId=self.event_id)
        except Missing:
            return

    def _insert(self) -> JSON:
        wanted = {"id": self.draft.id, **events.body(self.draft)}
        if self.draft.conference:
            meeting = {"conferenceData": events.conference(self.draft.id)}
            try:
                return self._ask("insert", body=wanted | meeting)
            except Rejected:
                return self._ask("insert", body=wanted)  # a calendar without Meet
        return self._ask("insert", body=wanted)

    def _align(self) -> JSON:
        try:
            event = self._get(self.draft.id)
        except Missing as gone:
            raise ProviderUnavailable("the event's id is taken and cannot be read") from gone
        if events.in_line(event, self.draft):
            return event
        return self._patch(events.patch(self.draft), self.draft.id)

    def _written(self, event: JSON) -> Written:
        """The event as it stands, with its conference if it is to have one."""
        if self.draft.conference and not events.join_url(event):
            event = self._confer(event)
        url = events.join_url(event) if self.draft.conference else ""
        return Written(str(event["id"]), url)

    def _confer(self, event: JSON) -> JSON:
        """Waits for the conference, asking for one where there is none.

        The event stands already: if Google takes longer, the step is repeated, for a while.
        """
        for pause in PAUSES:
            if events.join_url(event):
                return event
            if events.pending(event):
                time.sleep(min(pause, self.api.transport.left))
                event = self._get(event["id"])
            else:
                asked = self._ask_for_one(event)
                if asked is None:
                    return event
                event = asked
        if events.join_url(event) or events.given_up(event, datetime.now(UTC)):
            return event
        raise ProviderUnavailable("the conference is being made")

    def _ask_for_one(self, event: JSON) -> JSON | None:
        """`None` where none can be had: the calendar has no Meet, or it failed too often."""
        request_id = events.next_request(event, self.draft)
        if not request_id:
            return None
        try:
            return self._patch({"conferenceData": events.conference(request_id)}, event["id"])
        except Rejected:
            return None

    def _get(self, event_id: str) -> JSON:
        found = self.api.events.get(calendarId=self.calendar_id, eventId=event_id)
        return self.api.ask(found)

    def _patch(self, body: JSON, event_id: str = "") -> JSON:
        return self._ask("patch", eventId=event_id or self.event_id, body=body)

    def _ask(self, method: str, **given: object) -> JSON:
        """Where the calendar itself is not there, its next reading tells the host."""
        if method != "delete":
            given["conferenceDataVersion"] = 1
        make = getattr(self.api.events, method)
        request = make(calendarId=self.calendar_id, sendUpdates="none", **given)
        try:
            return self.api.ask(request)
        except Missing as missing:
            if method != "insert":
                raise
            raise ProviderUnavailable("the calendar is gone") from missing
