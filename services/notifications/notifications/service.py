"""notifications' entrypoints: events plan mails, a tick sends those that are due."""

import random
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from contracts.booking import (
    Booking,
    BookingCancelled,
    BookingConfirmed,
    BookingDeclined,
    BookingReassigned,
    BookingRequested,
    BookingRescheduled,
    BookingRpc,
    CalendarDiffers,
)
from contracts.calendar_sync import ConnectionChanged, EventWritten
from contracts.crm_bridge import CrmSignedOut, WebhookDisabled
from contracts.errors import NotFound, SchedulingError, Unavailable
from contracts.gateway import AccountInvited, PasswordResetAsked
from contracts.notifications import Deliveries, Delivery, ListDeliveries, MailFailed, Resend
from notifications import adapters, rebuilding
from notifications.adapters import PermanentMailError, TemporaryMailError
from notifications.domain import asking, decide, plan
from notifications.domain.decide import Skip
from notifications.domain.plan import Planned
from notifications.domain.text import Undeliverable, one_line
from notifications.domain.thread import Thread
from notifications.rendering.message import Sender
from notifications.settings import Settings
from notifications.store import chains, deliveries
from notifications.store.deliveries import Due
from notifications.writing import Known, Writer, Written
from servicekit import Rpc, Tx, context, endpoint, listen, tick
from servicekit.database import silent
from servicekit.leases import backoff
from servicekit.metrics import Counter, Gauge
from servicekit.nightly import KeepsCopies
from servicekit.sealing import Sealer

SENT = Counter("mails_sent_total", "Mails that a server took.", ["kind"])
FAILED = Counter("mails_failed_total", "Mails given up.", ["kind"])
RESENT = Counter("mails_resent_total", "Mails handed over again that may have gone out before.")
RETRIED = Counter("mails_retried_total", "Tries that failed for the moment.")
REMINDED = Counter("reminders_sent_total", "Reminders that a server took.")
MISSED = Counter("reminders_missed_total", "Reminders not sent because the meeting had begun.")
WAITING = Gauge("mails_due", "Mails whose time has come, not sent yet.", ["kind"])
REMINDERS_DUE = Gauge("reminders_due", "Reminders whose time has come, not sent yet.")

PAUSE = timedelta(seconds=5)
"""How long mails wait when somebody they need does not answer; no try is counted."""

MARKING_PAUSES = (0.2, 1.0, 5.0, 15.0, 30.0)
"""Seconds between tries to mark a mail that went out: a failover of the database is shorter, and
so is the lease.
"""


