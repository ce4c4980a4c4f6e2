"""Writes a due mail from the booking as it is at this moment, or finds that it is not needed."""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.message import EmailMessage
from uuid import UUID

from contracts.booking import (
    ApprovalTokens,
    Booked,
    Booking,
    BookingRpc,
    GetBooking,
    Host,
    ListHosts,
    ManageTokens,
)
from contracts.errors import NotFound, TooLate
from contracts.notifications import MailKind
from notifications.domain import asking, decide, people, plan
from notifications.domain.decide import Question, Skip
from notifications.domain.facts import AnswerLinks, ManageLinks, Subject
from notifications.domain.kinds import ASKS, ENDS, INVITES
from notifications.domain.people import ATTENDEE, Person
from notifications.rendering import invitation, pages
from notifications.rendering.message import Envelope, Invitation, Sender, compose
from notifications.rendering.pages import (
    AccountMail,
    ConnectionMail,
    CrmMail,
    DifferenceMail,
    WebhookMail,
    Words,
)
from notifications.store.deliveries import Due

FRESH = 1.0
"""Seconds for which an answer of booking's is taken for what is so."""


@dataclass(frozen=True, slots=True)
class Known:
    """What our own database says about a due mail, read just before.

    `told`: what a host who is no longer part of the meeting was sent about it.
    """

    join_url: str = ""
    told: frozenset[MailKind] = frozenset()
    connection: str = "none"
    broken_mail: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """A mail ready to go, and the join URL that stands in it, if one `may_come`."""

    message: EmailMessage
    message_id: str
    recipient: str
    told_url: str = ""
    may_come: bool = False


