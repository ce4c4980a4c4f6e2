"""Keeps mails in a maildir: for trying things out on one machine, without a mail server."""

import mailbox
from email import policy
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import unquote, urlsplit

from notifications.adapters.mailer import TemporaryMailError, recipient


class MaildirMailer:
    """One file a mail under `new/`, written whole or not at all (tmp, fsync, rename)."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @classmethod
    def from_url(cls, url: str) -> "MaildirMailer":
        """From `maildir:///absolute/path`. Raises `ValueError`."""
        parts = urlsplit(url)
        if parts.netloc or not parts.path.startswith("/"):
            raise ValueError("SMTP_URL: a maildir is written maildir:///absolute/path")
        return cls(Path(unquote(parts.path)))

    def send(self, message: EmailMessage) -> None:
        """Adds it to the folder, which is made when it is missing."""
        recipient(message)
        content = message.as_bytes(policy=policy.default.clone(utf8=False, refold_source="none"))
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            mailbox.Maildir(self._path, create=True).add(content)
        except (OSError, mailbox.Error) as error:
            raise TemporaryMailError(
                f"the maildir cannot be written: {error}", unreachable=True
            ) from error
