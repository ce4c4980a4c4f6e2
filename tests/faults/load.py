"""Bookers: threads that book, move, cancel and look over HTTP, and remember what they were told.

Every change carries an idempotency key. An answer that never came, or that said "not now", leaves
the outcome unknown: the same request is sent again once all is well, and its answer is the truth.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from typing import Any
from uuid import UUID

import requests

from faults.world import Fate

BUDGET = 15.0
"""Seconds within which every answer must come, however busy the machine: no request hangs."""

FIRST_DAY = timedelta(days=3)
DAYS = timedelta(days=1)
"""The bookers book from so many days ahead, so many days: reminders can then be made due at once."""


@dataclass
class Chain:
    """A meeting as its booker knows it, through all its moves."""

    email: str
    slug: str
    booking_id: str = ""
    status: str = ""
    start: str = ""
    reschedule_url: str = ""
    cancel_url: str = ""


@dataclass
class Wish:
    """One change that was asked for, with what it takes to ask again."""

    what: str
    chain: Chain
    path: str
    body: dict[str, Any]
    key: str


@dataclass
class Tally:
    """How requests went. `wrong` holds what no client should ever see."""

    outcomes: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    slowest: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, what: str, outcome: str, seconds: float, said: str) -> None:
        """One more."""
        with self.lock:
            self.outcomes[outcome] += 1
            self.slowest = max(self.slowest, seconds)
            if outcome == "wrong":
                self.wrong.append(f"{what} after {seconds:.1f} s: {said}")


def judge(answer: requests.Response) -> str:
    """`ok`, `refused` (a rule says no), `away` (503 that says when to come back) or `wrong`."""
    if answer.ok:
        return "ok"
    if answer.status_code == 503 and answer.headers.get("Retry-After", "").isdecimal():
        return "away"
    return "refused" if answer.status_code in {404, 409, 422} else "wrong"


class Booker(threading.Thread):
    """One visitor after another, with dice of a known seed."""

    def __init__(self, number: int, url: str, slugs: list[str], tally: Tally) -> None:
        super().__init__(name=f"booker-{number}", daemon=True)
        self.url = url
        self.slugs = slugs
        self.tally = tally
        self.dice = Random(number)
        self.ended = threading.Event()
        self.http = requests.Session()
        self.chains: list[Chain] = []
        self.unsettled: list[Wish] = []
        self.numbers = count(1)
        self.free: dict[str, list[str]] = {slug: [] for slug in slugs}

    def run(self) -> None:
        """Acts until told to end."""
        while not self.ended.is_set():
            roll = self.dice.random()
            live = self._live()
            if roll < 0.1:
                self.look(self.dice.choice(self.slugs))
            elif roll < 0.35 and live:
                self.act(self.moving(self.dice.choice(live)))
            elif roll < 0.5 and live:
                self.act(self.cancelling(self.dice.choice(live)))
            else:
                self.act(self.booking(self.dice.choice(self.slugs)))

    def _live(self) -> list[Chain]:
        busy = {id(wish.chain) for wish in self.unsettled}
        return [c for c in self.chains if c.status == "confirmed" and id(c) not in busy]

    # --- what is asked ---

    def booking(self, slug: str) -> Wish | None:
        """A new meeting; now and then for somebody who has booked before."""
        start = self._some_start(slug)
        known = [chain.email for chain in self.chains]
        again = bool(known) and self.dice.random() < 0.1
        email = self.dice.choice(known) if again else f"{self._key()}@load.test"
        attendee = {"name": "Zoë", "email": email, "timezone": "Asia/Tokyo"}
        body = {"start": start, "attendee": attendee}
        path = f"/api/v1/links/{slug}/bookings"
        return Wish("book", Chain(email, slug), path, body, self._key()) if start else None

    def moving(self, chain: Chain) -> Wish | None:
        """Another time for one of the booker's own."""
        start = self._some_start(chain.slug)
        path = f"/api/v1/bookings/{chain.reschedule_url.split('/book/')[1]}"
        return Wish("move", chain, path, {"start": start}, self._key()) if start else None

    def cancelling(self, chain: Chain) -> Wish:
        """The end of one of the booker's own."""
        path = f"/api/v1/bookings/{chain.cancel_url.split('/book/')[1]}"
        return Wish("cancel", chain, path, {"reason": "ill"}, self._key())

    def _key(self) -> str:
        return str(UUID(int=self.dice.getrandbits(128), version=4))

    def _some_start(self, slug: str) -> str | None:
        """One of the first that are free, so that bookers meet."""
        if not self.free[slug] or self.dice.random() < 0.3:
            self.look(slug)
        return self.dice.choice(self.free[slug][:16]) if self.free[slug] else None

    # --- how it went ---

    def look(self, slug: str) -> str:
        """Reads the free times; the outcome."""
        first = datetime.now(UTC).date() + FIRST_DAY
        days = {"from": str(first), "to": str(first + DAYS), "tz": "UTC"}
        url = f"{self.url}/api/v1/links/{slug}/slots"
        outcome, answer = self._ask("look", lambda: self.http.get(url, params=days, timeout=BUDGET))
        if answer is not None and outcome == "ok":
            self.free[slug] = [slot["start"] for slot in answer.json()["slots"]]
        return outcome

    def see(self, what: str, page: Callable[[], requests.Response]) -> str:
        """Opens a page; the outcome."""
        return self._ask(what, page)[0]

    def act(self, wish: Wish | None) -> str:
        """Asks for a change; what is not known for sure is kept to be asked again."""
        if wish is None:
            self.ended.wait(0.05)
            return "nothing"
        outcome, answer = self._send(wish)
        if answer is not None and outcome in {"ok", "refused"}:
            self._told(wish, answer)
        elif wish not in self.unsettled:
            self.unsettled.append(wish)
        if outcome != "ok":
            self.free[wish.chain.slug] = []
            self.ended.wait(0.1)
        return outcome

    def settle(self) -> None:
        """Asks again for everything whose outcome is unknown; raises if one stays so."""
        for wish in list(self.unsettled):
            end = time.monotonic() + 60
            while True:
                outcome, answer = self._send(wish)
                if answer is not None and outcome in {"ok", "refused"}:
                    break
                if time.monotonic() > end:
                    raise AssertionError(f"{wish} stays {outcome}")
                threading.Event().wait(0.2)
            self._told(wish, answer)
            self.unsettled.remove(wish)

    def _send(self, wish: Wish) -> tuple[str, requests.Response | None]:
        return self._ask(
            wish.what,
            lambda: self.http.post(
                self.url + wish.path,
                json=wish.body,
                headers={"Idempotency-Key": wish.key},
                timeout=BUDGET,
            ),
        )

    def _ask(
        self, what: str, ask: Callable[[], requests.Response]
    ) -> tuple[str, requests.Response | None]:
        began = time.monotonic()
        answer, said = None, ""
        try:
            answer = ask()
            outcome, said = judge(answer), f"{answer.status_code} {answer.text[:300]}"
        except requests.Timeout as error:
            outcome, said = "wrong", repr(error)
        except requests.RequestException:
            outcome = "unknown"
        seconds = time.monotonic() - began
        if seconds > BUDGET:
            outcome = "wrong"
        self.tally.add(what, outcome, seconds, said)
        return outcome, answer

    def _told(self, wish: Wish, answer: requests.Response) -> None:
        chain, said = wish.chain, answer.json()
        if answer.ok and wish.what == "book":
            self.chains.append(chain)
        if answer.ok:
            chain.booking_id, chain.status, chain.start = (
                said["id"],
                said["status"],
                said["start"],
            )
            chain.reschedule_url = said.get("reschedule_url", "")
            chain.cancel_url = said.get("cancel_url", "")
        elif wish.what == "cancel" and said["error"]["code"] == "already_cancelled":
            chain.status = "cancelled"  # by the first try, whose answer was lost

    def fates(self) -> list[Fate]:
        """How its meetings stand, by what it was told."""
        return [
            Fate(chain.booking_id, chain.status, datetime.fromisoformat(chain.start))
            for chain in self.chains
        ]


class Crowd:
    """Some bookers at work. `stop` ends them; their chains live on for the next crowd."""

    def __init__(self, bookers: list[Booker], tally: Tally) -> None:
        self.bookers = bookers
        self.tally = tally

    def start(self) -> None:
        """All begin."""
        for booker in self.bookers:
            booker.start()

    def stop(self) -> None:
        """Each ends what it is at."""
        for booker in self.bookers:
            booker.ended.set()
        for booker in self.bookers:
            booker.join(2 * BUDGET)
            if booker.is_alive():
                raise AssertionError(f"{booker.name} hangs")

    def done(self) -> int:
        """How many requests went well so far."""
        return self.tally.outcomes["ok"]
