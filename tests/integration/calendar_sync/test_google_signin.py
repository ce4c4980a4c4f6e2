"""How hosts sign in at Google, and out; how Google tells of changes."""

import json
from base64 import urlsafe_b64encode
from datetime import timedelta
from hashlib import sha256
from urllib.parse import parse_qs, urlsplit

import pytest

from calendar_sync.adapters.google import Google as Adapter
from calendar_sync.adapters.google.signing import NEEDED, SCOPES
from calendar_sync.adapters.means import Means
from calendar_sync.adapters.provider import AccessRefused, Account, ProviderUnavailable
from calendar_sync.adapters.provider import Pushes as PushesProtocol
from calendar_sync.adapters.provider import SignsIn as SignsInProtocol
from fakes.google import GARBAGE, HALF, UNREACHED, refuse
from fakes.google.signin import Denied
from integration.calendar_sync.google_desk import NOW, desk, google_server

__all__ = ["desk", "google_server"]
BACK = "https://schedule.example/oauth/google/back"
HOOK = "https://schedule.example/hooks/google"
VERIFIER = "v" * 64
CHALLENGE = urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).decode().rstrip("=")


def code(desk, *scopes):
    url = desk.adapter.authorize_url(BACK, "state-1", CHALLENGE)
    back = desk.google.signin.consent(url, desk.email, frozenset(scopes) or None)
    assert back.startswith(BACK)
    answer = parse_qs(urlsplit(back).query)
    assert answer["state"] == ["state-1"]
    return answer["code"][0]


def test_the_adapter_signs_in_and_is_told_of_changes(desk):
    assert isinstance(desk.adapter, SignsInProtocol)
    assert isinstance(desk.adapter, PushesProtocol)


def test_the_consent_page_is_asked_for_the_least_and_for_lasting_access(desk):
    url = desk.adapter.authorize_url(BACK, "state-1", CHALLENGE)
    asked = {key: value[0] for key, value in parse_qs(urlsplit(url).query).items()}
    assert asked["scope"].split() == [
        "openid",
        "https://www.googleapis.com/auth/userinfo.email",
        "https://www.googleapis.com/auth/calendar.calendarlist.readonly",
        "https://www.googleapis.com/auth/calendar.events",
    ]
    assert (asked["access_type"], asked["prompt"]) == ("offline", "consent")
    assert (asked["code_challenge"], asked["code_challenge_method"]) == (CHALLENGE, "S256")


def test_googles_own_pages_are_elsewhere_than_its_tokens():
    url = Adapter(Means(google_client_id="id")).authorize_url(BACK, "s", CHALLENGE)
    assert url.startswith("https://accounts.google.com/o/oauth2/v2/auth?")


def test_who_comes_back_is_known_by_address_and_can_be_read_and_written(desk):
    signed = desk.adapter.exchange(BACK, code(desk), VERIFIER)
    assert signed.account == desk.email
    account = Account(signed.account, signed.secret, desk.kept.append)
    assert [one.id for one in desk.adapter.calendars(account)] == [desk.email]
    assert desk.kept == []


def test_the_secret_is_not_shown(desk):
    signed = desk.adapter.exchange(BACK, code(desk), VERIFIER)
    assert json.loads(signed.secret)["refresh_token"] not in repr(signed)


def test_another_verifier_gets_nothing(desk):
    with pytest.raises(AccessRefused):
        desk.adapter.exchange(BACK, code(desk), "w" * 64)


def test_a_code_is_good_once(desk):
    given = code(desk)
    desk.adapter.exchange(BACK, given, VERIFIER)
    with pytest.raises(AccessRefused):
        desk.adapter.exchange(BACK, given, VERIFIER)


@pytest.mark.parametrize("left_out", NEEDED)
def test_a_host_who_unticks_what_we_need_is_told_so(desk, left_out):
    given = code(desk, *(set(SCOPES) - {left_out}))
    with pytest.raises(AccessRefused):
        desk.adapter.exchange(BACK, given, VERIFIER)


