"""The main job as people do it, in Chromium: a host on a desktop, a stranger on a phone.

Pictures of each step are left in `artifacts/walk/`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import requests
from playwright.sync_api import Browser, BrowserContext, Page, expect

from support.days import roomy_month
from support.waiting import wait_for

PASSWORD = "demo-demo-demo"
PHONE = {
    "viewport": {"width": 360, "height": 800},
    "timezone_id": "Asia/Tokyo",
    "locale": "en-GB",
    "has_touch": True,
    "is_mobile": True,
}


@dataclass
class Walk:
    """One run through everything: its browser, its suite, where its pictures go."""

    browser: Browser
    suite: object
    folder: Path
    email: str = field(default_factory=lambda: f"zoe-{uuid4().hex[:8]}@x.test")
    title: str = field(default_factory=lambda: f"Talk {uuid4().hex[:6]}")
    contexts: list[BrowserContext] = field(default_factory=list)
    steps: int = 0

    @property
    def url(self) -> str:
        return self.suite.url

    @property
    def slug(self) -> str:
        return self.title.lower().replace(" ", "-")

    def visitor(self, **options: object) -> Page:
        context = self.browser.new_context(**options)
        self.contexts.append(context)
        return context.new_page()

    def picture(self, page: Page, name: str) -> None:
        self.steps += 1
        page.screenshot(path=self.folder / f"{self.steps:02}-{name}.png", full_page=True)

    def subjects(self, address: str = "") -> list[str]:
        mails = self.suite.mails(address or self.email)
        return [mail["subject"].split(":")[0] for mail in mails]

    def await_mails(self, *subjects: str) -> None:
        wait_for(lambda: self.subjects() == list(subjects), f"mails: {subjects}")


@pytest.fixture
def walk(browser: Browser, suite, artifacts: Path) -> Iterator[Walk]:
    folder = artifacts / "walk" / suite.kind
    folder.mkdir(parents=True, exist_ok=True)
    made = Walk(browser, suite, folder)
    yield made
    for context in made.contexts:
        context.close()


def _signed_in(walk: Walk) -> Page:
    """Ada; where the suite is empty, she makes the workspace first."""
    host = walk.visitor(viewport={"width": 1280, "height": 900}, timezone_id="Europe/London")
    host.goto(walk.url)
    if host.url.endswith("/setup"):
        expect(host.locator("[name=timezone]")).to_have_value("Europe/London")
        walk.picture(host, "set-up")
        host.fill("[name=workspace]", "Acme")
        host.fill("[name=name]", "Ada")
        host.fill("[name=email]", "ada@acme.test")
        host.fill("[name=password]", PASSWORD)
        host.get_by_role("button", name="Create the workspace").click()
    else:
        host.fill("[name=email]", "ada@acme.test")
        host.fill("[name=password]", PASSWORD)
        walk.picture(host, "sign-in")
        host.get_by_role("button", name="Sign in").click()
    host.wait_for_url("**/calendar")
    return host


def _link_made(walk: Walk, host: Page) -> None:
    host.goto(f"{walk.url}/settings/booking-links/new")
    host.fill("[name=title]", walk.title)
    walk.picture(host, "new-link")
    host.get_by_role("button", name="Make the link").click()
    host.wait_for_url(re.compile(r"booking-links/[0-9a-f-]{36}"))
    walk.picture(host, "link")
    page = f"{walk.url}/book/{walk.slug}"
    wait_for(lambda: requests.get(page, timeout=10).ok, "the link's page")
    days = {"from": datetime.now(UTC).date(), "to": _in_days(20), "tz": "UTC"}
    slots = f"{walk.url}/api/v1/links/{walk.slug}/slots"
    wait_for(lambda: requests.get(slots, params=days, timeout=10).json().get("slots"), "slots")


def _in_days(days: int) -> object:
    return datetime.now(UTC).date() + timedelta(days=days)


def _later_day(page: Page) -> None:
    """Two days after the first: far enough ahead that nothing runs out during the test."""
    page.locator("a[data-day]").nth(2).click()
    expect(page.locator("a[data-day]").nth(2)).to_have_attribute("aria-current", "true")


def _booked(walk: Walk, page: Page) -> None:
    page.goto(f"{walk.url}/book/{walk.slug}?month={roomy_month()}")
    expect(page.get_by_text("Times in Tokyo (UTC+9)")).to_be_visible()
    _later_day(page)
    walk.picture(page, "times")
    page.locator("a.slot[data-start]").first.tap()
    walk.picture(page, "time-chosen")
    page.locator("[data-continue]").tap()
    page.fill("[name='attendee.name']", "Zoë Stranger")
    page.fill("[name='attendee.email']", walk.email)
    page.fill("textarea >> nth=0", "We come from a spreadsheet.")
    walk.picture(page, "form")
    page.get_by_role("button", name="Book ").tap()
    expect(page.get_by_role("heading", name="You are booked with Ada")).to_be_visible()
    walk.picture(page, "done")


def _newest_link(walk: Walk, action: str) -> str:
    text = walk.suite.mails(walk.email)[-1]["text"]
    found = re.search(rf"http\S+/book/{action}/[\w-]+", text)
    assert found, text
    return found[0]


def _mails_read(walk: Walk, page: Page) -> None:
    """Both mails as people see them, at /dev/mail, which only an embedded suite has."""
    for address, words in ((walk.email, "Change the time"), ("ada@acme.test", "spreadsheet")):
        page.goto(f"{walk.url}/dev/mail")
        entry = page.locator("li", has_text=address).filter(has_text=walk.title).first
        entry.get_by_role("link").click()
        expect(page.frame_locator("iframe").locator("body")).to_contain_text(words)
        walk.picture(page, f"mail-{address.partition('@')[2]}")


def _moved(walk: Walk, page: Page) -> None:
    page.goto(f"{_newest_link(walk, 'reschedule')}?month={roomy_month()}")
    expect(page.get_by_role("heading", name="Pick another time")).to_be_visible()
    page.locator("a[data-day]").nth(3).tap()
    expect(page.locator("a[data-day]").nth(3)).to_have_attribute("aria-current", "true")
    page.locator("a.slot[data-start]").nth(1).tap()
    page.locator("[data-continue]").tap()
    walk.picture(page, "reschedule")
    page.get_by_role("button", name="Move to ").tap()
    expect(page.get_by_role("heading", name="Your meeting was moved")).to_be_visible()
    walk.picture(page, "moved")


def _cancelled(walk: Walk, page: Page) -> None:
    page.goto(_newest_link(walk, "cancel"))
    page.fill("[name=reason]", "Something came up at home.")
    walk.picture(page, "cancel")
    page.get_by_role("button", name="Cancel meeting").tap()
    expect(page.get_by_role("heading", name="This meeting is cancelled")).to_be_visible()
    walk.picture(page, "cancelled")


def test_a_link_is_made_booked_moved_and_cancelled(walk):
    host = _signed_in(walk)
    _link_made(walk, host)
    stranger = walk.visitor(**PHONE)
    _booked(walk, stranger)
    walk.await_mails("Confirmed")
    wait_for(lambda: len(_hosts_mails(walk)) == 1, "the host's mail")
    assert walk.title in _hosts_mails(walk)[0]["subject"]
    if walk.suite.kind == "embedded":
        _mails_read(walk, stranger)
    first = _newest_link(walk, "reschedule")

    _moved(walk, stranger)
    walk.await_mails("Confirmed", "Moved")
    stranger.goto(first)
    expect(stranger.get_by_role("heading", name="This meeting was moved")).to_be_visible()

    _cancelled(walk, stranger)
    walk.await_mails("Confirmed", "Moved", "Cancelled")
    wait_for(lambda: len(_hosts_mails(walk)) == 3, "the host's three mails")
    host.goto(f"{walk.url}/calendar?tab=cancelled&q={walk.email}")
    row = host.locator("li.row", has_text="Zoë Stranger")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("Something came up at home.")
    walk.picture(host, "cancelled-tab")


def _hosts_mails(walk: Walk) -> list[dict[str, str]]:
    return [mail for mail in walk.suite.mails("ada@acme.test") if walk.title in mail["subject"]]


@pytest.mark.parametrize("suite", ["embedded"], indirect=True)
def test_a_reminder_comes_once_however_far_the_clock_is_moved(walk):
    """A day ahead of the meeting by the demo's clock, and again an hour later."""
    stranger = walk.visitor(**PHONE)
    stranger.goto(f"{walk.url}/book/ada?month={roomy_month()}")
    _later_day(stranger)  # the first may be tomorrow
    slot = stranger.locator("a.slot[data-start]").first
    start = datetime.fromisoformat(slot.get_attribute("data-start"))
    slot.tap()
    stranger.locator("[data-continue]").tap()
    stranger.fill("[name='attendee.name']", "Zoë Stranger")
    stranger.fill("[name='attendee.email']", walk.email)
    stranger.get_by_role("button", name="Book ").tap()
    expect(stranger.get_by_role("heading", name="You are booked with Ada")).to_be_visible()
    walk.await_mails("Confirmed")
    ahead = (start - timedelta(hours=23) - datetime.now(UTC)).total_seconds()
    other = f"eve-{uuid4().hex[:8]}@x.test"
    try:
        walk.suite.move_clock(ahead)
        walk.await_mails("Confirmed", "Reminder")
        walk.suite.move_clock(ahead + 3600)
        # A mail asked for later has come: whatever was due before it has been sent by then.
        _book_by_api(walk, other)
        wait_for(lambda: walk.subjects(other) == ["Confirmed"], "a later mail")
        assert walk.subjects() == ["Confirmed", "Reminder"]
    finally:
        walk.suite.move_clock(0)


