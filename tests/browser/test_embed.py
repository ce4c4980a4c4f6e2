"""The widget on other people's sites: another origin, a strict policy, no cookies for third parties.

With `--pictures`, pictures of it are left in `artifacts/embed/`.
"""

from datetime import datetime
from uuid import uuid4

import pytest
import requests
from playwright.sync_api import expect

from support.days import turn_to_later_day
from support.looks import RUN, SMALL, TAGS, TARGET, WIDE
from support.sites import sites
from support.waiting import wait_for

PASSWORD = "demo-demo-demo"
WIDGET = '<div data-workestra="{}" {}></div>'
NEWS = """() => { window.news = [];
  for (const name of ["ready", "link_viewed", "slot_selected", "booking_confirmed",
    "booking_rescheduled", "booking_cancelled", "closed"])
    addEventListener("workestra:" + name, ({ detail }) => news.push([name, detail])); }"""
SHOWN = "() => [...document.querySelectorAll('iframe')].every(one => one.style.opacity === '1')"


class Shop:
    """A visitor's browser in front of sites, and the host's signed-in session."""

    def __init__(self, browser, suite, made, folder):
        self.browser, self.suite, self.sites, self.folder = browser, suite, made, folder
        self.contexts = []

    def visitor(self, width=1280, **more):
        context = self.browser.new_context(
            viewport={"width": width, "height": 800},
            timezone_id="Asia/Tokyo",
            locale="en-GB",
            **more,
        )
        self.contexts.append(context)
        page = context.new_page()
        page.context.add_init_script(f"({NEWS})()")
        page.wrong = []
        page.on("pageerror", lambda error: page.wrong.append(str(error)))
        page.on("console", lambda said: said.type == "error" and page.wrong.append(said.text))
        return page

    def open(self, page, body, site="shop", query=""):
        path = self.sites.page(f"/{uuid4().hex}", body)
        page.goto(self.sites.url(site, path) + query)
        return page

    def shown(self, page):
        page.wait_for_selector("iframe", state="attached")
        page.wait_for_function(SHOWN)
        return page.frame_locator("iframe").first

    def picture(self, page, name):
        if self.folder:
            page.screenshot(path=self.folder / f"{name}.png", full_page=True)


@pytest.fixture(scope="module")
def shop(browser, embedded_suite, artifacts, request):
    folder = artifacts / "embed" if request.config.getoption("--pictures") else None
    if folder:
        folder.mkdir(exist_ok=True)
    with sites(embedded_suite.url) as made:
        yield Shop(browser, embedded_suite, made, folder)


@pytest.fixture
def visit(shop):
    yield shop
    for context in shop.contexts:
        context.close()
    shop.contexts.clear()


def news(page, name):
    return [detail for said, detail in page.evaluate("() => news") if said == name]


def told(page, name, times=1):
    """The same, once it was said so often: what a frame shows is seen before its word arrives."""
    said = "([name, times]) => news.filter(([said]) => said === name).length >= times"
    page.wait_for_function(said, arg=[name, times])
    return news(page, name)


def pick(frame, number):
    slot = frame.locator("a.slot[data-start]").nth(number)
    start = slot.get_attribute("data-start")
    slot.click()
    frame.locator("[data-continue]").click()
    expect(frame.locator("[name='attendee.name']")).to_be_visible()
    return start


