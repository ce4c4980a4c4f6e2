"""From a WSGI request into MCP's asynchronous server and back.

One event loop a process, on a thread of its own, begun by the first request; a process that never
gets one pays nothing. The loop only speaks the protocol: what a tool does runs in the request's own
thread, with its context, deadline and connections, while the loop goes on. So a slow tool holds up
nobody else, under gunicorn's threads as under eventlet.

Each request stands alone (stateless, JSON), so that any worker can answer any of them.
"""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from contracts.errors import Unavailable

if TYPE_CHECKING:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

T = TypeVar("T")
LONGEST = 20.0
"""Seconds in which an answer must be there; a tool's calls have fewer."""
EXCHANGE = "workestra.exchange"
"""Under this name a tool's handler finds the exchange in the ASGI scope."""


@dataclass(eq=False)
class Exchange:
    """One request on its way: its body, the answer as it grows, and work for its own thread."""

    body: bytes
    status: int = 500
    headers: list[tuple[str, str]] = field(default_factory=list)
    content: bytearray = field(default_factory=bytearray)
    work: queue.Queue[Callable[[], None] | None] = field(default_factory=queue.Queue)
    _sent: bool = False

    async def run(self, act: Callable[[], T]) -> T:
        """Has the request's thread do it, and waits for what comes of it."""
        loop, outcome = asyncio.get_running_loop(), asyncio.get_running_loop().create_future()

        def do() -> None:
            try:
                set_, value = outcome.set_result, act()
            except Exception as error:  # noqa: BLE001 - raised where it is awaited
                set_, value = outcome.set_exception, error  # type: ignore[assignment]
            loop.call_soon_threadsafe(lambda: None if outcome.done() else set_(value))

        self.work.put(do)
        return await outcome  # type: ignore[no-any-return]

    async def receive(self) -> dict[str, Any]:
        """The body, once; after it the client is silent until it has its answer."""
        if self._sent:
            await asyncio.Event().wait()
        self._sent = True
        return {"type": "http.request", "body": self.body, "more_body": False}

    async def send(self, message: Any) -> None:
        """Keeps what the server answers."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = [(k.decode(), v.decode()) for k, v in message.get("headers", ())]
        else:
            self.content += message.get("body", b"")

    def serve(self, answer: Future[None], seconds: float) -> None:
        """In the request's thread: does what is asked until the answer is complete.

        Raises `Unavailable` when that takes too long.
        """
        answer.add_done_callback(lambda _: self.work.put(None))
        end = time.monotonic() + seconds
        try:
            while act := self.work.get(timeout=max(0.0, end - time.monotonic())):
                act()
        except queue.Empty:
            answer.cancel()
            raise Unavailable from None
        answer.result()


class Bridge:
    """The loop and MCP's session manager on it. `make` gives the manager, once; `longest`: the
    seconds in which an answer must be there.
    """

    def __init__(
        self, make: Callable[[], StreamableHTTPSessionManager], longest: float = LONGEST
    ) -> None:
        self._make, self._longest = make, longest
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._manager: StreamableHTTPSessionManager | None = None
        self._end: asyncio.Event | None = None

    def ask(self, scope: dict[str, Any], exchange: Exchange) -> None:
        """Has the request answered; the answer is in the exchange. Raises `Unavailable`."""
        loop = self.begin()
        answer = asyncio.run_coroutine_threadsafe(
            self._handle(scope | {EXCHANGE: exchange}, exchange), loop
        )
        exchange.serve(answer, self._longest)

    async def _handle(self, scope: dict[str, Any], exchange: Exchange) -> None:
        assert self._manager is not None
        await self._manager.handle_request(scope, exchange.receive, exchange.send)

    def begin(self) -> asyncio.AbstractEventLoop:
        """The loop, running from now on; the first time that takes as long as MCP's import."""
        with self._lock:
            if self._loop is None:
                self._manager = self._make()
                loop, ready = asyncio.new_event_loop(), threading.Event()
                self._thread = threading.Thread(
                    target=self._live, args=(loop, ready), name="assistant", daemon=True
                )
                self._thread.start()
                ready.wait()
                self._loop = loop
            return self._loop

    def _live(self, loop: asyncio.AbstractEventLoop, ready: threading.Event) -> None:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(self._manage(ready))

    async def _manage(self, ready: threading.Event) -> None:
        assert self._manager is not None
        self._end = asyncio.Event()
        async with self._manager.run():
            ready.set()
            await self._end.wait()

    def start(self) -> None:
        """Nothing yet: the first request does."""

    def stop(self) -> None:
        """Ends the loop, if there is one."""
        with self._lock:
            if self._loop is None or self._thread is None or self._end is None:
                return
            self._loop.call_soon_threadsafe(self._end.set)
            self._thread.join(timeout=5)
            self._loop = None