def _book_by_api(walk: Walk, email: str) -> None:
    days = {"from": _in_days(14), "to": _in_days(60), "tz": "UTC"}
    slots = f"{walk.url}/api/v1/links/ada/slots"
    start = requests.get(slots, params=days, timeout=20).json()["slots"][-1]["start"]
    attendee = {"name": "Eve", "email": email, "timezone": "Asia/Tokyo"}
    answer = requests.post(
        f"{walk.url}/api/v1/links/ada/bookings",
        headers={"Idempotency-Key": str(uuid4())},
        json={"start": start, "attendee": attendee},
        timeout=20,
    )
    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize("suite", ["embedded"], indirect=True)
def test_it_is_booked_and_cancelled_without_javascript(walk):
    page = walk.visitor(**PHONE, java_script_enabled=False)
    page.goto(f"{walk.url}/book/ada")
    page.select_option("select[name=tz]", "Asia/Tokyo")
    page.get_by_role("button", name="Change").click()
    expect(page.get_by_text("Times in Tokyo (UTC+9)")).to_be_visible()
    page.goto(f"{walk.url}/book/ada?tz=Asia/Tokyo&month={roomy_month()}")
    _later_day(page)
    page.locator("a.slot").nth(2).click()
    page.get_by_role("button", name="Book ").click()
    page.fill("[name='attendee.name']", "Zoë Stranger")
    page.fill("[name='attendee.email']", walk.email)
    walk.picture(page, "plain-form")
    page.get_by_role("button", name="Book ").click()
    expect(page.get_by_role("heading", name="You are booked with Ada")).to_be_visible()
    walk.await_mails("Confirmed")
    page.get_by_role("link", name="cancel", exact=True).click()
    page.get_by_role("button", name="Cancel meeting").click()
    expect(page.get_by_role("heading", name="This meeting is cancelled")).to_be_visible()