def test_it_books_moves_and_cancels_on_another_site_without_any_cookie(visit):
    page = visit.visitor(width=360)
    body = WIDGET.format("intake", "data-color='#0f766e' data-name='Zoë' data-answer-topic='Plans'")
    email = f"zoe-{uuid4().hex[:8]}@x.test"
    visit.open(page, body, query="?utm_source=spring&utm_medium=mail")
    frame = visit.shown(page)
    visit.picture(page, "inline-phone")
    turn_to_later_day(frame)
    start = pick(frame, 0)
    assert [detail["start"] for detail in told(page, "slot_selected")] == [start]
    expect(frame.locator("[name='attendee.name']")).to_have_value("Zoë")
    frame.locator("[name='attendee.email']").fill(email)
    fill_required(frame)
    visit.picture(page, "form-phone")
    frame.get_by_role("button", name="Book ").last.click()
    expect(frame.get_by_role("heading", name="You are booked")).to_be_visible()
    visit.picture(page, "done-phone")
    (booked,) = told(page, "booking_confirmed")
    assert booked.keys() == {"link", "booking", "start", "end"}
    assert datetime.fromisoformat(booked["start"]) == datetime.fromisoformat(start)

    frame.get_by_role("link", name="Reschedule").click()
    expect(frame.get_by_role("heading", name="Pick another time")).to_be_visible()
    frame.locator("a.slot[data-start]").first.click()  # a day's first times may be all it has
    frame.locator("[data-continue]").click()
    frame.get_by_role("button", name="Move to").click()
    expect(frame.get_by_role("heading", name="Your meeting was moved")).to_be_visible()
    (moved,) = told(page, "booking_rescheduled")
    assert moved["booking"] != booked["booking"]
    assert moved["start"] != booked["start"]

    frame.get_by_role("link", name="cancel", exact=True).click()
    frame.get_by_role("button", name="Cancel meeting").click()
    expect(frame.get_by_role("heading", name="This meeting is cancelled")).to_be_visible()
    assert [detail["booking"] for detail in told(page, "booking_cancelled")] == [moved["booking"]]
    assert "zoe" not in str(page.evaluate("() => news")).lower()
    assert page.context.cookies() == []
    assert page.wrong == []
    kept = visit.suite.mails(email)
    wait_for(lambda: len(visit.suite.mails(email)) >= 3, f"mails, not {len(kept)}")


def test_a_team_is_picked_from_and_booked_in_one_frame(visit):
    page = visit.visitor(width=360)
    visit.open(page, WIDGET.format("team/sales", "data-color='#0f766e'"))
    frame = visit.shown(page)
    visit.picture(page, "team-phone")
    frame.get_by_role("link", name="Bea").click()
    expect(frame.locator("a.slot[data-start]").first).to_be_visible()
    turn_to_later_day(frame)
    pick(frame, 0)
    frame.locator("[name='attendee.name']").fill("Zoë")
    frame.locator("[name='attendee.email']").fill(f"zoe-{uuid4().hex[:8]}@x.test")
    frame.get_by_role("button", name="Book ").last.click()
    expect(frame.get_by_role("heading", name="You are booked with Bea")).to_be_visible()
    page.wait_for_function("() => news.length >= 4")
    heard = page.evaluate("() => news")
    names = "ready link_viewed slot_selected booking_confirmed"
    assert " ".join(name for name, _ in heard) == names
    assert {detail["link"] for _, detail in heard[1:]} == {"sales"}
    assert page.context.cookies() == []
    assert page.wrong == []


def test_it_follows_a_page_that_turns_dark_while_it_is_there(visit):
    page = visit.visitor()
    visit.open(page, WIDGET.format("ada", ""))
    root = visit.shown(page).locator("html")
    scheme = "scheme => document.documentElement.style.colorScheme = scheme"
    page.evaluate(scheme, "light dark")
    for theme in ("dark", "light", "dark"):  # the system's, at night
        page.emulate_media(color_scheme=theme)
        expect(root).to_have_attribute("data-theme", theme)
    page.evaluate(scheme, "light")
    expect(root).to_have_attribute("data-theme", "light")


def fill_required(frame):
    """The demo's form with a question of each type: whatever it insists on."""
    for field in frame.locator("form [required]").all():
        name, kind = field.get_attribute("name"), field.get_attribute("type")
        if name.startswith("attendee."):
            continue
        if kind == "checkbox":
            field.check()
        elif field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(index=1)
        elif not field.input_value():
            field.fill("Plans")


