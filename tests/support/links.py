"""A link for tests that walk from month to month, whatever the date."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import requests

from support.forms import OWNER, Browser
from support.suites import EmbeddedSuite
from support.waiting import wait_for

AHEAD = 90
"""Days: this month, the next and the one after it."""


@pytest.fixture(scope="session")
def far_link(embedded_suite: EmbeddedSuite) -> str:
    """The slug of a link of Ada's: thirty days ahead, as the demo's, may not reach the next month."""
    slug, ada = f"far-{uuid4().hex[:8]}", Browser(embedded_suite.url)
    ada.send("/login", **OWNER)
    key = ada.send("/settings/api-keys", name=slug, scopes="links:write")
    secret = re.search(r"wk_[A-Za-z0-9_-]{43}", key.text)
    assert secret is not None
    answer = requests.post(
        f"{embedded_suite.url}/api/v1/links",
        headers={"Authorization": f"Bearer {secret[0]}", "Idempotency-Key": str(uuid4())},
        json={"title": f"Far {slug}", "slug": slug, "horizon_days": AHEAD},
        timeout=20,
    )
    answer.raise_for_status()
    wait_for(lambda: _offered(embedded_suite.url, slug), f"times of {slug}")
    return slug


def _offered(url: str, slug: str) -> bool:
    last = datetime.now(UTC).date() + timedelta(days=AHEAD - 10)
    days = {"from": str(last - timedelta(days=7)), "to": str(last), "tz": "UTC"}
    answer = requests.get(f"{url}/api/v1/links/{slug}/slots", params=days, timeout=20)
    return answer.ok and bool(answer.json()["slots"])
