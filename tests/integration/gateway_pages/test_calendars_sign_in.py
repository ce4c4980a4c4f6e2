"""Signing in at Google and back (OAuth 2.0), through the page, calendar-sync and a strict Google."""

import html
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from sqlalchemy import text as sql

from contracts.calendar_sync import ListConnections
from fakes.authority import ca_bundle
from fakes.google import Google
from support.consent import PAGE, allowed, begun
from support.web import URL

from .conftest import installed

RETURN = f"{PAGE}/callback/google"


@pytest.fixture(scope="module")
def google():
    made = Google()
    made.signin.redirect_uris = {f"{URL}{RETURN}"}
    with made.served() as made.url:
        yield made


@pytest.fixture(scope="module")
def installation(postgres, tmp_path_factory, google):
    told = {
        "google_client_id": google.signin.client_id,
        "google_client_secret": google.signin.client_secret,
        "google_base_url": google.url,
        "google_oauth_url": google.url,
        "ca_bundle": ca_bundle(),
    }
    with installed(postgres, tmp_path_factory.mktemp("mails"), **told) as made:
        yield made


@pytest.fixture
def email(google):
    """A Google account that nobody else has connected."""
    made = f"ada-{uuid4().hex[:8]}@g.test"
    google.account(made)
    yield made
    del google.accounts[made]


def text(answer):
    return html.unescape(answer.get_data(as_text=True))


def listed(office, owner):
    wish = ListConnections(workspace_id=owner.workspace_id, host_id=owner.id)
    return office.local.calendar_sync.list_connections(wish).connections


def shown(browser, path):
    """The page to which the return leads, which has neither code nor state in its address."""
    answer = browser.get(path)
    assert (answer.status_code, answer.headers["Location"]) == (302, PAGE)
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    return text(browser.get(PAGE))


def query(path):
    return {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}


def test_a_host_signs_in_and_nothing_secret_is_left_behind(office, ada, google, email, capsys):
    place = begun(ada)
    asked = query(place)
    assert asked["redirect_uri"] == f"{URL}{RETURN}"
    assert asked["code_challenge_method"] == "S256"
    back = allowed(place, email)
    page = shown(ada, back)
    assert "Connected." in page
    assert email in page
    assert "In step, just now" in page
    (found,) = listed(office, office.ada)
    assert (found.provider, found.account, found.state) == ("google", email, "ok")
    secrets = [query(back)["code"], query(back)["state"]]
    secrets += [token for kind in (google.signin.access, google.signin.refresh) for token in kind]
    logs = capsys.readouterr()
    with office.local.surface("calendar-sync").db.begin() as tx:
        kept = str(tx.execute(sql("SELECT c.*::text FROM connection c")).all())
    for secret in secrets:
        assert secret not in logs.out + logs.err
        assert secret not in kept


def test_a_return_counts_once(office, ada, email):
    back = allowed(begun(ada), email)
    shown(ada, back)
    before = listed(office, office.ada)
    assert "was not begun here" in shown(ada, back)
    assert listed(office, office.ada) == before


def test_a_return_into_another_session_connects_nothing(office, ada, cyd, google, email):
    """Nobody's account is slipped under another's, nor a code spent by whoever caught it."""
    back = allowed(begun(cyd), email)
    second = office.browser(office.cyd)
    eve = office.browser(office.eve)
    for browser in (ada, eve, second):
        assert "was not begun here" in shown(browser, back)
    for owner in (office.ada, office.cyd, office.eve):
        assert listed(office, owner) == ()
    assert "Connected." in shown(cyd, back)


def test_a_return_without_a_session_is_asked_to_sign_in_and_its_code_goes_nowhere(ada, email, site):
    back = allowed(begun(ada), email)
    answer = site.client().get(back)
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/login?next={RETURN}"


@pytest.fixture
def site(office):
    return office.site


@pytest.mark.parametrize("state", ["", "made-up", "x" * 9000, "\x00", "\u202e"])
def test_a_made_up_state_is_refused(office, ada, state):
    begun(ada)
    answer = ada.get(RETURN, query_string={"state": state, "code": "4/abc"})
    assert answer.headers["Location"] == PAGE
    assert "was not begun here" in text(ada.get(PAGE))
    assert listed(office, office.ada) == ()


def test_a_state_of_one_provider_is_no_others(ada, office, email):
    back = allowed(begun(ada), email)
    assert "was not begun here" in shown(ada, back.replace("/google", "/microsoft"))
    assert listed(office, office.ada) == ()


def test_who_says_no_is_told_that_nothing_was_connected(office, ada):
    state = query(begun(ada))["state"]
    said = shown(ada, f"{RETURN}?error=access_denied&state={state}")
    assert "did not give Google's permission" in said
    assert listed(office, office.ada) == ()


def test_what_a_provider_says_of_an_error_is_not_shown(ada):
    state = query(begun(ada))["state"]
    words = "<script>alert(1)</script>"
    answer = ada.get(
        RETURN, query_string={"error": words, "error_description": words, "state": state}
    )
    assert answer.headers["Location"] == PAGE
    page = ada.get(PAGE).text
    assert "did not complete the sign-in" in page
    assert "alert(1)" not in page


@pytest.mark.parametrize("code", ["", "4/made-up", "x" * 5000])
def test_a_made_up_code_is_refused_kindly(office, ada, code):
    state = query(begun(ada))["state"]
    answer = ada.get(RETURN, query_string={"state": state, "code": code})
    assert (answer.status_code, answer.headers["Location"]) == (302, PAGE)
    assert 'class="toast danger"' in ada.get(PAGE).text
    assert listed(office, office.ada) == ()


def test_a_return_after_ten_minutes_is_too_late(office, ada, email):
    back = allowed(begun(ada), email)
    office.pass_time(timedelta(minutes=11))
    assert "longer than ten minutes" in shown(ada, back)
    assert listed(office, office.ada) == ()


def test_signing_in_again_mends_the_connection(office, ada, google, email):
    shown(ada, allowed(begun(ada), email))
    google.signin.forget(email)
    office.pass_time(timedelta(minutes=10))
    office.local.tick("calendar-sync", "sync_calendars")
    page = text(ada.get(PAGE))
    assert "Google refuses: sign in again" in page
    assert "Sign in again</button>" in page
    assert "In step" in shown(ada, allowed(begun(ada), email))
    (mended,) = listed(office, office.ada)
    assert mended.state == "ok"


def test_leaving_gives_the_permission_back(office, ada, google, email):
    shown(ada, allowed(begun(ada), email))
    (found,) = listed(office, office.ada)
    ada.post(f"{PAGE}/{found.id}/disconnect")
    assert email in google.signin.revoked
    assert listed(office, office.ada) == ()
