"""What mails follow from each event, when each is due, and the key that makes it unique."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from contracts.booking import (
    Booking,
    BookingCancelled,
    BookingConfirmed,
    BookingRescheduled,
    CalendarDiffers,
)
from contracts.calendar_sync import ConnectionChanged
from contracts.crm_bridge import CrmSignedOut, WebhookDisabled
from contracts.gateway import AccountInvited, PasswordResetAsked
from contracts.notifications import MailKind
from notifications.domain.people import Person, everyone, principals
from notifications.domain.text import one_line
from notifications.domain.thread import Thread

JOIN_WAIT = timedelta(seconds=60)
"""How long a confirmation waits for the join URL that a calendar is about to make."""

REMINDER_AHEAD = timedelta(hours=24)
"""How long before the start a reminder is due; meetings booked later than that have none."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One mail to one recipient. The same `key` is never planned twice."""

    kind: MailKind
    key: str
    workspace_id: UUID
    role: str
    recipient: str
    due_at: datetime
    root_id: UUID | None = None
    booking_id: UUID | None = None
    start: datetime | None = None
    payload: dict[str, str] = field(default_factory=dict)


def mail_to(
    kind: MailKind, booking: Booking, person: Person, due_at: datetime, *, again: bool = False
) -> Planned:
    """One about a booking as it stands there. `again`: its key holds the booking's sequence, for
    what can happen to one row several times.
    """
    key = f"{kind}|{booking.id}|{person.role}|{booking.start:%Y%m%dT%H%M%S}"
    return Planned(
        kind=kind,
        key=f"{key}|{booking.sequence}" if again else key,
        workspace_id=booking.workspace_id,
        role=person.role,
        recipient=one_line(person.email, 254),
        due_at=due_at,
        root_id=booking.root_id,
        booking_id=booking.id,
        start=booking.start,
        payload={"sequence": str(booking.sequence)},
    )


def announcement_due(
    booking: Booking, thread: Thread, now: datetime, since: datetime, *, awaits: bool
) -> datetime:
    """Now, or at most `JOIN_WAIT` after it was made (`since`) while its join URL is awaited."""
    if not awaits or thread.with_booking(booking).join_url or booking.join_url:
        return now
    return min(max(now, since + JOIN_WAIT), now + JOIN_WAIT)


def confirmed(event: BookingConfirmed, thread: Thread, now: datetime) -> list[Planned]:
    """Confirmations and reminders; none when the chain is known to have gone on."""
    booking = event.booking
    if thread.knows_newer_than(booking):
        return []
    since = event.at or booking.created_at
    due = announcement_due(booking, thread, now, since, awaits=event.awaits_join_url)
    mails = [mail_to("confirmed", booking, person, due) for person in everyone(booking)]
    return mails + reminders(booking, since)


def rescheduled(event: BookingRescheduled, thread: Thread, now: datetime) -> list[Planned]:
    """News of the move and reminders of the new start; none when the chain has gone on."""
    booking = event.booking
    if thread.knows_newer_than(booking):
        return []
    since = booking.created_at
    due = announcement_due(booking, thread, now, since, awaits=event.awaits_join_url)
    told = {"previous_start": event.previous.start.isoformat(), "actor": event.actor}
    mails = (mail_to("rescheduled", booking, person, due) for person in everyone(booking))
    return [with_payload(mail, told) for mail in mails] + reminders(booking)


def cancelled(event: BookingCancelled, now: datetime) -> list[Planned]:
    """News of the cancellation, which is always the last word of a chain. Guests hear of it only
    if the meeting was ever confirmed.
    """
    booking = event.booking
    told = everyone(booking) if booking.approved else principals(booking)
    mails = (mail_to("cancelled", booking, person, now) for person in told)
    return [with_payload(mail, {"actor": event.actor}) for mail in mails]


def reminders(booking: Booking, since: datetime | None = None) -> list[Planned]:
    """One for the attendee and each host, 24 h before the start; none if booked (or approved, or
    given to another host: `since`) later than that.
    """
    due = booking.start - REMINDER_AHEAD
    if booking.status != "confirmed" or max(booking.created_at, since or due) > due:
        return []
    return [mail_to("reminder", booking, person, due) for person in principals(booking)]


@dataclass(frozen=True, slots=True)
class Told:
    """An announcement that went out: to whom, and with which join URL. `sequence`: the booking's
    when it was planned, -1 if unknown.
    """

    role: str
    recipient: str
    booking_id: UUID
    join_url: str
    kind: MailKind = "confirmed"
    sequence: int = -1

    @property
    def update_suffix(self) -> str:
        """A row that is given to another host has one more update to come."""
        return f"|{self.sequence}" if self.kind == "reassigned" else ""


