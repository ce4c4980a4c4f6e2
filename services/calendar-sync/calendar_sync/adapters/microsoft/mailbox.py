"""What this process keeps in mind of each Microsoft mailbox: places, waits and tokens."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from math import ceil
from threading import BoundedSemaphore, Lock

from calendar_sync.adapters.provider import ProviderUnavailable

AT_ONCE = 4
"""Requests at a time for one mailbox (Microsoft Graph, throttling limits, Outlook service)."""


@dataclass
class Mailbox:
    """One account. `not_before`, by `clock` in seconds: Graph asked to be left alone until then.

    Tokens: `secret` is the newest of those in `heirs` (digests, newest last), which followed one
    another by refreshing; `access` is what it opened, until `ends` (monotonic).
    """

    clock: Callable[[], float] = time.monotonic
    places: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(AT_ONCE))
    tokens: Lock = field(default_factory=Lock)
    not_before: float = 0
    secret: str = ""
    heirs: deque[str] = field(default_factory=lambda: deque(maxlen=16))
    access: str = ""
    ends: float = 0

    def hold(self, wait: timedelta) -> None:
        """No request goes out before that time is over."""
        self.not_before = max(self.not_before, self.clock() + wait.total_seconds())

    def check(self) -> None:
        """Raises `ProviderUnavailable`, without a request, while we were asked to wait."""
        left = self.not_before - self.clock()
        if left > 0:
            raise ProviderUnavailable("asked to wait", timedelta(seconds=ceil(left)))

    @contextmanager
    def alone_with_tokens(self, seconds: float) -> Iterator[None]:
        """One thread at a time renews them; the others wait for so many seconds at most."""
        if not self.tokens.acquire(timeout=seconds):
            raise ProviderUnavailable("signing in takes too long")
        try:
            yield
        finally:
            self.tokens.release()

    @contextmanager
    def place(self, seconds: float) -> Iterator[None]:
        """One of the places, within so many seconds."""
        if not self.places.acquire(timeout=seconds):
            raise ProviderUnavailable("too many requests of ours at once")
        try:
            self.check()
            yield
        finally:
            self.places.release()

    def adopt(self, secret: str) -> None:
        """Goes on with this secret, unless it is an ancestor of the one that is known."""
        if digest(secret) not in self.heirs:
            self.heirs.clear()
            self.succeed(secret)
            self.access = ""

    def succeed(self, secret: str) -> None:
        """The next secret in line."""
        self.heirs.append(digest(secret))
        self.secret = secret


class Mailboxes:
    """Those of this process, by the account's name in lower case. `clock`: as of `Mailbox`."""

    def __init__(self) -> None:
        self.clock: Callable[[], float] = time.monotonic
        self._lock = Lock()
        self._known: dict[str, Mailbox] = {}

    def of(self, name: str) -> Mailbox:
        """That account's."""
        with self._lock:
            return self._known.setdefault(name.lower(), Mailbox(self.clock))

    def forget(self, name: str) -> None:
        """Drops what is known of an account, its tokens too."""
        with self._lock:
            self._known.pop(name.lower(), None)

    def clear(self) -> None:
        """Forgets everything, as a restart does."""
        with self._lock:
            self._known.clear()
            self.clock = time.monotonic


MAILBOXES = Mailboxes()


def digest(secret: str) -> str:
    """Tells secrets apart without holding them."""
    return sha256(secret.encode()).hexdigest()
