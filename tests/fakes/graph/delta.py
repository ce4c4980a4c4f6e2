"""calendarView/delta: rounds, their pages, and the tokens between them.

As the real one does, it tells an occurrence of a series by its times alone, tells a series that
changed as its master with the occurrences that are left, and does not tell which are gone; an
event that left the window is told as removed (learn.microsoft.com/graph/api/event-delta).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import uuid4

from fakes.graph.mailbox import Book, Item, Mailbox, shown
from fakes.graph.shapes import JSON, Refusal, tracked, window


@dataclass(frozen=True)
class State:
    """What a token stands for: a window of a calendar, and up to where it was told."""

    book: str
    start: datetime
    end: datetime
    told: int


@dataclass
class Round:
    """The rest of a round that was begun."""

    state: State
    left: list[JSON]


@dataclass
class Deltas:
    """The tokens that are out. `endless`: rounds lead on for ever, as some really do."""

    tokens: dict[str, State] = field(default_factory=dict)
    rounds: dict[str, Round] = field(default_factory=dict)
    endless: bool = False
    most: int = 1000

    def page(
        self, mailbox: Mailbox, book: Book, query: dict[str, str], wishes: dict[str, str]
    ) -> JSON:
        """One page, with the token to the next, or to the next round."""
        asked = tracked(query)
        zone = wishes.get("outlook.timezone", "UTC")
        size = min(int(wishes.get("odata.maxpagesize", 10)), self.most)
        begun = self._round(mailbox, book, asked, zone)
        here, left = begun.left[:size], begun.left[size:]
        if left or self.endless:
            kind, token = "skip", self._keep(Round(begun.state, here if self.endless else left))
        else:
            kind, token = "delta", uuid4().hex
            self.tokens[token] = begun.state
        return {"value": here, "kind": kind, "token": token}

    def _keep(self, rest: Round) -> str:
        token = uuid4().hex
        self.rounds[token] = rest
        return token

    def _round(self, mailbox: Mailbox, book: Book, asked: dict[str, str], zone: str) -> Round:
        if "$skiptoken" in asked:
            found = self.rounds.get(asked["$skiptoken"])
            if found is None or found.state.told < book.expired:
                raise _gone("resyncRequired")
            return found
        if "$deltatoken" in asked:
            before = self.tokens.get(asked["$deltatoken"])
            if before is None or before.told < book.expired or before.book != book.id:
                raise _gone("syncStateNotFound")
            state = State(book.id, before.start, before.end, book.latest)
            return Round(state, list(_changes(mailbox, book, before, zone)))
        start, end = window(asked)
        state = State(book.id, start, end, book.latest)
        return Round(state, list(_everything(mailbox, book, state, zone)))


def _everything(mailbox: Mailbox, book: Book, state: State, zone: str) -> Iterator[JSON]:
    for item in book.standing:
        if item.within(state.start, state.end):
            yield from _told(mailbox, item, state, zone)


def _changes(mailbox: Mailbox, book: Book, before: State, zone: str) -> Iterator[JSON]:
    for item in list(book.items.values()):
        if item.changed <= before.told:
            continue
        if item.deleted or not item.within(before.start, before.end):
            yield {"id": item.id, "@removed": {"reason": "deleted"}}
        else:
            yield from _told(mailbox, item, before, zone)


def _told(mailbox: Mailbox, item: Item, state: State, zone: str) -> Iterator[JSON]:
    """Occurrences come before their master: nothing says that they do not."""
    for one in item.occurrences:
        if one.within(state.start, state.end):
            yield shown(one, mailbox, zone, bare=one.type == "occurrence")
    yield shown(item, mailbox, zone)


def _gone(code: Literal["syncStateNotFound", "resyncRequired"]) -> Refusal:
    return Refusal(410, code, "The sync state generation is not found.")
