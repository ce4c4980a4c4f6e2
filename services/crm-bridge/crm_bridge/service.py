"""crm-bridge's entrypoints: load, decide, save, announce."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from contracts.booking import (
    Booking,
    BookingCancelled,
    BookingConfirmed,
    BookingDeclined,
    BookingNoShow,
    BookingReassigned,
    BookingRequested,
    BookingRescheduled,
    BookingRpc,
    Export,
)
from contracts.crm_bridge import (
    ContactCreated,
    DealCreated,
    DealDetail,
    Deals,
    FindDeal,
    FoundDeal,
    GetDeal,
    ListDeals,
)
from crm_bridge.by_hand import ByHand
from crm_bridge.domain import facts, feed, paging
from crm_bridge.domain.facts import Facts
from crm_bridge.domain.rebuild import facts_of
from crm_bridge.following import Follower
from crm_bridge.settings import Settings
from crm_bridge.store import contacts, follow, mirror, read
from servicekit import Rpc, Tx, endpoint, listen
from servicekit.database import after_commit
from servicekit.metrics import Counter

MADE = Counter("crm_made_total", "Contacts and deals made from bookings.", ["what"])


class CrmBridge(ByHand):
    """Contacts and deals. Every endpoint filters by the request's workspace."""

    name = "crm-bridge"
    rest = 0.3  # nobody waits for it to be sooner
    settings_class = Settings
    booking = Rpc(BookingRpc)

    @endpoint
    def list_deals(self, request: ListDeals) -> Deals:
        """A page of deals, newest first. Raises `Invalid` for a cursor that is none."""
        after = paging.position(request.after)
        with self.db.begin() as tx:
            found = read.list_deals(tx, request, after, self.clock.now())
        page = tuple(found[: request.limit])
        more = len(found) > request.limit
        return Deals(
            deals=page, cursor=paging.cursor(page[-1].created_at, page[-1].id) if more else ""
        )

    @endpoint
    def get_deal(self, request: GetDeal) -> DealDetail:
        """A deal and its timeline. Raises `NotFound`."""
        with self.db.begin() as tx:
            deal = self._deal(tx, request.workspace_id, request.deal_id)
            timeline = read.deal_timeline(tx, request.workspace_id, request.deal_id)
        return DealDetail(deal=deal, timeline=timeline)

    @endpoint
    def find_deal(self, request: FindDeal) -> FoundDeal:
        """The deal a chain of bookings is on, if any."""
        with self.db.begin() as tx:
            now = self.clock.now()
            deal = read.deal_of_chain(tx, request.workspace_id, request.root_id, now)
        return FoundDeal(deal=deal)

    @listen
    def on_booking_confirmed(self, event: BookingConfirmed, tx: Tx) -> None:
        """A contact, a deal where there should be one, and the timeline's first entry."""
        self.tell(tx, feed.confirmed(event))
        self._follow(tx, facts.confirmed(event))

    @listen
    def on_booking_rescheduled(self, event: BookingRescheduled, tx: Tx) -> None:
        """The chain moves on the deal it is on."""
        self.tell(tx, feed.rescheduled(event))
        self._follow(tx, facts.rescheduled(event))

    @listen
    def on_booking_cancelled(self, event: BookingCancelled, tx: Tx) -> None:
        """The chain ends; its deal stays."""
        self.tell(tx, feed.cancelled(event, self.clock.now()))
        self._follow(tx, facts.cancelled(event, self.clock.now()))

    @listen
    def on_booking_requested(self, event: BookingRequested, tx: Tx) -> None:
        """A known chain asks to be moved."""
        self.tell(tx, feed.requested(event))
        self._follow(tx, facts.requested(event))

    @listen
    def on_booking_declined(self, event: BookingDeclined, tx: Tx) -> None:
        """A known chain ends; its deal stays."""
        self.tell(tx, feed.declined(event))
        self._follow(tx, facts.declined(event))

    @listen
    def on_booking_no_show(self, event: BookingNoShow, tx: Tx) -> None:
        """Marked or unmarked, on the timeline."""
        self.tell(tx, feed.no_show(event, self.clock.now()))
        self._follow(tx, facts.no_show(event, self.clock.now()))

    @listen
    def on_booking_reassigned(self, event: BookingReassigned, tx: Tx) -> None:
        """The feed tells of it; a deal keeps its owner."""
        self.tell(tx, feed.reassigned(event))
        mirror.share(tx, event.workspace_id)
        if not contacts.erased_chains(tx, {event.booking.root_id}):
            self.mirror(tx, event.booking, {event.booking.id}, changed=False)

    def resync(self, *, check: bool) -> dict[str, int]:
        """How many rows differ from booking's own list; put right unless `check`.

        Later bookings of a chain are followed after all first ones, in order, so that the first
        decides about the deal, as it did when it was made.
        """
        differences, later = 0, []
        starts: dict[UUID, datetime] = {}
        for booking in self._exported():
            if booking.next_id is not None:
                starts[booking.id] = booking.start
            if booking.previous_id is not None:
                later.append(booking)
            else:
                differences += self._repair(booking, starts, check=check)
        for booking in sorted(later, key=lambda one: one.sequence):
            differences += self._repair(booking, starts, check=check)
        return {"rows": differences}

    def _exported(self) -> Iterator[Booking]:
        after = ""
        while True:
            page = self.booking.export(Export(kind="bookings", after=after))
            yield from page.bookings
            if not page.cursor:
                return
            after = page.cursor

    def _repair(self, booking: Booking, starts: dict[UUID, datetime], *, check: bool) -> int:
        proven = facts_of(booking, starts, self.clock.now())
        if proven is None:
            return 0
        with self.db.begin() as tx:
            if follow.has_entry(tx, booking.workspace_id, "no_show", booking.id):
                known = [entry for entry in proven.entries if entry.kind != "no_show"]
                proven = Facts(proven.origin, proven.current, tuple(known))
            differences = self._follow(tx, proven, only_look=check)
            if check:
                tx.rollback()
        return differences

    def _follow(self, tx: Tx, message: Facts | None, *, only_look: bool = False) -> int:
        if message is None:
            return 0

        def announce(event: ContactCreated | DealCreated) -> None:
            if not only_look:
                made = MADE.labels("contact" if isinstance(event, ContactCreated) else "deal")
                after_commit(made.inc)
                self.announce(tx, event)
                self.tell(tx, _made(event, message))

        mirror.share(tx, message.workspace_id)
        done = Follower(tx, self.clock.now(), self.new_id, announce).follow(message)
        if not (only_look or done.erased):
            known = {message.origin.id, message.current.id}
            self.mirror(tx, message.current, known, changed=done.rows > 0)
        return done.rows


def _made(event: ContactCreated | DealCreated, message: Facts) -> feed.Told:
    if isinstance(event, DealCreated):
        return feed.opened(event.deal)
    return feed.met(event.contact, tuple(host.id for host in message.current.hosts))
