"""The meetings that were booked within a host's hours and lie outside them now."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from uuid import UUID

from availability.domain import hours
from availability.domain.facts import HostFacts
from availability.domain.minutes import DAY, Frame, Span, outward
from contracts.availability import OutsideMeeting, Rule
from contracts.booking import Claim


def _covers(spans: list[Span], needed: Span) -> bool:
    return any(start <= needed[0] and needed[1] <= end for start, end in spans)


def _broken(host: HostFacts, schedule_id: UUID | None, claim: Claim) -> Rule | None:
    """The rule that a meeting no longer keeps: the hours, or else the time off."""
    start, end = outward(claim.meeting_start, claim.meeting_end)
    frame = Frame.around(start // DAY, end // DAY)
    schedule = host.hours(schedule_id)
    if schedule is None or not _covers(hours.runs(schedule, frame.start, frame.end), (start, end)):
        return "hours"
    away = hours.off(host.time_off, host.host.timezone, frame)
    return "time_off" if any(a < end and b > start for a, b in away) else None


def outside(
    host: HostFacts, schedules: Mapping[UUID, UUID | None], now: datetime
) -> Iterator[OutsideMeeting]:
    """The host's meetings that have not ended and no longer fit, soonest first.

    `schedules` is what links name, by link; other links use the host's default. Holds are no
    meetings yet.
    """
    for claim in sorted(host.claims, key=lambda each: (each.meeting_start, each.id)):
        if claim.state == "hold" or claim.meeting_end <= now:
            continue
        if rule := _broken(host, schedules.get(claim.link_id), claim):
            yield OutsideMeeting(
                meeting_id=claim.meeting_id,
                link_id=claim.link_id,
                booking_id=claim.booking_id,
                start=claim.meeting_start,
                end=claim.meeting_end,
                rule=rule,
            )
