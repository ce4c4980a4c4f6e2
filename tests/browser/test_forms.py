"""The pre-meeting form in Chromium: without scripts from the first look to the cancellation; with
them, a host who builds it and a visitor who fills it in. Pictures are left in `artifacts/forms/`.
"""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from support.days import roomy_day

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n" + b"% more\n" * 20_000
CV = {"name": "Zoë's CV.pdf", "mimeType": "application/pdf", "buffer": PDF}
EVIL = {"name": "cv.pdf", "mimeType": "application/pdf", "buffer": b"<svg onload=alert(1)>"}


@pytest.fixture
def visit(browser, embedded_suite, artifacts):
    """Makes pages of new visitors; `picture` keeps how one looks."""
    folder = artifacts / "forms"
    folder.mkdir(exist_ok=True)
    contexts = []

    def opened(**options):
        made = browser.new_context(
            base_url=embedded_suite.url, timezone_id="Europe/London", locale="en-GB", **options
        )
        contexts.append(made)
        page = made.new_page()
        page.picture = lambda name: page.screenshot(path=folder / f"{name}.png", full_page=True)
        page.on("pageerror", lambda error: pytest.fail(str(error)))
        return page

    yield opened
    for context in contexts:
        context.close()


def fill(page, email):
    page.fill("#f-attendee-name", "Zoë Without")
    page.fill("#f-attendee-email", email)


def send(page):
    page.locator("#book button.primary").click()


def test_without_scripts_a_visitor_picks_fills_attaches_books_moves_and_cancels(visit):
    page = visit(java_script_enabled=False, viewport={"width": 360, "height": 800})
    day = roomy_day()
    page.goto(f"/book/intake?day={day}")
    page.locator("a.slot[data-start]").nth(2).click()
    expect(page.get_by_text("Only if “How many people work there?” is")).to_be_visible()
    fill(page, f"{uuid4().hex}@x.test")
    page.set_input_files("#f-answers-brief", CV)
    page.picture("without-scripts")
    send(page)
    expect(page.locator("#errors")).to_contain_text("Which company are you with")
    expect(page.locator("[data-attached]")).to_contain_text("Zoë's CV.pdf")
    expect(page.locator("#f-attendee-name")).to_have_value("Zoë Without")
    page.picture("without-scripts-errors")
    page.fill("#f-answers-company", "Northwind")
    send(page)
    expect(page.locator("h1")).to_have_text("You are booked with Bea")
    with page.expect_download() as got:
        page.get_by_role("link", name="Zoë's CV.pdf", exact=True).click()
    assert got.value.path().read_bytes() == PDF
    again = page.get_by_role("link", name="Reschedule").get_attribute("href")
    page.goto(f"{again}?day={day}")
    page.locator("a.slot[data-start]:not([aria-current])").nth(5).click()
    page.get_by_role("button", name=re.compile("^Move to")).click()
    expect(page.locator("h1")).to_have_text("Your meeting was moved")
    page.get_by_role("link", name="cancel").click()
    page.locator("main form button.danger").click()
    expect(page.locator("h1")).to_contain_text("cancelled")


def signed_in(visit, **options):
    page = visit(viewport={"width": 1280, "height": 900}, **options)
    page.goto("/login")
    page.fill("#f-email", "ada@acme.test")
    page.fill("#f-password", "demo-demo-demo")
    page.press("#f-password", "Enter")
    page.wait_for_url("**/calendar")
    return page


def new_link(page, title):
    page.goto("/settings/booking-links/new")
    page.fill("#f-title", title)
    page.locator("main form button.primary").click()
    expect(page.locator("h1")).to_have_text(title)


def press(page, name):
    button = page.get_by_role("button", name=name, exact=True)
    button.focus()
    page.keyboard.press("Enter")


def build(page):
    """By keyboard: a choice and a file that depends on it, moved above the note and back."""
    page.locator("#questions > summary").focus()
    page.keyboard.press("Enter")
    page.select_option("#f-new_type", "select")
    press(page, "Add")
    expect(page.locator("#f-q-select-1-label")).to_be_focused()
    page.keyboard.type("Do you apply?")
    page.fill("#f-q-select-1-options", "yes\nno")
    page.select_option("#f-new_type", "file")
    press(page, "Add")
    expect(page.locator("#f-q-file-1-label")).to_be_focused()
    page.keyboard.type("Your CV")
    page.get_by_label("An answer is required").last.check()
    page.select_option("#f-q-file-1-before", "select-1")
    expect(page.locator("#f-q-file-1-before")).to_be_focused()
    page.locator("#f-q-file-1-values").get_by_label("yes", exact=True).check()
    expect(page.locator("#questions-preview")).to_contain_text("Only if “Do you apply?” is yes.")
    press(page, "Move question 2 up")
    expect(page.locator(".question-row").first).to_contain_text("Do you apply?")
    page.picture("builder")
    page.locator(".form-foot").get_by_role("button", name="Save").click()
    expect(page.locator("#toasts")).to_contain_text("Saved.")


def test_a_host_builds_a_form_and_a_visitor_fills_it_in_with_a_file(visit):
    host, title = signed_in(visit), f"Apply {uuid4().hex[:6]}"
    new_link(host, title)
    build(host)
    page = visit(viewport={"width": 360, "height": 800})
    page.goto(f"/book/{title.lower().replace(' ', '-')}?day={roomy_day()}")
    page.locator("a.slot[data-start]").first.click()
    page.get_by_role("link", name=re.compile("^Continue")).click()
    expect(page.locator("#f-answers-file-1")).to_be_hidden()
    page.select_option("#f-answers-select-1", "yes")
    expect(page.locator("#f-answers-file-1")).to_be_visible()
    send(page)
    expect(page.locator("#errors")).to_be_focused()
    expect(page.locator("#errors li")).to_have_count(3)
    page.picture("errors")
    page.set_input_files("#f-answers-file-1", EVIL)
    expect(page.locator("#f-answers-file-1-error")).to_contain_text("code for a browser")
    page.set_input_files("#f-answers-file-1", CV)
    expect(page.locator("[data-attached]")).to_contain_text("Zoë's CV.pdf")
    email = f"{uuid4().hex}@x.test"
    fill(page, email)
    page.picture("filled")
    # Another time is looked for: nothing that was typed is lost, nor what was attached.
    page.get_by_role("link", name="Change").click()
    page.locator("a.slot[data-start]").nth(1).click()
    page.get_by_role("link", name=re.compile("^Continue")).click()
    expect(page.locator("[data-attached]")).to_contain_text("Zoë's CV.pdf")
    expect(page.locator("#f-attendee-email")).to_have_value(email)
    send(page)
    expect(page.locator("h1")).to_have_text("You are booked with Ada")
    host.goto(f"/calendar?q={email}")
    host.locator("main a.row-link").first.click()
    host.picture("answers")
    with host.expect_download() as got:
        host.get_by_role("link", name="Zoë's CV.pdf", exact=True).click()
    assert got.value.path().read_bytes() == PDF
    assert got.value.suggested_filename == "Zoë's CV.pdf"
