"""Signing in with Microsoft, and what becomes of tokens, against a strict fake over TLS."""

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from calendar_sync.adapters.microsoft import MAILBOXES
from calendar_sync.adapters.provider import AccessRefused, Account, ProviderUnavailable
from fakes.graph import BROKEN, HALF, REPLY_LOST, throttled
from fakes.graph.account import (
    CALLBACK,
    CHALLENGE,
    VERIFIER,
    Office,
    adapter,
    consented,
    opened,
)
from fakes.graph.login import Denied


@pytest.fixture
def office():
    with opened() as made:
        yield made


def calendars(office: Office):
    return office.microsoft.calendars(office.account)


def grow_old(office: Office):
    """The access token is over, and this process knows of none."""
    office.graph.signin.end_access()
    MAILBOXES.clear()


def cached(office: Office):
    return json.loads(office.kept.secrets[-1])


def test_the_way_in_asks_for_offline_access_by_pkce(office):
    asked = parse_qs(urlsplit(office.microsoft.authorize_url(CALLBACK, "s", CHALLENGE)).query)
    assert asked["code_challenge"] == [CHALLENGE]
    assert asked["state"] == ["s"]
    assert set(asked["scope"][0].split()) == {
        "Calendars.ReadWrite",
        "MailboxSettings.Read",
        "User.Read",
        "openid",
        "profile",
        "offline_access",
    }


def test_who_signed_in_is_known_by_address_and_the_secret_opens_the_calendars(office):
    assert office.kept.name == "ada@acme.test"
    assert [one.name for one in calendars(office)] == ["Calendar"]


def test_a_code_is_good_for_the_browser_that_began_alone(office):
    code = consented(office.graph, office.microsoft, "ada@acme.test")
    with pytest.raises(AccessRefused):
        office.microsoft.exchange(CALLBACK, code, "w" * 43)


def test_a_code_is_good_once(office):
    code = consented(office.graph, office.microsoft, "ada@acme.test")
    office.microsoft.exchange(CALLBACK, code, VERIFIER)
    with pytest.raises(AccessRefused):
        office.microsoft.exchange(CALLBACK, code, VERIFIER)


def test_an_id_token_for_another_sign_in_is_refused(office):
    code = consented(office.graph, office.microsoft, "ada@acme.test")
    office.graph.signin.codes[code].nonce = "another"
    with pytest.raises(AccessRefused):
        office.microsoft.exchange(CALLBACK, code, VERIFIER)


def test_a_new_refresh_token_is_kept_before_its_access_token_is_used(office):
    """The process dies while it keeps the secret: nothing was asked with what it did not keep."""

    def die(secret: str) -> None:
        raise MemoryError

    grow_old(office)
    with pytest.raises(MemoryError):
        office.microsoft.calendars(Account("ada@acme.test", office.kept.secrets[-1], die))
    assert [entry.status for entry in office.graph.moods.of("GET calendars")] == [401]


def test_refresh_tokens_are_followed_as_they_rotate(office):
    """The fake accepts one only until its successor was used."""
    for _ in range(3):
        grow_old(office)
        assert calendars(office)
    assert len(office.kept.secrets) == 4
    assert len(cached(office)["RefreshToken"]) == 1


def test_a_token_that_is_about_to_end_is_renewed_before_it_is_used(office):
    office.graph.signin.lasts = 60
    grow_old(office)
    calendars(office)
    office.graph.moods.journal.clear()
    calendars(office)
    assert [entry.name for entry in office.graph.moods.journal] == ["token", "GET calendars"]


def test_many_calls_at_once_refresh_once(office):
    grow_old(office)
    before = office.account
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: office.microsoft.calendars(before), range(8)))
    assert office.graph.signin.refreshed == 1
    assert len(office.kept.secrets) == 2


def test_an_access_token_is_used_as_long_as_it_is_good(office):
    for _ in range(3):
        calendars(office)
    assert office.asked("token") == 0


def test_a_token_that_graph_does_not_accept_any_more_is_renewed_on_the_spot(office):
    calendars(office)
    office.graph.signin.end_access()
    assert calendars(office)
    assert office.graph.signin.refreshed == 1


@pytest.mark.parametrize(
    "denied",
    [
        Denied("invalid_grant", 50173),  # the password was changed
        Denied("invalid_grant", 700082),  # unused for too long
        Denied("invalid_grant", 65001, "consent_required"),  # the consent was taken back
        Denied("interaction_required", 50076, "basic_action"),  # a second factor is wanted
    ],
    ids=lambda denied: str(denied.body["error_codes"][0]),
)
def test_what_only_the_host_can_mend_is_final(office, denied):
    grow_old(office)
    office.graph.signin.denials["ada@acme.test"] = denied
    with pytest.raises(AccessRefused):
        calendars(office)
    assert len(office.kept.secrets) == 1


@pytest.mark.parametrize("secret", ["", "{}", "refresh-token"])
def test_a_secret_of_another_form_is_refused(office, secret):
    with pytest.raises(AccessRefused):
        office.microsoft.calendars(Account("ada@acme.test", secret, office.kept.secrets.append))


@pytest.mark.parametrize("wrong", [BROKEN, HALF, REPLY_LOST, throttled("60")])
def test_trouble_at_the_token_endpoint_is_not_final(office, wrong):
    grow_old(office)
    office.graph.misbehave("token", wrong)
    with pytest.raises(ProviderUnavailable) as failure:
        calendars(office)
    assert failure.value.retry_after == (timedelta(seconds=60) if wrong.retry_after else None)
    MAILBOXES.clear()
    assert calendars(office)


def test_nothing_is_asked_while_the_token_endpoint_wants_to_be_left_alone(office):
    grow_old(office)
    office.graph.misbehave("token", throttled("60"))
    for _ in range(2):
        with pytest.raises(ProviderUnavailable):
            calendars(office)
    assert office.asked("token") == 1


def test_our_own_wrong_secret_is_no_hosts_fault(office):
    grow_old(office)
    office.graph.signin.client_secret = "another"
    with pytest.raises(ProviderUnavailable, match="invalid_client"):
        calendars(office)


def test_a_tenant_that_does_not_exist_is_no_hosts_fault(office):
    nowhere = adapter(office.graph, office.microsoft.means.graph_base_url, tenant="no/where")
    with pytest.raises(ProviderUnavailable, match="MICROSOFT_TENANT"):
        nowhere.calendars(Account("bea@acme.test", office.kept.secrets[-1], print))


def test_neither_tokens_nor_what_broke_off_are_logged(office, caplog):
    caplog.set_level(logging.DEBUG)
    grow_old(office)
    office.graph.misbehave("token", HALF)
    with pytest.raises(ProviderUnavailable):
        calendars(office)
    calendars(office)
    secrets = [*office.graph.signin.access, *office.graph.signin.refresh]
    assert not [one for one in secrets if one in caplog.text]


def test_disconnecting_forgets_the_tokens_of_this_process(office):
    calendars(office)
    office.microsoft.revoke(office.account)
    assert MAILBOXES.of("ada@acme.test").access == ""
