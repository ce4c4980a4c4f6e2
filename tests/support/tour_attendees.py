"""What attendees meet at the far ends, made for `support.tour`.

Long words, many guests, a zone far from the host's, a meeting that is too near to be moved, and
the questions that a host is mailed.
"""

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from support.everything import WORDS

if TYPE_CHECKING:
    from support.tour import Tour

FAR = "Pacific/Kiritimati"
GUESTS = [f"guest-{n}.of-a-rather-long-name@a-rather-long-domain.test" for n in range(10)]


def prepare(tour: "Tour") -> None:
    """Adds the addresses to the tour's."""
    slug = tour.addresses["long"]
    starts = tour.free(slug)
    booked = _booked(tour, slug, starts[100])
    late = _booked(tour, tour.addresses["late_link"], starts[90])
    tour.addresses |= {
        "long_reschedule": booked["reschedule_url"],
        "long_cancel": booked["cancel_url"],
        "long_done": _done(tour, slug, starts[110]),
        "late": late["reschedule_url"],
        "approve": tour.mailed("ada@acme.test", "/book/approve/"),
        "decline": tour.mailed("ada@acme.test", "/book/decline/"),
    }


def _booked(tour: "Tour", slug: str, start: str) -> dict[str, Any]:
    attendee = {"name": WORDS, "email": _address(), "timezone": FAR}
    return tour.post(
        f"/api/v1/links/{slug}/bookings", start=start, attendee=attendee, guests=GUESTS, answers={}
    )


def _done(tour: "Tour", slug: str, start: str) -> str:
    page = tour.browser.new_page()
    page.goto(f"{tour.url}/book/{slug}?start={start}&tz={FAR}")
    page.fill("input[name='attendee.name']", WORDS)
    page.fill("input[name='attendee.email']", _address())
    page.locator(".guests > summary").click()
    page.fill("textarea[name=guests]", "\n".join(GUESTS))
    page.get_by_role("button", name="Book ").click()
    page.wait_for_url("**/book/done/**")
    address = page.url
    page.context.close()
    return address


def _address() -> str:
    return f"wilhelmina.featherstonehaugh.{uuid4().hex[:8]}@a-rather-long-domain.test"
