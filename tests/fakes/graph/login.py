"""Microsoft's sign-in: the consent page, codes and tokens (learn.microsoft.com/entra/identity-
platform/v2-oauth2-auth-code-flow and reference-error-codes).
"""

import json
import time
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from html import escape
from urllib.parse import parse_qsl, urlencode
from uuid import NAMESPACE_URL, uuid4, uuid5

from fakes.graph.shapes import JSON

GRAPH_SCOPES = {"Calendars.ReadWrite", "MailboxSettings.Read", "User.Read"}
OIDC_SCOPES = {"openid", "profile", "offline_access", "email"}
TENANT = str(uuid5(NAMESPACE_URL, "workestra-tests"))


class Denied(Exception):
    """An error of the token endpoint (RFC 6749, 5.2), with Microsoft's own number."""

    def __init__(self, error: str, number: int, suberror: str = "", status: int = 400) -> None:
        super().__init__(error)
        self.status = status
        self.body: JSON = {
            "error": error,
            "error_description": f"AADSTS{number}: It did not work. Trace ID: 0",
            "error_codes": [number],
            "timestamp": "2026-11-23 12:00:00Z",
            "trace_id": str(uuid4()),
            "correlation_id": str(uuid4()),
        }
        if suberror:
            self.body["suberror"] = suberror


@dataclass
class Grant:
    """What an account gave us. `challenge` and the like are of the sign-in it came from."""

    account: str
    scopes: frozenset[str]
    redirect_uri: str = ""
    challenge: str = ""
    nonce: str = ""
    ends: float = 0
    before: str = ""


