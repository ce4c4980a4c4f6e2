"""HTTP to Microsoft's servers: every exchange ends in time, whole, or with a provider's error."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from math import ceil
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from calendar_sync.adapters.provider import ProviderUnavailable

LARGEST = 32 * 1024 * 1024
"""Bytes of an answer; a page of events has about one million."""

CHUNK = 64 * 1024


@dataclass(frozen=True)
class Answer:
    """One whole answer. `headers` ask in any case of letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def retry_after(self) -> timedelta | None:
        """How long to wait, where the server says so: in seconds, or as a date, which is by the
        server's clock (RFC 9110, 10.2.3); a day at most.
        """
        asked = self.headers.get("Retry-After", "").strip()
        if asked.isdigit():
            return timedelta(seconds=min(int(asked), 86400))
        until, now = _date(asked), _date(self.headers.get("Date", "")) or datetime.now(UTC)
        if until is None:
            return None
        return timedelta(seconds=min(max(0, ceil((until - now).total_seconds())), 86400))


@dataclass(frozen=True)
class Request:
    """What is asked. `form` or `json` is its body."""

    method: str
    url: str
    headers: Mapping[str, str]
    params: Mapping[str, str] | None = None
    form: Mapping[str, Any] | None = None
    json: object = None


class Transport:
    """Connections to one installation's Microsoft, shared by all accounts and threads."""

    def __init__(self, seconds: float, ca_bundle: str) -> None:
        self.seconds = seconds
        self._verify: str | bool = ca_bundle or True
        self._session = requests.Session()
        self._session.mount("https://", HTTPAdapter(pool_connections=4, pool_maxsize=32))

    def send(self, request: Request, until: float) -> Answer:
        """The answer, whatever its status, before `until` (`time.monotonic`) and within the limit
        of one request. Raises `ProviderUnavailable` where there is none.
        """
        deadline = min(until, time.monotonic() + self.seconds)
        try:
            with self._start(request, left(deadline)) as response:
                body = _whole(response, deadline)
        except (requests.RequestException, HTTPError, OSError) as failure:
            raise ProviderUnavailable(f"no answer: {type(failure).__name__}") from failure
        return Answer(response.status_code, response.headers, body)

    def _start(self, request: Request, seconds: float) -> requests.Response:
        """No redirects: a token is for the server it is sent to, and for no other."""
        return self._session.request(
            request.method,
            request.url,
            params=request.params,
            headers=dict(request.headers),
            data=request.form,
            json=request.json,
            auth=_unchanged,
            timeout=seconds,
            verify=self._verify,
            allow_redirects=False,
            stream=True,
        )


def _date(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text).astimezone(UTC)
    except ValueError:
        return None


def left(until: float) -> float:
    """Seconds until then. Raises `ProviderUnavailable` where none are left."""
    seconds = until - time.monotonic()
    if seconds <= 0:
        raise ProviderUnavailable("no answer in time")
    return seconds


@lru_cache(maxsize=8)
def transport(seconds: float, ca_bundle: str) -> Transport:
    """The one for these settings; adapters are made for each call."""
    return Transport(seconds, ca_bundle)


def _unchanged(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keeps requests from looking for passwords in a .netrc file."""
    return request


def _whole(response: requests.Response, deadline: float) -> bytes:
    parts: list[bytes] = []
    size = 0
    while part := response.raw.read1(CHUNK, decode_content=True):
        size += len(part)
        if size > LARGEST:
            raise ProviderUnavailable("an answer without an end")
        if time.monotonic() > deadline:
            raise ProviderUnavailable("no whole answer in time")
        parts.append(part)
    return b"".join(parts)
