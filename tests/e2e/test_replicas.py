"""Two gateways and two availability services over the same broker: a change through one shows
through the other, and long before what a gateway remembers would end by itself (30 s).
"""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import requests

from support.forms import OWNER, Browser
from support.ports import free_ports
from support.processes import Program
from support.suites import WORKESTRA, ready
from support.waiting import wait_for

pytestmark = pytest.mark.parametrize("suite", ["processes"], indirect=True)

OFTEN = 6
"""Looks before each change: both services have answered, both gateways remember."""


@pytest.fixture
def others(suite):
    """The address of a second gateway; a second availability service answers too."""
    port, health = free_ports(2)
    more = {"gateway": {"BIND": f"127.0.0.1:{port}"}, "availability": {"HEALTH_PORT": str(health)}}
    started = [
        Program(
            [*WORKESTRA, "run", name],
            suite.folder / f"second-{name}.log",
            suite.environment(name) | settings,
        )
        for name, settings in more.items()
    ]
    url = f"http://127.0.0.1:{port}"
    wait_for(lambda: ready(url), "the second gateway", 60, started[0].log)
    second = f"http://127.0.0.1:{health}/readyz"
    wait_for(lambda: _answers(second), "the second availability", 60, started[1].log)
    yield url
    assert [program.stop() for program in started] == [0, 0]


def _answers(url):
    try:
        return requests.get(url, timeout=5).ok
    except requests.ConnectionError:
        return False


def _slots(url, slug):
    today = datetime.now(UTC).date()
    days = {"from": today + timedelta(days=3), "to": today + timedelta(days=25), "tz": "UTC"}
    answer = requests.get(f"{url}/api/v1/links/{slug}/slots", params=days, timeout=20)
    assert answer.status_code == 200, answer.text
    return [slot["start"] for slot in answer.json()["slots"]]


def _booked(url, slug, start):
    person = {"name": "Zoë", "email": f"{uuid4().hex}@x.test", "timezone": "Asia/Tokyo"}
    made = requests.post(
        f"{url}/api/v1/links/{slug}/bookings",
        headers={"Idempotency-Key": str(uuid4())},
        json={"start": start, "attendee": person},
        timeout=20,
    )
    assert made.status_code == 201, made.text
    return made.json()["cancel_url"].rpartition("/")[2]


def _cancelled(url, token):
    cancel = f"{url}/api/v1/bookings/cancel/{token}"
    requests.post(cancel, json={}, timeout=20).raise_for_status()


def _away(url, day):
    host, page = Browser(url), "/settings/schedules"
    host.send("/login", **OWNER)
    host.send(page, f"{page}/time-off", kind="days", first_day=day, last_day=day)


def _until(url, slug, start, *, offered):
    wait_for(lambda: (start in _slots(url, slug)) is offered, "the change to be seen", 20)


def test_a_change_through_one_shows_through_the_other(suite, slug, others):
    both = suite.url, others

    def remember():
        for url in both * OFTEN:
            _slots(url, slug)

    for here, there in (both, both[::-1]):
        start = _slots(here, slug)[30]
        remember()
        token = _booked(here, slug, start)
        _until(there, slug, start, offered=False)
        remember()
        _cancelled(here, token)
        _until(there, slug, start, offered=True)
        remember()
        _away(here, start[:10])
        _until(there, slug, start, offered=False)
