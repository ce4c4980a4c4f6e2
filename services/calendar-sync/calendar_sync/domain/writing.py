"""What to do next about one event: a pure decision over what is wanted and what stands."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from calendar_sync.domain.events import Wanted

Step = Literal["write", "move", "delete", "stand", "wait", "nothing"]
"""`stand`: it is there already, for its host put it there; that is only told."""

Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Place:
    """A calendar in which an event stands, or may stand. `ok`: its connection works."""

    connection_id: UUID
    calendar_id: str
    ok: bool


@dataclass(frozen=True)
class Standing:
    """What is known of one event. `place` is set from the moment a call may have written it;
    `written` once that is certain; `provider_id` is the provider's own id of it then. `moved`:
    where the host moved it, since we wrote it last.
    """

    wanted: Wanted
    event_id: str
    place: Place | None
    written: bool
    attempts: int
    provider_id: str = ""
    join_url: str = ""
    moved: Span | None = None


def next_step(event: Standing, place: Place | None, now: datetime) -> Step:
    """The step at `place`: where the event stands, else the host's written calendar, if any."""
    if event.wanted.removed:
        return _removal(event, place)
    if event.wanted.ends_at <= now:
        return "nothing"
    if event.place is None and not event.wanted.asked:
        return "nothing"
    if event.written and event.wanted.followed and event.moved:
        there = event.moved == (event.wanted.starts_at, event.wanted.ends_at)
        return "stand" if there else "nothing"  # moved on since: that is followed next
    if place is None or not place.ok:
        return "wait"
    return "move" if event.written else "write"


def _removal(event: Standing, place: Place | None) -> Step:
    if event.place is None or place is None:
        return "nothing"
    return "delete" if place.ok else "wait"
