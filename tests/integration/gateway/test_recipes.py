"""docs/recipes, done as their readers do them: the pages' calls are the tests' calls."""

from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from gateway.accounts.signing import SCOPES
from support.recipes import Reader


@pytest.fixture
def reader(whole):
    """An admin with a key, beside Bea and Cyd; what is announced is heard after each call."""
    site = whole.site
    owner = site.workspace(f"Desk{uuid4().hex[:6]}")
    for name in ("bea", "cyd"):
        site.member(owner, name)
    whole.hear()
    key = site.accounts.create_key(owner, "recipes", SCOPES)[1]

    def send(call):
        url = urlsplit(call.url)
        answer = site.client().open(
            url.path,
            method=call.method,
            query_string=url.query,
            headers=call.headers,
            data=call.body.encode(),
        )
        whole.hear()
        return answer.status_code, answer.json

    return Reader(send, {"URL": "http://localhost", "KEY": key, "TEAM": str(uuid4())})


def test_a_candidates_single_use_link_to_a_panel(reader):
    for _ in reader.follow("interviews"):
        if "MOVE" in reader.known:
            reader.known["TOKEN"] = reader.known["MOVE"].rpartition("/")[2]
    assert reader.known["FIRST"] == "2026-12-03T09:00:00Z"


def test_the_on_call_agent_now_by_priority(reader):
    """`now` is this very minute: the clock shows 09:00."""
    assert len(list(reader.follow("on-call"))) == 11
    assert reader.known["NOW"] == "2026-12-01T09:00:00Z"
