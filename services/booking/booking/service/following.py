"""Meetings follow what happens to their events in hosts' calendars, or their hosts are told.

Each handler runs in the inbox's transaction, so a repeat never gets here; what comes late or out of
order is recognised by its version, and by where the event stood when it was seen.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import chain
from uuid import UUID

import msgspec

from booking.domain import drafts, following, keys, news
from booking.domain.following import Span, Why
from booking.service.desk import Desk, announce_claims, mint
from booking.service.managing import end
from booking.store import bookings, claims, hosts, links, returning, seats
from contracts.booking import Booking, BookingRescheduled, CalendarDiffers, Claim, Link
from contracts.calendar_sync import AttendeeDeclined, EventDeleted, EventMoved
from contracts.errors import SlotTaken
from servicekit import Tx

Told = EventMoved | EventDeleted | AttendeeDeclined

DELETED = "The meeting was deleted from the host's calendar."
DECLINED = "The invitation was declined in the calendar."


@dataclass(frozen=True)
class _Case:
    """A meeting whose event was changed: its link (None once deleted), locked with its hosts, its
    open bookings, confirmed ones first, and where it was put by following this host before.
    """

    desk: Desk
    tx: Tx
    event: Told
    link: Link | None
    sitting: tuple[Booking, ...]
    followed: Span | None
    now: datetime

    @property
    def first(self) -> Booking:
        return self.sitting[0]

    @property
    def span(self) -> Span:
        return self.first.start, self.first.end

    @property
    def follows(self) -> bool:
        """A meeting whose link is gone goes by the usual rule."""
        return self.link is None or self.link.settings.calendar_changes == "follow"

    def tell(self, why: Why, span: Span | None = None) -> None:
        """The host learns that calendar and booking differ."""
        what = {EventMoved: "moved", EventDeleted: "deleted", AttendeeDeclined: "declined"}
        told = CalendarDiffers(
            workspace_id=self.event.workspace_id,
            version=self.event.version,
            booking=self.first,
            host_id=self.event.host_id,
            what=what[type(self.event)],  # type: ignore[arg-type]
            why=why,
            start=span[0] if span else None,
            end=span[1] if span else None,
        )
        self.desk.announce(self.tx, told)


def moved(desk: Desk, event: EventMoved, tx: Tx) -> None:
    """To where the host moved it, if that can be."""
    case = _case(desk, event, tx)
    if case is None:
        return
    was, span = (event.was_start, event.was_end), (event.start, event.end)
    if span == case.span or following.is_stale(case.span, was, case.followed):
        return
    if case.link is None:
        case.tell("impossible", span)
        return
    why = following.obstacle(case.first, case.link.settings, span, case.now)
    try:
        if why is None:
            with tx.begin_nested():
                _move(case, case.link, span)
    except SlotTaken:
        why = "taken"
    if why is not None:
        case.tell(why, span)


def deleted(desk: Desk, event: EventDeleted, tx: Tx) -> None:
    """The meeting is cancelled, as by its host."""
    case = _case(desk, event, tx)
    if case is None or _elsewhere(case, event.was_start):
        return
    if not case.follows:
        case.tell("policy")
        return
    for booking in case.sitting:
        end(desk, tx, booking, (DELETED, f"host:{event.host_id}", case.now))


def declined(desk: Desk, event: AttendeeDeclined, tx: Tx) -> None:
    """The attendee's place is cancelled, as by themselves."""
    case = _case(desk, event, tx)
    if case is None or _elsewhere(case, event.was_start):
        return
    who = _whose(case.sitting, event.email)
    if who is None or not case.follows:
        case.tell("policy")
        return
    end(desk, tx, who, (DECLINED, "attendee", case.now))


def _case(desk: Desk, event: Told, tx: Tx) -> _Case | None:
    """None where it is old news, or nothing stands any more that it could be about.

    The link's row is locked first, then the hosts', then bookings are read: as by everybody else.
    """
    if not returning.hear(tx, event.meeting_id, event.host_id, event.version):
        return None
    known = returning.sitting(tx, event.workspace_id, event.meeting_id)
    if not known:
        return None
    link = links.lock(tx, known[0].link_id)
    claims.lock_hosts(tx, {host.id for one in known for host in one.hosts})
    sitting = returning.sitting(tx, event.workspace_id, event.meeting_id)
    now = desk.clock.now()
    if not sitting or sitting[0].start <= now:
        return None
    if event.host_id not in {host.id for host in sitting[0].hosts}:
        return None
    followed = returning.followed_to(tx, event.meeting_id, event.host_id)
    return _Case(desk, tx, event, link, sitting, followed, now)


def _elsewhere(case: _Case, was_start: datetime) -> bool:
    """Whether the meeting was moved by somebody else since: its event is written anew there."""
    return case.span[0] != was_start and case.span != case.followed


def _whose(sitting: tuple[Booking, ...], email: str) -> Booking | None:
    if len(sitting) == 1:
        return sitting[0]
    mine = [one for one in sitting if one.attendee.email.lower() == email.lower()]
    return mine[0] if len(mine) == 1 else None


def _move(case: _Case, link: Link, span: Span) -> None:
    """Every booking of the meeting, and the meeting's claims. Raises `SlotTaken`."""
    desk, tx, first = case.desk, case.tx, case.first
    there = hosts.by_ids(tx, [host.id for host in first.hosts])
    numbers = claims.lock_hosts(tx, [host.id for host in first.hosts])
    ended = claims.drop_holds(tx, numbers, case.now, None)
    replaced = [
        (one, bookings.change(tx, one, "rescheduled", next_id=new_id))
        for one, new_id in ((one, desk.new_id()) for one in case.sitting)
    ]
    moved_to = [
        msgspec.structs.replace(
            drafts.moved(previous, link, there, span[0], _next_of(previous)),
            end=span[1],
            created_at=case.now,
            status=before.status,
        )
        for before, previous in replaced
    ]
    lifted = claims.lift(tx, first.meeting_id)
    ids = chain((claim.id for claim in lifted), iter(desk.new_id, None))
    wanted = drafts.claims(moved_to[0], link, partial(next, ids))
    taken = claims.move(tx, wanted, moved_to[0], numbers)
    if taken is None:
        raise SlotTaken
    for (_, previous), booking in zip(replaced, moved_to, strict=True):
        _insert(case, previous, booking)
    changed = (*ended, *taken, *lifted[len(taken) :])
    if first.capacity > 1:
        changed = (*changed, *seats.settle(tx, first.meeting_id))
    returning.follow(tx, first.meeting_id, case.event.host_id, span)
    announce_claims(desk, tx, first.workspace_id, *_newest(changed))


def _next_of(previous: Booking) -> UUID:
    assert previous.next_id is not None
    return previous.next_id


def _newest(changed: Iterable[Claim]) -> tuple[Claim, ...]:
    """Each claim as it was said last."""
    latest = {claim.id: claim for claim in sorted(changed, key=lambda claim: claim.version)}
    return tuple(latest.values())


def _insert(case: _Case, previous: Booking, booking: Booking) -> None:
    actor = f"host:{case.event.host_id}"
    generation = bookings.minted(case.tx, previous.id).generation + 1
    minted, tokens = mint(case.desk, booking, generation)
    key = keys.for_following(previous.id, case.event.host_id, case.event.version)
    made = bookings.Made(key, minted, tokens, actor=actor, action="rescheduled")
    bookings.insert_new(case.tx, booking, made)
    told = news.moved(previous, booking, actor)
    if isinstance(told, BookingRescheduled):
        told = msgspec.structs.replace(told, followed=case.event.host_id)
    case.desk.announce(case.tx, told)
