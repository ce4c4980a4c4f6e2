"""Our own events as they were left in hosts' calendars, to tell what hosts did to them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Row, Text, any_, cast, or_, select, update
from sqlalchemy import Connection as Tx

from calendar_sync.domain.returning import Change, Ours
from calendar_sync.store.tables import wanted_event
from calendar_sync.store.wanted import NOWHERE, wish_of

ROW = wanted_event.c


@dataclass(frozen=True)
class Known:
    """One of our events: its ids, ours and the provider's, and how it was left. `here`: it stands
    in the calendar that is read.
    """

    ids: frozenset[str]
    ours: Ours
    here: bool


def among(
    tx: Tx, host_id: UUID, calendar: tuple[UUID, str], event_ids: Collection[str]
) -> list[Known]:
    """Which of these events are ours, in whatever calendar of the host. Their rows are locked."""
    read = cast(list(event_ids), ARRAY(Text))  # there may be thousands of them
    mine = or_(ROW.event_id == any_(read), ROW.provider_id == any_(read))
    return _known(tx, calendar, ROW.host_id == host_id, mine)


def standing(tx: Tx, calendar: tuple[UUID, str], now: datetime) -> list[Known]:
    """Every event of ours in this calendar (connection and calendar id) that is not over."""
    here = (ROW.connection_id == calendar[0], ROW.calendar_id == calendar[1])
    return _known(tx, calendar, *here, ROW.written, ~ROW.removed, ROW.ends_at > now)


def note(tx: Tx, known: Known, change: Change) -> int:
    """Keeps what the host did; the version under which it is told."""
    wish = known.ours.wanted
    values: dict[str, object] = {"came_back": ROW.came_back + 1}
    if change.what == "moved":
        values |= {"moved_start": change.span[0], "moved_end": change.span[1]}
    elif change.what == "deleted":
        values |= NOWHERE
    else:
        values |= {"declined": change.what == "declined"}
    query = update(wanted_event).where(ROW.root_id == wish.root_id, ROW.host_id == wish.host_id)
    version: int = tx.execute(query.values(values).returning(ROW.came_back)).scalar_one()
    return version


def _known(tx: Tx, calendar: tuple[UUID, str], *where: Any) -> list[Known]:
    query = select(wanted_event).where(*where).order_by(ROW.root_id).with_for_update()
    return [_one(row, calendar) for row in tx.execute(query).all()]


def _one(row: Row[Any], calendar: tuple[UUID, str]) -> Known:
    quiet = row.written and row.state == "done" and not row.removed
    moved = (row.moved_start, row.moved_end) if row.moved_start else None
    ours = Ours(wish_of(row), quiet, row.in_line_at, moved, row.declined)
    ids = frozenset(one for one in (row.event_id, row.provider_id) if one)
    return Known(ids, ours, here=(row.connection_id, row.calendar_id) == calendar)