class Notifications(KeepsCopies[Settings]):
    """Mails. An event's handler plans; `send_due` decides, writes and sends."""

    name = "notifications"
    rest = 0.3  # nobody waits for it to be sooner
    settings_class = Settings
    booking = Rpc(BookingRpc)

    # --- what the others announce ---

    @listen
    def on_booking_confirmed(self, event: BookingConfirmed, tx: Tx) -> None:
        """Confirmations and reminders."""
        self._follow(tx, event.booking, partial(plan.confirmed, event))

    @listen
    def on_booking_rescheduled(self, event: BookingRescheduled, tx: Tx) -> None:
        """News of the move and new reminders; what was planned for the old time is dropped."""

        def mails(thread: Thread, now: datetime) -> list[Planned]:
            gone = asking.departures(event.booking, event.previous, now)
            return plan.rescheduled(event, thread, now) + gone

        self._follow(tx, event.booking, mails, drops=decide.MOVED)

    @listen
    def on_booking_requested(self, event: BookingRequested, tx: Tx) -> None:
        """The question to its hosts; what was planned for the time before a move is dropped."""
        self._follow(tx, event.booking, partial(asking.requested, event), drops=decide.MOVED)

    @listen
    def on_booking_declined(self, event: BookingDeclined, tx: Tx) -> None:
        """News of the end of a request; everything else about the chain is dropped."""
        mails = asking.declined(event, self.clock.now())
        self._follow(tx, event.booking, lambda *_: mails, drops=decide.DECLINED)

    @listen
    def on_booking_reassigned(self, event: BookingReassigned, tx: Tx) -> None:
        """News of the new host; what is still due for the old one is skipped in its turn."""
        self._follow(tx, event.booking, partial(asking.reassigned, event))

    @listen
    def on_booking_cancelled(self, event: BookingCancelled, tx: Tx) -> None:
        """News of the end; everything else about the chain is dropped."""
        mails = plan.cancelled(event, self.clock.now())
        self._follow(tx, event.booking, lambda *_: mails, drops=decide.CANCELLED)

    def _follow(
        self,
        tx: Tx,
        booking: Booking,
        mails: Callable[[Thread, datetime], list[Planned]],
        *,
        drops: str = "",
    ) -> None:
        """Plans what news of a booking causes, and keeps how the chain stands. `drops`: why what
        was planned before is needed no more; a move leaves what is about its own booking.
        """
        thread = chains.lock(tx, booking.root_id, booking.workspace_id)
        if drops == decide.MOVED and thread.knows_newer_than(booking):
            drops = ""
        if drops:
            keep = booking.id if drops == decide.MOVED else None
            deliveries.drop(tx, booking.root_id, keep, drops)
        self._plan(tx, *mails(thread, self.clock.now()))
        chains.save(tx, thread.with_booking(booking))

    def _plan(self, tx: Tx, *mails: Planned) -> None:
        deliveries.add(tx, mails, self.clock.now())
        self.wake("send_due")

    @listen
    def on_event_written(self, event: EventWritten, tx: Tx) -> None:
        """The join URL: waiting announcements go out with it, sent ones get an update."""
        thread = chains.lock(tx, event.root_id, event.workspace_id).with_event(event)
        chains.save(tx, thread)
        now = self.clock.now()
        if event.booking_id == thread.booking_id:
            deliveries.hurry(tx, event.root_id, now)
        self._plan(tx, *plan.updates(thread, deliveries.told(tx, event.root_id), now))

    @listen
    def on_account_invited(self, event: AccountInvited, tx: Tx) -> None:
        """The invitation."""
        self._plan(tx, plan.invited(event, self.clock.now()))

    @listen
    def on_password_reset_asked(self, event: PasswordResetAsked, tx: Tx) -> None:
        """The link to a new password."""
        self._plan(tx, plan.reset_asked(event, self.clock.now()))

    @listen
    def on_connection_changed(self, event: ConnectionChanged, tx: Tx) -> None:
        """One mail for each break, one when it is over."""
        known = chains.lock_connection(tx, event.host_id, event.workspace_id)
        known, mail = plan.connection(event, known, self.clock.now())
        chains.save_connection(tx, event.host_id, known)
        if mail:
            self._plan(tx, mail)

    @listen
    def on_calendar_differs(self, event: CalendarDiffers, tx: Tx) -> None:
        """The host is told what did not follow."""
        self._plan(tx, plan.differs(event, self.clock.now()))

    @listen
    def on_webhook_disabled(self, event: WebhookDisabled, tx: Tx) -> None:
        """Every admin is told."""
        self._plan(tx, *plan.webhook_disabled(event, self.clock.now()))

    @listen
    def on_crm_signed_out(self, event: CrmSignedOut, tx: Tx) -> None:
        """Every admin is told."""
        self._plan(tx, *plan.crm_signed_out(event, self.clock.now()))

    # --- what the others ask ---

    @endpoint
    def list_deliveries(self, request: ListDeliveries) -> Deliveries:
        """Every mail of a chain of bookings, in the order in which they are due."""
        with self.db.begin() as tx:
            found = deliveries.of_chain(tx, request.workspace_id, request.root_id)
        return Deliveries(deliveries=found)

    @endpoint
    def resend(self, request: Resend) -> Delivery:
        """Makes a failed mail due; a repeat, or any other mail, changes nothing. `NotFound`."""
        with self.db.begin() as tx:
            found = deliveries.again(
                tx, request.workspace_id, request.delivery_id, self.clock.now()
            )
            self.wake("send_due")
        if found is None:
            raise NotFound
        return found

    def resync(self, *, check: bool) -> dict[str, int]:
        """Compares upcoming reminders with booking's truth; repairs them unless `check`."""
        return rebuilding.resync(self.db.begin, self.booking, self.clock.now(), check=check)

    # --- sending ---

    @tick(seconds=2)
    def send_due(self) -> None:
        """Sends what is due, until nothing is, or until somebody needed does not answer."""
        writer, mailer = self._writer(), adapters.connect(self.settings.smtp_url)
        for _ in range(self.settings.batches):
            with self.db.begin() as tx:
                batch = deliveries.lease(tx, self.clock.now(), self.settings.batch)
            if not batch or not self._send_batch(batch, writer, mailer):
                break
        self._measure()

    def _writer(self) -> Writer:
        settings = self.settings
        sender = Sender.parse(settings.mail_from)
        unseal = Sealer(settings.secret_keys).open
        return Writer(self.booking, unseal, sender, settings.public_url)

    def _send_batch(self, batch: list[Due], writer: Writer, mailer: adapters.Mailer) -> bool:
        """False when the rest was put back because somebody needed does not answer."""
        for place, due in enumerate(batch):
            if self.kit.ending:
                self._put_back(batch[place:], "the process that held it ended", timedelta(0))
                return False
            with context.within(due.correlation_id):
                problem = self._deliver(due, writer, mailer)
            if problem:
                self._put_back(batch[place + 1 :], problem, PAUSE)
                return False
        return True

    def _put_back(self, rest: list[Due], why: str, pause: timedelta) -> None:
        problem = one_line(why, 500)
        self.log.warning("mails_wait", problem=problem, count=len(rest))
        with self.db.begin() as tx:
            for due in rest:
                deliveries.postponed(tx, due, self.clock.now() + pause, problem)

    def _deliver(self, due: Due, writer: Writer, mailer: adapters.Mailer) -> str:
        """Why no other mail can be sent now either; empty when they can."""
        try:
            written = writer.write(due, self._known(due), self.clock.now())
        except Unavailable as error:
            problem = f"booking does not answer: {error}"
            self._put_back([due], problem, 2 * PAUSE)
            return problem
        except SchedulingError as error:
            # It changed between two questions: the next try decides afresh.
            self._retry(due, TemporaryMailError(f"booking refused: {error}"))
            return ""
        except Undeliverable as error:
            self._fail(due, str(error))
            return ""
        except Exception as error:
            # One mail that cannot be written must not keep the others from going out.
            self.log.exception("mail_not_written", delivery_id=str(due.id))
            self._retry(due, TemporaryMailError(f"it could not be written: {error!r}"))
            return ""
        if isinstance(written, Skip):
            self._skip(due, written.reason)
            return ""
        return self._hand_over(due, written, mailer)

    def _known(self, due: Due) -> Known:
        with self.db.read() as tx:
            if due.root_id:
                gone = due.kind == "handed_over"
                told = deliveries.told_kinds(tx, due.root_id, due.role) if gone else frozenset()
                return Known(join_url=chains.join_url(tx, due.root_id), told=told)
            if not due.role.startswith("host:"):
                return Known()
            return Known(
                connection=chains.connection_state(tx, plan.host_of(due.role)),
                broken_mail=deliveries.state_of(tx, due.payload.get("broken_key", "")),
            )

    def _hand_over(self, due: Due, written: Written, mailer: adapters.Mailer) -> str:
        with self.db.single() as tx:
            if not deliveries.start(tx, due, written.message_id, written.recipient):
                return ""
        if due.started:
            RESENT.inc()
            self.log.warning("mail_sent_again", delivery_id=str(due.id))
        try:
            mailer.send(written.message)
        except PermanentMailError as error:
            self._fail(due, str(error))
        except TemporaryMailError as error:
            self._retry(due, error)
            return str(error) if error.unreachable else ""
        except Exception as error:
            # As above; and it may have gone out before this happened.
            self.log.exception("mail_not_handed_over", delivery_id=str(due.id))
            problem = f"it could not be handed over: {error!r}"
            self._retry(due, TemporaryMailError(problem, uncertain=True))
        else:
            self._mark_sent(due, written)
        return ""

    def _mark_sent(self, due: Due, written: Written) -> None:
        """Marks it, with some patience: what is not marked is sent once more."""
        note = self._note_sent
        for pause in MARKING_PAUSES:
            try:
                note(due, written)
                break
            except Exception as error:
                if silent(error):
                    self.log.warning("mail_not_marked", delivery_id=str(due.id), problem=str(error))
                    time.sleep(pause)
                else:
                    # A fault in what follows from it must not send the same mail each minute.
                    self.log.exception("mail_marked_alone", delivery_id=str(due.id))
                    note = self._note_alone
        else:
            note(due, written)
        SENT.labels(due.kind).inc()
        if due.kind == "reminder":
            REMINDED.inc()
        self.log.info("mail_sent", kind=due.kind, delivery_id=str(due.id))

    def _note_sent(self, due: Due, written: Written) -> None:
        """A join URL that came while it was on its way makes the update due."""
        if not (written.may_come and due.root_id):
            self._note_alone(due, written)
            return
        now = self.clock.now()
        with self.db.begin() as tx:
            thread = chains.lock(tx, due.root_id, due.workspace_id)
            deliveries.sent(tx, due, written.told_url, now)
            updates = plan.updates(thread, deliveries.told(tx, thread.root_id), now)
            deliveries.add(tx, updates, now)

    def _note_alone(self, due: Due, written: Written) -> None:
        with self.db.single() as tx:
            deliveries.sent(tx, due, written.told_url, self.clock.now())

    def _skip(self, due: Due, reason: str) -> None:
        with self.db.begin() as tx:
            deliveries.skipped(tx, due, reason)
        if reason == decide.BEGUN:
            MISSED.inc()
        self.log.info("mail_skipped", kind=due.kind, delivery_id=str(due.id), reason=reason)

    def _retry(self, due: Due, error: TemporaryMailError) -> None:
        if due.attempts + 1 >= self.settings.max_tries:
            self._fail(due, str(error))
            return
        RETRIED.inc()
        # From 8 s on, doubling to an hour: eleven tries are about four hours.
        pause = backoff(due.attempts + 4, random.SystemRandom())
        problem = one_line(str(error), 500)
        with self.db.begin() as tx:
            at = self.clock.now() + pause
            deliveries.retry(tx, due, at, problem, uncertain=error.uncertain)
        self.log.warning("mail_delayed", delivery_id=str(due.id), problem=problem)

    def _fail(self, due: Due, why: str) -> None:
        # A server's words may hold anything; the database takes no NUL.
        problem = one_line(why, 500)
        with self.db.begin() as tx:
            found = deliveries.failed(tx, due, problem)
            if found is None:
                return
            delivery, version = found
            self.announce(
                tx,
                MailFailed(
                    workspace_id=due.workspace_id,
                    version=version,
                    delivery=delivery,
                    root_id=due.root_id,
                ),
            )
        FAILED.labels(due.kind).inc()
        self.log.error("mail_failed", delivery_id=str(due.id), problem=problem)

    def _measure(self) -> None:
        with self.db.begin() as tx:
            waiting = deliveries.waiting(tx, self.clock.now())
        WAITING.clear()
        for kind, count in waiting.items():
            WAITING.labels(kind).set(count)
        REMINDERS_DUE.set(waiting.get("reminder", 0))
