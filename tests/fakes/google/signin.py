"""Google's sign-in: the consent page, codes, tokens, by RFC 6749 and 7636 and Google's own rules.

https://developers.google.com/identity/protocols/oauth2/web-server
"""

import json
from base64 import b64decode, urlsafe_b64encode
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from html import escape
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit
from uuid import uuid4

from fakes.google.rules import DOCUMENT, JSON

AUTHORIZE, TOKEN, REVOKE = "/o/oauth2/v2/auth", "/token", "/revoke"
USERINFO = "/oauth2/v3/userinfo"
EMAIL_SCOPE = "https://www.googleapis.com/auth/userinfo.email"
SCOPES = {*DOCUMENT["auth"]["oauth2"]["scopes"], "openid", EMAIL_SCOPE}
LASTS = timedelta(seconds=3599)


class Denied(Exception):
    """An error of the token endpoint (RFC 6749, 5.2)."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.status, self.body = status, {"error": error, "error_description": description}


@dataclass(frozen=True)
class Grant:
    """What an account gave us."""

    account: str
    scopes: frozenset[str]
    redirect_uri: str = ""
    challenge: str = ""
    ends: datetime | None = None


@dataclass
class SignIn:
    """The tokens that are out. `rotate`: each refresh gives another refresh token. `lasting`: a
    code gives one. `names`: ID tokens say whose they are.
    """

    client_id: str = "client.apps.googleusercontent.com"
    client_secret: str = "GOCSPX-secret"
    redirect_uris: set[str] | None = None
    rotate: bool = False
    lasting: bool = True
    names: bool = True
    codes: dict[str, Grant] = field(default_factory=dict)
    access: dict[str, Grant] = field(default_factory=dict)
    refresh: dict[str, Grant] = field(default_factory=dict)
    revoked: list[str] = field(default_factory=list)

    def consent(self, url: str, account: str, scopes: frozenset[str] | None = None) -> str:
        """The account's person allows what the page at `url` asks for; where the browser goes."""
        asked = self.asked(url)
        code = f"4/{uuid4().hex}"
        self.codes[code] = Grant(
            account,
            scopes if scopes is not None else frozenset(asked["scope"].split()),
            asked["redirect_uri"],
            asked["code_challenge"],
        )
        given = {"state": asked["state"], "code": code, "scope": asked["scope"]}
        return f"{asked['redirect_uri']}?{urlencode(given)}"

    def asked(self, url: str) -> dict[str, str]:
        """The consent page's parameters. Raises `Denied` where Google would show an error."""
        asked = dict(parse_qsl(urlsplit(url).query, strict_parsing=True))
        needs = {
            "client_id": self.client_id,
            "response_type": "code",
            "access_type": "offline",
            "prompt": "consent",
            "code_challenge_method": "S256",
        }
        for key, value in needs.items():
            if asked.get(key) != value:
                raise Denied("invalid_request", f"{key}: {asked.get(key)}")
        if not {"state", "redirect_uri", "scope", "code_challenge"} <= set(asked):
            raise Denied("invalid_request", "Missing required parameter")
        if self.redirect_uris is not None and asked["redirect_uri"] not in self.redirect_uris:
            raise Denied("redirect_uri_mismatch", asked["redirect_uri"])
        if not set(asked["scope"].split()) <= SCOPES:
            raise Denied("invalid_scope", asked["scope"])
        return asked

    def page(self, url: str, accounts: list[str]) -> str:
        """The consent page: one button an account, and one that says no."""
        asked = self.asked(url)
        buttons = [
            f"<p><a href='{escape(AUTHORIZE + '/allow?' + urlencode(asked | {'as': one}))}'>"
            f"Allow as {escape(one)}</a></p>"
            for one in accounts
        ]
        no = {"error": "access_denied", "state": asked["state"]}
        buttons.append(
            f"<p><a href='{escape(asked['redirect_uri'] + '?' + urlencode(no))}'>Cancel</a></p>"
        )
        return f"<!doctype html><title>Sign in</title>{''.join(buttons)}"

    def tokens(self, form: dict[str, str], authorization: str, now: datetime) -> JSON:
        """The token endpoint."""
        self._check_client(form, authorization)
        kind = form.get("grant_type")
        if kind == "authorization_code":
            return self._from_code(form, now)
        if kind == "refresh_token":
            return self._from_refresh(form, now)
        raise Denied("unsupported_grant_type", f"Invalid grant_type: {kind}")

    def grant(self, bearer: str, now: datetime) -> Grant | None:
        """What an access token allows; `None` where it is none, or over."""
        found = self.access.get(bearer)
        return found if found and found.ends and found.ends > now else None

    def revoke(self, token: str) -> None:
        """The revocation endpoint: with one token goes the whole grant (RFC 7009)."""
        grant = self.refresh.get(token) or self.access.get(token)
        if grant is None:
            raise Denied("invalid_token", "Token expired or revoked")
        self.revoked.append(grant.account)
        self.forget(grant.account)

    def forget(self, account: str) -> None:
        """The account takes its permission back: nothing that was given out works."""
        for tokens in (self.access, self.refresh):
            for token in [key for key, one in tokens.items() if one.account == account]:
                del tokens[token]

    def end_access(self) -> None:
        """Every access token is over; refresh tokens are not."""
        self.access.clear()

    def _check_client(self, form: dict[str, str], authorization: str) -> None:
        given = form.get("client_id", ""), form.get("client_secret", "")
        if authorization.startswith("Basic "):
            name, _, secret = b64decode(authorization[6:]).decode().partition(":")
            given = unquote(name), unquote(secret)
        if given != (self.client_id, self.client_secret):
            raise Denied("invalid_client", "Unauthorized", 401)

    def _from_code(self, form: dict[str, str], now: datetime) -> JSON:
        grant = self.codes.pop(form.get("code", ""), None)
        if grant is None:
            raise Denied("invalid_grant", "Malformed auth code.")
        if form.get("redirect_uri") != grant.redirect_uri:
            raise Denied("redirect_uri_mismatch", "Bad Request")
        digest = sha256(form.get("code_verifier", "").encode()).digest()
        if urlsafe_b64encode(digest).decode().rstrip("=") != grant.challenge:
            raise Denied("invalid_grant", "Invalid code verifier.")
        given = self._given(grant, now) | {"id_token": _id_token(grant, named=self.names)}
        if self.lasting:
            given["refresh_token"] = f"1//{uuid4().hex}"
            self.refresh[given["refresh_token"]] = grant
        return given

    def _from_refresh(self, form: dict[str, str], now: datetime) -> JSON:
        token = form.get("refresh_token", "")
        grant = self.refresh.get(token)
        if grant is None:
            raise Denied("invalid_grant", "Token has been expired or revoked.")
        given = self._given(grant, now)
        if self.rotate:
            del self.refresh[token]
            given["refresh_token"] = f"1//{uuid4().hex}"
            self.refresh[given["refresh_token"]] = grant
        return given

    def _given(self, grant: Grant, now: datetime) -> JSON:
        token = f"ya29.{uuid4().hex}"
        self.access[token] = replace(grant, ends=now + LASTS)
        return {
            "access_token": token,
            "expires_in": int(LASTS.total_seconds()),
            "scope": " ".join(sorted(grant.scopes)),
            "token_type": "Bearer",
        }


def _id_token(grant: Grant, *, named: bool) -> str:
    claims = {"iss": "https://accounts.google.com"} | ({"email": grant.account} if named else {})
    parts = [{"alg": "RS256"}, claims]
    texts = [urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=") for one in parts]
    return ".".join([*texts, "c2lnbmF0dXJl"])
