"""The seats of group meetings: who joins one takes nobody's time anew."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from availability.domain.facts import Ask, HostFacts, LinkFacts
from availability.domain.minutes import floor_minute
from contracts.booking import Claim


def left(claim: Claim, capacity: int, ask: Ask) -> int:
    """The seats still free in the meeting of a claim. Seats held by oneself or too long are."""
    given_back = sum(
        hold.expires_at <= ask.now or hold.id == ask.except_hold for hold in claim.seat_holds
    )
    return capacity - claim.seats_taken + given_back


def _meetings(link: LinkFacts, hosts: Iterable[HostFacts], ask: Ask) -> Iterator[Claim]:
    """The link's own meetings of the duration asked for."""
    length = timedelta(minutes=ask.duration)
    for host in hosts:
        for claim in host.claims:
            if claim.link_id == link.link.id and claim.meeting_end - claim.meeting_start == length:
                yield claim


def joinable(link: LinkFacts, hosts: Iterable[HostFacts], ask: Ask) -> dict[int, int]:
    """The seats free at the starts (minute numbers) of a group link's own meetings."""
    if link.link.settings.kind != "group":
        return {}
    capacity = link.link.settings.capacity
    found: dict[int, int] = {}
    for claim in _meetings(link, hosts, ask):
        if ask.stands(claim) and (seats := left(claim, capacity, ask)) > 0:
            start = floor_minute(claim.meeting_start)
            found[start] = min(seats, found.get(start, seats))
    return found
