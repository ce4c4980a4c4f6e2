"""Google in trouble: nothing lost, nothing doubled, nobody asked again before the time."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from calendar_sync.adapters.provider import AccessRefused, Account, ProviderUnavailable
from fakes.google import GARBAGE, HALF, REPLY_LOST, SLOW, UNREACHED, refuse
from integration.calendar_sync.google_desk import HOUR, NOW, desk, draft, google_server

__all__ = ["desk", "google_server"]

LIMITS = [
    refuse(429, "rateLimitExceeded", retry_after="7"),
    refuse(403, "rateLimitExceeded", retry_after="7"),
    refuse(403, "userRateLimitExceeded", retry_after="7"),
    refuse(403, "quotaExceeded", retry_after="7"),
    refuse(503, "backendError", retry_after="7"),
]


def trouble(act):
    with pytest.raises(ProviderUnavailable) as failure:
        act()
    return failure.value


@pytest.mark.parametrize("mood", LIMITS)
def test_a_limit_is_temporary_and_tells_how_long_to_wait(desk, mood):
    desk.misbehave("events.list", mood)
    assert trouble(desk.read).retry_after == timedelta(seconds=7)
    assert len(desk.asked("events.list")) == 1


def test_a_date_to_wait_for_is_read_by_the_servers_clock(desk):
    until = format_datetime(datetime.now(UTC) + timedelta(seconds=120), usegmt=True)
    desk.misbehave("events.list", refuse(429, "rateLimitExceeded", retry_after=until))
    wait = trouble(desk.read).retry_after
    assert timedelta(seconds=60) < wait <= timedelta(seconds=121)


@pytest.mark.parametrize(
    "mood",
    [
        refuse(403, "rateLimitExceeded"),
        refuse(403, "accessNotConfigured"),
        refuse(400, "badRequest"),
        refuse(500),
        refuse(502),
        HALF,
        GARBAGE,
        REPLY_LOST,
        UNREACHED,
    ],
)
def test_what_may_pass_is_never_taken_as_final(desk, mood):
    desk.misbehave("events.list", mood)
    assert trouble(desk.read).retry_after is None
    desk.read()


def test_a_call_ends_within_its_time(desk):
    desk.seconds = 0.3
    desk.misbehave("events.list", SLOW)
    begun = datetime.now(UTC)
    trouble(desk.read)
    assert datetime.now(UTC) - begun < timedelta(seconds=25), "the fake would have kept it for 30"


def test_a_reading_that_breaks_off_on_its_second_page_is_begun_anew(desk):
    for number in range(30):
        desk.book.put(NOW + number * HOUR, NOW + (number + 1) * HOUR)
    desk.book.page_size = 10
    desk.google.moods.after("events.list", 1, HALF)
    trouble(desk.read)
    assert desk.cursor is None
    desk.read()
    assert len(desk.busy) == 30


def test_no_server_there_is_temporary(desk):
    desk.url = "https://localhost:9"
    trouble(desk.read)


def test_a_server_with_another_authority_is_not_trusted(desk):
    means = replace(desk.means, ca_bundle="")
    adapter = type(desk.adapter)(means)
    trouble(lambda: adapter.calendars(desk.account))
    assert desk.asked("calendarList.list") == []


def test_an_access_token_that_ended_is_renewed_and_kept_before_it_is_used(desk):
    desk.forget_access()
    desk.read()
    (kept,) = desk.kept
    assert json.loads(kept)["token"] in desk.google.signin.access
    assert [one.method for one in desk.google.moods.journal if one.account == desk.email] == [
        "token",
        "events.list",
    ]


def test_what_was_kept_is_used_by_the_next_call(desk):
    desk.forget_access()
    desk.read()
    desk.account = Account(desk.email, desk.kept[-1], desk.kept.append)
    desk.read()
    assert len(desk.asked("token")) == 1


def test_a_rotated_refresh_token_is_kept_before_it_is_used(desk):
    desk.google.signin.rotate = True
    desk.forget_access()
    desk.google.moods.after("events.list", 1, refuse(503))  # after the token was refused
    trouble(desk.read)
    (kept,) = desk.kept
    assert json.loads(kept)["refresh_token"] in desk.google.signin.refresh
    desk.forget_access()
    desk.account = Account(desk.email, kept, desk.kept.append)
    desk.read()


def test_a_token_that_is_not_kept_is_not_used(desk):
    def broken(_):
        raise OSError("the database is away")

    desk.forget_access()
    desk.account = Account(desk.email, desk.account.secret, broken)
    with pytest.raises(OSError, match="away"):
        desk.read()
    assert desk.asked("events.list") == []


def test_a_permission_taken_back_is_final(desk):
    desk.google.signin.forget(desk.email)
    for act in (desk.read, lambda: desk.write(draft()), lambda: desk.delete(draft())):
        with pytest.raises(AccessRefused):
            act()


def test_a_token_refused_although_it_is_new_is_final(desk):
    desk.misbehave("events.list", refuse(401, "authError"), refuse(401, "authError"))
    with pytest.raises(AccessRefused):
        desk.read()
    assert len(desk.asked("token")) == 1


def test_scopes_taken_back_are_final(desk):
    desk.misbehave("events.list", refuse(403, "insufficientPermissions"))
    with pytest.raises(AccessRefused):
        desk.read()


@pytest.mark.parametrize("mood", [refuse(500), refuse(503), GARBAGE, HALF, UNREACHED])
def test_trouble_at_the_token_endpoint_is_not_final(desk, mood):
    desk.forget_access()
    desk.misbehave("token", mood)
    trouble(desk.read)
    assert len(desk.google.moods.of("token")) >= 1
    desk.read()


def test_the_token_endpoints_wish_to_wait_is_told(desk):
    desk.forget_access()
    desk.misbehave("token", refuse(429, "rate", retry_after="30"))
    assert trouble(desk.read).retry_after == timedelta(seconds=30)
    assert len(desk.asked("token")) == 1


def test_our_own_credentials_being_wrong_does_not_end_every_hosts_connection(desk):
    """A client secret that was mistyped is the operator's to mend, not the hosts'."""
    desk.forget_access()
    adapter = type(desk.adapter)(replace(desk.means, google_client_secret="wrong"))
    trouble(lambda: adapter.calendars(desk.account))


@pytest.mark.parametrize("secret", ["", "{}", "null", "password"])
def test_an_account_that_was_never_signed_in_is_refused(desk, secret):
    desk.account = Account(desk.email, secret, desk.kept.append)
    with pytest.raises(AccessRefused):
        desk.read()


def test_the_journal_knows_who_asked_too_early(desk):
    """The check that nobody does can fail."""
    desk.misbehave("events.list", refuse(429, "rateLimitExceeded", retry_after="7"))
    trouble(desk.read)
    assert desk.google.moods.impatient(desk.email) == []
    desk.read()
    assert len(desk.google.moods.impatient(desk.email)) == 1


def test_errors_carry_no_secret(desk):
    desk.misbehave("events.list", refuse(503))
    failure = trouble(desk.read)
    secrets = json.loads(desk.account.secret)
    chain = repr(failure) + repr(failure.__cause__) + repr(desk.account)
    assert secrets["token"] not in chain
    assert secrets["refresh_token"] not in chain
