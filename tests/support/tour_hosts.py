"""What hosts meet at the far ends, made for `support.tour`.

Names in other scripts, names without a space, a schedule full of hours.
"""

from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from playwright.sync_api import Page

if TYPE_CHECKING:
    from support.tour import Tour

WORD = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz"
NAMES = ["Zoë (זואי) נועה לוי-כהן", "محمد عبد الرحمن بن علي", "W" * 120, WORD * 2]
HOURS = [("06:00", "07:45"), ("09:00", "12:15"), ("18:00", "02:00")]


def prepare(tour: "Tour") -> None:
    """Adds the addresses to the tour's."""
    slug = tour.addresses["team_link"]
    starts = tour.free(slug)[60:80:5]
    booked = [_booked(tour, slug, *each) for each in zip(starts, NAMES, strict=True)]
    tour.addresses |= {
        "hard_day": starts[0][:10],
        "hard": booked[0],
        "hard_long": booked[-1],
        "full_schedule": _schedule(tour),
    }


def _booked(tour: "Tour", slug: str, start: str, name: str) -> str:
    email = f"{uuid4().hex}@{'a-long-label.' * 9}test"
    attendee = {"name": name, "email": email, "timezone": "America/Argentina/Buenos_Aires"}
    made = tour.post(f"/api/v1/links/{slug}/bookings", start=start, attendee=attendee, answers={})
    return str(made["id"])


def _schedule(tour: "Tour") -> str:
    """One that is open every day, and closed on eight."""
    page = tour.browser.new_page(storage_state=tour.states["owner"])
    page.goto(f"{tour.url}/settings/schedules")
    page.locator("#new > summary").click()
    page.fill("#new input[name=name]", f"Evenings {uuid4().hex[:5]} {WORD}")
    page.get_by_role("button", name="Make the schedule").click()
    page.wait_for_url("**/settings/schedules/*-*")
    address = page.url
    _fill(page)
    first = date.fromisoformat(tour.addresses["day"]) + timedelta(days=40)
    page.goto(f"{address}/overrides?day={first}")
    page.fill("input[name=last]", f"{first + timedelta(days=7)}")
    page.get_by_role("button", name="Save", exact=True).last.click()
    page.wait_for_url(address + "*")
    page.context.close()
    return address


def _fill(page: Page) -> None:
    """Every day with Monday's hours."""
    rows = page.locator("#windows-1 .hours-window")
    for number in range(1, len(HOURS)):
        page.locator("button[value='add:1']").click()
        rows.nth(number).wait_for()
    for number, (start, end) in enumerate(HOURS):
        rows.nth(number).locator("input").first.fill(start)
        rows.nth(number).locator("input").last.fill(end)
    page.locator("#f-hours-1 [data-menu] > summary").click()
    page.locator("button[value='everywhere:1']").click()
    page.locator("#windows-7 .hours-window").nth(len(HOURS) - 1).wait_for()
    page.get_by_role("button", name="Save", exact=True).last.click()
    page.wait_for_load_state()
