"""A connection's state in words, for its owner."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from contracts.calendar_sync import Connection, Probed, ProbeStep
from gateway.settings_pages.calendars_words import result, state, step

NOW = datetime(2026, 12, 1, 14, 12, tzinfo=UTC)


def said(zone="UTC", **more):
    ids = {name: uuid4() for name in ("id", "workspace_id", "host_id")}
    values = {"provider": "google", "account": "ada@g.test", "synced_at": NOW} | more
    return state(Connection(**ids, **values), NOW, zone)


@pytest.mark.parametrize(
    ("more", "words", "tone"),
    [
        ({"synced_at": NOW - timedelta(minutes=2)}, "In step, 2 min ago", "ok"),
        ({"synced_at": None}, "Being read for the first time", "warn"),
        ({"state": "broken"}, "Google refuses: sign in again", "danger"),
        (
            {"state": "broken", "provider": "caldav"},
            "The server refuses the password",
            "danger",
        ),
        (
            {
                "attempts": 2,
                "synced_at": NOW - timedelta(minutes=7),
                "next_sync_at": NOW + timedelta(minutes=8),
            },
            "No answer since 14:05; trying again at 14:20",
            "warn",
        ),
        (
            {"attempts": 1, "synced_at": None, "next_sync_at": NOW + timedelta(minutes=8)},
            "No answer yet; trying again at 14:20",
            "warn",
        ),
        (
            {"attempts": 90, "synced_at": NOW - timedelta(days=1)},
            "No answer since Mon 30 Nov, 14:12",
            "warn",
        ),
    ],
)
def test_a_state_is_told(more, words, tone):
    found = said(**more)
    assert (found.words, found.tone) == (words, tone)


def test_times_are_the_readers():
    found = said("Asia/Tokyo", attempts=1, synced_at=NOW - timedelta(minutes=7))
    assert found.words == "No answer since 23:05"


def test_what_to_do_is_what_calendar_sync_says():
    problem = "Google does not let us in any more. Please sign in again."
    assert said(state="broken", problem=problem).todo.startswith(problem)
    assert said(attempts=1, problem="Google is too busy.").todo == "Google is too busy."
    assert said().todo == ""


def test_a_probes_steps_are_told_with_their_times():
    steps = (
        ProbeStep(name="write", ok=True, milliseconds=120),
        ProbeStep(name="read_back", ok=False, milliseconds=1380, problem="It is not there."),
    )
    assert [step(one) for one in steps] == [
        "A test event was written (120 ms)",
        "The test event could not be read back (1.4 s): It is not there.",
    ]
    assert result(Probed(ok=False, steps=steps)) == "Something does not work"
    assert result(Probed(ok=True, steps=steps)) == "Everything works, in 1.5 s"
