"""What crm-bridge asks of any other CRM; each one's oddities stay behind it.

Rules for a connector:

- Every call ends within its time limit, with an answer or with one of the errors below.
- `put` can be repeated: a call whose reply was lost finds what the first one made, by our lasting
  id, which is written there too (a contact is also found by its address), and brings it in line.
- It writes what `Push` says and nothing else; a contact that was there before us keeps what people
  wrote, and is only filled in.
- Tokens that were renewed go to `Account.keep` before they are used.
- The other side's words are never passed on: errors speak in ours.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Lock
from typing import ClassVar, Protocol, runtime_checkable

from crm_bridge.domain.mapping import Kind, Mapping, Offer
from crm_bridge.domain.mirror import Push


class CrmUnavailable(Exception):
    """Temporary: no answer in time, 5xx, too many requests. `retry_after` as the other side asks.

    `everywhere`: nothing else would get through either, so the whole connection rests.
    """

    def __init__(
        self, words: str, retry_after: timedelta | None = None, *, everywhere: bool = False
    ) -> None:
        super().__init__(words)
        self.retry_after = retry_after
        self.everywhere = everywhere or retry_after is not None


class CrmRefused(Exception):
    """Final: our permission is gone; only an admin can give it again."""


class CrmRejected(Exception):
    """One object is not taken, whatever we do: an admin has to mend something. `gone`: it was
    deleted over there; another try makes it anew.
    """

    def __init__(self, words: str, *, gone: bool = False) -> None:
        super().__init__(words)
        self.gone = gone


class LinkLost(Exception):
    """What the object hangs on is not there any more."""

    def __init__(self, kind: Kind) -> None:
        super().__init__(kind)
        self.kind: Kind = kind


@dataclass(frozen=True)
class Means:
    """What a connector needs to know of this installation. The addresses are the providers' own
    unless an emulator or a proxy stands in. `ca_bundle`: a file of certificates to trust instead of
    the system's.
    """

    call_seconds: float = 10
    hubspot_client_id: str = ""
    hubspot_client_secret: str = ""
    hubspot_base_url: str = "https://api.hubapi.com"
    salesforce_client_id: str = ""
    salesforce_client_secret: str = ""
    salesforce_login_url: str = "https://login.salesforce.com"
    private_addresses: bool = False
    ca_bundle: str = ""

    def __repr__(self) -> str:
        return f"Means(call_seconds={self.call_seconds})"


@dataclass(frozen=True)
class SignedIn:
    """Whose account it is: in words, and by a name of theirs that never changes; and what opens it,
    in a form of the connector's own.
    """

    account: str
    key: str
    secret: str

    def __repr__(self) -> str:
        return f"SignedIn({self.account!r})"


@dataclass(frozen=True)
class Account:
    """`load` tells what opens it now, in clear and never logged; `keep` is told each new one before
    it is used. `lock`: only one at a time renews it.
    """

    name: str
    load: Callable[[], str]
    keep: Callable[[str], None]
    lock: Lock = field(default_factory=Lock)

    def __repr__(self) -> str:
        return f"Account({self.name!r})"


class Desk(Protocol):
    """One account, open for a while; not for several threads. Every method raises
    `CrmUnavailable` or `CrmRefused`.
    """

    def offer(self) -> Offer:
        """Fields and stages as they are there now."""
        ...

    def prepare(self) -> None:
        """Makes what we need there, as far as that can be made from here. Can be repeated."""
        ...

    def owner(self, email: str) -> str:
        """Their id of the user with that address; empty if there is none."""
        ...

    def put(self, push: Push) -> str:
        """Writes it; their id. Also raises `CrmRejected` or `LinkLost`."""
        ...


class Connector(Protocol):
    """One kind of CRM. `outcome_apart`: a meeting's activity has a field for how it ended."""

    name: ClassVar[str]
    outcome_apart: ClassVar[bool]

    def at(self, account: Account) -> AbstractContextManager[Desk]:
        """Opens the account."""
        ...

    def usual(self, offer: Offer) -> Mapping:
        """What a new connection writes where."""
        ...

    def revoke(self, account: Account) -> None:
        """Gives the permission back, as far as the other side knows such a thing."""
        ...


@runtime_checkable
class SignsIn(Protocol):
    """A CRM whose admins give their permission on its own pages (OAuth 2, RFC 6749)."""

    def authorize_url(self, redirect_uri: str, state: str, challenge: str) -> str:
        """Where the admin's browser goes; `challenge` is PKCE's S256 (RFC 7636)."""
        ...

    def exchange(self, redirect_uri: str, code: str, verifier: str) -> SignedIn:
        """Who came back with that code, and what opens their account."""
        ...


@runtime_checkable
class TakesToken(Protocol):
    """A CRM that an admin can open with a token made over there."""

    def with_token(self, token: str) -> SignedIn:
        """Whose account it opens. Raises `CrmRefused` for a token that opens none."""
        ...
