"""A team with Google, Microsoft 365 and CalDAV: connected, booked, moved and left, in Chromium.

Ada signs in at a strict Google, Bea at a strict Microsoft, Cyd enters a password for Radicale; each
by the pages alone. The team is the demo's "Sales", whose hosts a visitor may pick. With
`--pictures`, those of the steps are left in `artifacts/calendars/`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

import pytest
import requests
from playwright.sync_api import Browser, BrowserContext, Page, expect

from support.diaries import Diary, InCalDav, InGoogle, InGraph
from support.outside import Outside
from support.radicale import Client, Radicale
from support.suites import EmbeddedSuite
from support.waiting import wait_for

PASSWORD = "demo-demo-demo"
SALES = "sales"
AT_ONCE = 5
"""Seconds in which a booking is in its host's calendar, or out of it."""
PAGE = "/settings/calendars"


@dataclass
class Host:
    """Somebody with a calendar, in a browser of their own."""

    name: str
    page: Page
    diary: Diary
    join: str
    id: str = ""


@dataclass
class Floor:
    """The suite, and everybody's browsers."""

    browser: Browser
    suite: EmbeddedSuite
    folder: Path | None
    contexts: list[BrowserContext] = field(default_factory=list)
    hosts: dict[str, Host] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return self.suite.url

    def visitor(self) -> Page:
        made = self.browser.new_context(
            viewport={"width": 1280, "height": 900},
            ignore_https_errors=True,
            reduced_motion="reduce",
        )
        self.contexts.append(made)
        return made.new_page()

    def signed_in(self, name: str) -> Page:
        page = self.visitor()
        page.goto(f"{self.url}/login?next={PAGE}")
        page.fill("[name=email]", f"{name}@acme.test")
        page.fill("[name=password]", PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"**{PAGE}")
        return page

    def picture(self, page: Page, name: str) -> None:
        if self.folder:
            page.screenshot(path=self.folder / f"{name}.png", full_page=True)

    def free(self, host: Host | None = None) -> list[datetime]:
        """The team's times three weeks ahead, or those of one of its hosts."""
        today = datetime.now(UTC).date()
        days = {"from": f"{today + timedelta(days=18)}", "to": f"{today + timedelta(days=28)}"}
        asked = days | {"tz": "UTC"} | ({"host": host.id} if host else {})
        answer = requests.get(f"{self.url}/api/v1/links/{SALES}/slots", params=asked, timeout=20)
        answer.raise_for_status()
        return [datetime.fromisoformat(slot["start"]) for slot in answer.json()["slots"]]

    def subjects(self, email: str) -> list[str]:
        return [mail["subject"].split(":")[0] for mail in self.suite.mails(email)]


@pytest.fixture(scope="module")
def floor(browser, embedded_suite, request, artifacts) -> Iterator[Floor]:
    folder = artifacts / "calendars" if request.config.getoption("--pictures") else None
    if folder:
        folder.mkdir(exist_ok=True)
    made = Floor(browser, embedded_suite, folder)
    try:
        _open(made, *(request.getfixturevalue(name) for name in ("outside", "radicale")))
        yield made
    finally:
        for host in made.hosts.values():
            _leave(made, host)
        for context in made.contexts:
            context.close()


def _open(floor: Floor, outside: Outside, radicale: Radicale) -> None:
    word, hosts = uuid4().hex[:6], floor.hosts
    google, microsoft = f"ada-{word}@g.test", f"bea-{word}@ms.test"
    mine = InGoogle(outside.google.account(google))
    hosts["ada"] = Host("Ada", floor.signed_in("ada"), mine, "https://meet.google.com/")
    expect(hosts["ada"].page.get_by_text("No calendar is connected")).to_be_visible()
    floor.picture(hosts["ada"].page, "1-empty")
    _sign_in(hosts["ada"].page, "Google Calendar", google)
    mine = InGraph(outside.graph.account(microsoft))
    hosts["bea"] = Host("Bea", floor.signed_in("bea"), mine, "https://teams.microsoft.com/")
    _sign_in(hosts["bea"].page, "Microsoft 365", microsoft)
    page = floor.signed_in("cyd")
    hosts["cyd"] = Host("Cyd", page, _enter(floor, page, radicale.user()), "")
    for host in hosts.values():
        floor.picture(host.page, f"2-connected-{host.name}")
    _find_ids(floor)


