"""A bookable link on either way to run the suite: the demo's, or one made through the pages."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import requests

from support.forms import OWNER, Browser
from support.waiting import wait_for


def _made(url):
    """`/setup`, sign-in and a new link, as a host does it."""
    browser = Browser(url)
    browser.send("/setup", workspace="Acme", name="Ada", timezone="Europe/London", **OWNER)
    wait_for(
        lambda: "ada-acme" in browser.http.get(f"{url}/settings/profile", timeout=20).text,
        "the host",
    )
    browser.send("/settings/booking-links/new", title="Ada", length="30")


def _offered(url, slug):
    """Whether availability has heard of the link, its host and the hours; events tell it."""
    first = datetime.now(UTC).date() + timedelta(days=3)
    days = {"from": first, "to": first + timedelta(days=7), "tz": "UTC"}
    answer = requests.get(f"{url}/api/v1/links/{slug}/slots", params=days, timeout=20)
    return answer.ok and answer.json()["slots"]


@pytest.fixture
def slug(suite):
    """The slug of a link with free times."""
    if requests.get(f"{suite.url}/book/ada-acme", timeout=20).status_code == 404:
        _made(suite.url)
    page = requests.get(f"{suite.url}/book/ada-acme", timeout=20).text
    found = re.search(r'href="/book/([a-z0-9-]+)["?]', page).group(1)
    wait_for(lambda: _offered(suite.url, found), f"times of {found}")
    return found