def test_a_page_is_told_only_what_happened_to_it_and_frames_grow_with_their_content(visit):
    """Two widgets, and a third that a script adds later; none scrolls, none is left too tall."""
    page = visit.visitor(width=320)
    body = WIDGET.format("ada", "") + WIDGET.format("sales", "data-color='#ffd400'")
    visit.open(page, body)
    visit.shown(page)
    page.evaluate(
        "() => { const made = document.createElement('div'); made.dataset.workestra = 'ada';"
        " made.dataset.theme = 'dark'; document.querySelector('main').append(made); }"
    )
    expect(page.locator("iframe")).to_have_count(3)
    page.wait_for_function(SHOWN)
    viewed = sorted(detail["link"] for detail in told(page, "link_viewed", 3))
    assert viewed == ["ada", "ada", "sales"]
    frames = [element.content_frame() for element in page.query_selector_all("iframe")]
    for element, frame in zip(page.query_selector_all("iframe"), frames, strict=True):
        height = element.bounding_box()["height"]
        assert (
            frame.evaluate("() => Math.ceil(document.body.getBoundingClientRect().height)")
            == height
        )
        assert frame.evaluate("() => document.documentElement.scrollHeight") <= height
        assert frame.evaluate(WIDE) == 0
        assert frame.evaluate(SMALL, TARGET) == []
    assert page.evaluate(WIDE) == 0
    visit.picture(page, "several-phone")
    heights = "() => [...document.querySelectorAll('iframe')].map(one => one.style.height)"
    before = page.evaluate(heights)
    frames[0].locator("a.slot[data-start]").first.click()
    assert [detail["link"] for detail in told(page, "slot_selected")] == ["ada"]
    frames[0].locator("[data-continue]").click()
    expect(page.frame_locator("iframe").first.locator("[data-form]")).to_be_visible()
    page.wait_for_function(
        "before => document.querySelector('iframe').style.height !== before", arg=before[0]
    )
    assert page.evaluate(heights)[1:] == before[1:]
    assert page.wrong == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_popup_is_opened_used_and_left_by_the_keyboard(visit, examiner, theme):
    page = visit.visitor(color_scheme=theme)
    visit.open(
        page, '<button type="button" data-workestra="ada" data-mode="popup">Meet Ada</button>'
    )
    opener = page.get_by_role("button", name="Meet Ada")
    expect(opener).to_have_attribute("aria-haspopup", "dialog")
    opener.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Meet Ada")
    expect(dialog).to_be_visible()
    frame = visit.shown(page)
    visit.picture(page, f"popup-{theme}")
    inside = page.query_selector("iframe").content_frame()
    inside.evaluate(examiner.axe)
    # A frame without a ground of its own is read on white: give it what lies below it.
    inside.evaluate(
        "ground => { document.documentElement.style.backgroundColor = ground }",
        page.evaluate(
            "() => getComputedStyle(document.querySelector('dialog > div')).backgroundColor"
        ),
    )
    assert inside.evaluate(RUN, [TAGS, ["landmark-one-main", "page-has-heading-one"]]) == []
    # The page behind cannot be reached: the focus goes round in the dialog and its frame.
    for _ in range(40):
        page.keyboard.press("Tab")
        assert page.evaluate(
            "() => document.activeElement === document.body || !!document.activeElement.closest('dialog')"
        )
    frame.locator("a[data-day]").first.focus()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(opener).to_be_focused()
    assert len(told(page, "closed")) == 1
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(page.get_by_role("button", name="Close")).to_be_focused()
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()
    assert page.wrong == []


def test_a_floating_button_opens_it_and_tells_its_handlers(visit):
    page = visit.visitor(width=320)
    visit.open(
        page, WIDGET.format("ada", "data-mode='float' data-color='#be123c' data-label='Talk'")
    )
    button = page.get_by_role("button", name="Talk")
    expect(button).to_be_in_viewport()
    assert button.evaluate("one => getComputedStyle(one).position") == "fixed"
    page.evaluate(
        "() => { window.said = []; Workestra.on('ready', () => { throw Error('theirs') });"
        " window.off = Workestra.on('closed', (detail) => said.push(detail.link)); }"
    )
    button.click()
    visit.shown(page)
    visit.picture(page, "float-open-phone")
    page.get_by_role("button", name="Close").click()
    expect(button).to_be_focused()
    page.wait_for_function("() => said.length")  # `close` comes a moment after the focus is back
    page.evaluate("() => off()")
    button.click()
    visit.shown(page)
    page.get_by_role("button", name="Close").click()
    expect(page.locator("dialog")).to_have_count(0)
    assert page.evaluate("() => said") == ["ada"]


