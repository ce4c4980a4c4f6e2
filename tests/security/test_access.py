"""Every route for everyone: from the URL map itself, so that a new route is denied or listed."""

import pytest

from gateway import security
from gateway.accounts.signing import SCOPES
from support.web import filled, web

MUTATING = {"POST", "PUT", "PATCH", "DELETE"}
OPEN = {
    "static",
    "health.healthz",
    "health.readyz",
    "health.metrics",
    "auth.home",
    "auth.setup",
    "auth.login",
    "auth.ask_reset",
    "auth.reset",
    "auth.accept",
    "calendar.feed_file",  # by the secret in its address
    "api.link",
    "api.slots",
    "api.place_hold",
    "api.renew_hold",
    "api.release_hold",
    "api.book",
    "api.upload",
    "api.reschedule_by_token",
    "api.cancel_by_token",
    "api.openapi",
    "api.docs",
}
"""What anybody may ask; the pages below come on top."""
PAGES = {"booking_pages", "manage_pages", "approval_pages", "embed_pages", "hooks"}
"""Attendees' pages, those behind the tokens of mails, and what providers of calendars call."""


def rules(site):
    return [rule for rule in site.app.url_map.iter_rules() if rule.endpoint != "static"]


def is_keyed(rule):
    """Whether it is for programs, which show an API key."""
    return rule.endpoint.partition(".")[0] in security.BY_KEY


def ask(client, method, path, **more):
    return client.open(path, method=method, **more)


@pytest.fixture
def site(databases):
    with web(databases("gateway")) as made:
        made.app.config["WTF_CSRF_ENABLED"] = False
        yield made


def test_only_listed_endpoints_are_open(site):
    found = {rule.endpoint for rule in site.app.url_map.iter_rules()}
    pages = {e for e in found if e.partition(".")[0] in PAGES}
    assert {e for e in found if security.is_public(e)} == OPEN | pages


def test_anonymous_visitors_reach_nothing_else(site):
    site.workspace()
    client = site.client()
    for rule in rules(site):
        if security.is_public(rule.endpoint):
            continue
        for method in rule.methods - {"OPTIONS", "HEAD"}:
            answer = ask(client, method, filled(rule))
            if is_keyed(rule):
                assert answer.status_code == 401, (method, rule)
            elif method == "GET":
                assert answer.status_code == 302, (method, rule)
                assert answer.headers["Location"].startswith("/login?next="), rule
            else:
                assert answer.status_code == 401, (method, rule)


def test_a_session_opens_no_door_of_the_host_api(site):
    client = site.signed_in(site.workspace())
    for rule in rules(site):
        if is_keyed(rule) and not security.is_public(rule.endpoint):
            for method in rule.methods - {"OPTIONS", "HEAD"}:
                assert ask(client, method, filled(rule)).status_code == 401, (method, rule)


def test_a_key_opens_no_page(site):
    owner = site.workspace()
    _, secret = site.accounts.create_key(owner, "all", SCOPES)
    client, headers = site.client(), {"Authorization": f"Bearer {secret}"}
    for rule in rules(site):
        if is_keyed(rule) or security.is_public(rule.endpoint):
            continue
        for method in rule.methods - {"OPTIONS", "HEAD"}:
            answer = ask(client, method, filled(rule), headers=headers)
            assert answer.status_code in {302, 401}, (method, rule)


def test_a_key_needs_the_scope_that_the_route_names(site):
    owner = site.workspace()
    for rule in rules(site):
        if not rule.endpoint.startswith("api.") or security.is_public(rule.endpoint):
            continue
        needed = site.app.view_functions[rule.endpoint].__scope__
        others = tuple(scope for scope in SCOPES if scope != needed)
        _, secret = site.accounts.create_key(owner, "others", others)
        headers = {"Authorization": f"Bearer {secret}"}
        for method in rule.methods - {"OPTIONS", "HEAD"}:
            answer = ask(site.client(), method, filled(rule), headers=headers)
            assert answer.status_code == 403, (method, rule)
            assert needed in answer.json["error"]["message"]


def test_revoked_and_made_up_keys_are_refused(site):
    owner = site.workspace()
    key, secret = site.accounts.create_key(owner, "x", ("links:read",))
    site.accounts.revoke_key(owner, key.id)
    for value in (
        f"Bearer {secret}",
        "Bearer wk_x",
        "Bearer",
        "",
        "Basic x",
        f"bearer {'x' * 9000}",
    ):
        answer = site.client().get("/api/v1/links", headers={"Authorization": value})
        assert answer.status_code == 401, value
        assert answer.json["error"]["code"] == "unauthorized"


def test_members_are_refused_what_needs_a_role(site):
    owner = site.workspace()
    bea = site.signed_in(site.member(owner, "bea"))
    seen = 0
    for rule in rules(site):
        if getattr(site.app.view_functions[rule.endpoint], "__least__", None) in {"admin", "owner"}:
            for method in rule.methods - {"OPTIONS", "HEAD"}:
                seen += 1
                assert ask(bea, method, filled(rule)).status_code == 403, (method, rule)
    assert seen > 0


def test_no_route_that_acts_listens_to_get(site):
    """A GET shows; what acts is a rule of its own, or the POST of a page that GET shows."""
    for rule in rules(site):
        if rule.methods & MUTATING and "GET" in rule.methods:
            assert not rule.endpoint.startswith("api."), rule


def test_get_and_head_never_change_a_row(site):
    owner = site.workspace()
    client = site.signed_in(owner)
    before = snapshot(site)
    for rule in rules(site):
        for method in ("GET", "HEAD"):
            ask(client, method, filled(rule)).close()
    assert snapshot(site) == before


def snapshot(site):
    tables = ("workspace", "account", "session", "one_time_token", "api_key", "audit")
    return [site.rows(f"SELECT * FROM {table} ORDER BY 1") for table in tables]


def test_trace_and_made_up_methods_are_refused(site):
    for method in ("TRACE", "CONNECT", "BREW"):
        assert ask(site.client(), method, "/login").status_code == 405


def test_dev_pages_exist_only_embedded(site):
    for path in ("/dev/mail", "/dev/ui", "/dev/mail.json"):
        assert site.client().get(path).status_code == 404
    assert site.client().post("/dev/clock", json={"offset_seconds": 1}).status_code == 404


def test_setup_closes_with_the_first_workspace(site):
    assert site.client().get("/setup").status_code == 200
    site.workspace()
    assert site.client().get("/setup").headers["Location"] == "/login"
    form = {"workspace": "X", "name": "X", "email": "x@x.test", "timezone": "UTC"}
    answer = site.client().post("/setup", data=form | {"password": "demo-demo-demo"})
    assert answer.headers["Location"] == "/login"
    assert site.rows("SELECT count(*) FROM workspace") == [(1,)]


def test_what_a_provider_sends_back_goes_into_no_other_address(site):
    site.workspace()
    for path in ("/settings/calendars/callback/google", "/settings/crm/callback/hubspot"):
        answer = site.client().get(f"{path}?code=secret&state=secret")
        assert answer.headers["Location"] == f"/login?next={path}"
