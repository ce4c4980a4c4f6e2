"""What every way out promises, and the two ways in which it can fail."""

from email.message import EmailMessage
from typing import Any, Protocol


class TemporaryMailError(Exception):
    """Not now: the same mail may go through later.

    `uncertain`: the server may have taken it although it never said so. `unreachable`: there is no
    server to talk to, so other mails would fare no better.
    """

    def __init__(self, problem: str, *, uncertain: bool = False, unreachable: bool = False) -> None:
        super().__init__(problem)
        self.uncertain = uncertain
        self.unreachable = unreachable


class PermanentMailError(Exception):
    """The mail will never go through; a further try would only annoy."""


class Mailer(Protocol):
    """Hands mails over, one at a time."""

    def send(self, message: EmailMessage) -> None:
        """Returns once the other side has taken the responsibility.

        Raises `TemporaryMailError`, `PermanentMailError`, and nothing else.
        """


def recipient(message: EmailMessage) -> str:
    """The one address in To. Raises `PermanentMailError` where there is none."""
    header: Any = message["To"]
    addresses: tuple[Any, ...] = header.addresses if header is not None else ()
    if len(addresses) != 1 or not addresses[0].domain:
        raise PermanentMailError("the mail has no recipient")
    return str(addresses[0].addr_spec)
