"""Forms with a session: CSRF tokens, cookies, sign-in, one-time links."""

import re

import pytest

from support.web import PASSWORD, filled, web


def csrf(client, path):
    """The token that the page's form carries."""
    return re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).text)[1]


def post(client, path, page=None, **form):
    return client.post(path, data=form | {"csrf_token": csrf(client, page or path)})


def sign_in(client, email="ada@acme.test", password=PASSWORD):
    return post(client, "/login", email=email, password=password)


def test_every_form_with_a_session_needs_its_token(site):
    client = site.signed_in(site.workspace())
    for rule in site.app.url_map.iter_rules():
        if "POST" not in rule.methods or rule.endpoint.partition(".")[0] in {
            "api",
            "assistant",  # by key, never by session: see test_access
            "booking_pages",
            "embed_pages",
            "hooks",
            "manage_pages",
            "approval_pages",
        }:
            continue
        for form in ({"x": "y"}, {"csrf_token": "made-up"}):
            assert client.post(filled(rule), data=form).status_code == 400, rule


def test_first_run_by_hand(site):
    client = site.client()
    assert client.get("/").headers["Location"] == "/setup"
    form = {"workspace": "Acme", "name": "Ada", "email": "ada@acme.test"}
    answer = post(client, "/setup", **form, timezone="Europe/London", password=PASSWORD)
    assert answer.headers["Location"] == "/calendar"
    assert site.rows("SELECT email, role FROM account") == [("ada@acme.test", "owner")]


def test_a_form_that_fails_keeps_what_was_typed(site):
    answer = post(
        site.client(), "/setup", workspace="Acme <b>", name="Ada", email="x", timezone="UTC"
    )
    assert answer.status_code == 422
    assert "Acme &lt;b&gt;" in answer.text
    assert "This is no e-mail address." in answer.text


WRONG = {"name": "", "email": "x", "timezone": "Mars/Base", "password": "short"}
"""What a form takes nothing of."""


def test_the_first_run_names_everything_that_is_wrong_at_once(site):
    answer = post(site.client(), "/setup", workspace=" ", **WRONG)
    assert (answer.status_code, said_at(answer)) == (422, {"workspace", *WRONG})
    assert site.rows("SELECT email FROM account") == []


def test_joining_names_everything_that_is_wrong_at_once(site):
    site.accounts.invite(site.workspace(), "Bea", "bea@acme.test")
    address = site.said[-1].sealed_url.removeprefix("sealed http://localhost")
    answer = post(site.client(), address, **WRONG)
    assert (answer.status_code, said_at(answer)) == (422, {"name", "timezone", "password"})


def said_at(answer):
    """The inputs at which a page says that something is wrong."""
    return set(re.findall(r'id="f-([\w-]+)-error"', answer.text))


def test_sign_in_and_out(site):
    owner = site.workspace()
    client = site.client()
    answer = sign_in(client)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/calendar")
    (kept,) = site.rows("SELECT account_id FROM session")
    assert kept == (owner.id,)
    with client.session_transaction() as session:
        token = session["token"]
    form_token = csrf_of(client)
    assert client.post("/logout", data={"csrf_token": form_token}).headers["Location"] == "/login"
    assert site.accounts.find_session(token) is None


def csrf_of(client):
    return csrf(client, "/login")


def test_sign_in_makes_a_new_session_and_ends_the_old_one(site):
    site.workspace()
    client = site.client()
    sign_in(client)
    with client.session_transaction() as session:
        first = dict(session)
    sign_in(client)
    with client.session_transaction() as session:
        assert session["token"] != first["token"]
    assert site.accounts.find_session(first["token"]) is None


def test_a_stolen_old_cookie_is_worth_nothing_after_sign_out(site):
    site.workspace()
    client = site.client()
    sign_in(client)
    cookie = client.get_cookie("session").value
    client.post("/logout", data={"csrf_token": csrf_of(client)})
    thief = site.client()
    thief.set_cookie("session", cookie)
    assert thief.get("/settings/profile").status_code in {302, 404}
    assert thief.get("/api/v1/links").status_code == 401


def test_wrong_password_and_unknown_address_look_the_same(site):
    site.workspace()
    known, unknown = (
        sign_in(site.client(), password="wrong-wrong"),
        sign_in(site.client(), "x@y.test"),
    )
    assert known.status_code == unknown.status_code == 422
    scrubbed = [
        re.sub(r'value="[^"]*"|content="[^"]*"', "", answer.text) for answer in (known, unknown)
    ]
    assert scrubbed[0] == scrubbed[1]


