"""A bookable link on either way to run the suite: the demo's, or one made through the pages."""

import re

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
        20,
    )
    browser.send("/settings/booking-links/new", title="Ada", length="30")


@pytest.fixture
def slug(suite):
    """The slug of a link with free times."""
    if requests.get(f"{suite.url}/book/ada-acme", timeout=20).status_code == 404:
        _made(suite.url)
    page = requests.get(f"{suite.url}/book/ada-acme", timeout=20).text
    return re.search(r'href="/book/([a-z0-9-]+)["?]', page).group(1)