def _sign_in(page: Page, provider: str, account: str) -> None:
    """There and back."""
    page.get_by_role("button", name=f"Sign in to {provider}").click()
    page.get_by_role("link", name=f"Allow as {account}").click()
    page.wait_for_url(f"**{PAGE}")
    expect(page.get_by_text("Connected.")).to_be_visible()
    card = page.get_by_role("region", name=provider)
    expect(card).to_contain_text(account)
    expect(card).to_contain_text("In step, just now")


def _enter(floor: Floor, page: Page, client: Client) -> InCalDav:
    """A wrong password first: said at its field, the rest kept."""
    path = client.make_calendar("Work")
    page.get_by_role("link", name="Add: CalDAV").click()
    page.fill("[name=url]", client.url)
    page.fill("[name=account]", client.user)
    page.fill("[name=secret]", "wrong")
    page.get_by_role("button", name="Connect").click()
    expect(page.locator("[name=secret]")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("[name=secret]")).to_have_value("")
    expect(page.locator("[name=account]")).to_have_value(client.user)
    floor.picture(page, "1-wrong-password")
    page.fill("[name=secret]", client.password)
    page.get_by_role("button", name="Connect").click()
    page.wait_for_url(f"**{PAGE}")
    expect(page.get_by_text("In step, just now")).to_be_visible()
    return InCalDav(client.url + path, (client.user, client.password))


def _find_ids(floor: Floor) -> None:
    """As the team's page names them."""
    page = floor.visitor()
    page.goto(f"{floor.url}/team/{SALES}?link={SALES}")
    for host in floor.hosts.values():
        link = page.get_by_role("link", name=host.name).get_attribute("href")
        host.id = str(link).partition("host=")[2]


def _leave(floor: Floor, host: Host) -> None:
    page = host.page
    page.goto(floor.url + PAGE)
    page.get_by_role("link", name=re.compile("^Disconnect ")).click()
    page.get_by_role("button", name="Disconnect").click()
    expect(page.get_by_role("heading", name="No calendar is connected")).to_be_visible()


def test_a_time_is_offered_only_if_the_right_calendar_says_so(floor):
    hosts = list(floor.hosts.values())
    before = {host.name: floor.free(host) for host in hosts}
    taken = {name: times[6] for name, times in before.items()}
    for host in hosts:
        host.diary.put(taken[host.name])
    for host in hosts:
        was, gone = set(before[host.name]), {taken[host.name]}
        # What a visitor held before may be free by now; nothing else may be gone.
        wait_for(lambda h=host, w=was, g=gone: w - set(floor.free(h)) == g, f"{host.name}'s event")
    offered = {start for host in hosts for start in floor.free(host)}
    assert set(floor.free()) == offered
    ada = floor.hosts["ada"]
    for ticked in (False, True):
        _tick(floor, ada.page, ticked=ticked)
        wait_for(lambda t=ticked: (taken["Ada"] in floor.free(ada)) is not t, f"{ticked}")


def _tick(floor: Floor, page: Page, *, ticked: bool) -> None:
    """Whether the calendar is checked for busy times."""
    page.goto(floor.url + PAGE)
    card = page.get_by_role("region", name="Google Calendar")
    card.get_by_role("checkbox").set_checked(ticked)
    card.get_by_role("button", name="Save what is read").click()
    expect(page.get_by_text("Saved.")).to_be_visible()


def test_a_check_goes_the_whole_way_and_the_page_is_whole(floor, examiner):
    host = floor.hosts["ada"]
    kept = host.diary.events()
    host.page.goto(floor.url + PAGE)
    host.page.get_by_role("button", name="Check the connection").click()
    expect(host.page.get_by_text("Everything works")).to_be_visible()
    for step in ("listed", "read", "written", "read back", "deleted"):
        expect(host.page.get_by_text(f"{step} ", exact=False).first).to_be_visible()
    assert host.diary.events() == kept
    floor.picture(host.page, "3-checked")
    assert examiner.faults(host.page, "calendars-connected") == {}


