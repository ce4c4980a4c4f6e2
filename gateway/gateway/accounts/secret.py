"""Passwords and random tokens: what is kept of them can be compared, never read."""

import hashlib
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
"""argon2id with the parameters of the OWASP password storage cheat sheet: 19 MiB, 2 passes."""

_NOBODY = _HASHER.hash(secrets.token_hex(16))
"""Verified when the address is unknown, so that the answer takes as long."""


def hash_password(password: str) -> str:
    """argon2id, with its salt and parameters."""
    return _HASHER.hash(password)


def verify_password(kept: str | None, password: str) -> bool:
    """Whether the password is the kept one; as slow without one."""
    try:
        given = password.encode("utf-8", "surrogatepass")
        return _HASHER.verify(kept or _NOBODY, given) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(kept: str) -> bool:
    """Whether it was hashed with parameters of the past."""
    return _HASHER.check_needs_rehash(kept)


def new_token() -> str:
    """256 random bits, safe in a URL; 43 characters."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> bytes:
    """What is kept of a random token: SHA-256. No salt: there is nothing to guess."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
