"""The main job as people do it, in Chromium: a host on a desktop, a stranger on a phone."""

from uuid import uuid4

from playwright.sync_api import expect

from support.waiting import wait_for


def test_a_link_is_made_booked_and_cancelled(browser, embedded_suite):
    url, email, title = embedded_suite.url, f"b-{uuid4().hex[:8]}@x.test", f"Talk {uuid4().hex[:6]}"
    host = browser.new_context(timezone_id="Europe/London").new_page()
    host.goto(f"{url}/login")
    host.fill("input[name=email]", "ada@acme.test")
    host.fill("input[name=password]", "demo-demo-demo")
    host.get_by_role("button", name="Sign in").click()
    host.wait_for_url("**/calendar")
    host.goto(f"{url}/settings/booking-links/new")
    host.fill("input[name=title]", title)
    host.get_by_role("button", name="Make the link").click()
    host.wait_for_url("**/settings/booking-links/*-*")

    phone = {"viewport": {"width": 360, "height": 800}, "timezone_id": "Asia/Tokyo"}
    stranger = browser.new_context(**phone).new_page()
    slug = title.lower().replace(" ", "-")
    wait_for(lambda: stranger.request.get(f"{url}/book/{slug}").ok, "the link's page", 10)
    stranger.goto(f"{url}/book/{slug}")
    expect(stranger.get_by_text("Times in Tokyo")).to_be_visible()
    stranger.locator("a.slot[data-start]").first.click()
    stranger.get_by_role("link", name="Continue").or_(
        stranger.get_by_role("button", name="Continue")
    ).click()
    stranger.fill("input[name='attendee.name']", "Zoë Stranger")
    stranger.fill("input[name='attendee.email']", email)
    stranger.get_by_role("button", name="Book ").click()
    expect(stranger.get_by_role("heading", name="You are booked")).to_be_visible()
    wait_for(lambda: len(embedded_suite.mails(email)) == 1, "the confirmation", 20)

    stranger.locator("a[href*='/book/cancel/']").first.click()
    stranger.get_by_role("button", name="Cancel").click()
    wait_for(lambda: len(embedded_suite.mails(email)) == 2, "the cancellation", 20)
    host.goto(f"{url}/calendar?tab=cancelled")
    expect(host.get_by_text("Zoë Stranger").first).to_be_visible()
