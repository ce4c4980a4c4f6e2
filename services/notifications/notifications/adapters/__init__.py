"""Ways for a mail to leave: one `Mailer`, chosen by the URL's scheme."""

from notifications.adapters.maildir import MaildirMailer
from notifications.adapters.mailer import Mailer, PermanentMailError, TemporaryMailError
from notifications.adapters.smtp import SmtpMailer

__all__ = ["Mailer", "PermanentMailError", "TemporaryMailError", "connect"]


def connect(url: str) -> Mailer:
    """The mailer for SMTP_URL; nothing is opened yet. Raises `ValueError` naming the problem."""
    scheme = url.partition(":")[0].lower()
    if scheme == "maildir":
        return MaildirMailer.from_url(url)
    if scheme in {"smtp", "smtps", "smtp+starttls"}:
        return SmtpMailer.from_url(url)
    raise ValueError("SMTP_URL must begin with smtp://, smtp+starttls://, smtps:// or maildir:///")