def updates(thread: Thread, sent: Iterable[Told], now: datetime) -> list[Planned]:
    """One update to each who was told of the newest booking without its present join URL."""
    start = thread.start
    if not (thread.conference and thread.join_url) or thread.status != "confirmed" or not start:
        return []
    return [
        Planned(
            kind="updated",
            key=f"updated|{told.booking_id}|{told.role}|{start:%Y%m%dT%H%M%S}{told.update_suffix}",
            workspace_id=thread.workspace_id,
            role=told.role,
            recipient=told.recipient,
            due_at=now,
            root_id=thread.root_id,
            booking_id=told.booking_id,
            start=start,
        )
        for told in sent
        if told.booking_id == thread.booking_id
        and told.sequence in {-1, thread.sequence}
        and told.join_url != thread.join_url
    ]


def invited(event: AccountInvited, now: datetime) -> Planned:
    """The invitation to a workspace."""
    more = {
        "invited_by": one_line(event.invited_by),
        "workspace_name": one_line(event.workspace_name),
    }
    return _to_account("account_invited", event, now, more)


def reset_asked(event: PasswordResetAsked, now: datetime) -> Planned:
    """The link to a new password."""
    return _to_account("password_reset", event, now, {})


def _to_account(
    kind: MailKind, event: AccountInvited | PasswordResetAsked, now: datetime, more: dict[str, str]
) -> Planned:
    """A mail to an account. Its link stays sealed until the mail is written."""
    return Planned(
        kind=kind,
        key=f"{kind}|{event.account_id}|{event.expires_at.isoformat()}",
        workspace_id=event.workspace_id,
        role=f"account:{event.account_id}",
        recipient=one_line(event.email, 254),
        due_at=now,
        payload={
            "name": one_line(event.name),
            "timezone": event.timezone,
            "language": event.language,
            "sealed_url": event.sealed_url,
            "expires_at": event.expires_at.isoformat(),
        }
        | more,
    )


@dataclass(frozen=True, slots=True)
class Connected:
    """The last known state of a host's connection; `told_key` is the open "broken" mail's key."""

    state: str = "none"
    version: int = -1
    told_key: str = ""


def connection(
    event: ConnectionChanged, known: Connected, now: datetime
) -> tuple[Connected, Planned | None]:
    """The state after `event`, and the mail it causes: one a break, one when that break is over."""
    if event.version <= known.version:
        return known, None
    if event.state == "broken" and known.state != "broken":
        mail = _connection_mail("connection_broken", event, now, {})
        return Connected("broken", event.version, mail.key), mail
    if event.state == "ok" and known.told_key:
        mail = _connection_mail("connection_restored", event, now, {"broken_key": known.told_key})
        return Connected("ok", event.version), mail
    told_key = known.told_key if event.state == "broken" else ""
    return Connected(event.state, event.version, told_key), None


def _connection_mail(
    kind: MailKind, event: ConnectionChanged, now: datetime, more: dict[str, str]
) -> Planned:
    about = {
        "provider": event.provider,
        "account": one_line(event.account, 254),
        "problem": one_line(event.problem, 500),
        "why": event.why,
    }
    return Planned(
        kind=kind,
        key=f"{kind}|{event.host_id}|{event.version}",
        workspace_id=event.workspace_id,
        role=f"host:{event.host_id}",
        recipient="",
        due_at=now,
        payload=about | more,
    )


def differs(event: CalendarDiffers, now: datetime) -> Planned:
    """One mail to the host for each change in their calendar that the booking did not follow."""
    booking, host = event.booking, event.host_id
    return Planned(
        kind="calendar_differs",
        key=f"calendar_differs|{booking.meeting_id}|{host}|{event.version}",
        workspace_id=event.workspace_id,
        role=f"host:{host}",
        recipient="",
        due_at=now,
        root_id=booking.root_id,
        payload={
            "booking_id": str(booking.id),
            "what": event.what,
            "why": event.why,
            "start": event.start.isoformat() if event.start else "",
        },
    )


def webhook_disabled(event: WebhookDisabled, now: datetime) -> list[Planned]:
    """One mail to each admin, each time that a webhook is disabled."""
    said = {"server": one_line(event.server, 254), "why": event.why}
    return _to_admins("webhook_disabled", event, event.webhook_id, said, now)


def crm_signed_out(event: CrmSignedOut, now: datetime) -> list[Planned]:
    """One mail to each admin, each time that another CRM lets us in no more."""
    said = {"crm": one_line(event.name)}
    return _to_admins("crm_signed_out", event, event.connection_id, said, now)


def _to_admins(
    kind: MailKind,
    event: WebhookDisabled | CrmSignedOut,
    subject: UUID,
    said: dict[str, str],
    now: datetime,
) -> list[Planned]:
    return [
        Planned(
            kind=kind,
            key=f"{kind}|{subject}|{event.version}|{admin.id}",
            workspace_id=event.workspace_id,
            role=f"account:{admin.id}",
            recipient=one_line(admin.email, 254),
            due_at=now,
            payload={"name": one_line(admin.name)} | said,
        )
        for admin in event.admins
    ]


def with_payload(mail: Planned, payload: dict[str, str]) -> Planned:
    """The mail, with more to remember until it is written."""
    mail.payload.update(payload)
    return mail


def host_of(role: str) -> UUID:
    """The host in a role like `host:<uuid>` or, every account being a host, `account:<uuid>`."""
    return UUID(role.partition(":")[2])