@dataclass
class SignIn:
    """The tokens that are out. Each refresh gives a new refresh token; the one before it goes
    when that is used. `denials`: accounts that are denied, by Microsoft's reason.
    """

    client_id: str = "6731de76-14a6-49ae-97bc-6eba6914391e"
    client_secret: str = "abc~secret"
    redirect_uris: set[str] | None = None
    lasts: int = 3600
    codes: dict[str, Grant] = field(default_factory=dict)
    access: dict[str, Grant] = field(default_factory=dict)
    refresh: dict[str, Grant] = field(default_factory=dict)
    denials: dict[str, Denied] = field(default_factory=dict)
    refreshed: int = 0

    def configuration(self, tenant: str, base: str) -> JSON:
        """The tenant's openid-configuration."""
        here = f"{base}/{tenant}/oauth2/v2.0"
        return {
            "issuer": f"https://login.microsoftonline.com/{TENANT}/v2.0",
            "authorization_endpoint": f"{here}/authorize",
            "token_endpoint": f"{here}/token",
            "device_authorization_endpoint": f"{here}/devicecode",
            "response_types_supported": ["code"],
            "tenant_region_scope": None,
        }

    def asked(self, query: str) -> dict[str, str]:
        """The consent page's parameters. Raises `Denied` where Microsoft would show an error."""
        asked = dict(parse_qsl(query, strict_parsing=True))
        known = {"client_id", "response_type", "response_mode", "redirect_uri", "scope", "state"}
        known |= {"nonce", "code_challenge", "code_challenge_method", "prompt", "login_hint"}
        right = (
            set(asked) <= known
            and asked.get("response_type") == "code"
            and asked.get("response_mode", "query") in {"query", "form_post"}
            and asked.get("prompt", "login") in {"login", "none", "consent", "select_account"}
            and asked.get("code_challenge_method") == "S256"
            and len(asked.get("code_challenge", "")) == 43
            and {"state", "redirect_uri", "nonce"} <= set(asked)
        )
        if not right:
            raise Denied("invalid_request", 900144)
        if asked.get("client_id") != self.client_id:
            raise Denied("unauthorized_client", 700016)
        if self.redirect_uris is not None and asked["redirect_uri"] not in self.redirect_uris:
            raise Denied("invalid_request", 50011)
        self._scopes(asked["scope"])
        return asked

    def consent(self, query: str, account: str) -> str:
        """The account's person allows what the page asks for; where the browser goes."""
        asked = self.asked(query)
        code = f"0.AX{uuid4().hex}"
        scopes = self._scopes(asked["scope"])
        self.codes[code] = Grant(
            account, scopes, asked["redirect_uri"], asked["code_challenge"], asked["nonce"]
        )
        given = {"code": code, "state": asked["state"], "session_state": uuid4().hex}
        return f"{asked['redirect_uri']}?{urlencode(given)}"

    def page(self, path: str, query: str, accounts: list[str]) -> str:
        """The consent page: one button an account, and one that says no."""
        asked = self.asked(query)
        no = {"error": "access_denied", "state": asked["state"]}
        links = [
            (f"Allow as {one}", f"{path}/allow?{urlencode(asked | {'login_hint': one})}")
            for one in accounts
        ]
        links.append(("Cancel", f"{asked['redirect_uri']}?{urlencode(no)}"))
        buttons = "".join(f"<p><a href='{escape(to)}'>{escape(word)}</a></p>" for word, to in links)
        return f"<!doctype html><title>Sign in</title>{buttons}"

    def tokens(self, form: dict[str, str]) -> JSON:
        """The token endpoint."""
        if form.get("client_id") != self.client_id:
            raise Denied("unauthorized_client", 700016)
        if form.get("client_secret") != self.client_secret:
            raise Denied("invalid_client", 7000215, status=401)
        grant = self._granted(form)
        self._scopes(form.get("scope", ""))
        if grant.account in self.denials:
            raise self.denials[grant.account]
        return self.give(grant, form.get("refresh_token", ""))

    def give(self, grant: Grant, before: str = "") -> JSON:
        """Tokens of a grant."""
        token, next_one = f"ey{uuid4().hex}", f"0.AR{uuid4().hex}"
        new = Grant(grant.account, grant.scopes, ends=time.time() + self.lasts, before=before)
        self.access[token], self.refresh[next_one] = new, new
        return {
            "token_type": "Bearer",
            "scope": " ".join(sorted(grant.scopes)),
            "expires_in": self.lasts,
            "ext_expires_in": self.lasts,
            "access_token": token,
            "refresh_token": next_one,
            "id_token": self._id_token(grant),
            "client_info": _encoded({"uid": _uid(grant.account), "utid": TENANT}),
        }

    def account(self, bearer: str) -> Grant | None:
        """What an access token allows; `None` where it is none, or over."""
        found = self.access.get(bearer)
        return found if found and found.ends > time.time() else None

    def forget(self, account: str, number: int = 50173) -> None:
        """The account takes its permission back: nothing that was given out works."""
        for tokens in (self.access, self.refresh):
            for token in [key for key, one in tokens.items() if one.account == account]:
                del tokens[token]
        self.denials[account] = Denied("invalid_grant", number)

    def end_access(self) -> None:
        """Every access token is over; refresh tokens are not."""
        self.access.clear()

    def _granted(self, form: dict[str, str]) -> Grant:
        if form.get("grant_type") == "refresh_token":
            self.refreshed += 1
            return self._refreshed(form.get("refresh_token", ""))
        if form.get("grant_type") != "authorization_code":
            raise Denied("unsupported_grant_type", 70003)
        grant = self.codes.pop(form.get("code", ""), None)
        if grant is None:
            raise Denied("invalid_grant", 70008)
        verifier = sha256(form.get("code_verifier", "").encode()).digest()
        if urlsafe_b64encode(verifier).decode().rstrip("=") != grant.challenge:
            raise Denied("invalid_grant", 501481)
        if form.get("redirect_uri") != grant.redirect_uri:
            raise Denied("invalid_client", 500112)
        return grant

    def _refreshed(self, token: str) -> Grant:
        grant = self.refresh.get(token)
        if grant is None:
            raise Denied("invalid_grant", 70000, "bad_token")
        self.refresh.pop(grant.before, None)
        return grant

    def _scopes(self, text: str) -> frozenset[str]:
        scopes = set(text.split())
        if not scopes <= GRAPH_SCOPES | OIDC_SCOPES:
            raise Denied("invalid_scope", 70011)
        if "offline_access" not in scopes:
            raise Denied("invalid_scope", 70011)
        return frozenset(scopes & (GRAPH_SCOPES | {"openid", "profile"}))

    def _id_token(self, grant: Grant) -> str:
        now = int(time.time())
        claims = {
            "aud": self.client_id,
            "iss": f"https://login.microsoftonline.com/{TENANT}/v2.0",
            "iat": now,
            "nbf": now,
            "exp": now + 3600,
            "oid": _uid(grant.account),
            "sub": _uid(grant.account),
            "tid": TENANT,
            "preferred_username": grant.account,
            "ver": "2.0",
        }
        if grant.nonce:
            claims["nonce"] = grant.nonce
        return f"{_encoded({'alg': 'RS256', 'typ': 'JWT'})}.{_encoded(claims)}.c2lnbmF0dXJl"


def _uid(account: str) -> str:
    return str(uuid5(NAMESPACE_URL, account))


def _encoded(value: JSON) -> str:
    return urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")
