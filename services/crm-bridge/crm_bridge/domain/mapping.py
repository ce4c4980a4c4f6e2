"""Which of our fields goes to which of another CRM's, and in what form.

Texts come from strangers: control characters and marks that turn text around are left out, markup
is escaped where the other side shows it as such, and what is too long is cut.
"""

from collections.abc import Mapping as Map
from dataclasses import dataclass, field
from html import escape
from typing import Any, Literal, get_args

Kind = Literal["contact", "deal", "meeting"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Shape = Literal["text", "long", "html", "number"]
"""One line, several, markup, or a number."""

Value = str | float
ANSWER = "answer:"
"""Begins the name of an answer, by its question's label."""

MOST_ANSWERS = 20
LONGEST = 30_000
"""Characters of one field, where the other side names no limit."""

OURS: dict[Kind, dict[str, str]] = {
    "contact": {
        "first_name": "First name",
        "last_name": "Last name",
        "name": "Full name",
        "time_zone": "Time zone",
        "language": "Language",
    },
    "deal": {
        "title": "Title",
        "value": "Value",
        "link": "Booking link",
        "host": "Host's name",
    },
    "meeting": {
        "title": "Title",
        "notes": "Notes: what happened, and the answers",
        "place": "Place",
        "join_url": "Link to join",
        "host": "Host's name",
    },
}
"""Our fields, with their words. Who owns it, the times and what hangs on what are not among them:
each connector writes those where they belong.
"""

NUMBERS = {("deal", "value")}
_TURNS = {*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C}


@dataclass(frozen=True)
class Theirs:
    """A field of the other CRM that we may write. `longest`: characters, if it names a limit."""

    name: str
    label: str
    shape: Shape = "text"
    required: bool = False
    longest: int | None = None


@dataclass(frozen=True)
class Choice:
    """A stage of theirs: its name, and their words."""

    value: str
    label: str


@dataclass(frozen=True)
class Offer:
    """What exists at the other CRM. `missing`: what has to be set up there first, in our words."""

    fields: Map[Kind, tuple[Theirs, ...]]
    stages: tuple[Choice, ...] = ()
    missing: tuple[str, ...] = ()

    def field(self, kind: Kind, name: str) -> Theirs | None:
        """The field of that name."""
        return next((one for one in self.fields.get(kind, ()) if one.name == name), None)


@dataclass(frozen=True)
class Mapping:
    """Our field's name to their field, for each kind of object; our stage's to theirs."""

    fields: dict[Kind, dict[str, Theirs]] = field(default_factory=dict)
    stages: dict[str, str] = field(default_factory=dict)

    def of(self, kind: Kind) -> dict[str, Theirs]:
        """Those of one kind of object."""
        return self.fields.get(kind, {})

    @property
    def answers(self) -> tuple[str, ...]:
        """The labels of the questions whose answers go to contacts."""
        names = (ours for ours in self.of("contact") if ours.startswith(ANSWER))
        return tuple(name.removeprefix(ANSWER) for name in names)


def usual(
    offer: Offer, wishes: Map[Kind, Map[str, str]], stages: Map[str, tuple[str, ...]]
) -> Mapping:
    """A new connection's mapping: a connector's wishes, as far as they exist there."""
    fields: dict[Kind, dict[str, Theirs]] = {}
    for kind in KINDS:
        found = {ours: offer.field(kind, name) for ours, name in wishes.get(kind, {}).items()}
        fields[kind] = {ours: one for ours, one in found.items() if one is not None}
    there = [one.value for one in offer.stages]
    chosen = {
        ours: next((name for name in names if name in there), "") for ours, names in stages.items()
    }
    return Mapping(fields, {ours: name for ours, name in chosen.items() if name})


def takes(theirs: Theirs, kind: Kind, ours: str) -> bool:
    """Whether our field can go there: numbers anywhere, words not into numbers."""
    return theirs.shape != "number" or (kind, ours) in NUMBERS


def problems(mapping: Mapping, offer: Offer) -> dict[str, str]:
    """What is wrong with a mapping, by `kind.ours` or `stage.ours`; empty if nothing is."""
    wrong: dict[str, str] = {}
    for kind in KINDS:
        wrong |= _fields_problems(kind, mapping.of(kind), offer)
    there = {one.value for one in offer.stages}
    for ours, name in mapping.stages.items():
        if name not in there:
            wrong[f"stage.{ours}"] = "This stage does not exist there any more."
    return wrong


def _fields_problems(kind: Kind, chosen: dict[str, Theirs], offer: Offer) -> dict[str, str]:
    wrong: dict[str, str] = {}
    taken: set[str] = set()
    for ours, theirs in chosen.items():
        known = offer.field(kind, theirs.name)
        if ours not in OURS[kind] and not (kind == "contact" and _is_answer(ours)):
            wrong[f"{kind}.{ours}"] = "This is no field of ours."
        elif known is None:
            wrong[f"{kind}.{ours}"] = "This field does not exist there any more."
        elif not takes(known, kind, ours):
            wrong[f"{kind}.{ours}"] = "This field takes numbers only."
        elif theirs.name in taken:
            wrong[f"{kind}.{ours}"] = "Something else is written to this field already."
        taken.add(theirs.name)
    for one in offer.fields.get(kind, ()):
        if one.required and one.name not in taken:
            wrong[f"{kind}."] = f"“{one.label}” has to be written: it is required there."
    return wrong


def _is_answer(ours: str) -> bool:
    return ours.startswith(ANSWER) and len(ours) > len(ANSWER)


def rendered(mapping: Map[str, Theirs], values: Map[str, Value]) -> dict[str, Value]:
    """Their fields with our values, in their form; what we do not know is left out."""
    found = {theirs.name: fitted(values.get(ours, ""), theirs) for ours, theirs in mapping.items()}
    return {name: value for name, value in found.items() if value != ""}


def fitted(value: Value, theirs: Theirs) -> Value:
    """One value as their field can take it."""
    if not isinstance(value, str):
        return value if theirs.shape == "number" else f"{value:.2f}"
    text = clean(value)
    if theirs.shape == "text":
        text = " ".join(text.split())
    longest = min(theirs.longest or LONGEST, LONGEST)
    if len(text) > longest:
        text = text[: longest - 1] + "…"
    return escape(text).replace("\n", "<br>") if theirs.shape == "html" else text


def clean(text: str) -> str:
    """Without control characters (but lines and tabs), turning marks and halves of characters."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    return "".join(one for one in lines if _is_plain(ord(one)))


def _is_plain(code: int) -> bool:
    if code in {0x0A, 0x09}:
        return True
    control = code < 0x20 or 0x7F <= code < 0xA0
    return not (control or code in _TURNS or 0xD800 <= code < 0xE000)


def stored(mapping: Mapping) -> dict[str, Any]:
    """As JSON."""
    fields = {
        kind: {ours: vars(theirs) for ours, theirs in chosen.items()}
        for kind, chosen in mapping.fields.items()
    }
    return {"fields": fields, "stages": mapping.stages}


def restored(kept: Map[str, Any]) -> Mapping:
    """The reverse."""
    fields: dict[Kind, dict[str, Theirs]] = {
        kind: {ours: Theirs(**one) for ours, one in kept.get("fields", {}).get(kind, {}).items()}
        for kind in KINDS
    }
    return Mapping(fields, dict(kept.get("stages", {})))
