"""What people typed is shown as what they typed: in pages, mails, calendars, logs and addresses."""

import io
import json
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import icalendar
import pytest

from calendar_sync.adapters.practice import WORLD
from calendar_sync.adapters.practice import Book as Calendar
from contracts.booking import Attendee, Book, Condition, Location, Question
from gateway.accounts import NewWorkspace
from support.markup import Reader
from support.web import PASSWORD

EVIL = "<img src=x onerror=alert(1)>\"'><script>alert(1)</script>{{7*7}}"
LINES = f"{EVIL}\n</textarea></title><!--]]>"
START = "2026-12-08T12:00:00Z"


class Stage:
    """A workspace in which every text that people can choose is hostile."""

    def __init__(self, roles):
        self.roles, self.site, self.local = roles, roles.site, roles.local
        self.ada = self.site.accounts.create_workspace(
            NewWorkspace(
                name=EVIL,
                timezone="UTC",
                owner_name=EVIL,
                owner_email="evil@evil.test",
                password=PASSWORD,
            )
        )
        roles.suite.hear()
        self.link = roles.suite.link(
            self.ada,
            "evil-call",
            title=EVIL,
            notice=0,
            description=LINES,
            confirmation_text=LINES,
            location=Location(kind="address", value=EVIL),
            creates_deal=True,
            questions=(
                Question(id="note", label=EVIL, help=EVIL, type="textarea"),
                Question(id="pick", label=EVIL, type="select", options=(EVIL, "b")),
                Question(
                    id="then", label=EVIL, shown_if=Condition(question="pick", values=(EVIL,))
                ),
                Question(id="site", label=EVIL, type="url"),
                Question(id="cv", label=EVIL, type="file", help=EVIL),
            ),
        )
        self.booked = self.book("2026-12-08T10:00:00Z")
        self.gone = self.book("2026-12-08T11:00:00Z")
        self.http = self.site.client()
        self.http.post(f"/api/v1/bookings/cancel/{self.gone.cancel_token}", json={"reason": LINES})
        self.browser = self.site.signed_in(self.ada)
        self.browser.post("/settings/api-keys", data={"name": EVIL, "scopes": "links:read"})
        self.hook = str(uuid4())
        hook = {"url": f"http://127.0.0.1:9/{EVIL}", "webhook_id": self.hook}
        self.browser.post("/settings/webhooks", data=hook)
        self.browser.post(
            "/settings/schedules/time-off",
            data={"kind": "days", "first_day": "2027-02-01", "reason": EVIL},
        )
        WORLD.desk(EVIL).books[EVIL] = Calendar(EVIL)
        self.browser.post("/settings/calendars/add/practice", data={"account": EVIL})
        roles.suite.hear()

    def book(self, start):
        asked = Book(
            slug="evil-call",
            idempotency_key=str(uuid4()),
            start=start,
            attendee=Attendee(name=EVIL, email="zoe@evil.test", timezone="UTC"),
            answers={"note": LINES, "pick": EVIL, "then": EVIL, "cv": self.upload()}
            | {"site": "https://evil.test/?a='onmouseover=alert(1)"},
        )
        booked = self.local.booking.book(asked)
        self.roles.suite.hear()
        return booked

    def upload(self):
        """A file whose name is hostile."""
        parts = {"question": "cv", "file": (io.BytesIO(b"Dear Mia"), f"{EVIL}.txt")}
        answer = self.roles.site.client().post("/api/v1/links/evil-call/uploads", data=parts)
        return answer.json["upload"]

    def deal(self):
        return self.browser.get("/crm/deals").text.partition("/crm/deals/")[2][:36]

    def contact(self):
        page = self.browser.get(f"/crm/deals/{self.deal()}").text
        return page.partition("/crm/contacts/")[2][:36]

    def mails(self):
        every = self.http.get("/dev/mail.json").json
        return [mail for mail in every if "evil.test" in mail["to"]]


@pytest.fixture(scope="module")
def stage(roles):
    return Stage(roles)


def clean(page):
    read = Reader(page)
    assert read.wrong == []
    return read.words


def test_the_reader_of_these_tests_sees_what_is_wrong():
    for page in (EVIL, "<a href=' JavaScript:x'>", "<p style='x'>", "<p onclick=x>", "<style>"):
        assert Reader(page).wrong


