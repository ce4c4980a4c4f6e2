"""The attendee's way in Hebrew on a phone: right to left, every word of it, to the mail."""

import re
from uuid import uuid4

import pytest
import requests
from playwright.sync_api import expect

from support.days import roomy_day
from support.sites import sites
from support.waiting import wait_for

BUTTON = "<button data-workestra='ada' data-mode='popup' data-lang='{}'></button>"


@pytest.fixture
def context(browser, embedded_suite):
    made = browser.new_context(
        base_url=embedded_suite.url,
        viewport={"width": 360, "height": 800},
        timezone_id="Asia/Jerusalem",
        locale="he-IL",
    )
    yield made
    made.close()


@pytest.fixture
def page(context):
    made, errors = context.new_page(), []
    made.on("pageerror", lambda error: errors.append(str(error)))
    yield made
    assert errors == []


def focused(page):
    return page.evaluate("() => document.activeElement.dataset.day ?? ''")


def test_a_visitor_who_reads_hebrew_books_and_comes_back(page, embedded_suite, far_link):
    email = f"{uuid4().hex}@x.test"
    page.goto(f"/book/{far_link}")
    html = page.locator("html")
    expect(html).to_have_attribute("dir", "rtl")
    expect(html).to_have_attribute("lang", "he")
    expect(page.locator("#f-tz option:checked")).to_have_text(
        re.compile(r"^ירושלים \(UTC\+[23]\)$")
    )

    page.get_by_role("link", name="החודש הבא").click()
    expect(page.locator("a[data-month=left]")).to_be_visible()
    days = page.eval_on_selector_all("a[data-day]", "all => all.map(one => one.dataset.day)")
    page.locator(f"a[data-day='{days[0]}']").focus()
    page.keyboard.press("ArrowLeft")  # onward, where lines run to the left
    assert focused(page) == days[1]
    page.keyboard.press("ArrowRight")
    assert focused(page) == days[0]
    arrow = page.locator("a[data-month=left] .icon")
    assert arrow.evaluate("icon => getComputedStyle(icon).transform") == "matrix(-1, 0, 0, 1, 0, 0)"

    page.locator("a.slot[data-start]").nth(1).click()
    expect(page.locator("[data-continue]")).to_have_text("המשך")
    page.locator("[data-continue]").click()
    page.locator("#book button.primary").click()
    expect(page.locator("#errors")).to_contain_text("נא לבדוק 2 שדות")
    expect(page.locator("[data-hold-words]")).to_have_text("המועד שמור עבורך בזמן מילוי הטופס.")

    page.fill("#f-attendee-name", "Zoë")
    # In another language and back, without a word lost.
    for name, code in (("Deutsch", "de"), ("עברית", "he")):
        page.locator(".languages > summary").click()
        page.get_by_role("button", name=name, exact=True).click()
        expect(html).to_have_attribute("lang", code)
        expect(page.locator("#f-attendee-name")).to_have_value("Zoë")
    page.fill("#f-attendee-email", email)
    page.locator("#book button.primary").click()
    page.wait_for_url("**/book/done/**")
    expect(page.locator("h1")).to_have_text("נקבעה לך פגישה עם Ada")

    def mailed():
        return [mail["text"] for mail in embedded_suite.mails(email)]

    wait_for(mailed, "the confirmation")
    assert "פגישה" in mailed()[0]
    page.get_by_role("link", name="לביטול").click()
    page.locator("button.danger").click()
    expect(page.locator("h1")).to_have_text("הפגישה מבוטלת")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_times_that_the_script_offers_are_written_as_the_page_writes_them(
    page, embedded_suite, language
):
    """Somebody else is faster between the form and the hold that its script asks for."""
    holds = []

    def be_faster(route):
        wanted = f"{embedded_suite.url}/api/v1/links/ada/holds"
        holds.append(requests.post(wanted, json=route.request.post_data_json, timeout=10).json())
        route.continue_()

    page.goto(f"/book/ada?day={roomy_day()}")
    start = page.locator("a.slot[data-start]").nth(4).get_attribute("data-start")
    page.route("**/holds", be_faster, times=1)
    page.goto(f"/book/ada?start={start}&tz=Asia/Jerusalem&lang={language}")
    offered = page.locator("#taken .offers > .slot").first
    words = offered.text_content()
    offered.click()
    expect(page.locator(".chosen-time .strong")).to_have_text(words)
    requests.delete(f"{embedded_suite.url}/api/v1/holds/{holds[0]['hold']}", timeout=10)


def test_a_site_may_say_in_which_language_its_widget_is(page, embedded_suite):
    with sites(embedded_suite.url) as made:
        page.goto(made.url("shop", made.page("/ja", BUTTON.format("ja"))))
        page.locator("[data-workestra]").click()
        expect(page.get_by_role("button", name="閉じる")).to_be_visible()
        expect(page.locator("dialog")).to_have_attribute("aria-label", "日時を予約")
        inside = page.frame_locator("iframe")
        expect(inside.locator("html")).to_have_attribute("lang", "ja")
        expect(inside.locator("a.slot[data-start]").first).to_have_attribute(
            "href", re.compile(r"[?&]lang=ja\b")
        )
