"""The one way out: HTTP to addresses that users typed (CalDAV, feeds, webhooks).

`Outgoing` is a `requests.Session`, so libraries over requests go through it unchanged. What it
guards (quality.md, outgoing requests):

- http and https only, without a user's name in the address;
- a name is resolved once for each connection, and the connection goes to the address that was
  checked, so a second DNS answer changes nothing; numbers, however written, are resolved and
  checked in the same way;
- each redirect is checked like a first address; none leads from https to http; credentials,
  cookies and own headers stay with the host they were meant for;
- connecting, waiting and the whole request have time limits, and the answer a size limit, also
  after decompression;
- proxies, credentials and certificates of the process's environment are not used;
- errors say what happened in our words, never the other side's.
"""

import logging
import os
import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from threading import Timer
from time import monotonic
from typing import Any, NoReturn
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.hooks import default_hooks
from requests.models import PreparedRequest, Response
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from servicekit.addresses import is_allowed

Resolve = Callable[[str, int], list[str]]
"""The addresses of a host; raises `OSError`."""

logging.getLogger("urllib3").setLevel(logging.ERROR)
# Its warnings quote addresses, which may be secrets, and the other side's words.

REDIRECTS = {301, 302, 303, 307, 308}
TRAVELS = {"accept", "accept-encoding", "content-length", "content-type", "depth", "user-agent"}
"""Headers that may go to another host."""


class Forbidden(Exception):
    """An address that is none, or that must not be asked. The message can be shown."""


class Unreachable(Exception):
    """No whole answer within the limits. The message is ours and can be shown."""


class TooLarge(Unreachable):
    """More than the limits allow."""


@dataclass(frozen=True)
class Limits:
    """Seconds to connect, between two pieces of an answer, and in all with its redirects; bytes of
    an answer; redirects followed.
    """

    connect: float = 5
    read: float = 10
    total: float = 30
    size: int = 20_000_000
    redirects: int = 5


def resolve(host: str, port: int) -> list[str]:
    """What the system's resolver says, in its order."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(one[4][0]) for one in found]


@dataclass(frozen=True)
class Guard:
    """Decides which addresses may be asked. `private`: neighbours too."""

    private: bool = False
    resolve: Resolve = resolve

    def addresses(self, host: str, port: int) -> list[str]:
        """Where to connect. Raises `Forbidden` or `Unreachable`."""
        try:
            found = self.resolve(host.strip("[]"), port)
        except (OSError, UnicodeError):
            raise Unreachable("This server's name is not known.") from None
        allowed = [one for one in found if is_allowed(one, private=self.private)]
        if not allowed:
            raise Forbidden("This address is in a network that may not be asked.")
        return allowed


class Outgoing(requests.Session):
    """A session for one purpose: its limits are for each request. Not for several threads."""

    def __init__(
        self,
        limits: Limits | None = None,
        *,
        private: bool = False,
        ca_bundle: str = "",
        resolve: Resolve = resolve,
    ) -> None:
        super().__init__()
        self.limits = limits or Limits()
        self.trust_env = False
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        adapter = _Adapter(Guard(private, resolve), self.limits, ca_bundle or True)
        self.adapters.clear()
        self.mount("https://", adapter)
        self.mount("http://", adapter)

    def request(self, *arguments: Any, **options: Any) -> Response:
        """As requests', with the whole answer in memory. Raises `Forbidden` or `Unreachable`."""
        try:
            return super().request(*arguments, **options)
        except (requests.RequestException, ValueError):
            raise Forbidden("This is not the address of a server.") from None

    def send(self, request: PreparedRequest, **options: Any) -> Response:
        """Follows redirects itself: requests' own would turn REPORT into GET."""
        end = monotonic() + self.limits.total
        follow = options.pop("allow_redirects", True)
        for _ in range(self.limits.redirects + 1):
            _check(request)
            left = max(0.01, end - monotonic())
            response = super().send(
                request, **{**options, "allow_redirects": False, "stream": True, "timeout": left}
            )
            if not follow or response.status_code not in REDIRECTS:
                return response
            target = self.get_redirect_target(response)
            if target is None:
                return response
            request = _redirected(request, response.status_code, target)
        raise Unreachable("This address leads on and on.")


def _check(request: PreparedRequest) -> None:
    parts = urlsplit(request.url or "")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise Forbidden("An address begins with https:// or http:// and a server's name.")
    if "@" in parts.netloc:
        raise Forbidden("Please leave the user name and password out of the address.")


def _redirected(request: PreparedRequest, status: int, target: str) -> PreparedRequest:
    """The next request: the same, as far as its new place may know of it."""
    there = request.copy()
    there.prepare_url(urljoin(request.url or "", target), None)
    old, new = urlsplit(request.url or ""), urlsplit(there.url or "")
    if (old.scheme, new.scheme) == ("https", "http"):
        raise Forbidden("This address leads from https to http.")
    if status == 303 or (status in {301, 302} and request.method == "POST"):
        there.method = "GET" if request.method != "HEAD" else "HEAD"
        there.body = None
        for name in ("Content-Length", "Content-Type", "Transfer-Encoding"):
            there.headers.pop(name, None)
    if not same_server(request.url or "", there.url or ""):
        for name in [name for name in there.headers if name.lower() not in TRAVELS]:
            del there.headers[name]
        there.hooks = default_hooks()
    return there


