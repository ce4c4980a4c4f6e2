"""Schedules, teams and links in the file's words, with names in place of ids, and back."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from configuring import clocks
from configuring.clocks import Unclear
from contracts.availability import Schedule
from contracts.booking import (
    Condition,
    Host,
    Limits,
    Link,
    LinkSettings,
    Location,
    Question,
    Team,
)

T = TypeVar("T")
Entry = dict[str, Any]

RENAMED = {"questions": "form", "team_id": "team", "schedule_id": "schedule"}
"""Fields of a link's settings that have another name in the file."""

LIMITS = {"day": "per_day", "week": "per_week", "month": "per_month"}
WAS = "was"
"""The key under which an object stood before it was renamed."""


@dataclass(frozen=True)
class Names:
    """The installation's names: hosts by slug, teams by slug, schedules by `host/name`."""

    hosts: Mapping[str, UUID]
    teams: Mapping[str, UUID]
    schedules: Mapping[str, UUID]

    def name(self, section: str, key: UUID | None) -> str:
        """What an id is called; the id itself where nothing is known of it any more."""
        known: Mapping[str, UUID] = getattr(self, section)
        return next((name for name, found in known.items() if found == key), str(key))

    def id(self, section: str, name: object, path: str) -> UUID:
        """The reverse. Raises `Unclear`."""
        known: Mapping[str, UUID] = getattr(self, section)
        if not isinstance(name, str) or name not in known:
            raise Unclear(path, f"There is no {section[:-1]} {name!r}.")
        return known[name]


def names(hosts: Iterable[Host], teams: Iterable[Team], schedules: Iterable[Schedule]) -> Names:
    """Of what stands in an installation."""
    by_id = {host.id: host.slug for host in hosts}
    found = list(schedules)
    plain = [schedule_key(one, by_id) for one in found]
    return Names(
        hosts={slug: key for key, slug in by_id.items()},
        teams={team.slug: team.id for team in teams},
        schedules={
            (key if plain.count(key) == 1 else f"{key} ({one.id})"): one.id
            for key, one in zip(plain, found, strict=True)
        },
    )


def schedule_key(schedule: Schedule, hosts: Mapping[UUID, str]) -> str:
    """`ada-acme/Working hours`: a host's slug has no slash."""
    return f"{hosts.get(schedule.host_id, schedule.host_id)}/{schedule.name}"


# --- schedules ----------------------------------------------------------------------------------

SCHEDULE_KEYS = (
    "id", "was", "host", "name", "default", "timezone", "holidays", "hours", "overrides",
)  # fmt: skip


def schedule_entry(schedule: Schedule, known: Names) -> Entry:
    """Every field, those at their default too. `id` where the host has two of that name."""
    label = known.name("schedules", schedule.id)
    twice = label.endswith(f" ({schedule.id})")
    return ({"id": str(schedule.id)} if twice else {}) | {
        "host": known.name("hosts", schedule.host_id),
        "name": schedule.name,
        "default": schedule.is_default,
        "timezone": schedule.timezone,
        "holidays": schedule.holidays,
        "hours": clocks.week_text(schedule.hours),
        "overrides": clocks.dates_text(schedule.overrides),
    }


def schedule(entry: Entry, known: Names, base: Schedule) -> Schedule:
    """The reverse; id, workspace and version are those of `base`. Raises `Unclear`."""
    _only(entry, SCHEDULE_KEYS)
    raw = {
        "name": str(_needed(entry, "name")).strip(),
        "timezone": _needed(entry, "timezone"),
        "is_default": entry.get("default", False),
        "holidays": entry.get("holidays", ""),
        "hours": clocks.week(_mapping(entry, "hours")),
        "overrides": clocks.dates(_mapping(entry, "overrides")),
        "host_id": known.id("hosts", _needed(entry, "host"), "host"),
    }
    return _converted(msgspec.to_builtins(base) | msgspec.to_builtins(raw), Schedule)


# --- teams --------------------------------------------------------------------------------------


def team_entry(team: Team, known: Names) -> Entry:
    """Every field, those at their default too."""
    members = [
        {"host": known.name("hosts", one.host_id)}
        | {"weight": one.weight, "level": one.level, "active": one.active}
        for one in team.members
    ]
    return {"slug": team.slug, "name": team.name, "members": members}


def team(entry: Entry, known: Names, base: Team) -> Team:
    """The reverse. Raises `Unclear`."""
    _only(entry, ("was", "slug", "name", "members"))
    raw = {
        "slug": _needed(entry, "slug"),
        "name": str(_needed(entry, "name")).strip(),
        "members": _places(entry, "members", ("weight", "level", "active"), known),
    }
    return _converted(msgspec.to_builtins(base) | raw, Team)


