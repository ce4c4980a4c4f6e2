"""Teams: what can be wrong with one, and the hosts that its links take from it."""

from collections.abc import Set as AbstractSet
from uuid import UUID

import msgspec

from booking.domain import slugs, text
from contracts.booking import LinkHost, LinkSettings, Team
from contracts.errors import Invalid

HEAVIEST = 1000
HIGHEST = 100


def completed(team: Team) -> Team:
    """With its name trimmed, and a slug made of the name where none is given."""
    name = team.name.strip()
    return msgspec.structs.replace(team, name=name, slug=team.slug or slugs.derive(name))


def check(team: Team, hosts: AbstractSet[UUID]) -> None:
    """`hosts` are all of the workspace's. Raises `Invalid` naming every wrong field."""
    found = {
        "name": text.problem(team.name) or ("" if team.name else "Please give a name."),
        "slug": slugs.problem(team.slug),
        "members": _members(team, hosts),
    }
    for number, member in enumerate(team.members):
        terms = out_of_range(member.weight, member.level)
        found |= {f"members.{number}.{field}": said for field, said in terms.items()}
    wrong = {field: message for field, message in found.items() if message}
    if wrong:
        raise Invalid(fields=wrong)


def _members(team: Team, hosts: AbstractSet[UUID]) -> str:
    named = [member.host_id for member in team.members]
    if not named:
        return "A team needs at least one host."
    if len(set(named)) != len(named):
        return "A host is named twice."
    if not set(named) <= hosts:
        return "A host is not a member of this workspace."
    if not any(member.active for member in team.members):
        return "At least one host must be active."
    return ""


def out_of_range(weight: int, level: int) -> dict[str, str]:
    """What is wrong with a host's terms, by field."""
    found = {
        "weight": _within(weight, HEAVIEST, "weight"),
        "level": _within(level, HIGHEST, "level"),
    }
    return {field: message for field, message in found.items() if message}


def _within(value: int, most: int, word: str) -> str:
    return "" if 1 <= value <= most else f"Use a {word} from 1 to {most}."


def places(team: Team) -> tuple[LinkHost, ...]:
    """Its active members as a link's hosts, in order."""
    active = [member for member in team.members if member.active]
    return tuple(
        LinkHost(host_id=one.host_id, position=place, weight=one.weight, level=one.level)
        for place, one in enumerate(active)
    )


def applied(settings: LinkSettings, team: Team) -> LinkSettings:
    """A link's settings with the team's hosts."""
    return msgspec.structs.replace(settings, hosts=places(team))
