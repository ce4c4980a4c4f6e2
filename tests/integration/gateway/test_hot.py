"""The shortest way to slots answers as the route of the API does."""

from datetime import timedelta
from uuid import uuid4

import pytest

from contracts.availability import AvailabilityChanged, Slot, Slots
from gateway.rpc import Services
from support.web import NOW, Away, web

PATH = "/api/v1/links/ada/slots?from=2026-12-01&to=2026-12-31&tz=Europe%2FLondon"


class Knower(Away):
    """Availability that knows one slot, and counts how often it was asked."""

    calls = 0

    def slots(self, request):
        self.calls += 1
        start = NOW + timedelta(days=self.calls)
        return Slots(
            timezone=request.timezone,
            duration=30,
            slots=(Slot(start=start),),
            valid_until=NOW + timedelta(hours=1),
        )


@pytest.fixture
def knower():
    return Knower()


@pytest.fixture
def site(databases, knower):
    services = Services(Away(), knower, Away(), Away(), Away())
    with web(databases("gateway"), services) as made:
        yield made


def shown(answer):
    headers = {k: v for k, v in answer.headers.items() if k != "X-Request-ID"}
    return answer.status_code, headers, answer.data


def test_the_second_answer_is_the_first_byte_for_byte(site, knower):
    client = site.client()
    assert shown(client.get(PATH)) == shown(client.get(PATH))
    assert knower.calls == 1


def test_both_answer_304_to_who_knows_it(site):
    client = site.client()
    tag = client.get(PATH).headers["ETag"]
    hot = client.get(PATH, headers={"If-None-Match": tag})
    site.app.extensions["slots"].clear()
    assert (hot.status_code, hot.data) == (304, b"")
    assert client.get(PATH, headers={"If-None-Match": tag}).status_code == 200
    tag = client.get(PATH).headers["ETag"]
    site.app.extensions["slots"]._entries.clear()
    assert client.get(PATH, headers={"If-None-Match": '"other"'}).status_code == 200


def test_an_announced_change_is_seen_at_once(site, knower):
    client = site.client()
    before = client.get(PATH).json
    change = AvailabilityChanged(workspace_id=uuid4(), version=1, slugs=("ada",))
    site.app.extensions["slots"].forget(change)
    assert client.get(PATH).json != before
    assert knower.calls == 2


def test_a_wrong_question_is_refused_the_same_when_others_are_kept(site):
    client = site.client()
    client.get(PATH)
    assert client.get(f"{PATH}&duration=x").status_code == 422
    assert client.get(PATH.replace("ada", "ADA")).status_code == 404
    assert client.post(PATH).status_code == 405


def test_https_is_kept_to(site):
    client = site.client()
    answers = [client.get(PATH, base_url="https://localhost") for _ in range(2)]
    assert all("Strict-Transport-Security" in answer.headers for answer in answers)
