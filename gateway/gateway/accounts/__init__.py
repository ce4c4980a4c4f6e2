"""Workspaces, accounts, sessions, one-time tokens, API keys, limits, audit.

The only package of the gateway that imports SQLAlchemy. `Accounts` is its whole face: each method
is one transaction. Whoever changes something is named by `actor`, a `Profile` of the workspace;
rules about roles are checked here again, whatever the page allowed.
"""

from sqlalchemy import Engine, create_engine

from gateway.accounts.base import Base
from gateway.accounts.branding import Brand, Branding
from gateway.accounts.buckets import Rate
from gateway.accounts.claiming import Claiming
from gateway.accounts.joining import Joining
from gateway.accounts.managing import Managing
from gateway.accounts.pictures import Picture
from gateway.accounts.signing import Signing
from gateway.accounts.values import (
    ApiKey,
    AuditEntry,
    KeyHolder,
    NewAccount,
    NewLinks,
    NewWorkspace,
    Profile,
)
from servicekit.database import ALIVE, tended

__all__ = [
    "Accounts",
    "ApiKey",
    "AuditEntry",
    "Brand",
    "KeyHolder",
    "NewAccount",
    "NewLinks",
    "NewWorkspace",
    "Picture",
    "Profile",
    "Rate",
    "open_engine",
]


class Accounts(Joining, Signing, Managing, Branding, Claiming, Base):
    """Everything about who may sign in; see joining, signing, managing, branding, claiming."""


def open_engine(url: str, pool_size: int = 5) -> Engine:
    """The pool of the gateway's own database; a statement takes 5 s at most, a lock 3 s."""
    limits = "-c statement_timeout=5000 -c lock_timeout=3000 -c timezone=UTC"
    return tended(
        create_engine(
            url,
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_timeout=5,
            pool_use_lifo=True,
            connect_args={"options": limits, **ALIVE},
        )
    )