def same_server(one: str, other: str) -> bool:
    """Whether what was meant for one address may go to the other: the same host and port, or the
    step from http to https on the usual ports.
    """
    old, new = urlsplit(one), urlsplit(other)
    if old.hostname != new.hostname:
        return False
    upgrade = (old.scheme, new.scheme, old.port or 80, new.port or 443)
    return (old.scheme, _port(old)) == (new.scheme, _port(new)) or (
        upgrade == ("http", "https", 80, 443)
    )


def _port(parts: Any) -> int:
    return int(parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0))


def retry_after(response: Response, now: datetime) -> timedelta | None:
    """What a server asks us to wait: seconds or a date (RFC 9110, 10.2.3), at most a day."""
    asked = response.headers.get("Retry-After", "").strip()
    if asked.isdecimal():
        return min(timedelta(seconds=int(asked[:9])), timedelta(days=1))
    try:
        moment = parsedate_to_datetime(asked)
        wait = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(wait, timedelta()), timedelta(days=1))


class _Adapter(HTTPAdapter):
    """Sends one request over a guarded connection, and reads the whole answer within the limits."""

    def __init__(self, guard: Guard, limits: Limits, verify: str | bool) -> None:  # noqa: FBT001 - as requests names it
        self._limits, self._verify = limits, verify
        self._guard = guard
        super().__init__(pool_connections=4, pool_maxsize=1, max_retries=0)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}

    def send(self, request: PreparedRequest, *_: Any, **options: Any) -> Response:
        """`timeout` is what is left of the whole request's time; other options are the guard's."""
        left = float(options.get("timeout") or self._limits.total)
        times = (min(self._limits.connect, left), min(self._limits.read, left))
        with _watched(left) as watch, _guarding(self._guard):
            try:
                response = super().send(
                    request, stream=True, timeout=times, verify=self._verify, proxies={}
                )
                self._read(response)
            except (requests.RequestException, HTTPError, OSError) as error:
                _tell(error, expired=watch.expired)
        if watch.expired:
            raise Unreachable("This server did not answer in time.")
        return response

    def _read(self, response: Response) -> None:
        body = bytearray()
        for piece in response.raw.stream(65_536, decode_content=True):
            body += piece
            if len(body) > self._limits.size:
                response.close()
                raise TooLarge("This server's answer is too large.")
        response._content = bytes(body)  # noqa: SLF001 - where requests keeps a body
        response._content_consumed = True  # type: ignore[attr-defined] # noqa: SLF001


def _tell(error: Exception, *, expired: bool) -> NoReturn:
    """In our words: the library's quote the other side."""
    if isinstance(error, requests.exceptions.SSLError):
        raise Unreachable("This server's certificate is not one that we trust.") from None
    if expired or isinstance(error, requests.Timeout | TimeoutError):
        raise Unreachable("This server did not answer in time.") from None
    if isinstance(error, requests.ConnectionError | HTTPError | OSError):
        raise Unreachable("This server could not be reached.") from None
    raise error


class _Watch:
    """Ends the connections of one request when its time is over."""

    def __init__(self) -> None:
        self.expired = False
        self._sockets: list[socket.socket] = []

    def add(self, connection: socket.socket) -> None:
        """Keeps a twin, which outlives TLS's wrapping and an early `close` of the original."""
        twin = socket.socket(fileno=os.dup(connection.fileno()))
        self._sockets.append(twin)
        if self.expired:
            _end(twin)

    def expire(self) -> None:
        """Whoever waits for these connections sees their end."""
        self.expired = True
        for one in self._sockets:
            _end(one)

    def close(self) -> None:
        """The connections live on."""
        for one in self._sockets:
            one.close()


def _end(one: socket.socket) -> None:
    try:
        one.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it has ended by itself


_WATCH: ContextVar[_Watch] = ContextVar("watch")
_GUARD: ContextVar[Guard] = ContextVar("guard")


@contextmanager
def _watched(seconds: float) -> Iterator[_Watch]:
    watch = _Watch()
    timer = Timer(seconds, watch.expire)
    timer.daemon = True
    token = _WATCH.set(watch)
    timer.start()
    try:
        yield watch
    finally:
        timer.cancel()
        watch.close()
        _WATCH.reset(token)


@contextmanager
def _guarding(guard: Guard) -> Iterator[None]:
    token = _GUARD.set(guard)
    try:
        yield
    finally:
        _GUARD.reset(token)


class _Checked(HTTPConnection):
    """Connects to an address that was checked; certificates are still for the name."""

    def _new_conn(self) -> socket.socket:
        addresses = _GUARD.get().addresses(self._dns_host, self.port or self.default_port)
        made = self._first(addresses)
        _WATCH.get().add(made)
        return made

    def _first(self, addresses: Iterable[str]) -> socket.socket:
        last: OSError = OSError("no address")
        timeout: Any = self.timeout
        for one in addresses:
            try:
                made = socket.create_connection((one, self.port), timeout)
                made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            except OSError as error:
                last = error
            else:
                return made
        if isinstance(last, TimeoutError):
            raise ConnectTimeoutError(self, "no connection in time") from last
        raise NewConnectionError(self, "no connection") from last

    def request(self, *arguments: Any, **options: Any) -> None:
        """A connection that is used again belongs to this request's watch."""
        if self.sock is not None:
            _WATCH.get().add(self.sock)
        super().request(*arguments, **options)


class _CheckedSecure(_Checked, HTTPSConnection):
    """The same over TLS."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Checked


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _CheckedSecure
