"""Finds what would change: the file beside what stands. Pure; nothing is asked and nothing done."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec

from configuring import entries
from configuring.clocks import Unclear
from configuring.document import SECTIONS, Document
from configuring.entries import WAS, Entry, Names
from configuring.state import Change, Plan, State, Value
from contracts.availability import Schedule
from contracts.booking import Link, LinkSettings, Team

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Match:
    """An entry of the file with its name, and what stands under it or stood under its old one."""

    section: str
    place: int
    name: str
    entry: Entry
    id: UUID
    before: Value | None

    def path(self, inside: str = "") -> str:
        """Where in the file."""
        return f"{self.section}[{self.place}]{'.' if inside else ''}{inside}"


class Planner:
    """Compares a file with a state. `remove`: what the file's sections do not list would go."""

    def __init__(
        self,
        state: State,
        document: Document,
        *,
        remove: bool = False,
        new_id: Callable[[], UUID] = uuid4,
    ) -> None:
        self.state, self.document, self.remove = state, document, remove
        self.problems: dict[str, str] = {}
        known = state.names()
        self.standing = {name: state.standing(name, known) for name in SECTIONS}
        self.matches = [match for name in SECTIONS for match in self._matched(name, new_id)]
        self.gone = [pair for name in SECTIONS for pair in self._unlisted(name)] if remove else []
        self.names = self._names(known)
        self.shown = self._shown(known)

    def plan(self) -> Plan:
        """What would change, or every problem of the file."""
        values = {match.id: self._value(match) for match in self.matches}
        changes = [
            change
            for match in self.matches
            if (value := values[match.id]) is not None
            and (change := self._change(match, value)) is not None
        ]
        changes += [self._removal(section, name) for section, name in self.gone]
        changes += self._displaced(values)
        self._check_schedules(values)
        self._check_removals(values)
        order = {name: number for number, name in enumerate(SECTIONS)}
        told = sorted(changes, key=lambda one: (order[one.section], one.name))
        return Plan(changes=() if self.problems else tuple(told), problems=self.problems)

    # --- which entry is which object ------------------------------------------------------------

    def _matched(self, section: str, new_id: Callable[[], UUID]) -> Iterator[Match]:
        seen: set[UUID | str] = set()
        for place, entry in enumerate(self.document.section(section) or ()):
            name = _name(section, entry)
            before = self._before(section, name, entry)
            if entry.get("id") and before:  # one of several that have this name
                label = f"{name} ({before.id})"
                name = label if label in self.standing[section] else name
            key = before.id if before else new_id()
            match = Match(section, place, name, entry, key, before)
            if name in seen or key in seen:
                self.problems[match.path()] = f"{name} stands twice in this file."
                continue
            seen |= {name, key}
            yield match

    def _before(self, section: str, name: str, entry: Entry) -> Value | None:
        standing = self.standing[section]
        if section == "schedules" and entry.get("id"):
            return next((one for one in standing.values() if str(one.id) == entry["id"]), None)
        found = standing.get(name)
        if found is None and entry.get(WAS):
            old = {"name": entry[WAS], "slug": entry[WAS]}
            found = standing.get(_name(section, entry | old))
        return found

    def _unlisted(self, section: str) -> Iterator[tuple[str, str]]:
        """What goes. A host's default schedule stays, unless the file gives them another."""
        if self.document.section(section) is None:
            return
        listed = {match.id for match in self.matches if match.section == section}
        given = {
            str(match.entry.get("host"))
            for match in self.matches
            if match.section == "schedules" and match.entry.get("default") is True
        }
        for name, value in self.standing[section].items():
            default = isinstance(value, Schedule) and value.is_default
            if value.id not in listed and (not default or name.partition("/")[0] in given):
                yield section, name

    # --- names ----------------------------------------------------------------------------------

    def _names(self, known: Names) -> Names:
        """As they would be: what the file may refer to."""
        gone = {self.standing[section][name].id for section, name in self.gone}

        def now(section: str, before: dict[str, UUID]) -> dict[str, UUID]:
            mine = {match.id: match for match in self.matches if match.section == section}
            kept = {n: k for n, k in before.items() if k not in mine and k not in gone}
            return kept | {match.name: key for key, match in mine.items()}

        return Names(
            hosts=known.hosts,
            teams=now("teams", dict(known.teams)),
            schedules=now("schedules", dict(known.schedules)),
        )

    def _shown(self, known: Names) -> Names:
        """The same, with what goes under its old name: what was is told in the new names."""

        def both(section: str) -> dict[str, UUID]:
            old, new = getattr(known, section), getattr(self.names, section)
            return {**{n: k for n, k in old.items() if k not in new.values()}, **new}

        return Names(hosts=known.hosts, teams=both("teams"), schedules=both("schedules"))

    # --- changes --------------------------------------------------------------------------------

    def _value(self, match: Match) -> Value | None:
        try:
            return self._read(match)
        except Unclear as error:
            self.problems[match.path(error.path)] = error.says
            return None

    def _read(self, match: Match) -> Value:
        entry, key, workspace_id = match.entry, match.id, self.state.workspace_id
        if match.section == "schedules":
            if entry.get("id") and match.before is None:
                raise Unclear("id", "There is no such schedule.")
            empty = Schedule(
                id=key, workspace_id=workspace_id, host_id=key, name="x", timezone="UTC"
            )
            base = match.before if isinstance(match.before, Schedule) else empty
            return entries.schedule(entry, self.names, base)
        if match.section == "teams":
            team = Team(id=key, workspace_id=workspace_id, name="x", slug="xxx")
            return entries.team(
                entry, self.names, match.before if isinstance(match.before, Team) else team
            )
        link = Link(
            id=key, workspace_id=workspace_id, owner_id=key, created_at=EPOCH,
            settings=LinkSettings(title="x", slug="xxx"), workspace_timezone=self.state.timezone,
        )  # fmt: skip
        return entries.link(
            entry, self.names, match.before if isinstance(match.before, Link) else link
        )

    def _change(self, match: Match, value: Value) -> Change | None:
        after = self.state.entry(value, self.shown)
        before = self.state.entry(match.before, self.shown) if match.before else None
        if after == before:
            return None
        if before is None:
            after = self.short(after, value)
        return Change(match.section, match.name, value, before, after, match.place)

    def short(self, entry: Entry, value: Value) -> Entry:
        """An entry without what is as usual."""
        return shortened(entry, value, self.shown)

    def _removal(self, section: str, name: str) -> Change:
        value = self.standing[section][name]
        before = self.short(self.state.entry(value, self.shown), value)
        return Change(section, name, value, before, None)

    def _displaced(self, values: dict[UUID, Value | None]) -> Iterator[Change]:
        """A default schedule that the file does not list makes room for one that it does."""
        chosen = {
            one.host_id for one in values.values() if isinstance(one, Schedule) and one.is_default
        }
        gone = {self.standing[section][name].id for section, name in self.gone}
        for name, one in self.standing["schedules"].items():
            if not isinstance(one, Schedule) or one.id in values or one.id in gone:
                continue
            if one.is_default and one.host_id in chosen:
                after = msgspec.structs.replace(one, is_default=False)
                was, is_now = (self.state.entry(each, self.shown) for each in (one, after))
                yield Change("schedules", name, after, was, is_now, follows=True)

    # --- what must hold -------------------------------------------------------------------------

    def _check_schedules(self, values: dict[UUID, Value | None]) -> None:
        """Each host has one default schedule."""
        defaults: dict[UUID, Match] = {}
        mine = [match for match in self.matches if match.section == "schedules"]
        for match in mine:
            value = values[match.id]
            if isinstance(value, Schedule) and value.is_default:
                first = defaults.setdefault(value.host_id, match)
                if first is not match:
                    self.problems[match.path("default")] = "A host has one default schedule."
        for match in mine:
            value = values[match.id]
            lost = isinstance(match.before, Schedule) and match.before.is_default
            if lost and isinstance(value, Schedule) and value.host_id not in defaults:
                self.problems[match.path("default")] = "A host needs a default schedule."

    def _check_removals(self, values: dict[UUID, Value | None]) -> None:
        """What a link names stays; and a link names a schedule of one of its hosts."""
        gone = {self.standing[section][name].id: (section, name) for section, name in self.gone}
        placed = {match.id: match for match in self.matches}
        for link in self._links(values):
            match = placed.get(link.id)
            for key in (link.settings.team_id, link.settings.schedule_id):
                if key in gone:
                    section, name = gone[key]
                    self.problems[section] = f"{name} is used by {link.settings.slug}."
            if match and not self._has_schedule(link, values):
                self.problems[match.path("schedule")] = "None of the link's hosts has it."

    def _links(self, values: dict[UUID, Value | None]) -> Iterator[Link]:
        """Those that there would be."""
        gone = {self.standing[section][name].id for section, name in self.gone}
        merged: dict[UUID, Any] = {one.id: one for one in self.state.links} | values
        for key, one in merged.items():
            if isinstance(one, Link) and key not in gone:
                yield one

    def _has_schedule(self, link: Link, values: dict[UUID, Value | None]) -> bool:
        if link.settings.schedule_id is None:
            return True
        standing: dict[UUID, Any] = {one.id: one for one in self.state.schedules}
        standing |= {one.id: one for one in self.state.teams}
        known = standing | {key: one for key, one in values.items() if one is not None}
        schedule = known.get(link.settings.schedule_id)
        team = known.get(link.settings.team_id) if link.settings.team_id else None
        places = team.members if isinstance(team, Team) else link.settings.hosts
        return schedule is None or schedule.host_id in {place.host_id for place in places}


def _name(section: str, entry: Entry) -> str:
    if section == "schedules":
        return f"{entry.get('host')}/{str(entry.get('name') or '').strip()}"
    return str(entry.get("slug"))


def shortened(entry: Entry, value: Value, known: Names) -> Entry:
    """An entry without what is as usual, as the file has it."""
    if isinstance(value, Schedule):
        kept = ("id", "host", "name", "timezone")
        return entries.trimmed(entry, entries.usual_schedule(), kept)
    if isinstance(value, Team):
        return entries.trimmed(entry, {}, ("slug", "name", "members"))
    usual = entries.usual_link(value, known)
    return entries.trimmed(entry, usual, ("slug", "title", "owner", "kind"))


def exported(state: State) -> Document:
    """All that stands, by name."""
    known = state.names()

    def section(name: str) -> list[Entry]:
        found = sorted(state.standing(name, known).items())
        return [shortened(state.entry(value, known), value, known) for _, value in found]

    return Document(**{name: section(name) for name in SECTIONS})
