"""The assistant on either way to run: under eventlet in one process, and under gunicorn."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import requests

from support.forms import OWNER, Browser
from support.mcp_client import Assistant


@pytest.fixture
def assistant(suite, slug):
    """With a key that the owner made on the page of keys."""
    browser = Browser(suite.url)
    browser.send("/login", **OWNER)
    scopes = ["bookings:read", "bookings:write", "links:read"]
    made = browser.send("/settings/api-keys", name="assistant", scopes=scopes)
    return Assistant(suite.url, re.search(r"wk_[A-Za-z0-9_-]{43}", made.text)[0])


def test_a_host_asks_and_cancels(suite, slug, assistant):
    """Both sentences of a host, the second with its confirmation."""
    name = f"Wile-{uuid4().hex[:8]}"
    first = datetime.now(UTC).date() + timedelta(days=3)
    free = assistant.call("free_slots", link=slug, first=f"{first}", last=f"{first + timedelta(9)}")
    wish = {"link": slug, "start": free["starts"][-1], "name": name, "email": "wile@acme.test"}
    asked = assistant.call("book", **wish)
    booked = assistant.call("book", **asked["call"]["arguments"])
    assert booked["state"] == "done"
    day = free["days"][-1]["day"]
    shown = assistant.call("calendar", when=day.partition(" ")[2])["meetings"]
    assert name in {meeting["from_others"]["name"] for meeting in shown}
    time = free["days"][-1]["times"][-1]
    asked = assistant.call("cancel", meeting=f"the {time} with {name}")
    done = assistant.call("cancel", **asked["call"]["arguments"])
    assert (done["state"], done["meetings"][0]["status"]) == ("done", "cancelled")
    refused = requests.post(f"{suite.url}/mcp", json={}, timeout=20)
    assert refused.status_code == 401
