"""What `support.places` lists, made once: the addresses with ids and tokens in them.

Everything is made through the same pages and API that people use.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import requests
from playwright.sync_api import Browser, BrowserContext, Locator, Page
from playwright.sync_api import TimeoutError as Late

from support import everything, tour_attendees, tour_crowd, tour_hosts
from support.looks import LOOKS
from support.places import Place, open_all
from support.suites import EmbeddedSuite
from support.waiting import wait_for

PASSWORD = "demo-demo-demo"
LONG = "Wilhelmina Featherstonehaugh-Cholmondeley von Hohenzollern-Sigmaringen"
PEOPLE = {"owner": "ada@acme.test", "member": "cyd@acme.test"}


@dataclass
class Tour:
    """A running demo with somebody signed in for each role, and the addresses of `PLACES`."""

    browser: Browser
    suite: EmbeddedSuite
    states: dict[str, Any] = field(default_factory=lambda: {"nobody": None})
    addresses: dict[str, str] = field(default_factory=dict)
    spare: dict[str, Iterator[str]] = field(default_factory=dict)
    contexts: dict[str, BrowserContext] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Where the suite serves."""
        return self.suite.url

    def path(self, place: Place) -> str:
        """The place's address on this suite, complete; a form at a time that no other look holds."""
        for name in self.spare.keys() & re.findall(r"{(\w+)}", place.path):
            self.addresses[name] = next(self.spare[name])
        path = place.path.format_map(self.addresses)
        return path if path.startswith("http") else self.url + path

    def visit(self, who: str) -> Page:
        """A page on a phone in Tokyo, before anything is opened, of one of these people."""
        if who not in self.contexts:
            self.contexts[who] = self.browser.new_context(
                storage_state=self.states[who], timezone_id="Asia/Tokyo", reduced_motion="reduce"
            )
        page = self.contexts[who].new_page()
        page.set_viewport_size(LOOKS["phone"])
        return page

    def prepare(self) -> None:
        """Makes what the places show."""
        for who, email in PEOPLE.items():
            self.states[who] = self.signed_in(email)
        self._invite()
        self._bookings()
        self._links()
        self._teams()
        self._kinds()
        tour_attendees.prepare(self)
        self._everything()
        self._things()
        tour_hosts.prepare(self)
        tour_crowd.prepare(self)

    def signed_in(self, email: str) -> Any:
        """The state of a browser in which they are."""
        page = self.browser.new_page()
        page.goto(f"{self.url}/login")
        page.fill("input[name=email]", email)
        page.fill("input[name=password]", PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/calendar")
        return _kept(page)

    def _page(self, who: str, path: str) -> Page:
        page = self.browser.new_page(storage_state=self.states[who])
        page.goto(self.url + path)
        return page

    def _invite(self) -> None:
        """One invitation that stays open, one that is accepted: a member without anything."""
        self.addresses["invitation"] = self._invited(f"open-{uuid4().hex[:6]}@acme.test")
        page = self.browser.new_page()
        page.goto(self._invited(f"fresh-{uuid4().hex[:6]}@acme.test"))
        page.fill("input[name=name]", LONG)
        page.fill("input[name=password]", PASSWORD)
        page.get_by_role("button", name="Join").click()
        page.wait_for_url("**/calendar")
        self.states["fresh"] = _kept(page)
        requests.get(f"{self.url}/reset", timeout=10).raise_for_status()
        page = self.browser.new_page()
        page.goto(f"{self.url}/reset")
        page.fill("input[name=email]", "bea@acme.test")
        page.get_by_role("button", name="Mail me a link").click()
        self.addresses["reset"] = self.mailed("bea@acme.test", "/reset/")
        page.close()

    def _invited(self, email: str) -> str:
        page = self._page("owner", "/settings/team")
        page.locator("details.section > summary").first.click()
        page.fill("details.section input[name=name]", LONG)
        page.fill("details.section input[name=email]", email)
        page.get_by_role("button", name="Send the invitation", exact=True).click()
        page.wait_for_load_state()
        page.close()
        return self.mailed(email, "/invitation/")

    def mailed(self, address: str, part: str) -> str:
        """The newest link of this kind in the address's mails."""
        found: list[str] = []

        def look() -> bool:
            texts = "\n".join(mail["text"] for mail in self.suite.mails(address))
            found[:] = re.findall(rf"http\S*{part}[\w-]+", texts)
            return bool(found)

        wait_for(look, f"a link to {part} for {address}")
        return found[-1]

    def _bookings(self) -> None:
        starts = self.free("ada")
        alive = self.book("ada", starts[3])
        moving = self.book("ada", starts[6])
        token = moving["reschedule_url"].rpartition("/")[2]
        moved = self.post(f"/api/v1/bookings/reschedule/{token}", start=starts[9])
        gone = self.book("ada", starts[12])
        token = gone["cancel_url"].rpartition("/")[2]
        self.post(f"/api/v1/bookings/cancel/{token}", reason="Something came up at home.")
        self.addresses |= {
            "taken": starts[9],
            "reschedule": alive["reschedule_url"],
            "cancel": alive["cancel_url"],
            "moved": moving["reschedule_url"],
            "cancelled": gone["cancel_url"],
            "booking": alive["id"],
            "booking_cancelled": gone["id"],
            "this_month": f"{datetime.now(UTC).date():%Y-%m}",
            "day": f"{_next_monday().isoformat()}",
        }
        assert moved["start"] == starts[9]
        self.addresses["done"] = self._done(starts[15])
        self.spare = {"free": iter(starts[20:]), "free_intake": iter(self.free("intake"))}

    def _done(self, start: str, slug: str = "ada", button: str = "Book ") -> str:
        page = self._page("nobody", f"/book/{slug}?start={start}&tz=Asia/Tokyo")
        page.fill("input[name='attendee.name']", LONG)
        page.fill("input[name='attendee.email']", f"{uuid4().hex}@a-rather-long-domain.test")
        page.get_by_role("button", name=button).click()
        page.wait_for_url("**/book/done/**")
        address = page.url
        page.close()
        return address

    def free(self, slug: str) -> list[str]:
        """Free starts of a link, from in three days on."""
        today = datetime.now(UTC).date()
        days = {
            "from": f"{today + timedelta(days=3)}",
            "to": f"{today + timedelta(days=25)}",
            "tz": "UTC",
        }
        answer = requests.get(f"{self.url}/api/v1/links/{slug}/slots", params=days, timeout=20)
        answer.raise_for_status()
        return [slot["start"] for slot in answer.json()["slots"]]

    def book(self, slug: str, start: str, answers: dict[str, Any] | None = None) -> dict[str, Any]:
        """A booking by somebody new, and their `email`."""
        email = f"zoe-{uuid4().hex[:8]}@x.test"
        attendee = {"name": "Zoë Stranger", "email": email, "timezone": "Asia/Tokyo"}
        body = {"start": start, "attendee": attendee, "answers": answers or {}}
        return self.post(f"/api/v1/links/{slug}/bookings", **body) | {"email": email}

    def post(self, path: str, **body: Any) -> dict[str, Any]:
        """What the API answers."""
        headers = {"Idempotency-Key": str(uuid4())}
        answer = requests.post(self.url + path, json=body, headers=headers, timeout=20)
        assert answer.ok, answer.text
        return dict(answer.json())

    def _links(self) -> None:
        closed = self._link(f"Closed {uuid4().hex[:5]}")
        self._set(closed, active=False)
        full = self._link(f"Full {uuid4().hex[:5]}")
        self._set(full, notice_hours="1400")
        later = self._link(f"Later {uuid4().hex[:5]}")
        self._set(later, notice_hours="600")
        words = "Donaudampfschifffahrtsgesellschaftskapitänsbesprechung and a quarterly review"
        long = self._link(f"{words} {uuid4().hex[:5]}")
        self._set(long, description="A long talk about many things. " * 12, durations="30, 45, 60")
        late = self._link(f"Late {uuid4().hex[:5]}")
        self._set(late, reschedule_hours="2000")
        made = {"closed": closed, "full": full, "later": later, "long": long, "late_link": late}
        self.addresses |= {name: self._slug(link) for name, link in made.items()}
        self.addresses["link"] = long

    def _link(self, title: str) -> str:
        page = self._page("owner", "/settings/booking-links/new")
        page.fill("input[name=title]", title)
        page.get_by_role("button", name="Make the link").click()
        page.wait_for_url("**/settings/booking-links/*-*")
        address = page.url
        page.close()
        return address

    def _teams(self) -> None:
        """A team of three with a link that was booked, and one that nothing uses."""
        name = f"Sales {uuid4().hex[:5]}"
        team, idle = self._team(name, "Ada", "Bea", "Cyd"), self._team(f"{LONG} {name}", "Cyd")
        page = self._page("owner", "/settings/booking-links/new")
        page.fill("input[name=title]", f"Demo by {name}")
        page.get_by_label("Round robin").check()
        page.select_option("select[name=team_id]", label=f"Team {name}")
        page.get_by_role("button", name="Make the link").click()
        page.wait_for_url("**/settings/booking-links/*-*")
        link = page.url
        page.close()
        self._set(link, visitor_picks=True)
        slug = self._slug(link)
        booked = [self.book(slug, start) for start in self.free(slug)[-80::20]]
        today = datetime.now(UTC).date().replace(day=1)
        self.addresses |= {
            "team": team,
            "team_slug": self._slug_of_team(team),
            "idle_team": idle,
            "idle_team_slug": self._slug_of_team(idle),
            "team_link": slug,
            "team_link_page": link,
            "team_booking": booked[-1]["id"],
            "last_month": f"{today - timedelta(days=1):%Y-%m}",
            "next_month": f"{today + timedelta(days=32):%Y-%m}",
        }
        found = self._href("nobody", f"/team/{self.addresses['team_slug']}", "a[href*='host=']")
        self.addresses["team_host"] = found.partition("host=")[2]

    def _team(self, name: str, *people: str) -> str:
        page = self._page("owner", "/settings/team/new")
        page.fill("input[name=name]", name)
        for person in people:
            page.get_by_label(person, exact=True).check()
        page.get_by_role("button", name="Make the team").click()
        page.wait_for_url("**/settings/team/*-*")
        address = page.url
        page.close()
        return address

    def _slug_of_team(self, team: str) -> str:
        page = self._page("owner", team.removeprefix(self.url))
        slug = page.input_value("input[name=slug]")
        page.close()
        return slug

    def _kinds(self) -> None:
        """A group with a booking, hosts who meet together, and a link that asks for approval."""
        group, together = self._shared("Group", "Ada"), self._shared("Collective", "Ada", "Cyd")
        asking = self._link(f"Asking {uuid4().hex[:5]}")
        self._set(asking, approval=True)
        for name, link in (("group", group), ("together", together), ("asking", asking)):
            self.addresses[name] = self._slug(link)
        self.addresses["group_page"] = group
        for name, place in (("group", 30), ("asking", 42)):
            self.addresses[f"{name}_start"] = self.free(self.addresses[name])[place]
        self.book(self.addresses["group"], self.addresses["group_start"])
        slug, starts = self.addresses["asking"], self.free(self.addresses["asking"])
        self.addresses["asked"] = self.book(slug, starts[34])["id"]
        self.addresses["asked_done"] = self._done(starts[38], slug, "Ask for ")

    def _everything(self) -> None:
        """A link with twenty questions of all types and long words; a booking with its answers."""
        link = self._link(f"Everything {uuid4().hex[:5]}")
        page = self._page("owner", link.removeprefix(self.url))
        everything.build(page)
        page.close()
        slug = self._slug(link)
        starts = self.free(slug)
        answers, file = everything.answers(self.url, slug)
        booked = self.book(slug, starts[-1], answers)
        self.addresses |= {
            "everything": slug,
            "everything_page": link,
            "filed": booked["id"],
            "answered": f"/crm/contacts?q={booked['email']}",
            "file": file,
        }
        self.spare["everything_start"] = iter(starts[:-1])

    def _shared(self, kind: str, *people: str) -> str:
        page = self._page("owner", "/settings/booking-links/new")
        page.fill("input[name=title]", f"{kind} {uuid4().hex[:5]}")
        page.check(f"input[name=kind][value={kind.lower()}]")
        for person in people:
            page.get_by_label(person, exact=True).check()
        page.get_by_role("button", name="Make the link").click()
        page.wait_for_url("**/settings/booking-links/*-*")
        address = page.url
        page.close()
        return address

    def _set(self, link: str, **values: str | bool) -> None:
        page = self._page("owner", link.removeprefix(self.url))
        open_all(page)
        for name, value in values.items():
            control = page.locator(f"#link-form [name={name}]")
            control.set_checked(value) if isinstance(value, bool) else control.fill(value)
        page.get_by_role("button", name="Save").click()
        page.wait_for_load_state()
        page.close()

    def _slug(self, link: str) -> str:
        page = self._page("owner", link.removeprefix(self.url))
        slug = page.input_value("input[name=slug]")
        page.close()
        wait_for(lambda: requests.get(f"{self.url}/book/{slug}", timeout=10).ok, slug)
        return slug

    def _things(self) -> None:
        """Addresses that stand as links on the host's lists."""
        finds = (
            ("schedule", "owner", "/settings/schedules", "main a[href*='/settings/schedules/']"),
            ("deal", "owner", "/crm/deals", "a.row-link[href*='/crm/deals/']"),
            ("mail", "nobody", "/dev/mail", "a[href*='/dev/mail/']"),
            ("answered", "owner", self.addresses["answered"], "a.row-link"),
        )
        for name, who, path, selector in finds:
            self.addresses[name] = self._href(who, path, selector)
        deal = self.addresses["deal"]
        self.addresses["contact"] = self._href("owner", deal, "a[href*='/crm/contacts/']")
        self.addresses["deactivate"] = self._href(
            "owner", "/settings/team", "a[href$='/deactivate']"
        )
        self._webhook()
        page = self._page("fresh", "/settings/profile")
        self.addresses["fresh_host"] = page.input_value("input[name=slug]")
        page.close()

    def _webhook(self) -> None:
        """One at which nobody answers."""
        page = self._page("owner", "/settings/webhooks")
        page.locator("details.section > summary").first.click()
        page.fill("input[name=url]", "http://127.0.0.1:9/hooks/of-a-long-name/" + "x" * 60)
        page.get_by_role("button", name="Add the webhook").click()
        page.wait_for_selector("#new-secret")
        page.close()
        found = "a[href*='/settings/webhooks/']"
        self.addresses["webhook"] = self._href("owner", "/settings/webhooks", found)
        page = self._page("owner", self.addresses["webhook"])
        page.get_by_role("button", name="Send a test event").click()
        page.wait_for_load_state()
        page.close()

    def _href(self, who: str, path: str, selector: str) -> str:
        """Of what may still be on its way to its page."""
        page = self._page(who, path)
        link = page.locator(selector).first
        wait_for(lambda: _attached(link) or not page.reload(), selector)
        found = link.get_attribute("href")
        page.close()
        assert found, (path, selector)
        return found


def _kept(page: Page) -> Any:
    state = page.context.storage_state()
    page.context.close()
    return state


def _attached(link: Locator) -> bool:
    with suppress(Late):
        link.wait_for(state="attached", timeout=5000)
        return True
    return False


def _next_monday() -> date:
    today = datetime.now(UTC).date()
    return today + timedelta(days=7 - today.weekday())


@pytest.fixture(scope="session")
def tour(browser: Browser, embedded_suite: EmbeddedSuite) -> Tour:
    """The demo, prepared."""
    made = Tour(browser, embedded_suite)
    made.prepare()
    return made
