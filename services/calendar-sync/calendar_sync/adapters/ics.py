"""Feeds: busy time from the address of an .ics file, read-only (RFC 5545).

A feed is asked for anew only if it changed (RFC 9110, 13: ETag, Last-Modified); then all of it is
read. It has one calendar. Its address is a secret: whoever knows it can read the feed.
"""

from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from json import dumps, loads
from re import MULTILINE, search, sub
from typing import NoReturn
from urllib.parse import unquote, urlsplit, urlunsplit
from zoneinfo import ZoneInfo

from requests.auth import HTTPBasicAuth
from requests.models import Response

from calendar_sync.adapters.means import Means
from calendar_sync.adapters.provider import (
    READ_AHEAD,
    AccessRefused,
    Account,
    InvalidAddress,
    ProviderUnavailable,
)
from calendar_sync.adapters.turns import Turn
from calendar_sync.domain.calendars import (
    Draft,
    Occurrence,
    OwnedCalendar,
    Reading,
    SignedIn,
    Written,
    shown_name,
)
from calendar_sync.domain.recurrence import BadCalendar, View, expand_all, zone_named
from servicekit.outgoing import Forbidden, Limits, Outgoing, Unreachable, retry_after

FEED = "feed"
"""The id of a feed's only calendar."""

BEYOND = timedelta(days=7)
"""How much further than links reach series are expanded: as rarely a feed that does not change is
read again."""

BEHIND = timedelta(days=2)
SCHEMES = {"webcal": "https", "webcals": "https"}
LATER = {408, 425, 429}
OVER = {401, 410}
"""What says that the host's permission is gone: only they can get a new address."""


class _Nothing(Exception):
    """There is no feed at this address, for the moment at least. The message can be shown."""


@dataclass(frozen=True)
class _Secret:
    url: str
    user: str = ""
    password: str = ""

    def __repr__(self) -> str:
        return "_Secret()"


@dataclass(frozen=True)
class _Cursor:
    """What the feed said of itself when it was last read, its text's hash (but for DTSTAMP, which
    some servers set anew each time), and how far series were expanded.
    """

    tag: str
    modified: str
    digest: str
    until: datetime

    @classmethod
    def read(cls, text: str | None) -> "_Cursor | None":
        try:
            values = loads(text or "")
            return cls(**{**values, "until": datetime.fromisoformat(values["until"])})
        except (ValueError, TypeError, KeyError):
            return None

    def write(self) -> str:
        return dumps({**asdict(self), "until": self.until.isoformat()})


