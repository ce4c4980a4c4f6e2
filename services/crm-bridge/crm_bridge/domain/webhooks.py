"""How a delivery is signed, and what follows from a try."""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal

LONG = timedelta(days=1)
"""A webhook that fails for so long is disabled."""

LONGEST_PAUSE = timedelta(minutes=15)
"""Between two tries of one delivery, unless its receiver asks for more."""

LONGEST_REST = timedelta(minutes=5)
"""Between two tries to reach a server that does not answer at all."""

MOST = 50
"""Webhooks a workspace."""


def signature(secret: str, body: bytes, at: datetime) -> str:
    """The header's value: `t`, seconds since 1970, and `v1`, HMAC-SHA-256 over `t.body` in hex."""
    t = int(at.timestamp())
    code = hmac.new(secret.encode(), f"{t}.".encode() + body, sha256).hexdigest()
    return f"t={t},v1={code}"


@dataclass(frozen=True)
class Tried:
    """One try: the answer's status, or none with our words for why. `wait`: its Retry-After."""

    status: int | None
    latency_ms: int
    words: str = ""
    wait: timedelta | None = None

    @property
    def verdict(self) -> Literal["done", "gone", "refused", "away"]:
        """2xx is done, 410 never again; `away` when nobody answered."""
        if self.status is None:
            return "away"
        if 200 <= self.status < 300:
            return "done"
        return "gone" if self.status == 410 else "refused"

    @property
    def problem(self) -> str:
        """In our words: what the other side says is never kept."""
        if self.verdict == "done":
            return ""
        if self.status is not None and 300 <= self.status < 400:
            return f"It answered {self.status}, a redirect, which is not followed."
        return self.words or f"It answered {self.status}."


def pause(tried: Tried, backoff: timedelta) -> timedelta:
    """Until the delivery's next try."""
    return max(min(backoff, LONGEST_PAUSE), tried.wait or timedelta(0))


def rest(tried: Tried, backoff: timedelta) -> timedelta | None:
    """Until anything is sent to the webhook again: where its server is away, or asks us to wait."""
    if tried.verdict == "away":
        return min(backoff, LONGEST_REST)
    return tried.wait if tried.status in {429, 503} else None