def _places(entry: Entry, key: str, terms: tuple[str, ...], known: Names) -> list[Entry]:
    """Hosts with their terms; a slug alone is a host with the usual ones."""
    found = []
    for number, given in enumerate(_list(entry, key)):
        path = f"{key}[{number}]"
        place = {"host": given} if isinstance(given, str) else given
        if not isinstance(place, dict):
            raise Unclear(path, "Name a host.")
        _only(place, ("host", *terms), path)
        host_id = known.id("hosts", place.get("host"), f"{path}.host")
        rest = {name: place[name] for name in terms if name in place}
        found.append({"host_id": str(host_id)} | rest)
    return found


# --- links --------------------------------------------------------------------------------------

_FIRST = ("slug", "title", "owner", "kind", "team", "hosts")
_SETTINGS = tuple(RENAMED.get(name, name) for name in LinkSettings.__struct_fields__)
LINK_KEYS = (WAS, *dict.fromkeys((*_FIRST, *_SETTINGS)))


def link_entry(link: Link, known: Names) -> Entry:
    """Every field, those at their default too; no hosts where a team has them."""
    settings = link.settings
    raw: Entry = {RENAMED.get(k, k): v for k, v in msgspec.to_builtins(settings).items()}
    raw["owner"] = known.name("hosts", link.owner_id)
    raw["limits"] = {LIMITS[name]: most for name, most in raw["limits"].items()}
    raw["team"] = settings.team_id and known.name("teams", settings.team_id)
    raw["schedule"] = settings.schedule_id and known.name("schedules", settings.schedule_id)
    ordered = sorted(settings.hosts, key=lambda place: place.position)
    raw["hosts"] = None if settings.team_id else [
        {"host": known.name("hosts", one.host_id), "weight": one.weight, "level": one.level}
        for one in ordered
    ]  # fmt: skip
    builtins: Entry = msgspec.to_builtins({key: raw[key] for key in LINK_KEYS if key in raw})
    return builtins | {"form": [dict(one) for one in raw["form"]]}


def link(entry: Entry, known: Names, base: Link) -> Link:
    """The reverse; the owner of a link that stands is that of `base`. Raises `Unclear`."""
    _only(entry, LINK_KEYS)
    owner = known.id("hosts", _needed(entry, "owner"), "owner")
    if base.version and owner != base.owner_id:
        raise Unclear("owner", "A link keeps its owner. Please make another one.")
    back = {theirs: ours for ours, theirs in RENAMED.items()}
    raw = {back.get(name, name): value for name, value in entry.items() if name != WAS}
    raw |= {"title": str(_needed(entry, "title")).strip(), "slug": _needed(entry, "slug")}
    raw |= _form(entry) | _limits(entry) | _location(entry) | _references(entry, known, owner)
    del raw["owner"]
    settings = _converted(raw, LinkSettings)
    return msgspec.structs.replace(base, owner_id=owner, settings=settings)


def _references(entry: Entry, known: Names, owner: UUID) -> Entry:
    """Whoever is named in a link: its team, its schedule, its hosts."""
    team, schedule = entry.get("team"), entry.get("schedule")
    if team and entry.get("hosts"):
        raise Unclear("hosts", "The link has the hosts of its team.")
    places = _places(entry, "hosts", ("weight", "level"), known) if entry.get("hosts") else []
    places = places or ([] if team else [{"host_id": str(owner)}])
    return {
        "team_id": known.id("teams", team, "team") if team else None,
        "schedule_id": known.id("schedules", schedule, "schedule") if schedule else None,
        "hosts": [place | {"position": number} for number, place in enumerate(places)],
    }


def _form(entry: Entry) -> Entry:
    if "form" not in entry:
        return {}
    for number, question in enumerate(_list(entry, "form")):
        path = f"form[{number}]"
        if not isinstance(question, dict):
            raise Unclear(path, "A question has at least an id and a label.")
        _only(question, Question.__struct_fields__, path)
        if isinstance(question.get("shown_if"), dict):
            _only(question["shown_if"], Condition.__struct_fields__, f"{path}.shown_if")
    return {"questions": entry["form"]}


def _limits(entry: Entry) -> Entry:
    limits = _mapping(entry, "limits")
    _only(limits, tuple(LIMITS.values()), "limits")
    named = {theirs: ours for ours, theirs in LIMITS.items()}
    return {"limits": {named[name]: most for name, most in limits.items()}}


def _location(entry: Entry) -> Entry:
    location = _mapping(entry, "location")
    _only(location, Location.__struct_fields__, "location")
    return {"location": location}


# --- what an entry may be -----------------------------------------------------------------------


