"""Requests to Microsoft Graph v1.0 for one account."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import quote

from calendar_sync.adapters.microsoft.login import Login
from calendar_sync.adapters.microsoft.mailbox import MAILBOXES, Mailbox
from calendar_sync.adapters.microsoft.shapes import Failed, parse
from calendar_sync.adapters.microsoft.transport import Answer, Request, left
from calendar_sync.adapters.provider import AccessRefused, Account, ProviderUnavailable

PREFER = 'outlook.timezone="UTC", IdType="ImmutableId"'
"""Times in UTC; ids that last for an event's life, also when it is moved to another calendar."""

VERSION = "/v1.0/"
DENIED = {"ErrorAccessDenied", "AccessDenied", "Authorization_RequestDenied", "Forbidden"}


class Missing(ProviderUnavailable):
    """404: it is not there, or not yet, or not any more."""


class Stale(ProviderUnavailable):
    """410 and its kin: this delta link is not accepted any more."""


class Taken(ProviderUnavailable):
    """409: there is one already, or it is being changed."""


@dataclass(frozen=True)
class Graph:
    """Asks for one account: within its places and waits, with a token that is valid, and no
    longer than `login.until`.
    """

    base_url: str
    login: Login
    account: Account

    @property
    def mailbox(self) -> Mailbox:
        """What this process knows of the account."""
        return MAILBOXES.of(self.account.name)

    def get(self, path: str, params: Mapping[str, str] | None = None, prefer: str = "") -> bytes:
        """The answer's body. Raises the errors of a provider, and the kinds of them above."""
        return self.ask("GET", path, params=params, prefer=prefer)

    @contextmanager
    def in_calendar(self, calendar_id: str) -> Iterator[None]:
        """For requests in a calendar. One that is not there any more is a permission taken back:
        nobody can tell whether its time is free, and only the host can choose another.
        """
        try:
            yield
        except Missing as missing:
            try:
                self.get(f"me/calendars/{part(calendar_id)}", {"$select": "id"})
            except Missing:
                raise AccessRefused("the calendar is not there any more") from missing
            raise

    def follow(self, link: str, prefer: str = "") -> bytes:
        """The page that a link of Graph's leads to, asked of our own server's address: a token
        goes nowhere else, and a proxy in between stays in between.
        """
        _, found, rest = link.partition(VERSION)
        if not found:
            raise ProviderUnavailable("a link that leads elsewhere")
        return self.get(rest, prefer=prefer)

    def ask(
        self,
        method: str,
        path: str,
        json: object = None,
        params: Mapping[str, str] | None = None,
        prefer: str = "",
    ) -> bytes:
        """Sends it; once more with a new token, if Graph does not accept the first."""
        token = self.login.access_token(self.account, self.mailbox)
        answer = self._send(method, path, json, params, self._headers(token, prefer))
        if answer.status == 401:
            token = self.login.access_token(self.account, self.mailbox, stale=token)
            answer = self._send(method, path, json, params, self._headers(token, prefer))
        return self._body(answer)

    def _headers(self, token: str, prefer: str) -> dict[str, str]:
        wishes = f"{PREFER}, {prefer}" if prefer else PREFER
        return {"Authorization": f"Bearer {token}", "Accept": "application/json", "Prefer": wishes}

    def _send(
        self,
        method: str,
        path: str,
        json: object,
        params: Mapping[str, str] | None,
        headers: Mapping[str, str],
    ) -> Answer:
        url = f"{self.base_url.rstrip('/')}{VERSION}{path.lstrip('/')}"
        until = self.login.until
        with self.mailbox.place(left(until)):
            request = Request(method, url, headers, params, json=json)
            answer = self.login.transport.send(request, until)
            if answer.retry_after and answer.status >= 400:
                self.mailbox.hold(answer.retry_after)
        return answer

    def _body(self, answer: Answer) -> bytes:
        if answer.status < 300:
            return answer.body
        code = _code(answer.body)
        wait = answer.retry_after
        if answer.status == 401 or (answer.status == 403 and wait is None and code in DENIED):
            raise AccessRefused(f"{answer.status} {code}")
        if answer.status == 404:
            raise Missing(code)
        if answer.status == 410 or "syncstate" in code.lower() or "resync" in code.lower():
            raise Stale(code)
        if answer.status == 409:
            raise Taken(code)
        raise ProviderUnavailable(f"{answer.status} {code}".strip(), wait)


def part(identity: str) -> str:
    """An id as a part of a path."""
    return quote(identity, safe="")


def _code(body: bytes) -> str:
    """Graph's word for what is wrong, and never its text, which may hold anything."""
    try:
        code = parse(body, Failed).error.code
    except ProviderUnavailable:
        return ""
    return code if re.fullmatch(r"[A-Za-z_.]{1,80}", code) else ""