PUBLIC = {
    "link": lambda _s: "/book/evil-call",
    "form": lambda _s: f"/book/evil-call?start={START}",
    "reschedule": lambda s: f"/book/reschedule/{s.booked.reschedule_token}",
    "cancel": lambda s: f"/book/cancel/{s.booked.cancel_token}",
    "cancelled": lambda s: f"/book/cancel/{s.gone.cancel_token}",
}
OWN = {
    "calendar": lambda _s: "/calendar",
    "cancelled ones": lambda _s: "/calendar?tab=cancelled",
    "week": lambda _s: "/calendar?view=week&day=2026-12-08",
    "month": lambda _s: "/calendar?view=month&day=2026-12-08",
    "narrowed": lambda s: f"/calendar?link={s.link.id}&from=2026-12-01",
    "overview": lambda _s: "/calendar/overview?who=everyone",
    "search": lambda _s: "/calendar?q=%3Cimg+src%3Dx+onerror%3Dalert(1)%3E",
    "booking": lambda s: f"/calendar/{s.booked.booking.id}",
    "cancelled booking": lambda s: f"/calendar/{s.gone.booking.id}",
    "to cancel": lambda s: f"/calendar/{s.booked.booking.id}/cancel",
    "to move": lambda s: f"/calendar/{s.booked.booking.id}/reschedule",
    "links": lambda _s: "/settings/booking-links",
    "one link": lambda s: f"/settings/booking-links/{s.link.id}",
    "to delete": lambda s: f"/settings/booking-links/{s.link.id}/delete",
    "schedules": lambda _s: "/settings/schedules",
    "calendars": lambda _s: "/settings/calendars",
    "team": lambda _s: "/settings/team",
    "profile": lambda _s: "/settings/profile",
    "keys": lambda _s: "/settings/api-keys",
    "webhooks": lambda _s: "/settings/webhooks",
    "webhook": lambda s: f"/settings/webhooks/{s.hook}",
    "workspace": lambda _s: "/settings/workspace",
    "deals": lambda _s: "/crm/deals",
    "deal": lambda s: f"/crm/deals/{s.deal()}",
    "contact": lambda s: f"/crm/contacts/{s.contact()}",
}


@pytest.mark.parametrize("name", PUBLIC)
def test_public_pages_show_text_as_text(stage, name):
    answer = stage.http.get(PUBLIC[name](stage))
    assert answer.status_code == 200
    assert "<script>alert(1)</script>{{7*7}}" in clean(answer.text)


@pytest.mark.parametrize("name", OWN)
def test_pages_behind_the_sign_in_show_text_as_text(stage, name):
    answer = stage.browser.get(OWN[name](stage))
    assert answer.status_code == 200
    words = clean(answer.text)
    assert "<img src=x onerror=alert(1)>" in words + answer.text.replace("&lt;", "<").replace(
        "&gt;", ">"
    )


def test_a_form_that_comes_back_shows_text_as_text(stage):
    typed = {"start": START, "attendee.name": EVIL, "attendee.email": EVIL, "guests": EVIL}
    answer = stage.http.post("/book/evil-call", data=typed | {"answers.note": LINES, "tz": EVIL})
    assert answer.status_code == 422
    clean(answer.text)


def test_what_is_not_there_is_not_echoed(stage):
    for path in (f"/{EVIL}", f"/book/{EVIL}", f"/api/v1/links/{EVIL}", f"/login?next={EVIL}"):
        clean(stage.http.get(path).text)


# --- mails and calendars -----------------------------------------------------------------------


def test_mails_show_text_as_text(stage):
    sent = stage.mails()
    assert len(sent) >= 4
    for mail in sent:
        shown = stage.http.get(f"/dev/mail/{mail['name']}/html")
        assert "sandbox" in shown.headers["Content-Security-Policy"]
        wrong = Reader(shown.text).wrong
        assert [found for found in wrong if found[0] != "style" and "style" not in found[1]] == []
        assert "alert(1)" in Reader(shown.text).words


def test_no_header_of_a_mail_is_broken_out_of(stage):
    for mail in stage.mails():
        names = [name.lower() for name, _ in mail["headers"]]
        assert names.count("to") == names.count("subject") == 1
        assert "bcc" not in names
        assert all("\n" not in value and "\r" not in value for _, value in mail["headers"])


def invitations(stage):
    return [mail["calendar"] for mail in stage.mails() if mail["calendar"]]


def test_no_property_of_an_invitation_is_broken_out_of(stage):
    assert invitations(stage)
    for content in invitations(stage):
        (event,) = icalendar.Calendar.from_ical(content).walk("VEVENT")
        allowed = {"zoe@evil.test", "evil@evil.test"}
        invited = event["attendee"] if isinstance(event["attendee"], list) else [event["attendee"]]
        assert {str(who).removeprefix("mailto:") for who in invited} <= allowed
        assert EVIL[:20] in str(event["summary"])
        assert len([name for name in event if name in {"SUMMARY", "DESCRIPTION", "UID"}]) == 3


