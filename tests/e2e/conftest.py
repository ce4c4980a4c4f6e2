"""A bookable link on either way to run the suite: the demo's, or one made through the pages."""

import re

import pytest
import requests

from support.waiting import wait_for

OWNER = {"email": "ada@acme.test", "password": "demo-demo-demo"}


class Browser:
    """A session that sends forms as a browser without JavaScript would."""

    def __init__(self, url):
        self.url = url
        self.http = requests.Session()

    def send(self, path, **fields):
        page = self.http.get(self.url + path, timeout=20)
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text).group(1)
        hidden = dict(re.findall(r'type="hidden" name="([\w-]+)" value="([^"]*)"', page.text))
        answer = self.http.post(
            self.url + path, data={**hidden, "csrf_token": token, **fields}, timeout=20
        )
        answer.raise_for_status()
        return answer


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