@dataclass(frozen=True, slots=True)
class Writer:
    """`unseal` opens what other services encrypted; `public_url` is what links begin with.

    What booking has just said of a booking is good for its next mail, too: they follow one another.
    Raises `SchedulingError` of booking, `Undeliverable` for an impossible address.
    """

    booking: BookingRpc
    unseal: Callable[[str], str]
    sender: Sender
    public_url: str
    heard: dict[UUID, tuple[float, Booking]] = field(default_factory=dict)

    def write(self, due: Due, known: Known, now: datetime) -> Written | Skip:
        """The mail, from fresh facts; the tokens in it are asked for now and kept nowhere."""
        if due.root_id and due.booking_id and due.start:
            departed = asking.departed(due.kind, due.role, due.recipient, due.payload)
            if departed and not known.told & {*INVITES, *ASKS}:
                return Skip(decide.NEVER_INVITED)
            sequence = int(due.payload.get("sequence", -1))
            question = Question(due.kind, due.role, due.booking_id, due.start, sequence, departed)
            return self._about_booking(due, question, known, now)
        if due.kind in {"account_invited", "password_reset"}:
            return self._about_account(due, now)
        if due.kind == "calendar_differs":
            return self._about_difference(due, now)
        for_admins = {"webhook_disabled": self._about_webhook, "crm_signed_out": self._about_crm}
        if due.kind in for_admins:
            return for_admins[due.kind](due, now)
        return self._about_connection(due, known, now)

    # --- bookings ---

    def _about_booking(
        self, due: Due, question: Question, known: Known, now: datetime
    ) -> Written | Skip:
        try:
            current, manage, answer = self._current(question, due.workspace_id)
        except NotFound:
            return Skip(decide.GONE)
        decision = decide.about_booking(question, current, now)
        if isinstance(decision, Skip):
            return decision
        subject = self._subject(due, current, decision.person, known)
        return self._letter(due, replace(subject, manage=manage, answer=answer), now)

    def _current(
        self, question: Question, workspace_id: UUID
    ) -> tuple[Booking, ManageLinks, AnswerLinks]:
        """The chain's newest booking; with the links of its attendee, or of a host who is asked,
        while there are some.
        """
        booking_id = question.booking_id
        wanted = ManageTokens(workspace_id=workspace_id, booking_id=booking_id)
        if question.kind == "approval_asked":
            tokens = self.booking.approval_tokens(wanted)
            return tokens.booking, ManageLinks(), self._answers(tokens)
        if question.role == ATTENDEE and question.kind not in ENDS:
            with suppress(TooLate):
                made = self.booking.manage_tokens(wanted)
                self._hear(booking_id, made.booking)
                return made.booking, self._manage(made), AnswerLinks()
        return self._newest(wanted), ManageLinks(), AnswerLinks()

    def _newest(self, wanted: ManageTokens) -> Booking:
        """Of the chain; as it was a moment ago, where that is known."""
        workspace_id, booking_id = wanted.workspace_id, wanted.booking_id
        when, known = self.heard.get(booking_id, (0.0, None))
        if known is not None and time.monotonic() - when < FRESH:
            return known
        asked = GetBooking(workspace_id=workspace_id, booking_id=booking_id, latest=True)
        found = self.booking.get_booking(asked).booking
        self._hear(booking_id, found)
        return found

    def _hear(self, booking_id: UUID, said: Booking) -> None:
        self.heard.clear()
        self.heard[booking_id] = time.monotonic(), said

    def _subject(self, due: Due, current: Booking, person: Person, known: Known) -> Subject:
        previous = due.payload.get("previous_start")
        over = due.kind in ENDS
        return Subject(
            kind=due.kind,
            booking=current,
            reader=person,
            join_url=known.join_url or current.join_url,
            previous_hosts=due.payload.get("previous_hosts", ""),
            invited=due.kind != "handed_over" or bool(known.told & {*INVITES}),
            previous_start=datetime.fromisoformat(previous) if previous else None,
            dashboard=self._url("/calendar") if person.is_host and not over else "",
        )

    def _manage(self, made: Booked) -> ManageLinks:
        return ManageLinks(
            self._url(f"/book/reschedule/{made.reschedule_token}"),
            self._url(f"/book/cancel/{made.cancel_token}"),
        )

    def _answers(self, made: ApprovalTokens) -> AnswerLinks:
        if not made.approve_token:
            return AnswerLinks()
        return AnswerLinks(
            self._url(f"/book/approve/{made.approve_token}"),
            self._url(f"/book/decline/{made.decline_token}"),
            made.answer_until,
        )

    def _letter(self, due: Due, subject: Subject, now: datetime) -> Written:
        method = invitation.method(subject)
        part = None
        if method:
            content = invitation.calendar(subject, self.sender.address, now)
            part = Invitation(method, content)
        person, booking = subject.reader, subject.booking
        others = [people.attendee(booking)] if person.is_host else map(people.host, booking.hosts)
        envelope = self._envelope(
            due,
            (person.name, person.email),
            now,
            reply_to=tuple((other.name, other.email) for other in others),
            workspace=booking.workspace_name,
        )
        written = self._written(envelope, pages.booking(subject), part)
        if booking.location.kind != "conference":
            return written
        return replace(written, told_url=subject.join_url, may_come=True)

    # --- accounts ---

    def _about_account(self, due: Due, now: datetime) -> Written | Skip:
        told = due.payload
        expires_at = datetime.fromisoformat(told["expires_at"])
        if reason := decide.about_account(expires_at, now):
            return Skip(reason)
        mail = AccountMail(
            message=due.kind,
            name=told["name"],
            timezone=told["timezone"],
            url=self.unseal(told["sealed_url"]),
            expires_at=expires_at,
            invited_by=told.get("invited_by", ""),
            workspace_name=told.get("workspace_name", ""),
            language=told.get("language", "en"),
        )
        envelope = self._envelope(
            due, (mail.name, due.recipient), now, workspace=mail.workspace_name
        )
        return self._written(envelope, pages.account(mail))

    # --- connections ---

    def _about_connection(self, due: Due, known: Known, now: datetime) -> Written | Skip:
        reason = decide.about_connection(due.kind, known.connection, known.broken_mail)
        if reason:
            return Skip(reason)
        host = self._host(due)
        if host is None:
            return Skip(decide.LEFT)
        mail = ConnectionMail(
            message=due.kind,
            name=host.name,
            provider=due.payload["provider"],
            account=due.payload["account"],
            problem=due.payload["problem"],
            why=due.payload.get("why", ""),
            language=host.language,
            settings_url=self._url("/settings/calendars"),
            workspace_name=host.workspace_name,
        )
        envelope = self._envelope(due, (host.name, host.email), now, workspace=host.workspace_name)
        return self._written(envelope, pages.connection(mail))

    def _about_difference(self, due: Due, now: datetime) -> Written | Skip:
        told, booking_id = due.payload, UUID(due.payload["booking_id"])
        asked = GetBooking(workspace_id=due.workspace_id, booking_id=booking_id, latest=True)
        try:
            current = self.booking.get_booking(asked).booking
        except NotFound:
            return Skip(decide.GONE)
        there = datetime.fromisoformat(told["start"]) if told["start"] else None
        reason = decide.about_difference(current, booking_id, there)
        host = None if reason else self._host(due)
        if host is None:
            return Skip(reason or decide.LEFT)
        mail = DifferenceMail(
            host=host.name,
            timezone=host.timezone,
            about=current,
            what=told["what"],
            why=told["why"],
            there=there,
            language=host.language,
            url=self._url("/calendar"),
        )
        envelope = self._envelope(due, (host.name, host.email), now, workspace=host.workspace_name)
        return self._written(envelope, pages.difference(mail))

    def _about_webhook(self, due: Due, now: datetime) -> Written:
        told, host = due.payload, self._host(due)
        mail = WebhookMail(
            name=told["name"],
            server=told["server"],
            why=told["why"],
            url=self._url("/settings/webhooks"),
            language=host.language if host else "en",
        )
        envelope = self._envelope(due, (mail.name, due.recipient), now)
        return self._written(envelope, pages.webhook(mail))

    def _about_crm(self, due: Due, now: datetime) -> Written:
        told, host = due.payload, self._host(due)
        mail = CrmMail(
            name=told["name"],
            crm=told["crm"],
            url=self._url("/settings/crm"),
            language=host.language if host else "en",
        )
        return self._written(self._envelope(due, (mail.name, due.recipient), now), pages.crm(mail))

    def _host(self, due: Due) -> Host | None:
        """The host whom a mail is for, if they still are one."""
        host_id = plan.host_of(due.role)
        hosts = self.booking.list_hosts(ListHosts(workspace_id=due.workspace_id)).hosts
        return next((host for host in hosts if host.id == host_id and host.active), None)

    # --- all ---

    def _url(self, path: str) -> str:
        return f"{self.public_url.rstrip('/')}{path}"

    def _envelope(
        self,
        due: Due,
        to: tuple[str, str],
        now: datetime,
        *,
        reply_to: tuple[tuple[str, str], ...] = (),
        workspace: str = "",
    ) -> Envelope:
        domain = self.sender.domain
        return Envelope(
            sender=Sender(self.sender.name or workspace, self.sender.address),
            to_name=to[0],
            to=to[1],
            message_id=f"<{due.id}@{domain}>",
            date=now,
            reply_to=reply_to,
            thread=f"<{due.root_id}@{domain}>" if due.root_id else "",
        )

    def _written(self, envelope: Envelope, words: Words, part: Invitation | None = None) -> Written:
        message = compose(envelope, words, part)
        return Written(message, envelope.message_id, envelope.to)
