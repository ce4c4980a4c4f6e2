"""The page of API keys: a key is shown once, listed without its secret, and dies at once."""

import re
from uuid import uuid4

import pytest

from gateway.accounts.signing import SCOPES

PAGE = "/settings/api-keys"
WISH = {"name": "Reports", "scopes": ["links:read", "bookings:read"]}


@pytest.fixture
def site(site):
    site.app.config["WTF_CSRF_ENABLED"] = False
    return site


@pytest.fixture
def ada(site):
    return site.workspace()


def secret_in(answer):
    return re.search(r"wk_[A-Za-z0-9_-]{43}", answer.text)


def ask(site, secret, path="/api/v1/deals"):
    return site.client().get(path, headers={"Authorization": f"Bearer {secret}"}).status_code


def test_a_key_is_shown_once_and_works_within_its_scopes(site, ada):
    browser = site.signed_in(ada)
    made = browser.post(PAGE, data=WISH)
    assert (made.status_code, made.headers["Cache-Control"]) == (200, "no-store")
    secret = secret_in(made)[0]
    listed = browser.get(PAGE)
    assert "Reports" in listed.text
    assert "never used" in listed.text
    assert secret_in(listed) is None
    assert ask(site, secret, "/api/v1/deals") == 403
    assert ask(site, secret, "/api/v1/links") == 503  # past the door: the services are away
    assert "last used just now" in browser.get(PAGE).text


def test_the_same_form_sent_again_makes_no_second_key(site, ada):
    browser, wish = site.signed_in(ada), WISH | {"key_id": str(uuid4())}
    assert browser.post(PAGE, data=wish).status_code == 200
    again = browser.post(PAGE, data=wish)
    assert again.status_code == 409
    assert secret_in(again) is None
    assert len(site.accounts.keys(ada)) == 1


def test_a_revoked_key_is_refused_at_once(site, ada):
    browser = site.signed_in(ada)
    secret = secret_in(browser.post(PAGE, data=WISH))[0]
    (key,) = site.accounts.keys(ada)
    assert ask(site, secret, "/api/v1/links") == 503
    assert "Revoke “Reports”?" in browser.get(f"{PAGE}/{key.id}/revoke").text
    assert site.accounts.keys(ada)[0].id == key.id
    assert browser.post(f"{PAGE}/{key.id}/revoke").status_code == 302
    assert ask(site, secret, "/api/v1/links") == 401
    assert browser.post(f"{PAGE}/{key.id}/revoke").status_code == 404


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"name": "", "scopes": ["links:read"]}, "A name is needed."),
        ({"name": "x" * 201, "scopes": ["links:read"]}, "At most 200 characters"),
        ({"name": "a\u2029b", "scopes": ["links:read"]}, "ordinary characters"),
        ({"name": "Reports"}, "Choose what the key may do."),
        ({"name": "Reports", "scopes": ["everything", "admin"]}, "Choose what the key may do."),
        ({"name": "Reports", "scopes": ["links:read"], "key_id": "x"}, "Choose one of the list."),
    ],
)
def test_a_wrong_wish_is_said_and_makes_nothing(site, ada, wish, words):
    refused = site.signed_in(ada).post(PAGE, data=wish)
    assert refused.status_code == 422
    assert words in refused.text
    assert site.accounts.keys(ada) == ()


def test_members_see_and_revoke_their_own_keys_alone(site, ada):
    bea = site.member(ada, "bea")
    key, _ = site.accounts.create_key(ada, "of the owner", SCOPES)
    browser = site.signed_in(bea)
    assert "of the owner" not in browser.get(PAGE).text
    for who in (bea, site.workspace("Other", "eve")):
        assert site.signed_in(who).get(f"{PAGE}/{key.id}/revoke").status_code == 404
        assert site.signed_in(who).post(f"{PAGE}/{key.id}/revoke").status_code == 404
    assert len(site.accounts.keys(ada)) == 1


def test_an_admin_sees_whose_key_it_is(site, ada):
    site.accounts.create_key(site.member(ada, "bea"), "of bea", ("links:read",))
    page = site.signed_in(ada).get(PAGE).text
    assert "of bea" in page
    assert "Bea" in page


def test_a_name_is_shown_as_text(site, ada):
    browser = site.signed_in(ada)
    made = browser.post(PAGE, data=WISH | {"name": "<script>alert(1)</script>"})
    for page in (made.text, browser.get(PAGE).text):
        assert "<script>alert(1)" not in page
        assert "&lt;script&gt;alert(1)" in page


def test_nobody_makes_a_key_for_another(site, ada):
    bea = site.member(ada, "bea")
    wish = WISH | {"account_id": str(ada.id), "workspace_id": str(uuid4()), "role": "owner"}
    secret = secret_in(site.signed_in(bea).post(PAGE, data=wish))[0]
    holder = site.accounts.find_key(secret)
    assert (holder.account.id, holder.account.role) == (bea.id, "member")
