"""Hands mails to an SMTP server (RFC 5321), with TLS from the start, by STARTTLS, or without."""

import smtplib
import ssl
import time
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from urllib.parse import unquote, urlsplit

from notifications.adapters.mailer import PermanentMailError, TemporaryMailError, recipient

TIMEOUT = 10.0
"""Seconds for each step of the conversation: four, from MAIL to the end of the content, once the
server has greeted us and let us in. All of that must not take longer than one step either, so
that a conversation ends within 50 s: a mail is kept from other schedulers for hardly longer.
"""

_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


@dataclass(frozen=True, slots=True)
class SmtpMailer:
    """A connection a mail: a relay beside us costs milliseconds, and nothing can go stale.

    The server's certificate and name are checked wherever TLS is spoken.
    """

    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    timeout: float = TIMEOUT

    @classmethod
    def from_url(cls, url: str) -> "SmtpMailer":
        """From `smtp://user:password@host:port`. Raises `ValueError` naming the problem."""
        parts = urlsplit(url)
        if parts.scheme not in _PORTS or not parts.hostname:
            raise ValueError("SMTP_URL names no server")
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        port = parts.port or _PORTS[parts.scheme]
        return cls(parts.scheme, parts.hostname, port, user, password)

    def send(self, message: EmailMessage) -> None:
        """One conversation. A refusal of the address or the content is final, all else is not."""
        to = recipient(message)
        began = time.monotonic()
        server = self._open()
        try:
            if time.monotonic() - began > self.timeout:
                raise TemporaryMailError("the mail server greets too slowly", unreachable=True)
            self._hand_over(server, message, to)
        finally:
            server.close()

    def _open(self) -> smtplib.SMTP:
        try:
            return self._greet()
        except (smtplib.SMTPException, OSError) as error:
            # A wrong password or certificate is the operator's to mend: the mail waits for it.
            raise TemporaryMailError(
                f"the mail server cannot be used: {_said(error)}", unreachable=True
            ) from error

    def _greet(self) -> smtplib.SMTP:
        if self.scheme == "smtps":
            context = ssl.create_default_context()
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, timeout=self.timeout, context=context
            )
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=self.timeout)
        try:
            if self.scheme == "smtp+starttls":
                server.starttls(context=ssl.create_default_context())
            if self.user:
                server.login(self.user, self.password)
            server.ehlo_or_helo_if_needed()
        except BaseException:
            server.close()
            raise
        return server

    def _hand_over(self, server: smtplib.SMTP, message: EmailMessage, to: str) -> None:
        try:
            options = () if to.isascii() else _international(server)
            # Not send_message: it writes ">From" where a line begins with "From".
            policy = (SMTPUTF8 if options else SMTP).clone(refold_source="none")
            content = message.as_bytes(policy=policy)
            server.sendmail(message["From"].addresses[0].addr_spec, [to], content, options)
        except smtplib.SMTPRecipientsRefused as error:
            _refused(*next(iter(error.recipients.values())), cause=error)
        except smtplib.SMTPDataError as error:
            _refused(error.smtp_code, error.smtp_error, cause=error)
        except smtplib.SMTPNotSupportedError as error:
            raise PermanentMailError(f"the server cannot take this address: {error}") from error
        except smtplib.SMTPResponseException as error:
            raise TemporaryMailError(f"the server refused: {_said(error)}") from error
        except (smtplib.SMTPException, OSError) as error:
            raise TemporaryMailError(
                f"the conversation broke off: {_said(error)}", uncertain=True
            ) from error


def _international(server: smtplib.SMTP) -> tuple[str, ...]:
    """RFC 6531, for an address with letters beyond ASCII before its @."""
    if not server.has_extn("smtputf8"):
        raise smtplib.SMTPNotSupportedError("the server knows no international addresses")
    return ("SMTPUTF8", "BODY=8BITMIME")


def _refused(code: int, said: bytes | str, *, cause: Exception) -> None:
    words = said.decode(errors="replace") if isinstance(said, bytes) else said
    problem = f"{code} {words}"[:500]
    if 500 <= code < 600:
        raise PermanentMailError(problem) from cause
    raise TemporaryMailError(problem) from cause


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        words = said.decode(errors="replace") if isinstance(said, bytes) else said
        return f"{error.smtp_code} {words}"[:500]
    return (str(error) or type(error).__name__)[:500]
