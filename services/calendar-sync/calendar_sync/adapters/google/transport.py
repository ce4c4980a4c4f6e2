"""How requests reach Google: one pool of connections, and a limit on the time of a whole call.

`Transport` is what both of Google's libraries send through: google-api-python-client takes
anything that acts like httplib2's `Http`, google-auth anything that acts like its `Request`.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import httplib2
import requests
import urllib3
from requests.adapters import HTTPAdapter

from calendar_sync.adapters.provider import ProviderUnavailable

CHUNK = 65_536
CONNECTIONS = 16


@cache
def session() -> requests.Session:
    """Connections are shared by all accounts; cookies are not kept at all."""
    made = requests.Session()
    made.auth = _unchanged
    made.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    made.mount("https://", HTTPAdapter(pool_maxsize=CONNECTIONS))
    return made


def _unchanged(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keeps requests from looking for passwords in a .netrc file."""
    return request


@dataclass(frozen=True)
class Answer:
    """What came back, as google-auth wants to see it."""

    status: int
    headers: Mapping[str, str]
    data: bytes

    @property
    def later(self) -> bool:
        """Whether the server is in trouble, or has been asked too often."""
        return self.status >= 500 or self.status == 429


class Transport:
    """One call to the provider, which may be several requests. Raises `ProviderUnavailable`."""

    def __init__(self, seconds: float, ca_bundle: str) -> None:
        self._seconds = seconds
        self._verify = ca_bundle or None
        self.start_again()

    def start_again(self) -> None:
        """The time is counted from now: each page of a long list has all of it."""
        self._ends = time.monotonic() + self._seconds

    @property
    def left(self) -> float:
        """Seconds. Raises `ProviderUnavailable` when there are none."""
        left = self._ends - time.monotonic()
        if left <= 0:
            raise ProviderUnavailable("Google did not answer in time")
        return left

    def request(
        self,
        uri: str,
        method: str = "GET",
        body: str | bytes | None = None,
        headers: Mapping[str, str] | None = None,
        **_: Any,
    ) -> tuple[httplib2.Response, bytes]:
        """As httplib2."""
        answer = self.send(method, uri, body, headers)
        names = {key.lower(): value for key, value in answer.headers.items()}
        return httplib2.Response(names | {"status": str(answer.status)}), answer.data

    def __call__(
        self,
        url: str,
        method: str = "GET",
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        **_: Any,
    ) -> Answer:
        """As google-auth, which would try again by itself: trouble of the server ends it here."""
        answer = self.send(method, url, body, headers)
        if answer.later:
            raise unavailable(answer.status, answer.headers)
        try:
            json.loads(answer.data)
        except ValueError as error:
            raise ProviderUnavailable("an answer that is no JSON") from error
        return answer

    def send(
        self, method: str, url: str, body: str | bytes | None, headers: Mapping[str, str] | None
    ) -> Answer:
        """One request. No redirect is followed: Google's API knows none."""
        try:
            with session().request(
                method,
                url,
                data=body,
                headers=dict(headers or {}),
                timeout=self.left,
                allow_redirects=False,
                stream=True,
                verify=self._verify,
            ) as response:
                return Answer(response.status_code, response.headers, self._drain(response))
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise ProviderUnavailable(f"no answer from Google: {type(error).__name__}") from error

    def _drain(self, response: requests.Response) -> bytes:
        """All of it, or nothing: what comes in drops is cut off when the time is over."""
        parts = []
        while chunk := response.raw.read1(CHUNK, decode_content=True):
            parts.append(chunk)
            _ = self.left
        return b"".join(parts)


def unavailable(status: int, headers: Mapping[str, str], why: str = "") -> ProviderUnavailable:
    """The error for an answer that means "later"."""
    return ProviderUnavailable(f"Google answered {status} {why}".strip(), retry_after(headers))


def retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """How long to wait, as seconds or as a date by the server's clock (RFC 9110, 10.2.3)."""
    asked = {key.lower(): value for key, value in headers.items()}
    text = asked.get("retry-after", "").strip()
    if text.isdigit():
        return timedelta(seconds=int(text))
    try:
        until = parsedate_to_datetime(text)
        now = parsedate_to_datetime(asked["date"]) if "date" in asked else datetime.now(UTC)
        return max(until - now, timedelta(0))
    except (TypeError, ValueError):
        return None
