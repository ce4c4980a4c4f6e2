"""The broker inside the process: kombu's memory transport, with a wake-up instead of polling."""

import threading
from itertools import takewhile
from queue import Empty
from time import monotonic
from typing import Any

from kombu.transport import memory

_news = threading.Condition()
_count = 0


def _tell() -> None:
    global _count  # noqa: PLW0603 - one broker a process
    with _news:
        _count += 1
        _news.notify_all()


class Channel(memory.Channel):
    """Tells waiting consumers of each message; gives nameko the content type where it looks."""

    queues: Any

    def prepare_message(self, body: Any, *args: Any, **kwargs: Any) -> Any:
        """A message whose properties name its content type, as over AMQP."""
        message = super().prepare_message(body, *args, **kwargs)
        message["properties"]["content_type"] = message.get("content-type")
        return message

    def basic_ack(self, delivery_tag: str, multiple: bool = False) -> None:  # noqa: FBT001, FBT002 - as kombu has it
        """As over AMQP: with `multiple`, also all that was delivered before."""
        if multiple:
            for earlier in takewhile(delivery_tag.__ne__, list(self.qos._delivered)):  # noqa: SLF001 - it has no other name
                self.qos.ack(earlier)
        super().basic_ack(delivery_tag)

    def _put(self, queue: str, message: Any, **kwargs: Any) -> None:
        super()._put(queue, message, **kwargs)
        _tell()

    def _put_fanout(self, exchange: str, message: Any, routing_key: Any = None, **kw: Any) -> None:
        super()._put_fanout(exchange, message, routing_key, **kw)
        _tell()

    def close(self) -> None:
        """Closes the channel; the queues belong to the process and stay."""
        queues = self.queues
        super().close()
        self.queues = queues


class Transport(memory.Transport):
    """Waits for news."""

    Channel = Channel
    polling_interval = None

    def drain_events(self, connection: Any, timeout: float | None = None) -> None:  # noqa: ARG002 - kombu calls it so
        """Delivers one message, or raises `socket.timeout` after `timeout` seconds."""
        end = None if timeout is None else monotonic() + timeout
        while True:
            seen = _count
            try:
                self.cycle.get(self._deliver, timeout=timeout)
            except Empty:
                left = None if end is None else end - monotonic()
                if left is not None and left <= 0:
                    raise TimeoutError from None
                with _news:
                    if _count == seen:
                        _news.wait(left)
            else:
                return
