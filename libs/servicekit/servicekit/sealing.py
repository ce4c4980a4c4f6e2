"""Secrets: text that only we can open again, and keyed codes."""

import base64
import hashlib
import hmac
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class Sealer:
    """Encrypts with the first of the installation's keys and opens with any of them."""

    def __init__(self, secret_keys: Sequence[str]) -> None:
        fernets = [Fernet(_fernet_key(key)) for key in secret_keys]
        self._first, self._fernet = fernets[0], MultiFernet(fernets)

    def seal(self, text: str) -> str:
        """Encrypted and signed, URL-safe."""
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """The text again. Raises `cryptography.fernet.InvalidToken` for anything not ours."""
        return self._fernet.decrypt(sealed.encode()).decode()

    def renewed(self, sealed: str) -> str | None:
        """The same, sealed with the first key; `None` where it is. Raises `InvalidToken`."""
        try:
            self._first.decrypt(sealed.encode())
        except InvalidToken:
            return self._fernet.rotate(sealed.encode()).decode()
        return None


def _fernet_key(key: str) -> bytes:
    digest = hashlib.sha256(b"workestra sealing\0" + key.encode()).digest()
    return base64.urlsafe_b64encode(digest)


def keyed_mac(key: str | bytes, *parts: str) -> bytes:
    """HMAC-SHA-256 over the parts, each told from the next: 32 bytes."""
    secret = key if isinstance(key, bytes) else key.encode()
    message = b"".join(len(p.encode()).to_bytes(4, "big") + p.encode() for p in parts)
    return hmac.new(secret, message, hashlib.sha256).digest()
