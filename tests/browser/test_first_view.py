"""What a stranger's phone must fetch before it shows a time, in their zone, and that nothing jumps."""

import pytest
from playwright.sync_api import expect

from support.first_view import first_view

BUDGET = 60 * 1024
"""Bytes over the wire in all, headers included."""

FAR = ["America/Los_Angeles", "Pacific/Auckland", "Asia/Tokyo"]
ZONES = ["Europe/London", *FAR]

SHOWN = """() => JSON.stringify({
  grid: [...document.querySelectorAll(".month-grid tr")].map(row => [row.className,
    ...[...row.cells].map(cell => {
      const day = cell.firstElementChild;
      return day && [day.tagName, day.className, day.textContent, day.ariaLabel, day.ariaCurrent,
        day.dataset.day, day.tabIndex];
    })]),
  zone: document.querySelector("#f-tz").value,
  day: document.querySelector("[data-day-times]").innerText,
  links: [...document.querySelectorAll("main a[href*='?']")].map(link =>
    [link.pathname, [...new URL(link.href).searchParams].sort().join()]),
  starts: [...document.querySelectorAll("[data-start]")].map(slot => slot.dataset.start),
  address: location.pathname + location.search,
}, null, 1)"""
"""All of a picker that follows from the zone."""


@pytest.mark.parametrize("zone", ZONES, ids=lambda zone: zone.partition("/")[2])
def test_the_first_view_is_light_and_still_and_one_document(
    browser, embedded_suite, artifacts, zone
):
    url = f"{embedded_suite.url}/book/ada"
    seen = first_view(browser, url, timezone_id=zone)
    figure = f"{seen.bytes} bytes in {len(seen.sizes)} requests, layout shift {seen.moved}"
    (artifacts / f"first-view-{zone.partition('/')[2]}.txt").write_text(figure)
    assert seen.bytes <= BUDGET, seen.sizes
    # Also where the reader's own times take the place of the host's.
    assert seen.moved == 0
    # One round of requests after the document: whatever it needs is named by the document itself.
    assert [name for name in seen.sizes if "/book/" in name] == [url]
    assert {seen.parents[name] for name in seen.sizes} - {""} <= {url}


READERS = [*(("en", zone) for zone in FAR), ("ja", FAR[0]), ("he", FAR[1]), ("es", FAR[2])]


@pytest.mark.parametrize(("language", "zone"), READERS)
def test_times_put_under_the_readers_days_stand_as_the_server_would_write_them(
    browser, embedded_suite, language, zone
):
    url = f"{embedded_suite.url}/book/ada?lang={language}"
    context, asked = browser.new_context(timezone_id=zone, locale="en-US"), []
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(url, wait_until="networkidle")
    mine = page.evaluate(SHOWN)
    assert [name for name in asked if "/book/" in name] == [url]
    page.goto(page.url, wait_until="networkidle")
    assert page.evaluate(SHOWN) == mine
    context.close()


def test_the_next_visit_comes_in_the_readers_zone_at_once(browser, embedded_suite):
    context = browser.new_context(timezone_id="America/Los_Angeles")
    page = context.new_page()
    page.goto(f"{embedded_suite.url}/book/ada", wait_until="networkidle")
    shown = page.locator("#f-tz").input_value()
    answer = context.request.get(f"{embedded_suite.url}/book/intake").text()
    assert '<option value="America/Los_Angeles" selected>' in answer
    assert shown == "America/Los_Angeles"
    page.select_option("#f-tz", "Asia/Tokyo")
    page.wait_for_url("**tz=Asia%2FTokyo**")
    answer = context.request.get(f"{embedded_suite.url}/book/intake").text()
    assert '<option value="Asia/Tokyo" selected>' in answer
    context.close()


def test_where_the_page_cannot_be_sure_it_asks_the_server(browser, embedded_suite):
    """A zone that it does not name, and a group, whose times say how many places are left."""
    for path, zone in (("ada", "Europe/Zurich"), ("webinar", "Asia/Tokyo")):
        context = browser.new_context(timezone_id=zone)
        page = context.new_page()
        page.goto(f"{embedded_suite.url}/book/{path}", wait_until="networkidle")
        expect(page.locator("#f-tz")).to_have_value(zone)
        mine = page.evaluate(SHOWN)
        page.goto(page.url, wait_until="networkidle")
        assert page.evaluate(SHOWN) == mine
        context.close()
