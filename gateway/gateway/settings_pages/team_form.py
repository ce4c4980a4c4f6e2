"""A team's settings as inputs of its page, and back. Pure.

The order of the members is the order of their rows; without a script, buttons move a row. What is
wrong is said at its input: `name`, `slug`, `members`, `weight_<id>`, `level_<id>`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from contracts.booking import Host, Team, TeamMember
from gateway.settings_pages.inputs import Reader

HEAVIEST = 1000
HIGHEST = 100
_FIELD = re.compile(r"members\.(\d+)\.(weight|level)")


@dataclass(frozen=True)
class Row:
    """A member as their row shows them: what was typed, right or wrong."""

    host_id: UUID
    name: str
    weight: str = "1"
    level: str = "1"
    active: bool = True
    gone: bool = False


@dataclass
class Typed:
    """The form as it was typed. `others` can be added."""

    name: str = ""
    slug: str = ""
    rows: list[Row] = field(default_factory=list)
    others: list[Host] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)

    def members(self) -> tuple[TeamMember, ...]:
        """The members; only where nothing is wrong."""
        return tuple(
            TeamMember(
                host_id=row.host_id,
                weight=int(row.weight),
                level=int(row.level),
                active=row.active,
            )
            for row in self.rows
        )

    def refused(self, fields: Mapping[str, str]) -> None:
        """Puts a refusal of booking at the inputs."""
        for name, sentence in fields.items():
            found = _FIELD.fullmatch(name.removeprefix("team."))
            known = found and int(found[1]) < len(self.rows)
            place = f"{found[2]}_{self.rows[int(found[1])].host_id}" if found and known else name
            self.errors.setdefault(place.removeprefix("team."), sentence)


def shown(team: Team | None, known: Mapping[UUID, Host]) -> Typed:
    """A stored team, or a new one's empty form."""
    if team is None:
        return Typed(others=_others(known, ()))
    rows = [
        _named(
            Row(each.host_id, "", str(each.weight), str(each.level), each.active),
            known,
        )
        for each in team.members
    ]
    return Typed(team.name, team.slug, rows, _others(known, rows))


def read(reader: Reader, known: Mapping[UUID, Host]) -> Typed:
    """What was typed; people ticked to be added stand last. What a button asks for is done."""
    chosen = _ids(reader, "member")
    added = [each for each in _ids(reader, "add") if each not in chosen and each in known]
    rows = [_row(reader, each, known) for each in (*chosen, *added)]
    rows = ordered(rows, reader.raw("do"))
    slug = reader.slug("slug", folds=True)
    typed = Typed(reader.raw("name"), slug, rows, _others(known, rows))
    reader.text("name", 200, required="A name is needed.")
    for row in rows:
        _check_terms(reader, row)
    if not rows:
        reader.say("members", "A team needs at least one host.")
    elif not any(row.active for row in rows):
        reader.say("members", "At least one host must be active.")
    typed.errors = reader.errors
    return typed


def _check_terms(reader: Reader, row: Row) -> None:
    for name, most in (("weight", HEAVIEST), ("level", HIGHEST)):
        if reader.rows(f"{name}_{row.host_id}"):  # else they were ticked just now
            reader.needed(f"{name}_{row.host_id}", 1, most)


def ordered(rows: list[Row], wish: str) -> list[Row]:
    """The rows after `up:<id>`, `down:<id>` or `remove:<id>`; at an end a row stays there."""
    action, _, identity = wish.partition(":")
    place = next((n for n, row in enumerate(rows) if str(row.host_id) == identity), None)
    if place is None:
        return rows
    rest = rows[:place] + rows[place + 1 :]
    if action == "remove":
        return rest
    target = max(0, place - 1) if action == "up" else place + 1
    return [*rest[:target], rows[place], *rest[target:]] if action in {"up", "down"} else rows


def _row(reader: Reader, host_id: UUID, known: Mapping[UUID, Host]) -> Row:
    new = not reader.rows(f"weight_{host_id}")
    row = Row(
        host_id,
        "",
        "1" if new else reader.raw(f"weight_{host_id}"),
        "1" if new else reader.raw(f"level_{host_id}"),
        active=new or reader.flag(f"active_{host_id}"),
    )
    return _named(row, known)


def _named(row: Row, known: Mapping[UUID, Host]) -> Row:
    host = known.get(row.host_id)
    name = host.name if host else "A former member"
    return Row(
        row.host_id,
        name,
        row.weight,
        row.level,
        active=row.active,
        gone=host is None or not host.active,
    )


def _others(known: Mapping[UUID, Host], rows: Iterable[Row]) -> list[Host]:
    there = {row.host_id for row in rows}
    free = [host for host in known.values() if host.active and host.id not in there]
    return sorted(free, key=lambda host: host.name.casefold())


def _ids(reader: Reader, name: str) -> list[UUID]:
    """The ids of an input that stands several times, each once."""
    found: dict[UUID, None] = {}
    for value in reader.rows(name):
        try:
            found.setdefault(UUID(value))
        except ValueError:
            reader.say("members", "Choose people of the list.")
    return list(found)
