"""A mail server for tests: keeps what it accepts, and answers as it is told."""

import email.policy
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from support.ports import free_port
from support.waiting import wait_for

Answer = Callable[[Envelope], str]
OK = "250 OK"


def _accept(_envelope: Envelope) -> str:
    return OK


class SmtpServer:
    """Listens on a port of its own; `stop` and `start` keep the port and the messages."""

    def __init__(self) -> None:
        self.port = free_port()
        self.messages: list[EmailMessage] = []
        self.answer: Answer = _accept
        self._controller: Controller | None = None

    @property
    def url(self) -> str:
        """For SMTP_URL."""
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Called by aiosmtpd for each mail."""
        said = self.answer(envelope)
        if said.startswith("2"):
            self.messages.append(_parsed(envelope))
        return said

    def to(self, address: str) -> list[EmailMessage]:
        """The mails to one recipient, in the order of their arrival."""
        return [message for message in self.messages if message["X-RcptTo"] == address]

    def wait(self, address: str, count: int = 1, seconds: float = 60) -> list[EmailMessage]:
        """The same, once there are that many."""
        what = f"{count} mails to {address}"
        return wait_for(lambda: self._enough(address, count), what, seconds)

    def _enough(self, address: str, count: int) -> list[EmailMessage]:
        found = self.to(address)
        return found if len(found) >= count else []

    def start(self) -> None:
        """Accepts connections."""
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def stop(self) -> None:
        """Refuses them."""
        if self._controller:
            self._controller.stop()
        self._controller = None

    def clear(self) -> None:
        """Forgets the mails and answers OK again."""
        self.messages.clear()
        self.answer = _accept


def _parsed(envelope: Envelope) -> EmailMessage:
    content: Any = envelope.content
    message = BytesParser(EmailMessage, policy=email.policy.default).parsebytes(content)
    del message["X-RcptTo"]
    message["X-RcptTo"] = ", ".join(envelope.rcpt_tos)
    return message


@pytest.fixture(scope="session")
def session_smtp_server() -> Iterator[SmtpServer]:
    """One for the suites that live as long as the session."""
    server = SmtpServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def smtp_server() -> Iterator[SmtpServer]:
    """One for a single test."""
    server = SmtpServer()
    server.start()
    yield server
    server.stop()
