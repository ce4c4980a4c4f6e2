"""Sessions end when they should, and no answer tells which addresses exist."""

import re

import pytest

from gateway.accounts.signing import SCOPES
from support.web import PASSWORD

PROFILE = "/settings/profile"


@pytest.fixture
def site(site):
    site.app.config["WTF_CSRF_ENABLED"] = False
    return site


@pytest.fixture
def ada(site):
    return site.workspace()


def in_(browser):
    return browser.get("/settings/team").status_code == 200


def reset(site, browser, email, password):
    site.accounts.ask_reset(email)
    path = site.said[-1].sealed_url.removeprefix("sealed http://localhost")
    assert browser.post(path, data={"password": password}).status_code == 302


def test_signing_out_everywhere_leaves_this_session_alone(site, ada):
    here, there = site.signed_in(ada), site.signed_in(ada)
    assert here.post(f"{PROFILE}/sessions").status_code == 302
    assert (in_(here), in_(there)) == (True, False)


def test_another_password_ends_every_other_session(site, ada):
    here, there = site.signed_in(ada), site.signed_in(ada)
    form = {"current": PASSWORD, "password": "another-password"}
    assert here.post(f"{PROFILE}/password", data=form).status_code == 302
    assert (in_(here), in_(there)) == (True, False)


def test_a_reset_password_ends_every_session(site, ada):
    thief, owner = site.signed_in(ada), site.client()
    reset(site, owner, ada.email, "another-password")
    assert (in_(owner), in_(thief)) == (True, False)


def test_who_leaves_is_out_at_once_and_so_are_their_keys(site, ada):
    bea = site.member(ada, "bea")
    browser = site.signed_in(bea)
    key = {"Authorization": f"Bearer {site.accounts.create_key(bea, 'x', SCOPES)[1]}"}
    assert in_(browser)
    assert site.client().get("/api/v1/links", headers=key).status_code == 503
    site.accounts.deactivate(ada, bea.id)
    assert not in_(browser)
    assert site.client().get("/api/v1/links", headers=key).status_code == 401


def test_a_role_that_is_taken_away_is_gone_in_open_sessions(site, ada):
    abe = site.member(ada, "abe", "admin")
    browser = site.signed_in(abe)
    form = {"name": "Ivo", "email": "ivo@acme.test"}
    assert browser.post("/settings/team/invite", data=form).status_code == 302
    site.accounts.change_role(ada, abe.id, "member")
    assert browser.post("/settings/team/invite", data=form).status_code == 403


def test_a_session_given_by_a_stranger_is_not_signed_in_by_its_owner(site, ada):
    """Session fixation: the cookie that was there before the sign-in is worth nothing after it."""
    browser = site.client()
    browser.get("/login")
    planted = browser.get_cookie("session")
    browser.post("/login", data={"email": ada.email, "password": PASSWORD})
    assert in_(browser)
    thief = site.client()
    if planted is not None:
        thief.set_cookie("session", planted.value)
    assert not in_(thief)


def test_a_made_up_cookie_is_nobodys(site, ada):
    for value in ("x", "eyJ0b2tlbiI6IngifQ.x.x", "." * 300):
        browser = site.client()
        browser.set_cookie("session", value)
        assert not in_(browser)
        assert browser.get("/login").status_code == 200


def scrubbed(answer):
    return answer.status_code, re.sub(r'(value|content)="[^"]*"', "", answer.text)


def test_sign_in_says_the_same_of_everybody(site, ada):
    """Wrong password, unknown, invited and deactivated: one answer."""
    gone = site.member(ada, "gone")
    site.accounts.deactivate(ada, gone.id)
    site.accounts.invite(ada, "Ivo", "ivo@acme.test")
    tries = [
        (ada.email, "wrong-wrong"),
        ("nobody@acme.test", PASSWORD),
        (gone.email, PASSWORD),
        ("ivo@acme.test", PASSWORD),
        ("no address", PASSWORD),
        (f"{'x' * 5000}@acme.test", PASSWORD),
        ("a\x00@b.test", "\x00"),
    ]
    answers = {
        scrubbed(site.client().post("/login", data={"email": email, "password": password}))
        for email, password in tries
    }
    assert len(answers) == 1
    assert answers.pop()[0] == 422


def test_a_reset_is_answered_and_limited_alike_for_everybody(site, ada):
    gone = site.member(ada, "gone")
    site.accounts.deactivate(ada, gone.id)
    told = []
    for email in (ada.email, "nobody@acme.test", gone.email, "no address"):
        browser = site.client()
        asked = [browser.post("/reset", data={"email": email}) for _ in range(4)]
        told.append([(a.status_code, a.headers.get("Location")) for a in asked])
    assert told == [[(302, "/login")] * 3 + [(429, None)]] * 4
    mailed = [event.email for event in site.said if type(event).__name__ == "PasswordResetAsked"]
    assert mailed == [ada.email] * 3


def test_only_the_newest_reset_link_works_and_once(site, ada):
    site.accounts.ask_reset(ada.email)
    older = site.said[-1].sealed_url.removeprefix("sealed http://localhost")
    reset(site, site.client(), ada.email, "another-password")
    newest = site.said[-1].sealed_url.removeprefix("sealed http://localhost")
    for path in (older, newest):
        assert site.client().post(path, data={"password": "third-password"}).status_code == 404


def test_passwords_are_argon2id(site, ada):
    ((kept,),) = site.rows("SELECT password_hash FROM account")
    assert kept.startswith("$argon2id$")
