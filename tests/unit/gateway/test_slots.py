"""What is kept of slots, for how long, and when it is dropped."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import msgspec
import pytest

from contracts.availability import AvailabilityChanged, GetSlots, Slot, Slots
from contracts.errors import Unavailable
from gateway.slots import SlotCache

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
DAY = date(2026, 12, 2)


def asked(slug="ada", **more):
    return GetSlots(slug=slug, first=DAY, last=DAY, timezone="UTC", **more)


def changed(*slugs):
    return AvailabilityChanged(workspace_id=uuid4(), version=1, slugs=slugs)


@dataclass
class Knower:
    """Who knows the slots, and counts how often it was asked."""

    now: datetime = NOW
    valid: timedelta = timedelta(hours=1)
    calls: list = field(default_factory=list)
    meanwhile: object = None

    def slots(self, request):
        self.calls.append(request.slug)
        if self.meanwhile:
            self.meanwhile()
        start = NOW + timedelta(days=len(self.calls))
        return Slots(
            timezone="UTC",
            duration=30,
            slots=(Slot(start=start),),
            valid_until=self.now + self.valid,
        )


@pytest.fixture
def knower():
    return Knower()


@pytest.fixture
def cache(knower):
    return SlotCache(knower, lambda: knower.now)


def test_the_same_question_is_asked_once(cache, knower):
    assert cache.read(asked()) == cache.read(asked())
    assert knower.calls == ["ada"]


def test_an_answer_is_kept_for_thirty_seconds(cache, knower):
    cache.read(asked())
    knower.now += timedelta(seconds=29)
    cache.read(asked())
    knower.now += timedelta(seconds=1)
    cache.read(asked())
    assert len(knower.calls) == 2


def test_an_answer_is_never_kept_beyond_its_validity(cache, knower):
    knower.valid = timedelta(seconds=5)
    cache.read(asked())
    knower.now += timedelta(seconds=5)
    cache.read(asked())
    assert len(knower.calls) == 2


def test_a_clock_that_goes_back_drops_what_was_kept_later(cache, knower):
    cache.read(asked())
    knower.now -= timedelta(days=1)
    cache.read(asked())
    assert len(knower.calls) == 2


def test_a_change_drops_its_own_slugs_only(cache, knower):
    cache.read(asked("ada"))
    cache.read(asked("bea"))
    cache.forget(changed("ada", "unknown"))
    cache.read(asked("bea"))
    cache.read(asked("ada"))
    assert knower.calls == ["ada", "bea", "ada"]


def test_a_lost_connection_drops_everything(cache, knower):
    cache.read(asked("ada"))
    cache.read(asked("bea"))
    cache.clear()
    cache.read(asked("ada"))
    assert knower.calls == ["ada", "bea", "ada"]


@pytest.mark.parametrize("drop", ["forget", "clear"])
def test_an_answer_overtaken_by_a_change_is_not_kept(cache, knower, drop):
    knower.meanwhile = {"forget": lambda: cache.forget(changed("ada")), "clear": cache.clear}[drop]
    cache.read(asked())
    knower.meanwhile = None
    cache.read(asked())
    assert len(knower.calls) == 2


def test_a_visitors_own_hold_is_not_kept(cache, knower):
    question = asked(except_hold=uuid4())
    cache.read(question)
    cache.read(question)
    assert len(knower.calls) == 2


def test_it_never_grows_beyond_its_bound(knower):
    cache = SlotCache(knower, lambda: knower.now, most=10)
    for number in range(50):
        cache.read(asked(f"link-{number}"))
    assert len(cache._entries) == 10
    assert len(cache._by_slug) == 10
    assert cache._loading == []


def test_a_failed_question_leaves_nothing_behind(cache, knower):
    def fail():
        raise Unavailable

    knower.meanwhile = fail
    with pytest.raises(Unavailable):
        cache.read(asked())
    assert cache._loading == []
    assert len(cache._entries) == 0


def test_bytes_are_the_public_shape(cache):
    body = msgspec.json.decode(cache.entry(asked()).body)
    assert body == {
        "timezone": "UTC",
        "duration": 30,
        "slots": [{"start": "2026-12-02T09:00:00Z", "seats": 1}],
    }


def test_the_etag_follows_the_content(cache, knower):
    first = cache.entry(asked()).etag
    assert cache.entry(asked()).etag == first
    cache.clear()
    assert cache.entry(asked()).etag != first
