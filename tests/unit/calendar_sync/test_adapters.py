"""The rules every provider's adapter keeps; and how the practice one misbehaves."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from calendar_sync.adapters import MAKERS, provider
from calendar_sync.adapters.means import Means
from calendar_sync.adapters.practice import JOIN_URL, Practice, World
from calendar_sync.adapters.provider import AccessRefused, Account, ProviderUnavailable
from calendar_sync.domain.calendars import Draft
from unit.calendar_sync.builders import HOUR, NOW

ADA = Account("ada@acme.test", "secret", lambda _: None)
MEANS = Means(call_seconds=0.01)
DRAFT = Draft(id="e1", start=NOW, end=NOW + HOUR, title="Call", conference=True)


@pytest.fixture
def world():
    return World()


@pytest.fixture(params=["practice"])
def calendars(request, world) -> Practice:
    makers: dict[str, Callable[[], Practice]] = {"practice": lambda: Practice(MEANS, world)}
    return makers[request.param]()


def read(calendars, cursor=None):
    return calendars.read(ADA, "main", cursor, NOW)


def test_an_account_has_a_main_calendar_that_can_be_written(calendars):
    (main,) = calendars.calendars(ADA)
    assert (main.id, main.writable) == ("main", True)


def test_an_event_written_twice_stands_once_with_the_same_join_url(calendars):
    first = calendars.write(ADA, "main", DRAFT)
    assert calendars.write(ADA, "main", DRAFT) == first
    assert len(read(calendars).occurrences) == 1
    assert first.join_url == f"{JOIN_URL}e1"


def test_a_moved_event_keeps_its_join_url(calendars):
    first = calendars.write(ADA, "main", DRAFT)
    later = replace(DRAFT, start=NOW + HOUR, end=NOW + 2 * HOUR)
    assert calendars.move(ADA, "main", later).join_url == first.join_url
    assert read(calendars).occurrences[0].start == NOW + HOUR


def test_an_event_moved_before_it_was_written_is_written(calendars):
    calendars.move(ADA, "main", DRAFT)
    assert len(read(calendars).occurrences) == 1


def test_deleting_twice_is_done_once(calendars):
    calendars.write(ADA, "main", DRAFT)
    calendars.delete(ADA, "main", DRAFT)
    calendars.delete(ADA, "main", DRAFT)
    assert read(calendars).occurrences == ()


def test_a_cursor_gives_only_what_changed_since(calendars):
    calendars.write(ADA, "main", DRAFT)
    first = read(calendars)
    assert first.complete
    nothing = read(calendars, first.cursor)
    assert (nothing.occurrences, nothing.complete) == ((), False)
    calendars.delete(ADA, "main", DRAFT)
    (gone,) = read(calendars, nothing.cursor).occurrences
    assert (gone.event_id, gone.removed) == ("e1", True)


def test_a_cursor_from_an_earlier_life_leads_to_a_complete_reading(calendars, world):
    cursor = read(calendars).cursor
    world.clear()
    assert read(calendars, cursor).complete


def test_without_a_conference_there_is_no_join_url(calendars):
    assert calendars.write(ADA, "main", replace(DRAFT, conference=False)).join_url == ""


def test_a_lost_reply_leaves_the_event_standing(calendars, world):
    world.desk(ADA.name).misbehave("write", "reply_lost")
    with pytest.raises(ProviderUnavailable):
        calendars.write(ADA, "main", DRAFT)
    assert len(read(calendars).occurrences) == 1


def test_it_is_unavailable_slow_or_refuses_on_command(calendars, world):
    desk = world.desk(ADA.name)
    desk.retry_after = timedelta(seconds=90)
    desk.misbehave("read", "unavailable", "slow", "refused")
    with pytest.raises(ProviderUnavailable) as failure:
        read(calendars)
    assert failure.value.retry_after == timedelta(seconds=90)
    with pytest.raises(ProviderUnavailable):
        read(calendars)
    with pytest.raises(AccessRefused):
        read(calendars)
    assert desk.calls["read"] == 3


def test_a_secret_is_never_shown():
    assert "secret" not in repr(ADA)


def test_every_known_provider_can_be_made():
    assert all(provider(name, MEANS) for name in MAKERS)
