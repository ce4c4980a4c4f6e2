"""The step between saying what would be changed and changing it.

A confirmation is signed, ends after five minutes, works once, and fits one key, one tool, the same
arguments and the booking as it stood: whatever differs, nothing happens. It is kept nowhere, so
any worker of any gateway can honour it; that it was used is in the shared buckets.
"""

import hashlib
import secrets
from collections.abc import Iterable
from typing import Any

import msgspec
from itsdangerous import BadSignature, TimestampSigner

from contracts.errors import Conflict
from gateway import current
from gateway.accounts import Rate

LIFETIME = 300
"""Seconds."""
ONCE = Rate(1, 0.1)
"""One, and the next after ten minutes: by then it has ended anyway."""


class ConfirmationRefused(Conflict):
    """It is unknown, has ended, was used, or is for something else."""

    code = "confirmation_refused"
    default = (
        "This call changed nothing: its confirmation has ended, was used before, or is for "
        "something else. Look how things stand, and call without it to see what would happen now."
    )


class _Signer(TimestampSigner):
    """By the process's clock."""

    def get_timestamp(self) -> int:
        return int(current.now().timestamp())


def make(key: str, tool: str, bound: Any) -> str:
    """A confirmation for this key, tool, and whatever else must be the same when it is used."""
    return _signer(key, tool, bound).sign(secrets.token_urlsafe(12)).decode()


def use(confirmation: str, key: str, tool: str, bound: Any) -> str:
    """Uses it up; its number, which no other has. Raises `ConfirmationRefused`."""
    try:
        number = _signer(key, tool, bound).unsign(confirmation, max_age=LIFETIME).decode()
    except (BadSignature, ValueError):
        raise ConfirmationRefused from None
    if current.accounts().take(f"confirmation:{number}", ONCE):
        raise ConfirmationRefused
    return number


def _signer(key: str, tool: str, bound: Any) -> _Signer:
    """Bound by the salt, from which the key of the signature is made."""
    keys: Iterable[str] = reversed(current.settings().secret_keys)  # the last one signs
    same = hashlib.sha256(msgspec.json.encode([key, tool, bound], order="sorted")).hexdigest()
    return _Signer(list(keys), salt=f"assistant {same}", digest_method=hashlib.sha256)
