"""What a host did to our event in their own calendar: a pure decision over what was read.

A difference counts as the host's only where it cannot be our own doing: the event is written,
nothing is due for it, and the reading began after our last write had ended. So a change of ours
that comes back is never taken for one of theirs, and there is no loop.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from calendar_sync.domain.calendars import Occurrence
from calendar_sync.domain.events import Wanted
from calendar_sync.domain.writing import Span

What = Literal["moved", "deleted", "declined", "undeclined", "unsure"]


@dataclass(frozen=True)
class Ours:
    """One of our events as we left it. `quiet`: it is written and nothing is due for it.

    `moved`: where the host moved it before, as was told; `declined`: that was told as well.
    """

    wanted: Wanted
    quiet: bool
    in_line_at: datetime | None
    moved: Span | None
    declined: bool

    @property
    def span(self) -> Span:
        """Where it is wanted."""
        return (self.wanted.starts_at, self.wanted.ends_at)


@dataclass(frozen=True)
class Change:
    """What happened to it; `span`: where it stands now. `unsure`: a later reading has to say."""

    what: What
    span: Span


SETTLED = timedelta(minutes=1)
"""A list may lack an event for a moment after it was written: that is no deletion."""

MANY = 3
"""A complete list that lacks all of so many events of ours is not believed: no host deletes every
meeting at once, and a provider's mishap must not cancel them.
"""


def missing(standing: Sequence[Ours], listed: int, began: datetime) -> tuple[Ours, ...]:
    """Which events, not among the `listed` of ours in a complete list read from `began` on, count
    as deleted.
    """
    if not listed and len(standing) >= MANY:
        return ()
    return tuple(one for one in standing if one.in_line_at and one.in_line_at < began - SETTLED)


def changes(
    ours: Ours, found: Sequence[Occurrence], began: datetime, now: datetime
) -> tuple[Change, ...]:
    """What was done to the event, of which `found` was read from `began` on; nothing found of it
    means that it is gone.
    """
    if not ours.quiet or ours.wanted.ends_at <= now:
        return ()
    told = _told(ours, [one for one in found if not one.removed])
    if told and (ours.in_line_at is None or began <= ours.in_line_at):
        return (Change("unsure", ours.span),)
    return told


def _told(ours: Ours, there: Sequence[Occurrence]) -> tuple[Change, ...]:
    if not there:
        return (Change("deleted", ours.span),)
    spans = {(one.start, one.end) for one in there}
    before = ours.moved or ours.span
    told = []
    if before not in spans:
        told.append(Change("moved", ours.span if ours.span in spans else min(spans)))
    declined = any(one.declined for one in there)
    if declined != ours.declined:
        told.append(Change("declined" if declined else "undeclined", before))
    return tuple(told)
