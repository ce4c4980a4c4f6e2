"""How a reading of one calendar is kept: others' busy time, and what became of our own events."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection as Tx

from calendar_sync.context import Context
from calendar_sync.domain import busy, returning
from calendar_sync.domain.calendars import Occurrence, Reading
from calendar_sync.domain.returning import Change
from calendar_sync.store import connections, ours, periods, seats, turns
from calendar_sync.store.connections import Opened, ReadCalendar
from calendar_sync.store.ours import Known
from contracts.calendar_sync import AttendeeDeclined, BusyPeriod, EventDeleted, EventMoved
from contracts.wire import Event


@dataclass(frozen=True)
class Mirror:
    """One calendar's mirror, in a transaction that holds its host's row."""

    context: Context
    tx: Tx
    opened: Opened
    calendar: ReadCalendar

    def apply(self, reading: Reading, began: datetime) -> tuple[BusyPeriod, ...]:
        """Brings the mirror in line, and tells what the host did to our events; what changed."""
        read = {one.event_id for one in reading.occurrences} | set(reading.replaced)
        known = ours.among(self.tx, self.opened.host_id, self._place, read) if read else []
        mine = frozenset(one for event in known for one in event.ids)
        changed = self._mirrored(reading, mine) if self.calendar.checked else ()
        sure = [
            self._tell_changes(one, reading, began) for one in self._here(known, reading, began)
        ]
        if all(sure):
            connections.set_cursor(self.tx, *self._place, reading.cursor)
        else:  # the next reading has to see this again, so it goes on from where this one did
            turns.read_soon(self.tx, self.opened.id, self.context.now())
        return changed

    @property
    def _place(self) -> tuple[UUID, str]:
        return (self.opened.id, self.calendar.id)

    def _mirrored(self, reading: Reading, mine: frozenset[str]) -> tuple[BusyPeriod, ...]:
        others = [one for one in reading.occurrences if one.event_id not in mine]
        replaced = {self._period_id(one) for one in reading.replaced}
        read = [self._period(one) for one in others]
        about = None if reading.complete else ({one.id for one in read}, replaced)
        before = periods.of_calendar(self.tx, *self._place, about)
        changed = busy.changes(before, read, complete=reading.complete, replaced=replaced)
        periods.apply(self.tx, self.opened.host_id, self._place, changed)
        return changed

    def _period_id(self, occurrence: str) -> str:
        return busy.period_id(*self._place, occurrence)

    def _period(self, one: Occurrence) -> BusyPeriod:
        """As announced; what has long ended counts as removed."""
        period = BusyPeriod(
            id=self._period_id(one.id),
            start=one.start,
            end=one.end,
            removed=one.removed or not one.blocks,
        )
        return period if busy.matters(period, self.context.now()) else busy.gone(period)

    def _here(self, known: list[Known], reading: Reading, began: datetime) -> list[Known]:
        """Our events in this calendar of which the reading says something, if only that they are
        not there any more.
        """
        listed = [one for one in known if one.here]
        if not reading.complete or reading.lost:
            return listed
        there = {one.ours.wanted for one in listed}
        standing = ours.standing(self.tx, self._place, self.context.now())
        absent = [one for one in standing if one.ours.wanted not in there]
        gone = returning.missing([one.ours for one in absent], len(listed), began)
        if len(gone) < len(absent):
            self.context.log.warning("events_not_listed", count=len(absent), believed=len(gone))
        return listed + [one for one in absent if one.ours in gone]

    def _tell_changes(self, known: Known, reading: Reading, began: datetime) -> bool:
        """Whether it is certain what became of the event."""
        found = [one for one in reading.occurrences if one.event_id in known.ids]
        changes = returning.changes(known.ours, found, began, self.context.now())
        for change in changes:
            if change.what == "unsure":
                return False
            version = ours.note(self.tx, known, change)
            for event in self._events(known, change, version):
                self.context.announce(self.tx, event)
        return True

    def _events(self, known: Known, change: Change, version: int) -> Iterator[Event]:
        wish = known.ours.wanted
        whose: dict[str, Any] = {
            "workspace_id": wish.workspace_id,
            "version": version,
            "root_id": self._root(known),
            "meeting_id": wish.meeting_id,
            "host_id": wish.host_id,
            "was_start": wish.starts_at,
        }
        start, end = change.span
        if change.what == "moved":
            yield EventMoved(**whose, was_end=wish.ends_at, start=start, end=end)
        elif change.what == "deleted":
            yield EventDeleted(**whose)
        elif change.what == "declined":
            yield AttendeeDeclined(**whose)

    def _root(self, known: Known) -> UUID:
        wish = known.ours.wanted
        if not wish.shared:
            return wish.root_id
        sitting = seats.of_meeting(self.tx, wish.meeting_id, wish.host_id)
        return sitting[0].wish.root_id if sitting else wish.root_id
