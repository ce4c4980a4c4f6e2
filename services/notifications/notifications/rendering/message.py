"""Puts a mail together: headers that cannot be broken out of, text, HTML, calendar."""

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from notifications.domain.text import FIRST_STRONG, POP, Undeliverable, mail_address, one_line
from notifications.rendering import headers
from notifications.rendering.invitation import Method
from notifications.rendering.pages import Words


@dataclass(frozen=True, slots=True)
class Sender:
    """MAIL_FROM, taken apart. Raises `Undeliverable` where it is no address."""

    name: str
    address: str

    @classmethod
    def parse(cls, mail_from: str) -> "Sender":
        """From `address` or `Name <address>`."""
        name, address = parseaddr(mail_from)
        return cls(one_line(name, 100), mail_address(address))

    @property
    def domain(self) -> str:
        """What Message-IDs end in."""
        return self.address.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class Envelope:
    """Everything in a mail but its words. `thread` is the Message-ID that the chain hangs on."""

    sender: Sender
    to_name: str
    to: str
    message_id: str
    date: datetime
    reply_to: tuple[tuple[str, str], ...] = ()
    thread: str = ""


@dataclass(frozen=True, slots=True)
class Invitation:
    """The calendar part."""

    method: Method
    content: bytes


def compose(envelope: Envelope, words: Words, invitation: Invitation | None) -> EmailMessage:
    """The whole message. Raises `Undeliverable` when the recipient's address cannot be one."""
    message = EmailMessage(policy=SMTP)
    _headers(message, envelope)
    subject = one_line(words.subject, keep=FIRST_STRONG + POP)
    message.set_raw("Subject", headers.text("Subject", subject))
    message.set_content(words.text, cte="quoted-printable")
    message.add_alternative(words.html, subtype="html", cte="quoted-printable")
    if invitation:
        _attach(message, invitation)
    return message


def _headers(message: EmailMessage, envelope: Envelope) -> None:
    _mailboxes(message, "From", ((envelope.sender.name, envelope.sender.address),))
    _mailboxes(message, "To", ((envelope.to_name, envelope.to),))
    answers = tuple((name, email) for name, email in envelope.reply_to if _possible(email))
    if answers:
        _mailboxes(message, "Reply-To", answers)
    message["Date"] = format_datetime(envelope.date)
    message["Message-ID"] = envelope.message_id
    if envelope.thread and envelope.thread != envelope.message_id:
        message["References"] = envelope.thread
    # RFC 3834: keeps out-of-office answers from answering; Exchange wants its own header.
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"


def _mailboxes(message: EmailMessage, header: str, people: tuple[tuple[str, str], ...]) -> None:
    clean = [(one_line(name, 60), mail_address(email)) for name, email in people]
    if all(address.isascii() for _, address in clean):
        written = (headers.mailbox(header, name, address) for name, address in clean)
        message.set_raw(header, ",\r\n ".join(written))
    else:
        # How an international address is written depends on what its server can take.
        message[header] = [_international(name, address) for name, address in clean]


def _international(name: str, address: str) -> Address:
    username, _, domain = address.partition("@")
    return Address(name, username, domain)


def _possible(email: str) -> bool:
    try:
        mail_address(email)
    except Undeliverable:
        return False
    return True


def _attach(message: EmailMessage, invitation: Invitation) -> None:
    """As an alternative, which clients answer to, and as a file, for those that want one."""
    message.add_alternative(
        invitation.content.decode(),
        subtype="calendar",
        cte="base64",
        params={"method": invitation.method},
    )
    message.add_attachment(
        invitation.content,
        maintype="application",
        subtype="ics",
        filename="invite.ics",
        params={"method": invitation.method, "name": "invite.ics"},
    )