def test_the_file_for_calendars_holds_one_event(stage):
    answer = stage.http.post(
        "/book/evil-call",
        data={
            "start": "2026-12-08T14:00:00Z",
            "attendee.name": EVIL,
            "attendee.email": "zoe@evil.test",
            "tz": "UTC",
        },
    )
    path = answer.headers["Location"].partition("?")[0]
    clean(stage.http.get(path).text)
    file = stage.http.get(f"{path}.ics")
    (event,) = icalendar.Calendar.from_ical(file.data).walk("VEVENT")
    assert EVIL in str(event["summary"])
    assert file.headers["Content-Disposition"] == 'attachment; filename="meeting.ics"'
    assert file.headers["X-Content-Type-Options"] == "nosniff"


# --- links that are typed ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "data:text/html,x", "//evil.test", "/x", "https://a@b.test", "ftp://x"],
)
def test_no_link_leads_where_a_script_would_run(stage, address):
    for field, extra in (("redirect_url", {}), ("location_value", {"location_kind": "url"})):
        page = f"/settings/booking-links/{stage.link.id}"
        answer = stage.browser.post(page, data=extra | {field: address, "title": "x"})
        assert answer.status_code == 422
        clean(answer.text)


# --- addresses ---------------------------------------------------------------------------------

ELSEWHERE = (
    "https://evil.test/",
    "//evil.test",
    "///evil.test",
    "/\\evil.test",
    "\\\\evil.test",
    "/\t/evil.test",
    "/\n/evil.test",
    "javascript:alert(1)",
    "http:evil.test",
    "evil.test",
    " //evil.test",
    "\x00//evil.test",
)


@pytest.mark.parametrize("target", ELSEWHERE)
def test_sign_in_leads_to_our_own_pages_alone(stage, target):
    form = {"email": "evil@evil.test", "password": PASSWORD, "next": target}
    assert stage.site.client().post("/login", data=form).headers["Location"] == "/calendar"
    shown = stage.http.get("/login", query_string={"next": target}).text
    assert "evil.test" not in shown.replace("evil@evil.test", "")


def test_the_host_header_is_believed_nowhere(stage):
    headers = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    asked = {
        "start": "2026-12-08T15:00:00Z",
        "attendee": {"name": "Zoë", "email": "zoe@evil.test", "timezone": "UTC"},
    }
    made = stage.http.post(
        "/api/v1/links/evil-call/bookings",
        json=asked,
        headers=headers | {"Idempotency-Key": str(uuid4())},
    )
    assert made.status_code == 201, made.text
    for name in ("reschedule_url", "cancel_url"):
        assert made.json[name].startswith("http://localhost/book/")
    stage.site.said.clear()
    stage.http.post("/reset", data={"email": "evil@evil.test"}, headers=headers)
    assert stage.site.said[-1].sealed_url.startswith("sealed http://localhost/reset/")
    for path in ("/book/evil-call", "/login", "/settings/booking-links", "/settings/profile"):
        answer = stage.browser.get(path, headers=headers)
        assert "evil.example" not in answer.text + str(answer.headers)


def test_json_in_pages_ends_no_script(stage):
    """The pages have no script with words in it; what they hand to scripts stands in attributes."""
    for path in (*(make(stage) for make in PUBLIC.values()), "/api/docs"):
        assert Reader(stage.http.get(path).text).wrong == []


# --- logs --------------------------------------------------------------------------------------

LOGGING = """
import sys
from types import SimpleNamespace
sys.path.insert(0, "tests")
from gateway import logs
logs.configure()
from support.web import Hands, Web
app = Web(SimpleNamespace(engine=None), Hands(), []).app
def explode():
    raise RuntimeError('boom\\n{"event": "forged"}')
app.view_functions["api.openapi"] = explode
client = app.test_client()
forged = 'x%0A{"event":"forged"}'
client.get("/nope/" + forged)
client.get("/book/" + forged + "?" + forged)
client.get("/healthz", headers={"X-Request-ID": 'x"}{"event":"forged"}'})
client.get("/api/v1/openapi.json", headers={"User-Agent": '"}{"event":"forged"}'})
"""


def test_each_line_of_the_log_is_one_of_ours():
    root = Path(__file__).resolve().parents[2]
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", LOGGING],
        capture_output=True,
        text=True,
        cwd=root,
        check=True,
    )
    lines = [json.loads(line) for line in ran.stdout.splitlines()]
    assert {line["event"] for line in lines} == {"request", "unexpected_error"}