@pytest.mark.parametrize("suite", ["embedded"], indirect=True)
def test_it_is_booked_by_the_keyboard_alone(walk):
    page = walk.visitor(viewport={"width": 1280, "height": 900}, timezone_id="Asia/Kolkata")
    page.goto(f"{walk.url}/book/ada?month={roomy_month()}")
    expect(page.get_by_text("Times in Kolkata (UTC+5:30)")).to_be_visible()
    _tab_to(page, "[data-day]")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    day = page.evaluate("document.activeElement.dataset.day")
    page.keyboard.press("Enter")
    expect(page.locator(f"a[data-day='{day}']")).to_have_attribute("aria-current", "true")
    expect(page.locator(f"a[data-day='{day}']")).to_be_focused()
    _tab_to(page, "[data-start]")
    page.keyboard.press("Enter")
    expect(page.locator("[data-continue]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("[name='attendee.name']")).to_be_focused()
    page.keyboard.type("Zoë Stranger")
    page.keyboard.press("Tab")
    page.keyboard.type(walk.email)
    walk.picture(page, "keyboard-form")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="You are booked with Ada")).to_be_visible()
    walk.await_mails("Confirmed")


def _tab_to(page: Page, selector: str) -> None:
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("one => document.activeElement.matches(one)", selector):
            return
    raise AssertionError(f"Tab never reaches {selector}")