def test_a_form_with_what_is_wrong_in_it_is_whole(floor, examiner):
    page = floor.hosts["bea"].page
    page.goto(f"{floor.url}{PAGE}/add/caldav")
    page.get_by_role("button", name="Connect").click()
    expect(page.get_by_text("Please check 3 fields")).to_be_visible()
    assert examiner.faults(page, "calendar-add-errors") == {}


@pytest.mark.parametrize("name", ["ada", "bea", "cyd"])
def test_a_booking_is_written_moved_and_deleted_in_its_hosts_calendar(floor, name):
    host, page, email = floor.hosts[name], floor.visitor(), f"zoe-{uuid4().hex[:8]}@x.test"
    kept = host.diary.events()
    first, second = floor.free(host)[9:14:4]
    _book(floor, page, host, first, email)
    wait_for(lambda: first in host.diary.events(), f"the event of {host.name}", AT_ONCE)
    join = host.diary.events()[first]
    assert join.startswith(host.join)
    assert bool(join) == bool(host.join)
    wait_for(lambda: floor.subjects(email) == ["Confirmed"], "the confirmation")
    assert join in floor.suite.mails(email)[0]["text"]

    page.goto(_link(floor, email, "reschedule", start=second))
    page.get_by_role("button", name="Move to ").click()
    expect(page.get_by_role("heading", name="Your meeting was moved")).to_be_visible()
    moved = kept | {second: join}
    wait_for(lambda: host.diary.events() == moved, f"the event of {host.name} moved", AT_ONCE)
    wait_for(lambda: floor.subjects(email) == ["Confirmed", "Moved"], "the move's mail")

    page.goto(_link(floor, email, "cancel"))
    page.get_by_role("button", name="Cancel meeting").click()
    expect(page.get_by_role("heading", name="This meeting is cancelled")).to_be_visible()
    wait_for(lambda: host.diary.events() == kept, f"the event of {host.name} gone", AT_ONCE)


def _book(floor: Floor, page: Page, host: Host, start: datetime, email: str) -> None:
    asked = {"host": host.id, "start": _stamp(start), "tz": "Asia/Tokyo"}
    page.goto(f"{floor.url}/book/{SALES}?{urlencode(asked)}")
    page.fill("[name='attendee.name']", "Zoë Stranger")
    page.fill("[name='attendee.email']", email)
    page.get_by_role("button", name="Book ").click()
    expect(page.get_by_role("heading", name=f"You are booked with {host.name}")).to_be_visible()


def _link(floor: Floor, email: str, action: str, **asked: datetime) -> str:
    """The newest mail's."""
    text = floor.suite.mails(email)[-1]["text"]
    found = re.search(rf"http\S+/book/{action}/[\w-]+", text)
    assert found, text
    return f"{found[0]}?{urlencode({name: _stamp(at) for name, at in asked.items()})}"


def _stamp(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def test_an_event_that_another_client_moves_moves_its_booking_and_the_attendee_is_told_once(floor):
    host, page, email = floor.hosts["cyd"], floor.visitor(), f"zoe-{uuid4().hex[:8]}@x.test"
    first, second = floor.free(host)[20:26:5]
    _book(floor, page, host, first, email)
    wait_for(lambda: first in host.diary.events(), "the event", AT_ONCE)
    wait_for(lambda: floor.subjects(email) == ["Confirmed"], "the confirmation")
    host.diary.move(first, second)
    wait_for(lambda: floor.subjects(email) == ["Confirmed", "Moved"], "the move's mail", 60)
    wait_for(lambda: first in floor.free(host), "the old time free again")
    assert second not in floor.free(host)
    host.page.goto(f"{floor.url}/calendar?q={email}")
    expect(host.page.locator("li.row", has_text="Zoë Stranger")).to_have_count(1)
    floor.picture(host.page, "3-moved")
    page.goto(_link(floor, email, "cancel"))
    page.get_by_role("button", name="Cancel meeting").click()
    wait_for(lambda: second not in host.diary.events(), "the event gone", AT_ONCE)
    told = ["Confirmed", "Moved", "Cancelled"]
    wait_for(lambda: floor.subjects(email) == told, "no mail but these")
