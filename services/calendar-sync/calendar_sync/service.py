"""calendar-sync's entrypoints: load, decide, save, announce."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from random import SystemRandom
from uuid import UUID

from calendar_sync import probing
from calendar_sync.connecting import Connecting
from calendar_sync.context import Context
from calendar_sync.domain import events
from calendar_sync.domain.events import Seat, Wish
from calendar_sync.reading import Reader
from calendar_sync.settings import Settings
from calendar_sync.signing import SigningIn
from calendar_sync.store import connections, periods, seats, turns, wanted
from calendar_sync.watching import Watcher
from calendar_sync.writing import Writer
from contracts.booking import (
    Booking,
    BookingCancelled,
    BookingConfirmed,
    BookingDeclined,
    BookingReassigned,
    BookingRequested,
    BookingRescheduled,
    BookingRpc,
    Export,
)
from contracts.calendar_sync import (
    BeginSignIn,
    ChooseCalendars,
    Connect,
    Connection,
    Connections,
    Disconnect,
    ExportBusy,
    ExportedBusy,
    FinishSignIn,
    ListConnections,
    Notified,
    Probe,
    Probed,
    Refresh,
    Refreshed,
    SignInBegun,
)
from contracts.errors import Invalid
from contracts.wire import Empty
from servicekit import Rpc, Tx, endpoint, listen, tick
from servicekit.metrics import Gauge
from servicekit.nightly import KeepsCopies

REFRESH_SECONDS = 3
"""How long an attendee may be kept waiting for calendars (product.md, Availability)."""

SYNC_AT_ONCE = 32
WAITING = Gauge("calendar_events_waiting", "Events that are not in line with their bookings yet.")
OLDEST = Gauge("calendar_oldest_copy_seconds", "Age of the oldest copy of a working connection.")
AGE = Gauge("calendar_copy_seconds", "The same, of one provider's connections.", ["provider"])
CONNECTIONS = Gauge("calendar_connections", "Connections by their state.", ["provider", "state"])


class CalendarSync(KeepsCopies[Settings]):
    """Reads and writes hosts' calendars. Listeners keep wishes; the ticks call providers."""

    name = "calendar-sync"
    rest = 0.3  # nobody waits for it to be sooner
    settings_class = Settings
    booking = Rpc(BookingRpc)

    @endpoint
    def list_connections(self, request: ListConnections) -> Connections:
        """A workspace's connections or one host's, and what can be connected."""
        with self.db.begin() as tx:
            found = connections.listed(tx, request.workspace_id, request.host_id)
        return Connections(connections=found, providers=self.settings.offered)

    @endpoint
    def connect(self, request: Connect) -> Connection:
        """Connects an account, or mends the connection to it. Raises `Invalid`, `NotFound`,
        `Conflict`, `CalendarUnreachable`.
        """
        return Connecting(self._context).connect(request)

    @endpoint
    def disconnect(self, request: Disconnect) -> Empty:
        """Forgets a connection; asking twice is no mistake. Raises `NotFound`."""
        Connecting(self._context).disconnect(request)
        return Empty()

    @endpoint
    def choose_calendars(self, request: ChooseCalendars) -> Connection:
        """Which calendars are checked and written. Raises `Invalid`, `NotFound`."""
        return Connecting(self._context).choose(request)

    @endpoint
    def begin_sign_in(self, request: BeginSignIn) -> SignInBegun:
        """Where to send a host to give their permission. Raises `Invalid`."""
        return SigningIn(self._context).begin(request)

    @endpoint
    def finish_sign_in(self, request: FinishSignIn) -> Connection:
        """What they came back with. Raises as `connect`, and `Invalid` for a state that is not
        theirs, was used, or is older than ten minutes.
        """
        made = SigningIn(self._context).finish(request)
        self.wake("renew_watches")
        return made

    @endpoint
    def probe(self, request: Probe) -> Probed:
        """Whether a connection works, step by step. Raises `NotFound`."""
        return probing.probe(self._context, request)

    @endpoint
    def notified(self, request: Notified) -> Empty:
        """A provider's word that something changed: that connection is read soon."""
        if Watcher(self._context).heard(request):
            self.wake("sync_calendars")
        return Empty()

    @endpoint
    def refresh(self, request: Refresh) -> Refreshed:
        """The hosts' copies, read again where older than asked, within 3 s."""
        limit = self.clock.now() - timedelta(seconds=request.max_age)
        with self.db.begin() as tx:
            whose = (request.workspace_id, request.host_ids)
            old = turns.older_than(tx, whose, limit, self.clock.now())
        Reader(self._context).read_all(old, REFRESH_SECONDS)
        with self.db.begin() as tx:
            now = self.clock.now()
            copies = periods.copies(tx, request.workspace_id, request.host_ids, now)
        return Refreshed(hosts=copies)

    @endpoint
    def export_busy(self, request: ExportBusy) -> ExportedBusy:
        """A page of every host's copy, for those who compare theirs. Raises `Invalid`."""
        with self.db.begin() as tx:
            after = _host_id(request.after)
            page = periods.page(tx, after, request.limit, self.clock.now())
        more = len(page) == request.limit
        return ExportedBusy(
            hosts=tuple(copy for _, copy in page),
            workspace_ids=tuple(workspace for workspace, _ in page),
            cursor=str(page[-1][1].host_id) if more else "",
        )

    @listen
    def on_booking_confirmed(self, event: BookingConfirmed, tx: Tx) -> None:
        """An event is wanted in each host's calendar."""
        self._want(tx, events.wanted(event.booking))

    @listen
    def on_booking_rescheduled(self, event: BookingRescheduled, tx: Tx) -> None:
        """The same event is wanted elsewhere."""
        self._want(tx, events.wanted_after_move(event))

    @listen
    def on_booking_cancelled(self, event: BookingCancelled, tx: Tx) -> None:
        """The event is wanted no more, and never again, should its confirmation come late."""
        self._want(tx, events.removal(event.booking))

    @listen
    def on_booking_requested(self, event: BookingRequested, tx: Tx) -> None:
        """A meeting that asks to be moved is shown where its time is taken now."""
        self._want(tx, events.wanted_while_asked(event))

    @listen
    def on_booking_declined(self, event: BookingDeclined, tx: Tx) -> None:
        """As cancelled."""
        self._want(tx, events.removal(event.booking))

    @listen
    def on_booking_reassigned(self, event: BookingReassigned, tx: Tx) -> None:
        """From one host's calendar to the other's."""
        self._want(tx, events.wanted_after_move(event))

    @tick(seconds=2)
    def write_events(self) -> None:
        """Brings events in line, while there are some that can be."""
        writer = Writer(self._context)
        while writer.write_due() and not self.kit.ending:
            pass
        with self.db.begin() as tx:
            WAITING.set(wanted.count_due(tx))

    @tick(seconds=10)
    def sync_calendars(self) -> None:
        """Reads the connections whose turn it is."""
        poll = timedelta(seconds=self.settings.poll_seconds)
        full = True
        while full and not self.kit.ending:
            with self.db.begin() as tx:
                due = turns.lease_due(tx, self.clock.now(), poll, SYNC_AT_ONCE)
            Reader(self._context).read_all(due, self.settings.poll_seconds)
            full = len(due) == SYNC_AT_ONCE
        self._measure()

    @tick(seconds=60)
    def renew_watches(self) -> None:
        """Has providers tell us of changes, and goes on before they stop."""
        Watcher(self._context).renew()

    def _measure(self) -> None:
        with self.db.begin() as tx:
            now = self.clock.now()
            found = turns.health(tx)
        CONNECTIONS.clear()
        AGE.clear()
        ages = [(now - read).total_seconds() for _, state, _, read in found if state == "ok"]
        OLDEST.set(max(ages, default=0))
        for provider, state, count, read in found:
            CONNECTIONS.labels(provider, state).set(count)
            if state == "ok":
                AGE.labels(provider).set((now - read).total_seconds())

    def resync(self, *, check: bool) -> dict[str, int]:
        """How many events differ from booking's own list; put right unless `check`."""
        return {"events": sum(self._repair(one, check=check) for one in self._exported())}

    def _exported(self) -> Iterator[Booking]:
        """The newest booking of each chain that was ever announced."""
        after = ""
        while True:
            page = self.booking.export(Export(kind="bookings", after=after))
            for booking in page.bookings:
                if booking.next_id is None and booking.status not in ("pending", "declined"):
                    yield booking
            if not page.cursor:
                return
            after = page.cursor

    def _repair(self, booking: Booking, *, check: bool) -> int:
        if booking.end <= self.clock.now():
            return 0
        with self.db.begin() as tx:
            wishes = [wish for wish in events.wanted(booking) if self._differs(tx, wish)]
            if not check:
                self._want(tx, wishes)
        return len(wishes)

    def _differs(self, tx: Tx, wish: Wish) -> bool:
        find, plain = (seats.find, wish.wish) if isinstance(wish, Seat) else (wanted.find, wish)
        known = find(tx, plain.root_id, plain.host_id)
        if known is None:
            return plain.asked and not plain.removed
        return known.rank < plain.rank and known.outline != plain.outline

    def _want(self, tx: Tx, wishes: Sequence[Wish]) -> None:
        now = self.clock.now()
        due = [
            seats.take(tx, one, now) if isinstance(one, Seat) else wanted.want(tx, one, now)
            for one in wishes
        ]
        if any(due):
            self.wake("write_events")

    @property
    def _context(self) -> Context:
        return Context(
            begin=self.db.begin,
            now=self.clock.now,
            announce=self.announce,
            new_id=self.new_id,
            settings=self.settings,
            random=SystemRandom(),
            log=self.log,
        )


def _host_id(after: str) -> UUID | None:
    try:
        return UUID(after) if after else None
    except ValueError as wrong:
        raise Invalid(fields={"after": "This page does not exist."}) from wrong