@pytest.fixture(scope="module")
def listed(shop):
    """A link of Ada's for `shop.localhost` and everything below `allowed.localhost`."""
    context = shop.browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(f"{shop.suite.url}/login")
    page.fill("[name=email]", "ada@acme.test")
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/calendar")
    page.goto(f"{shop.suite.url}/settings/booking-links/new")
    page.fill("[name=title]", f"Listed {uuid4().hex[:5]}")
    page.get_by_role("button", name="Make the link").click()
    page.wait_for_url("**/settings/booking-links/*-*")
    slug = page.input_value("[name=slug]")
    page.get_by_role("link", name="Get the snippet").click()
    expect(page.locator("#live-widget iframe")).to_be_visible()
    page.locator("[name=mode][value=float]").check()
    expect(page.locator(".snippet").last).to_contain_text('data-mode="float"')
    expect(page.get_by_role("button", name="Book a time")).to_be_visible()
    page.fill("[name=domains]", "https://no domain!")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#f-domains-error")).to_be_visible()
    page.fill("[name=domains]", "shop.localhost\n*.allowed.localhost")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    context.close()
    wait_for(lambda: requests.get(f"{shop.suite.url}/book/{slug}", timeout=10).ok, slug)
    return slug


@pytest.mark.parametrize("site", ["shop", "www.allowed"])
def test_it_is_shown_on_the_domains_of_its_list(visit, listed, site):
    page = visit.visitor()
    visit.open(page, WIDGET.format(listed, ""), site=site)
    visit.shown(page)
    assert len(told(page, "link_viewed")) == 1


def test_elsewhere_one_line_says_so_and_leads_to_the_full_page(visit, listed):
    page = visit.visitor(width=320)
    visit.open(page, WIDGET.format(listed, ""), site="elsewhere")
    expect(page.get_by_text("This calendar cannot be shown here.")).to_be_visible()
    link = page.get_by_role("link", name="Open the booking page")
    expect(link).to_have_attribute("href", f"{visit.suite.url}/book/{listed}")
    visit.picture(page, "refused-phone")
    assert news(page, "ready") == []


def test_no_other_page_can_be_framed(visit):
    page = visit.visitor()
    paths = ("/book/ada", "/login", "/book/cancel/kept", "/embed/no-such-link")
    frames = "".join(f'<iframe src="{visit.suite.url}{path}"></iframe>' for path in paths)
    visit.open(page, frames)
    for path in paths:
        answer = requests.get(visit.suite.url + path, timeout=10)
        assert answer.headers["X-Frame-Options"] == "DENY"
    refused = ["chrome-error://chromewebdata/"] * len(paths)

    def shown():
        assert page.title() == "Shop"
        return [frame.url for frame in page.frames[1:]]

    wait_for(lambda: shown() == refused, "four refusals")


def test_a_frame_hears_only_its_parent_and_speaks_to_nobody_before(visit, listed):
    """A page beside the frame, and one that is not on the list, get no word out of it."""
    page = visit.visitor()
    visit.open(page, WIDGET.format(listed, "data-name='Zoë'"))
    visit.shown(page)
    frame = page.query_selector("iframe").content_frame()
    frame.evaluate(
        "() => { window.sent = []; const real = parent.postMessage.bind(parent);"
        " window.dispatchEvent(new MessageEvent('message', { data: { workestra: 'hi',"
        " prefill: { 'attendee.name': 'Mallory' } }, origin: 'https://evil.test', source: parent }));"
        " window.dispatchEvent(new MessageEvent('message', { data: { workestra: 'hi',"
        " prefill: { 'attendee.name': 'Mallory' } }, origin: location.origin, source: window })); }"
    )
    pick(page.frame_locator("iframe"), 0)
    assert frame.input_value("[name='attendee.name']") == "Zoë"
    # The page itself believes no message but its frame's.
    page.evaluate(
        "() => { postMessage({ workestra: 'event', name: 'booking_confirmed', detail: {} }, '*');"
        " postMessage({ workestra: 'go', href: 'https://evil.test/' }, '*');"
        " postMessage({ workestra: 'height', height: 29999 }, '*'); }"
    )
    page.wait_for_function("() => new Promise(done => setTimeout(() => done(true), 50))")
    assert news(page, "booking_confirmed") == []
    assert page.evaluate("() => parseFloat(document.querySelector('iframe').style.height)") < 5000


def test_the_script_and_its_first_view_are_light(visit):
    answer = requests.get(
        f"{visit.suite.url}/embed.js", headers={"Accept-Encoding": "gzip"}, stream=True, timeout=10
    )
    assert len(answer.raw.read(decode_content=False)) <= 4 * 1024
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "eval(" not in answer.text
