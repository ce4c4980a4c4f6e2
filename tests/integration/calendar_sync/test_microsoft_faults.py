"""What goes wrong at Microsoft Graph, by the book, against a strict fake over TLS."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from threading import Barrier, BrokenBarrierError

import pytest

from calendar_sync.adapters.microsoft import Microsoft
from calendar_sync.adapters.provider import AccessRefused, Account, ProviderUnavailable
from calendar_sync.domain.calendars import Draft, Watch
from fakes.graph import (
    BROKEN,
    DENIED,
    GARBAGE,
    HALF,
    REPLY_LOST,
    SLOW,
    UNAUTHORIZED,
    UNREACHED,
    Mood,
    throttled,
)
from fakes.graph.account import Office, opened
from unit.calendar_sync.builders import HOUR, NOW

PATIENCE = 25
"""Seconds. The fake keeps who waits for a slow answer for thirty."""


@pytest.fixture
def office():
    with opened() as made:
        yield made


def calendars(office: Office):
    return office.microsoft.calendars(office.account)


def fails(office: Office, *moods: Mood) -> ProviderUnavailable:
    office.graph.misbehave("GET calendars", *moods)
    with pytest.raises(ProviderUnavailable) as failure:
        calendars(office)
    return failure.value


@pytest.mark.parametrize("mood", [BROKEN, HALF, GARBAGE, REPLY_LOST, UNREACHED])
def test_no_answer_or_half_of_one_is_temporary(office, mood):
    assert fails(office, mood).retry_after is None
    assert calendars(office)


def test_an_answer_that_does_not_come_is_not_waited_for(office):
    office.hasty()
    began = time.monotonic()
    fails(office, SLOW)
    assert time.monotonic() - began < PATIENCE


def test_many_slow_answers_in_one_call_are_not_waited_for_either(office):
    """Each comes in time, all of them do not: a lease is for calls, not for requests."""
    office.hasty()
    office.graph.moods.pace = lambda: office.graph.moods.released.wait(0.4)
    ours = Draft("c" * 32, NOW + HOUR, NOW + 2 * HOUR, "Intro", conference=True)
    with pytest.raises(ProviderUnavailable):
        office.write(ours)
    assert office.asked("GET events") <= 1


def test_one_token_that_is_not_accepted_is_replaced_and_a_second_is_final(office):
    office.graph.misbehave("GET calendars", UNAUTHORIZED)
    assert calendars(office)
    office.graph.misbehave("GET calendars", UNAUTHORIZED, UNAUTHORIZED)
    with pytest.raises(AccessRefused):
        calendars(office)


def test_access_that_is_denied_is_final(office):
    office.graph.misbehave("GET calendars", DENIED)
    with pytest.raises(AccessRefused):
        calendars(office)


def test_a_403_that_asks_to_wait_is_not_final(office):
    wait = Mood("refuse", 403, "ErrorAccessDenied", retry_after="5")
    assert fails(office, wait).retry_after == timedelta(seconds=5)


def test_a_403_of_another_kind_is_not_final(office):
    assert "quotaExceeded" in str(fails(office, Mood("refuse", 403, "quotaExceeded")))


@pytest.mark.parametrize("status", [429, 503])
def test_no_request_goes_out_for_a_mailbox_that_asked_to_be_left_alone(office, status):
    assert fails(office, throttled("30", status)).retry_after == timedelta(seconds=30)
    for call in (
        lambda: calendars(office),
        lambda: office.read(None, NOW),
        lambda: office.microsoft.unwatch(office.account, Watch("w", "", NOW)),
    ):
        with pytest.raises(ProviderUnavailable) as failure:
            call()
        assert failure.value.retry_after <= timedelta(seconds=30)
    assert [entry.name for entry in office.graph.moods.journal] == ["GET calendars"]
    assert office.graph.moods.impatient() == []


def test_other_mailboxes_are_asked_meanwhile(office):
    office.graph.account("bea@acme.test")
    fails(office, throttled("30"))
    secret = office.kept.secrets[-1]
    assert office.microsoft.calendars(Account("bea@acme.test", secret, print))


def test_a_date_to_wait_for_is_understood(office):
    until = format_datetime(datetime.now(UTC) + timedelta(seconds=40), usegmt=True)
    wait = fails(office, throttled(until)).retry_after
    assert timedelta(seconds=30) < wait <= timedelta(seconds=41)


def test_a_server_of_another_authority_is_not_trusted(office):
    means = replace(office.microsoft.means, ca_bundle="")
    with pytest.raises(ProviderUnavailable, match="SSLError"):
        Microsoft(means).calendars(office.account)
    assert office.graph.moods.journal == []


@pytest.mark.parametrize("nonsense", ["soon", "-5", "Mon, 99 Xxx"])
def test_a_wait_that_says_nothing_is_none(office, nonsense):
    assert fails(office, throttled(nonsense)).retry_after is None
    assert calendars(office)


def test_graphs_own_words_are_never_passed_on(office):
    assert "<script>" not in str(fails(office, Mood("refuse", 400, "<script>alert(1)</script>")))
    assert "commanded" not in str(fails(office, BROKEN))


def test_at_most_four_requests_are_under_way_for_one_mailbox(office):
    """Each waits until four are there: were it fewer, none would end; were it more, Graph would
    refuse them.
    """
    together = Barrier(4)
    office.patient()

    def meet() -> None:
        try:
            together.wait(15)
        except BrokenBarrierError:
            together.reset()

    office.graph.moods.pace = meet
    with ThreadPoolExecutor(12) as pool:
        found = list(pool.map(lambda _: calendars(office), range(12)))
    assert len(found) == 12
    assert {entry.status for entry in office.graph.moods.of("GET calendars")} == {200}
    assert office.graph.moods.most_at_once() == 4


def test_a_fifth_request_at_once_is_refused_by_the_fake(office):
    """The control: four others are under way."""
    office.graph.mailboxes["ada@acme.test"].under_way = 4
    assert "ApplicationThrottled" in str(fails(office))


def test_a_redirect_is_not_followed(office):
    fails(office, Mood("refuse", 307, "Elsewhere"))
    assert office.asked("GET calendars") == 1
