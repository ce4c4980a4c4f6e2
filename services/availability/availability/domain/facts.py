"""What the engine knows: a link, and each of its hosts, as they were when read."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import count
from typing import Literal
from uuid import UUID

from availability.domain.hours import Hours
from availability.domain.minutes import Span
from contracts.availability import TimeOff
from contracts.booking import Claim, Host, Link

_marks = count()


@dataclass(frozen=True, eq=False)
class HostFacts:
    """A host and all that takes their time. `busy` is in minute numbers, rounded outward.

    `calendar` and `synced_at` say how far `busy` can be trusted; `none` is a host without one.
    What is kept for these facts is kept by their `mark`, and so lasts until they are read again.
    """

    host: Host
    schedules: tuple[Hours, ...] = ()
    time_off: tuple[TimeOff, ...] = ()
    claims: tuple[Claim, ...] = ()
    busy: tuple[Span, ...] = ()
    calendar: Literal["none", "ok", "broken"] = "none"
    synced_at: datetime | None = None
    mark: int = field(default_factory=_marks.__next__)

    def hours(self, schedule_id: UUID | None) -> Hours | None:
        """The schedule of that id, else the default one."""
        if schedule_id is not None:
            for hours in self.schedules:
                if hours.schedule.id == schedule_id:
                    return hours
        for hours in self.schedules:
            if hours.schedule.is_default:
                return hours
        return None

    @cached_property
    def holds(self) -> tuple[Claim, ...]:
        """The claims that the clock alone can end."""
        return tuple([claim for claim in self.claims if claim.expires_at is not None])


@dataclass(frozen=True, eq=False)
class LinkFacts:
    """A link and the claims on it that its own limits count."""

    link: Link
    claims: tuple[Claim, ...] = ()

    @cached_property
    def host_ids(self) -> frozenset[int]:
        """The ids of its hosts, as the numbers that they are: those compare fastest."""
        return frozenset([place.host_id.int for place in self.link.settings.hosts])


def leaves(claim: Claim, booking_id: UUID | None) -> bool:
    """Whether the claim ends when this booking does. A meeting outlasts one of several seats."""
    return booking_id is not None and claim.booking_id == booking_id and claim.seats_taken <= 1


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
        """Whether a claim counts here."""
        if leaves(claim, self.except_booking):
            return False
        if claim.expires_at is None:
            return True
        mine = self.except_hold is not None and self.except_hold in (claim.id, claim.meeting_id)
        return claim.expires_at > self.now and not (mine and claim.seats_taken <= 1)


@dataclass(frozen=True)
class Offer:
    """A link, those of its hosts who may take it, and the circumstances of the question."""

    link: LinkFacts
    hosts: tuple[HostFacts, ...]
    ask: Ask
