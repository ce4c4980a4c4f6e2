"""What stands in a workspace, and the changes that a file would make to it."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from configuring import entries
from configuring.entries import Entry, Names
from contracts.availability import Schedule
from contracts.booking import Host, Link, Team

Value = Schedule | Team | Link


@dataclass(frozen=True)
class State:
    """What stands in a workspace."""

    workspace_id: UUID
    timezone: str
    hosts: tuple[Host, ...]
    schedules: tuple[Schedule, ...] = ()
    teams: tuple[Team, ...] = ()
    links: tuple[Link, ...] = ()

    def names(self) -> Names:
        """Of hosts, teams and schedules."""
        return entries.names(self.hosts, self.teams, self.schedules)

    def entry(self, value: Value, known: Names) -> Entry:
        """Every field of it, in the file's words."""
        if isinstance(value, Schedule):
            return entries.schedule_entry(value, known)
        if isinstance(value, Team):
            return entries.team_entry(value, known)
        return entries.link_entry(value, known)

    def standing(self, section: str, known: Names) -> dict[str, Value]:
        """What a section has, by the names that the file uses."""
        if section == "schedules":
            by_id = {one.id: one for one in self.schedules}
            return {name: by_id[key] for name, key in known.schedules.items() if key in by_id}
        if section == "teams":
            return {team.slug: team for team in self.teams}
        return {link.settings.slug: link for link in self.links}


@dataclass(frozen=True)
class Change:
    """One object that would be made, changed or removed.

    `place` is its entry's number in the file; `None` where the file has none: it is removed, or
    follows from another's change. `value` is what would be saved, with the version that was seen.
    """

    section: str
    name: str
    value: Value
    before: Entry | None
    after: Entry | None
    place: int | None = None
    follows: bool = False

    @property
    def mark(self) -> str:
        """`+` made, `~` changed, `-` removed."""
        return "+" if self.before is None else "-" if self.after is None else "~"

    def where(self, field: str) -> str:
        """Where in the file a field stands that a service has named."""
        path = entries.yaml_path(field)
        ids = [question["id"] for question in (self.after or {}).get("form") or ()]
        if path.startswith("form.") and (question := path.removeprefix("form.")) in ids:
            path = f"form[{ids.index(question)}]"
        return f"{self.section}[{self.place}].{path}"


@dataclass(frozen=True)
class Plan:
    """All changes, in the order in which they are told, or why the file cannot be applied."""

    changes: tuple[Change, ...] = ()
    problems: Mapping[str, str] = field(default_factory=dict)

    def saved(self, section: str) -> list[Change]:
        """Those of a section that would be made or changed by hand."""
        return [
            one
            for one in self.changes
            if one.section == section and one.after is not None and not one.follows
        ]

    def removed(self, section: str) -> list[Change]:
        """Those of a section that would go."""
        return [one for one in self.changes if one.section == section and one.after is None]

    def place(self, field: str) -> str:
        """Where in the file a field stands of all that would be saved, such as `links[1].slug`."""
        found = re.match(r"^(schedules|teams|links)\[(\d+)\]\.(.*)$", field)
        if not found or int(found[2]) >= len(self.saved(found[1])):
            return field
        return self.saved(found[1])[int(found[2])].where(found[3])

    @property
    def mark(self) -> str:
        """The same for the same changes to the same versions; ids of what is new do not count."""
        parts = [
            (one.section, one.name, one.value.version, one.before, one.after)
            for one in self.changes
        ]
        text = json.dumps(parts, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:12]
