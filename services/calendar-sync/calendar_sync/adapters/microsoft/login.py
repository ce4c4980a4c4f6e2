"""Signing in with Microsoft, and access tokens, by msal.

A connection's secret is msal's token cache as JSON text. Each new one goes to `Account.keep`
before a token of it is used, so that a refresh token that Microsoft rotated is never lost.
"""

import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Any
from urllib.parse import quote, urlencode

from msal import ConfidentialClientApplication, SerializableTokenCache

from calendar_sync.adapters.means import Means
from calendar_sync.adapters.microsoft.mailbox import Mailbox
from calendar_sync.adapters.microsoft.transport import Answer, Request, Transport, left
from calendar_sync.adapters.provider import AccessRefused, Account, ProviderUnavailable

SCOPES = ["Calendars.ReadWrite", "MailboxSettings.Read", "User.Read"]
RESERVED = ["openid", "profile", "offline_access"]
"""msal adds these by itself, and refuses them among the others."""

FINAL = {"invalid_grant", "interaction_required", "consent_required", "login_required"}
"""Answers of the token endpoint that only the host can mend."""

EARLY = 300
"""Seconds before its end from which an access token is not used any more, as in msal."""


@dataclass(frozen=True)
class Login:
    """Microsoft's login endpoints for our application, as `means` have it; what is asked of them
    ends before `until` (`time.monotonic`).
    """

    means: Means
    transport: Transport
    until: float

    def authorize_url(self, redirect_uri: str, state: str, challenge: str) -> str:
        """The host's way in. The nonce comes from the challenge, so it needs no keeping."""
        tenant = quote(self.means.microsoft_tenant, safe="")
        query = {
            "client_id": self.means.microsoft_client_id,
            "response_type": "code",
            "response_mode": "query",
            "redirect_uri": redirect_uri,
            "scope": " ".join([*SCOPES, *RESERVED]),
            "state": state,
            "nonce": sha256(challenge.encode()).hexdigest(),
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            "prompt": "select_account",
        }
        base = self.means.microsoft_login_url.rstrip("/")
        return f"{base}/{tenant}/oauth2/v2.0/authorize?{urlencode(query)}"

    def exchange(self, redirect_uri: str, code: str, verifier: str) -> str:
        """The secret that the code stands for. Raises `AccessRefused` for one that is not good."""
        cache = SerializableTokenCache()
        flow = {
            "state": "checked",  # by the caller, before this
            "redirect_uri": redirect_uri,
            "scope": [*SCOPES, *RESERVED],
            "code_verifier": verifier,
            "nonce": _challenge(verifier),
        }
        try:
            found = self._application(cache).acquire_token_by_auth_code_flow(
                flow, {"state": "checked", "code": code}
            )
        except RuntimeError as wrong:  # msal's word for an ID token that is not for us
            raise AccessRefused("the ID token is not for this sign-in") from wrong
        _check(found)
        return str(cache.serialize())

    def access_token(self, account: Account, mailbox: Mailbox, stale: str = "") -> str:
        """A token that is valid now, and is not `stale`, which Graph did not accept."""
        with mailbox.alone_with_tokens(left(self.until)):
            mailbox.adopt(account.secret)
            good = mailbox.access and time.monotonic() < mailbox.ends
            if not good or mailbox.access == stale:
                mailbox.check()
                self._renew(account, mailbox, force=bool(stale))
            return mailbox.access

    def _renew(self, account: Account, mailbox: Mailbox, *, force: bool) -> None:
        cache = _cache(mailbox.secret)
        try:
            found = self._silently(cache, force=force)
        except ProviderUnavailable as failure:
            if failure.retry_after:
                mailbox.hold(failure.retry_after)
            raise
        if cache.has_state_changed:
            secret = str(cache.serialize())
            account.keep(secret)
            mailbox.succeed(secret)
        mailbox.access = found["access_token"]
        mailbox.ends = time.monotonic() + int(found.get("expires_in", 0)) - EARLY

    def _silently(self, cache: SerializableTokenCache, *, force: bool) -> dict[str, Any]:
        application = self._application(cache)
        known = application.get_accounts()
        if not known:
            raise AccessRefused("nobody is signed in")
        found = application.acquire_token_silent_with_error(SCOPES, known[0], force_refresh=force)
        return _check(found)

    def _application(self, cache: SerializableTokenCache) -> ConfidentialClientApplication:
        """Instance discovery is for finding other clouds' names; ours is in the settings."""
        base = self.means.microsoft_login_url.rstrip("/")
        try:
            return ConfidentialClientApplication(
                self.means.microsoft_client_id,
                client_credential=self.means.microsoft_client_secret,
                authority=f"{base}/{self.means.microsoft_tenant}",
                token_cache=cache,
                http_client=_Http(self.transport, self.until, _discovered(self.transport)),
                instance_discovery=False,
            )
        except ValueError as wrong:  # a tenant that does not exist: the operator's to mend
            raise ProviderUnavailable("sign-in: MICROSOFT_TENANT is not known") from wrong


