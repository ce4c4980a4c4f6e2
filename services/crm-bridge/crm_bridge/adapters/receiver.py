"""Sends one event to a webhook, through the guarded way out; what comes back is never kept."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from urllib.parse import urlsplit

from crm_bridge.domain.webhooks import Tried
from servicekit.outgoing import (
    Forbidden,
    Guard,
    Limits,
    Outgoing,
    Unreachable,
    resolve,
    retry_after,
)

LONGEST_ANSWER = 100_000
"""Bytes: nobody reads it."""


@dataclass(frozen=True)
class Post:
    """One request: a body and its headers."""

    url: str
    body: bytes
    headers: dict[str, str]


@dataclass(frozen=True)
class Receiver:
    """`private`: neighbours too. `seconds`: the longest that one request may take."""

    private: bool
    seconds: float
    now: Callable[[], datetime]

    def check(self, url: str) -> None:
        """Raises `Forbidden` or `Unreachable`, with a sentence, for what is no address to ask."""
        try:
            parts = urlsplit(url)
            port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
        except ValueError:
            raise Forbidden("This is not the address of a server.") from None
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise Forbidden("An address begins with https:// or http:// and a server's name.")
        if "@" in parts.netloc:
            raise Forbidden("Please leave the user name and password out of the address.")
        Guard(self.private, resolve).addresses(parts.hostname, port)

    def send(self, post: Post) -> Tried:
        """What came of it. Redirects are not followed: an event goes where an admin said."""
        limits = Limits(
            connect=min(5, self.seconds),
            read=self.seconds,
            total=self.seconds,
            size=LONGEST_ANSWER,
        )
        began = monotonic()
        with Outgoing(limits, private=self.private) as out:
            try:
                answer = out.post(
                    post.url, data=post.body, headers=post.headers, allow_redirects=False
                )
            except (Forbidden, Unreachable) as failure:
                return Tried(None, _since(began), str(failure))
        wait = retry_after(answer, self.now())
        return Tried(answer.status_code, _since(began), wait=wait)


def _since(began: float) -> int:
    return round((monotonic() - began) * 1000)
