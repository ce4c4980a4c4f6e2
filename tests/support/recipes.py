"""Pages of docs/recipes, followed to the letter: each `sh` block is the call that is made, and the
`http` block below it is what has to come back.

In an answer `"…"` is anything, `"$NAME"` the value of that name, kept when it is met first; of an
object at least these members, of a list at least these elements, in any order.
"""

import json
import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from support.postgres import ROOT

ANYTHING = "\N{HORIZONTAL ELLIPSIS}"
_BLOCK = re.compile(r"^```(sh|http)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Call:
    """A curl command, taken apart."""

    method: str
    url: str
    headers: dict[str, str]
    body: str


@dataclass(frozen=True)
class Step:
    """A call as the page writes it, and the answer that it promises."""

    command: str
    status: int
    answer: Any


def steps(name: str) -> list[Step]:
    """What a page has its reader do, in order."""
    page = (Path(ROOT) / "docs" / "recipes" / f"{name}.md").read_text()
    blocks = _BLOCK.findall(page)
    kinds = [kind for kind, _ in blocks]
    assert kinds == ["sh", "http"] * (len(blocks) // 2), f"{name}: {kinds}"
    return [_step(call, answer) for (_, call), (_, answer) in zip(*_halves(blocks), strict=True)]


def _halves(blocks: list[Any]) -> tuple[list[Any], list[Any]]:
    return blocks[::2], blocks[1::2]


def _step(command: str, promised: str) -> Step:
    status, _, body = promised.partition("\n\n")
    return Step(command, int(status.split()[1]), json.loads(body))


def call_of(command: str) -> Call:
    """Of the options of curl, those that the pages use; others fail."""
    words = iter(shlex.split(command.replace("\\\n", " ")))
    assert next(words) == "curl"
    method, url, body, headers = "", "", "", {}
    for word in words:
        if word == "-X":
            method = next(words)
        elif word == "-H":
            name, _, value = next(words).partition(": ")
            headers[name] = value
        elif word == "-d":
            body = next(words)
        else:
            assert not word.startswith("-"), word
            url = word
    return Call(method or ("POST" if body else "GET"), url, headers, body)


@dataclass
class Reader:
    """Who follows a page: `send` makes a call and gives status and JSON; `known`: what they know."""

    send: Callable[[Call], tuple[int, Any]]
    known: dict[str, Any] = field(default_factory=dict)

    def follow(self, name: str) -> Iterator[Step]:
        """Does a step after the other; each came out as promised when it is given."""
        for step in steps(name):
            status, answer = self.send(call_of(self._filled(step.command)))
            assert status == step.status, (step.command, answer)
            assert self._fits(step.answer, answer), (step.command, step.answer, answer)
            yield step

    def _filled(self, command: str) -> str:
        names = set(re.findall(r"\$([A-Z]+)", command))
        assert names <= set(self.known), names - set(self.known)
        return re.sub(r"\$([A-Z]+)", lambda found: str(self.known[found[1]]), command)

    def _fits(self, promised: Any, found: Any) -> bool:
        if promised == ANYTHING:
            return found is not None
        if isinstance(promised, str) and promised.startswith("$"):
            return bool(self.known.setdefault(promised[1:], found) == found)
        if isinstance(promised, dict):
            return isinstance(found, dict) and self._has(promised, found)
        if isinstance(promised, list):
            return all(any(self._try(one, each) for each in found) for one in promised)
        return bool(promised == found)

    def _has(self, promised: dict[str, Any], found: dict[str, Any]) -> bool:
        """Plain members first: they tell which element of a list is meant."""
        names = sorted(promised, key=lambda name: str(promised[name]).startswith("$"))
        return all(name in found and self._fits(promised[name], found[name]) for name in names)

    def _try(self, promised: Any, found: Any) -> bool:
        """As `_fits`, and nothing is kept where it does not."""
        before = dict(self.known)
        if self._fits(promised, found):
            return True
        self.known = before
        return False