def test_a_grant_of_more_than_was_asked_for_is_taken(desk):
    given = code(desk, *SCOPES, "https://www.googleapis.com/auth/calendar.readonly")
    assert desk.adapter.exchange(BACK, given, VERIFIER).account == desk.email


@pytest.mark.parametrize(
    "mood", [refuse(500), refuse(503, retry_after="9"), GARBAGE, HALF, UNREACHED]
)
def test_trouble_at_the_token_endpoint_is_not_the_hosts(desk, mood):
    given = code(desk)
    desk.misbehave("token", mood)
    with pytest.raises(ProviderUnavailable) as failure:
        desk.adapter.exchange(BACK, given, VERIFIER)
    assert (failure.value.retry_after == timedelta(seconds=9)) is bool(mood.retry_after)


def test_a_grant_that_does_not_last_is_none(desk, monkeypatch):
    monkeypatch.setattr(desk.google.signin, "lasting", False)
    with pytest.raises(AccessRefused):
        desk.adapter.exchange(BACK, code(desk), VERIFIER)


def test_the_address_is_asked_for_where_the_token_does_not_say_it(desk, monkeypatch):
    monkeypatch.setattr(desk.google.signin, "names", False)
    assert desk.adapter.exchange(BACK, code(desk), VERIFIER).account == desk.email


def test_disconnecting_gives_the_permission_back(desk):
    desk.adapter.revoke(desk.account)
    assert desk.email in desk.google.signin.revoked
    with pytest.raises(AccessRefused):
        desk.read()
    desk.adapter.revoke(desk.account)


def test_a_revocation_that_is_not_heard_can_be_tried_again(desk):
    desk.misbehave("revoke", refuse(503))
    with pytest.raises(ProviderUnavailable):
        desk.adapter.revoke(desk.account)
    desk.adapter.revoke(desk.account)
    assert desk.google.signin.revoked.count(desk.email) == 1


@pytest.mark.parametrize(
    "change",
    [
        ("prompt=consent", "prompt=none"),
        ("S256", "plain"),
        ("offline", "online"),
        ("client.apps", "other"),
    ],
)
def test_the_fake_refuses_a_consent_page_that_google_would(desk, change):
    """The checks above can fail."""
    url = desk.adapter.authorize_url(BACK, "state-1", CHALLENGE)
    with pytest.raises(Denied):
        desk.google.signin.consent(url.replace(*change), desk.email)


# Push channels.


def test_a_channel_is_opened_for_a_week_and_closed(desk):
    watch = desk.adapter.watch(desk.account, desk.book.id, HOOK, "secret", NOW)
    channel = desk.google.pushes.channels[watch.id]
    assert (channel.address, channel.token) == (HOOK, "secret")
    assert watch.expires - desk.google.moods.now() > timedelta(days=6, hours=23)
    desk.adapter.unwatch(desk.account, watch)
    assert watch.id not in desk.google.pushes.channels
    desk.adapter.unwatch(desk.account, watch)


def test_a_channel_that_was_opened_twice_has_two_names(desk):
    """A reply that was lost leaves a channel behind, which ends by itself."""
    one = desk.adapter.watch(desk.account, desk.book.id, HOOK, "secret", NOW)
    two = desk.adapter.watch(desk.account, desk.book.id, HOOK, "secret", NOW)
    assert (one.id != two.id, one.resource == two.resource) == (True, True)


def test_an_address_that_google_does_not_push_to_breaks_no_connection(desk):
    with pytest.raises(ProviderUnavailable) as failure:
        desk.adapter.watch(desk.account, desk.book.id, "http://schedule.example/h", "s", NOW)
    assert failure.value.retry_after == timedelta(days=1)
    assert desk.asked("token") == []


def test_a_calendar_that_cannot_be_watched_is_polled(desk):
    desk.misbehave("events.watch", refuse(400, "pushNotSupportedForRequestedResource"))
    with pytest.raises(ProviderUnavailable) as failure:
        desk.adapter.watch(desk.account, desk.book.id, HOOK, "secret", NOW)
    assert failure.value.retry_after == timedelta(days=1)
