"""The feed and webhooks by the API and on their page: who sees what, secrets shown once."""

import re
from uuid import uuid4

import pytest

from gateway.accounts.signing import SCOPES
from support.suite_web import suite

HOOK = "http://127.0.0.1:9/hook"
PAGE = "/settings/webhooks"


@pytest.fixture(scope="module")
def acme(postgres, tmp_path_factory):
    with suite(postgres, tmp_path_factory.mktemp("mails")) as made:
        made.site.app.config["WTF_CSRF_ENABLED"] = False
        yield Acme(made)


class Acme:
    """Ada owns it; Mia and Max are members with a booking each."""

    def __init__(self, made):
        self.suite, self.site = made, made.site
        self.ada = self.site.workspace("Acme", "ada")
        self.mia, self.max = (self.site.member(self.ada, name) for name in ("mia", "max"))
        made.hear()
        for host in (self.mia, self.max):
            made.link(host, f"{host.name.lower()}-call", notice=0)
            self.book(f"{host.name.lower()}-call")
        self.keys = {}

    def book(self, slug):
        path = f"/api/v1/links/{slug}"
        days = "from=2026-12-01&to=2026-12-20&tz=UTC"
        start = self.site.client().get(f"{path}/slots?{days}").json["slots"][0]["start"]
        attendee = {"name": "Sam", "email": f"sam@{slug}.test", "timezone": "UTC"}
        body = {"start": start, "attendee": attendee}
        headers = {"Idempotency-Key": slug}
        made = self.site.client().post(f"{path}/bookings", json=body, headers=headers)
        assert made.status_code == 201, made.text
        self.suite.hear()

    def ask(self, who, method, path, **more):
        if who.id not in self.keys:
            self.keys[who.id] = self.site.accounts.create_key(who, "k", SCOPES)[1]
        headers = {"Authorization": f"Bearer {self.keys[who.id]}"}
        return self.site.client().open(f"/api/v1{path}", method=method, headers=headers, **more)

    def events(self, who, query=""):
        return self.ask(who, "GET", f"/events{query}").json


def test_admins_read_the_whole_feed_members_what_they_took_part_in(acme):
    everything = acme.events(acme.ada)
    told = [one["type"] for one in everything["events"]]
    assert sorted(told) == ["booking.confirmed"] * 2 + ["contact.created"] * 2
    for who in (acme.mia, acme.max):
        seen = acme.events(who)["events"]
        hosts = {
            one["data"]["booking"]["hosts"][0]["id"] for one in seen if "booking" in one["data"]
        }
        assert (len(seen), hosts) == (2, {str(who.id)})


def test_the_feed_goes_on_after_its_cursor(acme):
    first = acme.events(acme.ada, "?limit=3")
    rest = acme.events(acme.ada, f"?after={first['cursor']}")
    assert (first["more"], rest["more"]) == (True, False)
    assert first["events"] + rest["events"] == acme.events(acme.ada)["events"]
    assert acme.events(acme.ada, f"?after={rest['cursor']}")["events"] == []
    wrong = acme.ask(acme.ada, "GET", "/events?after=x")
    assert (wrong.status_code, list(wrong.json["error"]["fields"])) == (422, ["after"])


def test_a_webhooks_secret_is_in_the_answer_that_makes_it_alone(acme):
    made = acme.ask(acme.ada, "POST", "/webhooks", json={"url": HOOK, "types": ["deal.created"]})
    secret = made.json["secret"]
    assert re.fullmatch(r"whsec_[\w-]{43}", secret)
    assert secret not in acme.ask(acme.ada, "GET", "/webhooks").text
    with acme.suite.local.surface("crm-bridge").db.begin() as tx:
        assert secret not in str(tx.exec_driver_sql("SELECT webhook::text FROM webhook").all())
    assert acme.ask(acme.mia, "GET", "/webhooks").status_code == 403
    path = f"/webhooks/{made.json['webhook']['id']}"
    assert acme.ask(acme.ada, "POST", f"{path}/replay", json={"after": ""}).json == {"count": 0}
    assert acme.ask(acme.ada, "POST", f"{path}/replay", json={}).status_code == 422
    assert acme.ask(acme.ada, "DELETE", path).status_code == 204
    assert acme.ask(acme.ada, "DELETE", path).status_code == 404


@pytest.mark.parametrize(
    "url",
    ["http://169.254.169.254/latest", "ftp://a.test/", "https://me:x@a.test/", "", "x" * 2001],
)
def test_an_address_that_may_not_be_asked_is_said_at_its_field(acme, url):
    by_api = acme.ask(acme.ada, "POST", "/webhooks", json={"url": url})
    assert (by_api.status_code, list(by_api.json["error"]["fields"])) == (422, ["url"])
    page = acme.site.signed_in(acme.ada).post(PAGE, data={"url": url})
    assert page.status_code == 422
    assert 'id="f-url-error"' in page.text or "aria-invalid" in page.text


def test_a_page_without_scripts_does_it_all(acme):
    browser = acme.site.signed_in(acme.ada)
    wish = {"url": HOOK, "types": ["booking.confirmed"], "webhook_id": str(uuid4())}
    made = browser.post(PAGE, data=wish)
    assert (made.status_code, made.headers["Cache-Control"]) == (200, "no-store")
    assert "whsec_" in made.text
    assert "whsec_" not in browser.get(PAGE).text
    assert browser.post(PAGE, data=wish).status_code == 409
    own = f"{PAGE}/{wish['webhook_id']}"
    assert browser.post(f"{own}/test").status_code == 302
    acme.suite.hear()
    log = browser.get(own).text
    assert "This server could not be reached." in log
    assert "A test event" in log
    event = acme.events(acme.ada)["events"][0]["id"]
    assert browser.post(f"{own}/replay/{event}").status_code == 302
    assert event in browser.get(own).text
    assert browser.post(f"{own}/delete").status_code == 302
    assert browser.get(own).status_code == 404
    audit = browser.get("/settings/workspace").text
    assert "made the webhook to 127.0.0.1:9" in audit
    assert "deleted the webhook to 127.0.0.1:9" in audit
    assert acme.site.signed_in(acme.mia).get(PAGE).status_code == 403
    assert PAGE not in acme.site.signed_in(acme.mia).get("/settings/profile").text