@pytest.mark.parametrize("email", ["ada@acme.test", "nobody@acme.test"])
def test_sign_in_attempts_are_limited_for_every_address(site, email):
    site.workspace()
    client = site.client()
    statuses = [sign_in(client, email, "wrong-wrong").status_code for _ in range(11)]
    assert statuses == [422] * 10 + [429]
    answer = sign_in(client, email, PASSWORD)
    assert (answer.status_code, int(answer.headers["Retry-After"]) > 0) == (429, True)


def test_the_right_password_starts_the_count_afresh(site):
    site.workspace()
    client = site.client()
    for _ in range(3):
        statuses = [sign_in(client, password="wrong-wrong").status_code for _ in range(5)]
        assert statuses == [422] * 5
        assert sign_in(client).status_code == 302


def test_strangers_addresses_are_limited_and_loopback_is_not(site):
    site.workspace()
    stranger = {"environ_base": {"REMOTE_ADDR": "203.0.113.9"}}
    client = site.client()
    token = csrf_of(client)
    statuses = [
        client.post(
            "/login",
            data={"csrf_token": token, "email": f"x{n}@y.test", "password": "x"},
            **stranger,
        ).status_code
        for n in range(31)
    ]
    assert statuses == [422] * 30 + [429]
    assert sign_in(client, "z@y.test").status_code == 422


def test_a_forwarded_address_is_not_believed_without_a_trusted_hop(site):
    site.workspace()
    client = site.client()
    token = csrf_of(client)
    for n in range(31):
        answer = client.post(
            "/login",
            data={"csrf_token": token, "email": f"x{n}@y.test", "password": "x"},
            headers={"X-Forwarded-For": f"198.51.100.{n}"},
            environ_base={"REMOTE_ADDR": "203.0.113.9"},
        )
    assert answer.status_code == 429


def test_reset_answers_alike_for_every_address(site):
    site.workspace()
    answers = [
        post(site.client(), "/reset", email=email) for email in ("ada@acme.test", "x@y.test")
    ]
    assert [(a.status_code, a.headers["Location"]) for a in answers] == [(302, "/login")] * 2


def test_looking_at_a_one_time_link_uses_nothing(site):
    owner = site.workspace()
    site.accounts.ask_reset(owner.email)
    path = site.said[-1].sealed_url.removeprefix("sealed http://localhost")
    client = site.client()
    for _ in range(3):
        assert client.get(path).status_code == 200
        assert client.head(path).status_code == 200
    assert post(client, path, password="another-password").headers["Location"] == "/calendar"
    assert site.client().get(path).status_code == 404


def test_an_invitation_is_accepted_by_its_page(site):
    owner = site.workspace()
    site.accounts.invite(owner, "Bea", "bea@acme.test")
    path = site.said[-1].sealed_url.removeprefix("sealed http://localhost")
    client = site.client()
    assert "bea@acme.test" in client.get(path).text
    form = {"name": "Bea B", "timezone": "America/New_York", "password": PASSWORD}
    assert post(client, path, **form, role="owner").headers["Location"] == "/calendar"
    assert site.rows("SELECT name, role FROM account WHERE email = 'bea@acme.test'") == [
        ("Bea B", "member")
    ]


def test_sign_in_goes_on_only_to_our_own_pages(site):
    site.workspace()
    for target, expected in (
        ("/settings/profile", "/settings/profile"),
        ("https://evil.test/", "/calendar"),
        ("//evil.test", "/calendar"),
        ("/\\evil.test", "/calendar"),
    ):
        client = site.client()
        answer = post(client, "/login", email="ada@acme.test", password=PASSWORD, next=target)
        assert answer.headers["Location"] == expected


def test_cookies_are_closed_to_scripts_and_other_sites(site):
    site.workspace()
    cookie = sign_in(site.client()).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_cookies_are_for_https_where_we_are(databases, monkeypatch):
    monkeypatch.setattr("support.web.URL", "https://meet.acme.test")
    with web(databases("gateway")) as site:
        site.workspace()
        client = site.client()
        answer = client.get("/login", base_url="https://meet.acme.test")
        assert "Secure" in answer.headers["Set-Cookie"]
        assert "max-age=" in answer.headers["Strict-Transport-Security"]
