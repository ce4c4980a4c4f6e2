"""Somebody else's receiver of webhooks: it checks every request, keeps what it took, and misbehaves
on command.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any

import msgspec

Verify = Callable[[bytes, str], bool]
"""Whether a body's signature (the header's value) is right."""


@dataclass
class Receiver:
    """`plan`: what it does next, in turn, before it behaves again: a status to answer; `lose`, take
    the event and answer nothing; `hang`, answer nothing until `released`. `refuses`: a type of event
    that it always answers with 500.
    """

    verify: Verify = lambda _body, _signature: True
    plan: list[int | str] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    refuses: str = ""
    taken: list[dict[str, Any]] = field(default_factory=list)
    asked: int = 0
    forged: int = 0
    port: int = 0
    released: Event = field(default_factory=Event)
    _lock: Lock = field(default_factory=Lock)
    _server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}/hook?of=acme"

    @property
    def ids(self) -> list[str]:
        """The ids of what it took, in order."""
        return [event["id"] for event in self.taken]

    def start(self) -> None:
        """Up, on the port that it had before."""
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), self._handler())
        self._server.daemon_threads = True
        self.port = self._server.server_port
        Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        """Down: nobody listens."""
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def receive(self, body: bytes, headers: Any) -> int | str:
        """What it does with a request: a status, or something worse."""
        with self._lock:
            self.asked += 1
            told = msgspec.json.decode(body)
            right = self.verify(body, headers["Workestra-Signature"])
            if not right or headers["Workestra-Event-Id"] != told["id"]:
                self.forged += 1
                return 400
            act = self.plan.pop(0) if self.plan else 200
            act = 500 if told["type"] == self.refuses else act
            if act == "lose" or (isinstance(act, int) and act < 300):
                self.taken.append(told)
            return act

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                act = receiver.receive(body, self.headers)
                if isinstance(act, int):
                    self._answer(act)
                elif act == "hang":
                    receiver.released.wait(10)

            def do_GET(self) -> None:
                receiver.asked += 1
                self._answer(200)

            def _answer(self, status: int) -> None:
                self.send_response(status)
                for name, value in receiver.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "6")
                self.end_headers()
                self.wfile.write(b"secret")

            def log_message(self, *_: object) -> None:
                """Quiet."""

        return Handler


@contextmanager
def receiver(verify: Verify) -> Iterator[Receiver]:
    """One that is up."""
    made = Receiver(verify)
    made.start()
    try:
        yield made
    finally:
        made.released.set()
        made.stop()
