"""The contract of calendars: what goes wrong has two names, and nothing is lost by it."""

from datetime import timedelta

import pytest

from calendar_sync.adapters.provider import AccessRefused, ProviderUnavailable
from contract.calendars.harness import HOUR, Theirs, draft
from contract.calendars.needs import needs


def calls(harness):
    at, where, ours = harness.account, harness.calendar, draft()
    provider = harness.provider
    yield lambda: provider.calendars(at)
    yield lambda: provider.read(at, where, None, ours.start)
    if hasattr(harness, "drag"):
        yield lambda: provider.write(at, where, ours)
        yield lambda: provider.move(at, where, ours)
        yield lambda: provider.delete(at, where, ours)


@pytest.mark.parametrize("mood", ["unavailable", "half", "slow"])
def test_a_provider_that_does_not_answer_is_unavailable_in_every_call(harness, mood):
    harness.misbehave(mood)
    for call in calls(harness):
        with pytest.raises(ProviderUnavailable):
            call()


def test_a_provider_that_asks_to_wait_says_how_long(harness):
    harness.misbehave("throttled")
    for call in calls(harness):
        with pytest.raises(ProviderUnavailable) as failure:
            call()
        assert failure.value.retry_after == timedelta(seconds=90)


def test_a_permission_that_is_gone_is_final_in_every_call(harness):
    harness.misbehave("refused")
    for call in calls(harness):
        with pytest.raises(AccessRefused):
            call()


def test_a_reading_that_failed_is_made_up_for(harness, mirror):
    mirror.catch_up()
    start = draft().start
    harness.put(Theirs("lunch", start, start + HOUR))
    harness.misbehave("half")
    with pytest.raises(ProviderUnavailable):
        mirror.catch_up()
    harness.behave()
    mirror.catch_up()
    assert mirror.busy == [(start, start + HOUR)]


@needs("write")
def test_an_event_that_could_not_be_written_is_written_later(harness):
    harness.misbehave("unavailable")
    with pytest.raises(ProviderUnavailable):
        harness.provider.write(harness.account, harness.calendar, draft())
    harness.behave()
    harness.provider.write(harness.account, harness.calendar, draft())
    assert len(harness.standing()) == 1
