"""What the engine knows: a link, and each of its hosts, as they were when read."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
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
    Compared by identity, so that what is kept for a host lasts until their facts are read again.
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

    @cached_property
    def holds(self) -> tuple[Claim, ...]:
        """The claims that the clock alone can end."""
        return tuple([claim for claim in self.claims if claim.expires_at is not None])


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

    def stands(self, claim: Claim) -> bool:
        """Whether a claim counts here. A meeting of several seats outlasts one who leaves it."""
        own = claim.booking_id is not None and claim.booking_id == self.except_booking
        if own and claim.seats_taken <= 1:
            return False
        if claim.expires_at is None:
            return True
        mine = self.except_hold is not None and self.except_hold in (claim.id, claim.meeting_id)
        return claim.expires_at > self.now and not (mine and claim.seats_taken <= 1)