class Feed:
    """The adapter."""

    def __init__(self, means: Means) -> None:
        self._means = means

    def open(self, url: str, user: str, password: str) -> SignedIn:
        """As `OpensWithPassword.open`. Without a password, `user` is what the host calls the feed.
        The account's name tells feeds apart without giving an address away.
        """
        secret = _secret(url, user, password)
        try:
            response = self._fetch(secret, {})
            _occurrences(_text(response), datetime.now(UTC))
        except (Forbidden, BadCalendar, _Nothing) as error:
            raise InvalidAddress("url", str(error)) from error
        name = ("" if password else user) or _name(_text(response)) or "Feed"
        host = urlsplit(secret.url).hostname
        mark = sha256(secret.url.encode()).hexdigest()[:4]
        return SignedIn(f"{name} ({host}, {mark})", dumps(asdict(secret)))

    def calendars(self, account: Account) -> tuple[OwnedCalendar, ...]:
        """As `Provider.calendars`."""
        text = _text(self._asked(_Secret(**loads(account.secret)), {}))
        return (OwnedCalendar(id=FEED, name=_name(text) or account.name, writable=False),)

    def read(
        self,
        account: Account,
        calendar_id: str,  # noqa: ARG002 - there is one
        cursor: str | None,
        now: datetime,
    ) -> Reading:
        """As `Provider.read`."""
        known = _Cursor.read(cursor)
        if known is not None and known.until < now + READ_AHEAD:
            known = None
        response = self._asked(_Secret(**loads(account.secret)), _conditions(known))
        if known is not None and response.status_code == 304:
            return Reading((), known.write(), complete=False)
        digest = sha256(sub(rb"(?m)^DTSTAMP.*\n", b"", response.content)).hexdigest()
        headers = response.headers
        fresh = _Cursor(
            tag=headers.get("ETag", ""),
            modified=headers.get("Last-Modified", ""),
            digest=digest,
            until=now + READ_AHEAD + BEYOND,
        )
        if known is not None and digest == known.digest:
            return Reading((), replace(fresh, until=known.until).write(), complete=False)
        try:
            return Reading(_occurrences(_text(response), now), fresh.write(), complete=True)
        except BadCalendar as error:
            raise ProviderUnavailable(str(error)) from error

    def write(self, account: Account, calendar_id: str, draft: Draft) -> Written:  # noqa: ARG002 - nothing of it is looked at
        """A feed has no calendar that can be chosen for writing, so nobody asks."""
        raise ProviderUnavailable("a feed can only be read")

    move = write

    def delete(self, account: Account, calendar_id: str, draft: Draft) -> None:  # noqa: ARG002 - nothing of it is looked at
        """As `write`."""
        raise ProviderUnavailable("a feed can only be read")

    def _asked(self, secret: _Secret, conditions: dict[str, str]) -> Response:
        try:
            return self._fetch(secret, conditions)
        except (Forbidden, _Nothing) as error:
            raise ProviderUnavailable(str(error)) from error

    def _fetch(self, secret: _Secret, conditions: dict[str, str]) -> Response:
        means, longest = self._means, self._means.call_seconds
        limits = Limits(connect=longest, read=longest, total=longest)
        headers = {"Accept": "text/calendar, */*;q=0.5", **conditions}
        basic = HTTPBasicAuth(secret.user.encode(), secret.password.encode())
        auth = basic if secret.password else None
        with Outgoing(limits, private=means.private_addresses, ca_bundle=means.ca_bundle) as out:
            try:
                response = out.get(
                    secret.url, headers=headers, auth=auth if secret.password else None
                )
            except Unreachable as failure:
                raise ProviderUnavailable(str(failure)) from failure
        if response.status_code not in {200, 304}:
            _refuse(response)
        return response


def _refuse(response: Response) -> NoReturn:
    status = response.status_code
    if status in OVER:
        raise AccessRefused("This address does not let us in any more.")
    if status in LATER or status >= 500:
        wait = retry_after(response, datetime.now(UTC))
        raise ProviderUnavailable(f"The server answered {status}.", wait)
    raise _Nothing("There is no calendar at this address.")


def _conditions(known: _Cursor | None) -> dict[str, str]:
    if known is None:
        return {}
    asked = {"If-None-Match": known.tag, "If-Modified-Since": known.modified}
    return {name: value for name, value in asked.items() if value}


def _secret(url: str, user: str, password: str) -> _Secret:
    """The address to ask; a name and password within it are taken out."""
    parts = urlsplit(url.strip() if "://" in url else f"https://{url.strip()}")
    named, _, place = parts.netloc.rpartition("@")
    within, _, word = named.partition(":")
    scheme = SCHEMES.get(parts.scheme, parts.scheme)
    clean = urlunsplit((scheme, place, parts.path, parts.query, ""))
    if within and not password:
        return _Secret(clean, unquote(within), unquote(word))
    return _Secret(clean, user if password else "", password)


def _text(response: Response) -> str:
    """Calendars are UTF-8 (RFC 5545, 3.1.4), whatever the server says of them."""
    return response.content.decode("utf-8-sig", "replace")


def _occurrences(text: str, now: datetime) -> tuple[Occurrence, ...]:
    """What the feed blocks, with turns for others in between: a large one takes seconds."""
    zone = zone_named(text) or ZoneInfo("UTC")
    name = _name(text).lower()
    owner = frozenset({name} if "@" in name else ())  # Google calls a feed by its owner's address
    view = View(zone, now - BEHIND, now + READ_AHEAD + BEYOND, owner)
    return expand_all(text, view, Turn().pause)


def _name(text: str) -> str:
    found = search(r"^X-WR-CALNAME[^:\n]*:(.*)$", text, MULTILINE)
    return shown_name(found[1]) if found else ""
