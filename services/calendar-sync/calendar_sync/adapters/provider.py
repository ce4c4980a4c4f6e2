"""What calendar-sync asks of any provider of calendars; each provider's oddities stay behind it.

Rules for an adapter (quality.md, providers by the book):

- Every call ends within its time limit, with an answer or with one of the errors below.
- `write` with an id that exists already (Google 409, CalDAV `If-None-Match`, Graph
  `transactionId`) reads what is there and brings it in line: a call whose reply was lost is
  repeated without a second event. `move` of an event that is not there writes it; `delete` of one
  that is not there is done.
- A cursor is what the provider calls sync token, delta link or sync-token; one that it does not
  accept any more (410, `valid-sync-token`) leads to a complete reading, told by
  `Reading.complete`.
- Every change is told, also of events that do not block (free, cancelled, declined by the host), as
  occurrences with `blocks` false: ours are told apart by `Occurrence.event_id`, which is what
  `Written.id` was. All-day events block whole local days in the calendar's zone; floating times
  are in that zone, else the account's, else UTC; tentative ones block.
- Nobody but the host is invited, and the provider mails nobody.
- Tokens that the provider rotates go to `Account.keep` before they are used.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

from calendar_sync.domain.calendars import (
    Draft,
    OwnedCalendar,
    Reading,
    SignedIn,
    Watch,
    Written,
)

READ_AHEAD = timedelta(days=731)
"""How far ahead busy time is read: a link's furthest horizon."""


class ProviderUnavailable(Exception):
    """Temporary: no answer in time, 5xx, too many requests. `retry_after` as the provider asks."""

    def __init__(self, reason: str, retry_after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class AccessRefused(Exception):
    """Final: the host's permission is gone (`invalid_grant`); only the host can give it again."""


class InvalidAddress(Exception):
    """An address that cannot be a calendar's, or that must not be asked: the field of the form,
    and what to tell the host.
    """

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field, self.message = field, message


@dataclass(frozen=True)
class Account:
    """Whose calendars. `secret` is what opens them, in clear and never logged; its form is the
    adapter's own. `keep` is told each new one before it is used.
    """

    name: str
    secret: str
    keep: Callable[[str], None]

    def __repr__(self) -> str:
        return f"Account({self.name!r})"


class Provider(Protocol):
    """The calendars of one kind. Every method raises `ProviderUnavailable` or `AccessRefused`."""

    def calendars(self, account: Account) -> tuple[OwnedCalendar, ...]:
        """The account's calendars, the main one first."""
        ...

    def read(
        self, account: Account, calendar_id: str, cursor: str | None, now: datetime
    ) -> Reading:
        """Busy time since `cursor`; everything up to `READ_AHEAD` after `now` without one."""
        ...

    def write(self, account: Account, calendar_id: str, draft: Draft) -> Written:
        """Makes the event, or brings the one of that id in line."""
        ...

    def move(self, account: Account, calendar_id: str, draft: Draft) -> Written:
        """Brings an event that was written before in line; its join URL stays."""
        ...

    def delete(self, account: Account, calendar_id: str, draft: Draft) -> None:
        """Removes the event, if it is there; of `draft` only the ids count."""
        ...


@runtime_checkable
class SignsIn(Protocol):
    """A provider whose hosts give their permission on its own pages (OAuth 2, RFC 6749)."""

    def authorize_url(self, redirect_uri: str, state: str, challenge: str) -> str:
        """Where the host's browser goes; `challenge` is PKCE's S256 (RFC 7636)."""
        ...

    def exchange(self, redirect_uri: str, code: str, verifier: str) -> SignedIn:
        """Who came back with that code, and what opens their calendars."""
        ...

    def revoke(self, account: Account) -> None:
        """Gives the permission back, as far as the provider knows such a thing."""
        ...


@runtime_checkable
class OpensWithPassword(Protocol):
    """A provider whose accounts are an address, with a user's name and password or without."""

    def open(self, url: str, user: str, password: str) -> SignedIn:
        """Finds the calendars. Raises `AccessRefused` for a wrong password, `InvalidAddress` for
        an address that is none or is forbidden.
        """
        ...


@runtime_checkable
class Pushes(Protocol):
    """A provider that says when something changed."""

    def watch(
        self, account: Account, calendar_id: str, url: str, token: str, now: datetime
    ) -> Watch:
        """Has changes told to `url`, each time with `token`."""
        ...

    def unwatch(self, account: Account, watch: Watch) -> None:
        """Ends that, if it has not ended."""
        ...
