"""Calls of Calendar v3 for one account, and what Google's errors mean.

https://developers.google.com/calendar/api/guides/errors
"""

import json
from datetime import timedelta
from functools import cache
from typing import Any

import httplib2
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

from calendar_sync.adapters.google.tokens import Tokens
from calendar_sync.adapters.google.transport import Transport, unavailable
from calendar_sync.adapters.means import Means
from calendar_sync.adapters.provider import AccessRefused, Account, ProviderUnavailable

JSON = dict[str, Any]

REFUSED = {"forbidden", "insufficientPermissions", "requiredAccessLevel"}
"""Reasons of a 403 that only the host can mend. The others are limits, or the operator's."""
HOOK_REFUSED = "webhook"
"""So begin the reasons of a 401 that speaks of our address, not of the account."""
A_DAY = timedelta(days=1)


class Missing(Exception):
    """404 or 410: what was named is not there (any more)."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Taken(Exception):
    """409: an event, or the tombstone of one, has that id."""


class Rejected(Exception):
    """400: Google does not take this request; `message` is its own."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@cache
def calendar(base_url: str) -> Any:
    """The client, made from the discovery document that it carries: nothing is fetched."""
    return build(
        "calendar",
        "v3",
        http=httplib2.Http(),
        static_discovery=True,
        cache_discovery=False,
        client_options={"api_endpoint": f"{base_url.rstrip('/')}/calendar/v3/"},
    )


class Api:
    """One call of ours to the account; it may take several requests.

    Every method raises `ProviderUnavailable`, `AccessRefused`, `Missing`, `Taken` or `Rejected`.
    """

    def __init__(self, means: Means, account: Account) -> None:
        self.transport = Transport(means.call_seconds, means.ca_bundle)
        self.tokens = Tokens(means, account, self.transport)
        client = calendar(means.google_base_url)
        self.calendar_list, self.events = client.calendarList(), client.events()
        self.channels = client.channels()

    def ask(self, request: Any) -> JSON:
        """The answer. A token that ends before its time is renewed once."""
        try:
            return self._ask(request)
        except HttpError as error:
            if error.status_code != 401 or _reason(error).startswith(HOOK_REFUSED):
                raise _meaning(error) from error
        self.tokens.renew()
        try:
            return self._ask(request)
        except HttpError as error:
            raise _meaning(error) from error

    def _ask(self, request: Any) -> JSON:
        request.headers["authorization"] = f"Bearer {self.tokens.bearer()}"
        try:
            return dict(request.execute(http=self.transport) or {})
        except (TypeError, ValueError) as error:
            raise ProviderUnavailable("an answer that is no JSON") from error


def _meaning(error: HttpError) -> Exception:
    """What to do about it."""
    status, reason = int(error.status_code), _reason(error)
    if status in {404, 410}:
        return Missing(status)
    if status == 409:
        return Taken()
    if status == 400:
        return Rejected(error.reason)
    if reason.startswith(HOOK_REFUSED):
        return ProviderUnavailable(f"Google does not push here: {reason}", A_DAY)
    if status == 401 or (status == 403 and reason in REFUSED):
        return AccessRefused(f"{status} {reason}")
    return unavailable(status, error.resp, reason)


def _reason(error: HttpError) -> str:
    try:
        said = json.loads(error.content)["error"]
        return str((said.get("errors") or [{}])[0].get("reason") or said.get("status", ""))
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        return ""
