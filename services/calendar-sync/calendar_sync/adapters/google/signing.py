"""How a host gives us access at Google, and takes it back.

https://developers.google.com/identity/protocols/oauth2/web-server
"""

import json
from base64 import urlsafe_b64decode
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import requests
from google_auth_oauthlib.flow import Flow
from oauthlib.oauth2.rfc6749.errors import OAuth2Error

from calendar_sync.adapters.google.tokens import secret_of
from calendar_sync.adapters.google.transport import Transport, unavailable
from calendar_sync.adapters.means import Means
from calendar_sync.adapters.provider import AccessRefused, ProviderUnavailable
from calendar_sync.domain.calendars import SignedIn

NEEDED = (
    "https://www.googleapis.com/auth/calendar.calendarlist.readonly",
    "https://www.googleapis.com/auth/calendar.events",
)
"""The least that lists calendars, reads busy time and writes events."""
SCOPES = ("openid", "https://www.googleapis.com/auth/userinfo.email", *NEEDED)
GOOGLE_TOKENS = "https://oauth2.googleapis.com"
GOOGLE_PAGES = "https://accounts.google.com"
FINAL = {"invalid_grant", "access_denied"}


def authorize_url(means: Means, redirect_uri: str, state: str, challenge: str) -> str:
    """The consent page. It is always shown: only then does Google give a refresh token."""
    url, _ = _flow(means, redirect_uri).authorization_url(
        state=state,
        code_challenge=challenge,
        code_challenge_method="S256",
        access_type="offline",
        prompt="consent",
    )
    return str(url)


def exchange(means: Means, redirect_uri: str, code: str, verifier: str) -> SignedIn:
    """Who came back, and the tokens. Raises `AccessRefused` where they did not allow enough."""
    flow = _flow(means, redirect_uri)
    flow.oauth2session.register_compliance_hook("access_token_response", _not_in_trouble)
    token = _fetch(flow, code, verifier, means)
    granted = set(token.get("scope", ()))
    if not granted.issuperset(NEEDED):
        raise AccessRefused("not all of what was asked for was allowed")
    if not token.get("refresh_token"):
        raise AccessRefused("no lasting permission was given")
    expiry = datetime.fromtimestamp(token["expires_at"], UTC)
    secret = secret_of(token["refresh_token"], token["access_token"], expiry)
    return SignedIn(_email(token, means), secret)


def revoke(means: Means, token: str, transport: Transport) -> None:
    """Gives the whole permission back; one that is gone is given back."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    body = urlencode({"token": token})
    answer = transport.send("POST", f"{means.google_oauth_url}/revoke", body, headers)
    if answer.later:
        raise unavailable(answer.status, answer.headers)


def _flow(means: Means, redirect_uri: str) -> Any:
    pages = means.google_oauth_url
    if pages == GOOGLE_TOKENS:
        pages = GOOGLE_PAGES
    client = {
        "client_id": means.google_client_id,
        "client_secret": means.google_client_secret,
        "auth_uri": f"{pages}/o/oauth2/v2/auth",
        "token_uri": f"{means.google_oauth_url}/token",
    }
    return Flow.from_client_config(
        {"web": client}, SCOPES, redirect_uri=redirect_uri, autogenerate_code_verifier=False
    )


def _fetch(flow: Any, code: str, verifier: str, means: Means) -> dict[str, Any]:
    try:
        with flow.oauth2session:
            return dict(
                flow.fetch_token(
                    code=code,
                    code_verifier=verifier,
                    timeout=means.call_seconds,
                    verify=means.ca_bundle or None,
                )
            )
    except OAuth2Error as error:
        if error.error in FINAL:
            raise AccessRefused(str(error.error)) from error
        raise ProviderUnavailable(f"Google gave no token: {error.error}") from error
    except (requests.RequestException, ValueError) as error:
        raise ProviderUnavailable(f"no answer from Google: {type(error).__name__}") from error
    except Warning as changed:  # oauthlib raises it when other scopes were granted than asked for
        return dict(changed.token)  # type: ignore[attr-defined]


def _not_in_trouble(response: requests.Response) -> requests.Response:
    if response.status_code >= 500 or response.status_code == 429:
        raise unavailable(response.status_code, response.headers)
    return response


def _email(token: dict[str, Any], means: Means) -> str:
    """From the ID token, which came from Google itself: its signature says nothing more (OpenID
    Connect Core, 3.1.3.7), or else from who the access token says it is.
    """
    try:
        claims = str(token["id_token"]).split(".")[1]
        return str(json.loads(urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["email"])
    except (IndexError, KeyError, ValueError):
        headers = {"Authorization": f"Bearer {token['access_token']}"}
        transport = Transport(means.call_seconds, means.ca_bundle)
        place = f"{means.google_base_url}/oauth2/v3/userinfo"
        return str(json.loads(transport(place, headers=headers).data).get("email", ""))
