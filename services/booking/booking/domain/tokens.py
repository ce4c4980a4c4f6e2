"""Manage tokens: what lets an attendee change their booking without an account.

`base64url(HMAC-SHA-256(key, booking, action, generation))`: 256 bits, 43 characters. The database
keeps only their SHA-256 and how to make them again; they stand in no event, log or history.
"""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

Action = Literal["reschedule", "cancel", "approve", "decline"]
ACTIONS: tuple[Action, Action] = ("reschedule", "cancel")
"""The attendee's."""

ANSWERS: tuple[Action, Action] = ("approve", "decline")
"""The hosts', while they are asked for approval."""

_SHAPE = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True)
class Minted:
    """How a booking's tokens were made; never the tokens themselves."""

    booking_id: UUID
    generation: int
    key_id: str


def key_id(key: str) -> str:
    """Names a key without telling it."""
    return hmac.new(key.encode(), b"workestra key id", hashlib.sha256).hexdigest()[:16]


def token(key: str, minted: Minted, action: Action) -> str:
    """The token itself. Parts have fixed shapes, so no two inputs read alike."""
    said = f"workestra manage token|{minted.booking_id}|{action}|{minted.generation}"
    digest = hmac.new(key.encode(), said.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def pair(
    keys: tuple[str, ...], minted: Minted, actions: tuple[Action, Action] = ACTIONS
) -> tuple[str, str] | None:
    """The tokens for two actions again, or None where the key is no longer among `keys`."""
    for key in keys:
        if hmac.compare_digest(key_id(key), minted.key_id):
            return token(key, minted, actions[0]), token(key, minted, actions[1])
    return None


def is_token(value: str) -> bool:
    """Whether it has the shape of one; asked before anything else is done with it."""
    return _SHAPE.fullmatch(value) is not None


def digest(value: str) -> bytes:
    """What the database keeps of a token."""
    return hashlib.sha256(value.encode()).digest()
