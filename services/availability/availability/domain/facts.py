"""What the engine knows: a link, and each of its hosts, as they were when read."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from availability.domain.hours import Hours
from availability.domain.minutes import Span
from contracts.availability import TimeOff
from contracts.booking import Claim, Host, Link


@dataclass(frozen=True, eq=False)
class HostFacts:
    """A host and all that takes their time. `busy` is in minute numbers, rounded outward.

    `calendar` and `synced_at` say how far `busy` can be trusted; `none` is a host without one.
    """

    host: Host
    schedules: tuple[Hours, ...] = ()
    time_off: tuple[TimeOff, ...] = ()
    claims: tuple[Claim, ...] = ()
    busy: tuple[Span, ...] = ()
    calendar: Literal["none", "ok", "broken"] = "none"
    synced_at: datetime | None = None

    def hours(self, schedule_id: UUID | None) -> Hours | None:
        """The schedule of that id, else the default one."""
        for hours in self.schedules:
            if hours.schedule.id == schedule_id:
                return hours
        return next((hours for hours in self.schedules if hours.schedule.is_default), None)


@dataclass(frozen=True, eq=False)
class LinkFacts:
    """A link and the claims on it that its own limits count."""

    link: Link
    claims: tuple[Claim, ...] = ()


@dataclass(frozen=True)
class Ask:
    """The circumstances of a question. `duration` is in minutes.

    `except_hold` and `except_booking` do not count: nobody is in their own way. `by_host`
    overrides notice, horizon and a closed link.
    """

    now: datetime
    duration: int
    except_hold: UUID | None = None
    except_booking: UUID | None = None
    by_host: bool = False
