"""The month as a keyboard wants it (WAI-ARIA Authoring Practices, date grid)."""

import pytest
from playwright.sync_api import expect


@pytest.fixture
def page(browser, embedded_suite, far_link):
    context = browser.new_context(viewport={"width": 1280, "height": 900}, timezone_id="Asia/Tokyo")
    made = context.new_page()
    made.goto(f"{embedded_suite.url}/book/{far_link}?tz=Asia/Tokyo", wait_until="load")
    yield made
    context.close()


def focused(page):
    return page.evaluate("() => document.activeElement.dataset.day ?? ''")


def test_keys_walk_the_days_with_times_and_turn_the_months(page):
    month = page.locator("#month")
    first = month.inner_text()
    page.keyboard.press("Home")
    page.locator("a[data-day]").first.focus()
    page.keyboard.press("PageDown")
    expect(month).not_to_have_text(first)
    expect(page.locator("a[data-day]").first).to_be_visible()
    page.wait_for_function("() => document.activeElement.dataset.day")
    days = page.eval_on_selector_all("a[data-day]", "all => all.map(one => one.dataset.day)")
    assert focused(page) in days
    page.locator(f"a[data-day='{days[0]}']").focus()
    page.keyboard.press("ArrowRight")
    assert focused(page) == days[1]
    page.keyboard.press("ArrowLeft")
    assert focused(page) == days[0]
    page.keyboard.press("End")
    week = page.evaluate(
        "() => [...document.activeElement.closest('tr').querySelectorAll('a[data-day]')].at(-1).dataset.day"
    )
    assert focused(page) == week
    page.keyboard.press("Home")
    assert focused(page) == days[0]
    # One stop for Tab; the rest is the arrows'.
    assert page.locator("a[data-day][tabindex='0']").count() == 1
    page.keyboard.press("PageUp")
    expect(month).to_have_text(first)
    page.wait_for_function("() => document.activeElement.dataset.day")
    # Over the last day of a month into the next one.
    page.locator("a[data-day]").last.focus()
    page.keyboard.press("ArrowRight")
    expect(month).not_to_have_text(first)
    page.wait_for_function("first => document.activeElement.dataset.day === first", arg=days[0])