def _only(entry: Mapping[str, Any], allowed: Iterable[str], path: str = "") -> None:
    for key in entry:
        if key not in (words := tuple(allowed)):
            says = f"This is not known. Known are: {', '.join(words)}."
            raise Unclear(f"{path}.{key}".lstrip("."), says)


def _needed(entry: Entry, key: str) -> Any:
    if entry.get(key) in (None, ""):
        raise Unclear(key, "This is required.")
    return entry[key]


def _mapping(entry: Entry, key: str) -> dict[str, Any]:
    found = entry.get(key) or {}
    if not isinstance(found, dict):
        raise Unclear(key, "Write names and values here.")
    return found


def _list(entry: Entry, key: str) -> list[Any]:
    found = entry.get(key) or []
    if not isinstance(found, list):
        raise Unclear(key, "Write a list here.")
    return found


_SAID = re.compile(r"^(?P<says>.*?)(?: - at `(?:key in )?\$?\.?(?P<path>[^`]*)`)?$", re.DOTALL)


def _converted(raw: Any, kind: type[T]) -> T:
    """Raises `Unclear` at the file's own path."""
    try:
        return msgspec.convert(raw, kind)
    except msgspec.ValidationError as error:
        found = _SAID.match(str(error))
        assert found is not None
        path = yaml_path(found["path"] or "")
        missing = re.search(r"missing required field `(\w+)`", found["says"])
        if missing:
            raise Unclear(f"{path}.{missing[1]}".lstrip("."), "This is required.") from None
        raise Unclear(path, f"{found['says'].replace('`', '')}.") from None


def yaml_path(field: str) -> str:
    """Where a field of a message stands in the file's entry."""
    words = field.replace("[...]", "")
    words = re.sub(r"\.(\d+)(?=\.|$)", r"[\1]", words)
    first, rest = re.match(r"^([^.\[]*)(.*)$", words, re.DOTALL).groups()  # type: ignore[union-attr]
    if first == "limits":
        rest = re.sub(r"^\.(\w+)", lambda at: f".{LIMITS.get(at[1], at[1])}", rest)
    if first == "hours":
        rest = re.sub(r"^\[(\d)\]", lambda at: f".{clocks.DAYS[int(at[1]) - 1]}", rest)
    rest = rest.replace(".host_id", ".host")
    others = RENAMED | {"is_default": "default", "owner_id": "owner"}
    return others.get(first, first) + rest


# --- short --------------------------------------------------------------------------------------


def trimmed(entry: Entry, usual: Entry, kept: Iterable[str]) -> Entry:
    """Without what is as usual; `kept` stays always. Questions and places are shortened too."""
    short = {key: value for key, value in entry.items() if key in kept or value != usual.get(key)}
    for key, inside in (("form", _QUESTION), ("members", _MEMBER), ("hosts", _MEMBER)):
        if isinstance(short.get(key), list):
            short[key] = _all_shorter(short[key], inside)
    if isinstance(short.get("limits"), dict):
        short["limits"] = {name: most for name, most in short["limits"].items() if most}
    return {key: list_of(value) for key, value in short.items() if value is not None}


_QUESTION: Entry = msgspec.to_builtins(Question(id="x", label="x"))
_MEMBER: Entry = {"weight": 1, "level": 1, "active": True}
_NAMES = frozenset({"id", "label", "host"})


def _all_shorter(values: list[Entry], usual: Entry) -> list[Any]:
    """Hosts who all have the usual terms are their slugs alone."""
    short = [_shorter(one, usual) for one in values]
    plain = all(one.keys() == {"host"} for one in short)
    return [one["host"] for one in short] if plain else short


def _shorter(value: Entry, usual: Entry) -> Entry:
    return {
        name: list_of(one)
        for name, one in value.items()
        if name in _NAMES or list_of(one) != list_of(usual.get(name))
    }


def list_of(value: Any) -> Any:
    """Tuples as lists: files have no tuples."""
    if isinstance(value, list | tuple):
        return [list_of(one) for one in value]
    if isinstance(value, dict):
        return {key: list_of(one) for key, one in value.items()}
    return value


def usual_schedule() -> Entry:
    """What a schedule's entry need not say."""
    return {"default": False, "holidays": "", "hours": {}, "overrides": {}}


def usual_link(link: Link, known: Names) -> Entry:
    """What this link's entry need not say."""
    settings = LinkSettings(title="x", slug="xxx", limits=Limits())
    owner = {"host": known.name("hosts", link.owner_id), "weight": 1, "level": 1}
    plain = msgspec.structs.replace(link, settings=settings)
    return link_entry(plain, known) | {"hosts": [owner]}
