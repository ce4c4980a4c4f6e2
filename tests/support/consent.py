"""Signing in at a provider as a browser without a screen does it: our page, theirs, and back."""

import html
import re
from urllib.parse import urljoin

import requests
from flask.testing import FlaskClient

from fakes.authority import ca_bundle
from support.web import URL

PAGE = "/settings/calendars"


def begun(browser: FlaskClient, provider: str = "google") -> str:
    """The address of the provider's page to which ours leads."""
    page = browser.post(f"{PAGE}/connect/{provider}")
    found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', page.text)
    assert found, page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "form-action 'self';" in page.headers["Content-Security-Policy"]
    return html.unescape(found[1])


def allowed(place: str, email: str) -> str:
    """The person allows it; the path with which the browser is sent back."""
    consent = requests.get(place, verify=ca_bundle(), timeout=10).text
    link = re.search(f"href='([^']+)'>Allow as {re.escape(email)}<", consent)
    assert link, consent
    url = urljoin(place, html.unescape(link[1]))
    answer = requests.get(url, verify=ca_bundle(), allow_redirects=False, timeout=10)
    return answer.headers["Location"].removeprefix(URL)


def connected(browser: FlaskClient, provider: str, email: str) -> None:
    """There and back."""
    answer = browser.get(allowed(begun(browser, provider), email))
    assert answer.headers["Location"] == PAGE
    shown = browser.get(PAGE).text
    assert "Connected." in shown, shown
