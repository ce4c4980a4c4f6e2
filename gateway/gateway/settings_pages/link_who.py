"""The part "Who" of a link's page: its kind, its people, how one of them is chosen. Pure.

A link stays of its kind. Who may not put other people's time on a link (`others`) keeps the hosts
as they are.
"""

from collections.abc import Mapping
from typing import Any, get_args
from uuid import UUID

from contracts.booking import LinkHost, LinkSettings
from contracts.booking.teams import Method
from gateway.presenting.words import listed
from gateway.settings_pages.inputs import Reader, clock_of

KINDS = (
    ("one_on_one", "One-on-one", "One host and one attendee."),
    ("round_robin", "Round robin", "One of several hosts takes the meeting; they take turns."),
    ("collective", "Collective", "All hosts together, at times when everybody is free."),
    ("group", "Group", "Several people book places in the same meeting."),
)
METHODS = (
    ("rotate", "In turn: the next free one in order"),
    ("balanced", "By share: who is furthest below their weighted share of the month"),
    ("priority", "By level: the highest level with somebody free, then by share"),
)
FIELDS = (
    "kind", "team_id", "hosts", "assignment", "visitor_picks", "repick", "capacity",
    "grid_start", "grid_timezone", "approval",
)  # fmt: skip
assert {value for value, _ in METHODS} == set(get_args(Method))


def to_values(settings: LinkSettings) -> dict[str, str]:
    """The inputs that show it; `hosts` are ids with blanks between them."""
    flags = {name: getattr(settings, name) for name in ("visitor_picks", "repick", "approval")}
    return {
        "team_id": str(settings.team_id or ""),
        "hosts": " ".join(str(place.host_id) for place in settings.hosts),
        "assignment": settings.assignment,
        "capacity": str(settings.capacity),
        "grid_start": clock_of(settings.grid_start),
        "grid_timezone": settings.grid_timezone or "",
        **{name: "1" if value else "" for name, value in flags.items()},
    }


def kinds(*, others: bool) -> list[tuple[str, str, str]]:
    """The kinds that the reader can make; alone one can meet one person, or a group."""
    return [kind for kind in KINDS if others or kind[0] in {"one_on_one", "group"}]


def begin(reader: Reader, *, others: bool) -> dict[str, Any]:
    """What a new link is to be: its kind, and what cannot be guessed for that."""
    offered = [kind for kind, _, _ in kinds(others=others)]
    kind = reader.choice("kind", offered, "one_on_one")
    changes: dict[str, Any] = {"kind": kind}
    if others and kind != "one_on_one":
        changes |= _people(reader, ())
    if kind == "group":
        changes |= _places(reader)
    return changes


def read(reader: Reader, base: LinkSettings, *, others: bool) -> dict[str, Any]:
    """What was typed, over `base`; inputs that the kind does not show are left as they were."""
    kind = base.kind
    changes: dict[str, Any] = {"approval": reader.flag("approval")}
    if others and kind != "one_on_one":
        changes |= _people(reader, base.hosts)
    if kind == "round_robin":
        changes |= _turns(reader, base)
    if kind == "group":
        changes |= _places(reader)
    if kind in {"collective", "group"}:
        changes |= _grid(reader)
    return changes


def hosts_of(reader: Reader) -> str:
    """The chosen hosts as `to_values` writes them."""
    return " ".join(" ".join(reader.rows("hosts")).split())


def _people(reader: Reader, known: tuple[LinkHost, ...]) -> dict[str, Any]:
    team_id = reader.id("team_id")
    if team_id is not None:
        return {"team_id": team_id}
    return {"team_id": None, "hosts": _hosts(reader, known)}


def _places(reader: Reader) -> dict[str, Any]:
    return {"capacity": reader.needed("capacity", 1, 1000, unit="places")}


def _hosts(reader: Reader, before: tuple[LinkHost, ...]) -> tuple[LinkHost, ...]:
    chosen = _ids(reader)
    if not chosen:
        reader.say("hosts", "Choose who takes these meetings.")
    known = {place.host_id: place for place in before}
    kept = [host_id for host_id in known if host_id in chosen]
    new = [host_id for host_id in chosen if host_id not in known]
    return tuple(
        LinkHost(
            host_id=host_id,
            position=place,
            weight=known[host_id].weight if host_id in known else 1,
            level=known[host_id].level if host_id in known else 1,
        )
        for place, host_id in enumerate([*kept, *new])
    )


def _ids(reader: Reader) -> list[UUID]:
    found: dict[UUID, None] = {}
    for value in hosts_of(reader).split():
        try:
            found.setdefault(UUID(value))
        except ValueError:
            reader.say("hosts", "Choose people of the list.")
    return list(found)


def _turns(reader: Reader, base: LinkSettings) -> dict[str, Any]:
    return {
        "assignment": reader.choice("assignment", get_args(Method), base.assignment),
        "visitor_picks": reader.flag("visitor_picks"),
        "repick": reader.flag("repick"),
    }


def _grid(reader: Reader) -> dict[str, Any]:
    start = reader.clock("grid_start") or 0
    if start >= 1440:
        reader.say("grid_start", "A time of the day before 24:00.")
    zone = reader.zone("grid_timezone") if reader.raw("grid_timezone") else None
    return {"grid_start": min(start, 1439), "grid_timezone": zone}


# --- words ---------------------------------------------------------------------------------------

TURNS = {"rotate": "take turns", "balanced": "share by weight", "priority": "share by level"}


def says(settings: LinkSettings, names: Mapping[UUID, str], teams: Mapping[UUID, str]) -> str:
    """The section in a line."""
    parts = [_who(settings, people(settings, names, teams))]
    if settings.kind == "round_robin" and settings.visitor_picks:
        parts.append("the visitor may pick")
    if settings.kind == "group":
        parts.append(f"{settings.capacity} places")
    if settings.approval:
        parts.append("after approval")
    return ", ".join(parts)


def people(settings: LinkSettings, names: Mapping[UUID, str], teams: Mapping[UUID, str]) -> str:
    """Its hosts in words: the team's name, a few names, or how many."""
    if settings.team_id is not None:
        return f"Team {teams.get(settings.team_id, '')}".strip()
    known = [names[place.host_id] for place in settings.hosts if place.host_id in names]
    return f"{len(known)} people" if len(known) > 4 else listed(known) or "The owner"


def _who(settings: LinkSettings, whom: str) -> str:
    if settings.kind == "round_robin":
        return f"{whom}: {TURNS[settings.assignment]}"
    return f"{whom}: all together" if settings.kind == "collective" else whom
