"""What the running application was built with, typed, for views."""

import hashlib
import hmac
from datetime import datetime
from typing import Protocol, cast

from flask import current_app, g

from gateway.accounts import Accounts, Profile
from gateway.files.store import FileStore
from gateway.rpc import Services
from gateway.settings import Settings
from gateway.slots import SlotCache


class Clock(Protocol):
    """The process's clock; tests and `/dev/clock` move it."""

    def now(self) -> datetime:
        """Aware, UTC."""
        ...


def services() -> Services:
    """The five services."""
    return cast("Services", current_app.extensions["services"])


def accounts() -> Accounts:
    """Workspaces, accounts, sessions, keys."""
    return cast("Accounts", current_app.extensions["accounts"])


def slots() -> SlotCache:
    """Free times, kept for a moment."""
    return cast("SlotCache", current_app.extensions["slots"])


def files() -> FileStore:
    """Where visitors' files lie."""
    return cast("FileStore", current_app.extensions["files"])


def settings() -> Settings:
    """What `config.yml` and the environment say."""
    return cast("Settings", current_app.extensions["settings"])


def now() -> datetime:
    """The present instant, UTC, of the process's clock."""
    return cast("Clock", current_app.extensions["clock"]).now()


def account() -> Profile:
    """Who is signed in; only behind the sign-in."""
    return cast("Profile", g.account)


def mac(*parts: str) -> str:
    """A keyed digest of these words, 32 hex digits, for names that must not be guessed back."""
    key = settings().secret_keys[0].encode()
    words = "\0".join(parts).encode("utf-8", "surrogatepass")
    return hmac.new(key, words, hashlib.sha256).hexdigest()[:32]
