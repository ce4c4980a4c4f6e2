"""What an operator can set; `config.yml` names the variables."""

import servicekit
from notifications import adapters
from notifications.domain.text import Undeliverable
from notifications.rendering.message import Sender


class Settings(servicekit.Settings, frozen=True, kw_only=True):
    """`smtp_url`: `smtp://`, `smtp+starttls://`, `smtps://` (user and password as in any URL), or
    `maildir:///path`. `mail_from`: an address, or `Name <address>`.

    `max_tries`: how often a mail is tried before it counts as failed; with the pauses between them
    that is about four hours. `batch`: mails leased at once; `batches`: leases in one tick.
    """

    smtp_url: str
    mail_from: str
    max_tries: int = 11
    batch: int = 20
    batches: int = 25

    def __post_init__(self) -> None:
        """Raises `ValueError` naming the variable that is wrong."""
        adapters.connect(self.smtp_url)
        try:
            Sender.parse(self.mail_from)
        except Undeliverable as error:
            raise ValueError("MAIL_FROM is no mail address") from error