def _cache(secret: str) -> SerializableTokenCache:
    cache = SerializableTokenCache()
    try:
        cache.deserialize(secret)
    except ValueError as wrong:
        raise AccessRefused("a secret of another form") from wrong
    return cache


def _check(found: dict[str, Any] | None) -> dict[str, Any]:
    """Raises `AccessRefused` for what is final, `ProviderUnavailable` for all else that is no
    token: a wrong secret of our application is no host's fault.
    """
    if found is None:
        raise AccessRefused("no refresh token")
    if "access_token" in found:
        return found
    error = found.get("error")
    if error in FINAL:
        raise AccessRefused(str(error))
    word = error if isinstance(error, str) and error.isidentifier() else "no token"
    raise ProviderUnavailable(f"sign-in failed: {word[:40]}")


def _challenge(verifier: str) -> str:
    digest = sha256(verifier.encode()).digest()
    return urlsafe_b64encode(digest).decode().rstrip("=")


@dataclass(frozen=True)
class _Response:
    """What msal reads of an answer."""

    status_code: int
    text: str
    headers: Mapping[str, str]

    def raise_for_status(self) -> None:
        """Nothing: what went wrong was raised before."""


Discovered = dict[str, tuple[float, _Response]]


@dataclass(frozen=True)
class _Http:
    """msal's HTTP client: within our time limits, and without guessing at broken answers, which
    msal would write into its log with the tokens in them.
    """

    transport: Transport
    until: float
    discovered: Discovered

    def get(self, url: str, **asked: Any) -> _Response:
        """A discovery document; it is asked for once a day."""
        known = self.discovered.get(url)
        if known and time.monotonic() < known[0]:
            return known[1]
        found = self._send(Request("GET", url, asked.get("headers") or {}, asked.get("params")))
        if found.status_code == 200:
            self.discovered[url] = (time.monotonic() + 86400, found)
        return found

    def post(self, url: str, **asked: Any) -> _Response:
        """A request for tokens."""
        headers, params = asked.get("headers") or {}, asked.get("params")
        return self._send(Request("POST", url, headers, params, form=asked.get("data")))

    def close(self) -> None:
        """Nothing: the connections are shared."""

    def _send(self, request: Request) -> _Response:
        answer = self.transport.send(request, self.until)
        if answer.status == 429 or answer.status >= 500:
            raise ProviderUnavailable(f"sign-in: {answer.status}", answer.retry_after)
        return _Response(answer.status, _json(answer), answer.headers)


def _json(answer: Answer) -> str:
    try:
        text = answer.body.decode()
        json.loads(text)
    except ValueError as broken:
        raise ProviderUnavailable("sign-in: no whole answer") from broken
    return text


@lru_cache(maxsize=8)
def _discovered(_: Transport) -> Discovered:
    return {}
