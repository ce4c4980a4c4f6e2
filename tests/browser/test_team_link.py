"""A team's link as people meet it: made by an admin, booked by two strangers, explained to its host.

Pictures of each step are left in `artifacts/team/`.
"""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import requests
from playwright.sync_api import Page, expect

from support.waiting import wait_for

PHONE = {"viewport": {"width": 360, "height": 800}, "timezone_id": "Asia/Tokyo", "locale": "en-GB"}


@pytest.fixture
def pages(tour):
    """Opens pages: of the owner, or of a stranger on a phone."""
    made = []

    def open_page(who, **options):
        context = tour.browser.new_context(storage_state=tour.states[who], **options)
        made.append(context)
        return context.new_page()

    yield open_page
    for context in made:
        context.close()


@pytest.fixture
def picture(artifacts):
    """Keeps what a page shows."""
    folder = artifacts / "team"
    folder.mkdir(exist_ok=True)
    return lambda page, name: page.screenshot(path=folder / f"{name}.png", full_page=True)


def make_team(host: Page, name: str) -> None:
    """Of Ada and Bea, Bea first: moved there by a button, without a page load."""
    host.fill("[name=name]", name)
    for person in ("Ada", "Bea"):
        host.get_by_label(person, exact=True).check()
    host.get_by_role("button", name="Add the ticked ones").click()
    host.get_by_role("button", name="Move Bea up").click()
    expect(host.locator("[data-member]").first).to_contain_text("Bea")
    expect(host.get_by_role("button", name="Move Bea up")).to_be_focused()
    host.get_by_role("button", name="Make the team").click()
    expect(host.get_by_role("heading", name=name, level=1)).to_be_visible()


def make_link(host: Page, title: str, team: str) -> str:
    """A round robin over the team; its slug."""
    host.fill("[name=title]", title)
    expect(host.get_by_role("group", name="People")).to_be_hidden()
    host.get_by_label("Round robin").check()
    expect(host.get_by_role("group", name="People")).to_be_visible()
    host.select_option("[name=team_id]", label=f"Team {team}")
    expect(host.get_by_role("group", name="People")).to_be_hidden()
    host.get_by_role("button", name="Make the link").click()
    expect(host.locator("#says-who")).to_have_text(f"Team {team}: take turns")
    return str(host.input_value("[name=slug]"))


def both_free(url: str, slug: str) -> str:
    """15:00 UTC, in London's and New York's hours all the year, on a day that nothing else is on."""
    first = datetime.now(UTC).date() + timedelta(days=22)
    days = {"from": str(first), "to": str(first + timedelta(days=6)), "tz": "UTC"}
    path = f"{url}/api/v1/links/{slug}/slots"
    found: list[str] = []

    def offered() -> bool:
        answer = requests.get(path, params=days, timeout=10)
        found[:] = [slot["start"] for slot in answer.json().get("slots", [])]
        return bool(found)

    wait_for(offered, "the link's times")
    return next(start for start in found if start[11:16] == "15:00")


def book(page: Page, path: str) -> str:
    """Books as somebody new; the name of the host."""
    page.goto(path)
    page.fill("[name='attendee.name']", "Zoë Stranger")
    page.fill("[name='attendee.email']", f"zoe-{uuid4().hex[:8]}@x.test")
    page.get_by_role("button", name="Book ").click()
    heading = page.get_by_role("heading", name="You are booked with")
    expect(heading).to_be_visible()
    return heading.inner_text().rpartition(" ")[2]


def test_two_strangers_meet_two_hosts_and_the_host_sees_why(tour, pages, picture):
    word = uuid4().hex[:6]
    host = pages("owner", viewport={"width": 1280, "height": 900})
    host.goto(f"{tour.url}/settings/team/new")
    make_team(host, f"Turns {word}")
    picture(host, "1-team")
    host.goto(f"{tour.url}/settings/booking-links/new")
    slug = make_link(host, f"Turn {word}", f"Turns {word}")
    picture(host, "2-link")
    start = both_free(tour.url, slug)
    later = start.replace("T15:00", "T15:30")
    stranger = pages("nobody", **PHONE)
    names = []
    for wanted in (start, later):
        names.append(book(stranger, f"{tour.url}/book/{slug}?start={wanted}&tz=Asia/Tokyo"))
        picture(stranger, f"3-booked-with-{names[-1]}")
    assert names == ["Bea", "Ada"]
    host.goto(f"{tour.url}/calendar?who=everyone&q=Turn+{word}")
    host.locator(".row-link").nth(1).click()
    expect(host.get_by_role("heading", name="Why Ada?")).to_be_visible()
    expect(
        host.get_by_text("is the next in the order who was free: Bea had the last")
    ).to_be_visible()
    picture(host, "4-why")
