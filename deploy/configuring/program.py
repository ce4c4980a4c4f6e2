"""The commands `./workestra config export`, `plan` and `apply`; each ends with its exit status."""

import argparse
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from uuid import UUID

from configuring import applying, differing, document
from configuring.installation import Installation, Refused
from configuring.planning import Planner, exported
from configuring.state import Change, Plan
from contracts.availability import OfferChange, OfferChanges

DAYS = 30
DIFFERS = 2
"""The status of a plan that has something to apply, where it was asked for."""


class Stopped(Exception):
    """Nothing was done; says why."""


def main(options: argparse.Namespace, key: str) -> int:
    """One of the three; refusals are told on the standard error, with status 1."""
    try:
        return _run(options, Installation(options.url, key))
    except (Stopped, Refused, OSError) as error:
        print(error, file=sys.stderr)
        return 1


def _run(options: argparse.Namespace, installation: Installation) -> int:
    file = options.file
    if options.action == "export":
        return export(installation, file)
    if options.action == "plan":
        return plan(installation, file, remove=options.remove, exit_code=options.exit_code)
    return apply(installation, file, remove=options.remove, expect=options.expect)


def export(installation: Installation, file: Path | None) -> int:
    """Writes everything into a file, or to the standard output."""
    text = document.write(exported(installation.state()))
    if file is None:
        sys.stdout.write(text)
    else:
        file.write_text(text, encoding="utf-8")
    return 0


def plan(installation: Installation, file: Path, *, remove: bool, exit_code: bool) -> int:
    """Says what would change, and of each link how many slots would come and go."""
    found, offers = _looked_at(installation, file, remove=remove)
    print(told(found, offers))
    return DIFFERS if exit_code and found.changes else 0


def apply(installation: Installation, file: Path, *, remove: bool, expect: str) -> int:
    """Checks all, then changes one after the other; says exactly what was done if one fails."""
    found, offers = _looked_at(installation, file, remove=remove)
    print(told(found, offers))
    if expect and found.mark != expect:
        raise Stopped(f"This is not plan {expect}: something was changed since. Nothing was done.")
    if not found.changes:
        return 0
    outcome = applying.apply(found, installation)
    if outcome.refused is None:
        print(f"Applied {_counted(len(outcome.done), 'change')}.")
        return 0
    for line in _failed(outcome):
        print(line, file=sys.stderr)
    return 1


def _looked_at(
    installation: Installation, file: Path, *, remove: bool
) -> tuple[Plan, OfferChanges | None]:
    """Raises `Stopped` with every problem, each at its place in the file."""
    try:
        wanted = document.read(file.read_text(encoding="utf-8"))
    except (document.Unreadable, UnicodeDecodeError) as error:
        raise Stopped(f"{file}: {error}") from None
    state = installation.state()
    found = Planner(state, wanted, remove=remove).plan()
    if found.problems:
        raise Stopped(_listed(file, found.problems))
    if not found.changes:
        return found, None
    try:
        return found, installation.try_out(found, state.timezone, DAYS)
    except Refused as error:
        raise Stopped(_listed(file, _placed(found, error) or {"": error.says})) from None


def _placed(found: Plan, error: Refused) -> dict[str, str]:
    """What the services refuse, at its place in the file."""
    return {found.place(field): says for field, says in error.fields.items()}


def _listed(file: Path, problems: Mapping[str, str]) -> str:
    lines = (
        f"  {path}: {says}" if path else f"  {says}" for path, says in sorted(problems.items())
    )
    return "\n".join((f"{file} cannot be applied. Nothing was done.", *lines))


# --- in words -----------------------------------------------------------------------------------


def told(found: Plan, offers: OfferChanges | None) -> str:
    """Every change field by field, with the slots of its link; then those of other links."""
    if offers is None:
        return "Nothing would change."
    return "\n".join((*_changes(found, offers), "", _summary(found, offers)))


def _changes(found: Plan, offers: OfferChanges) -> Iterator[str]:
    counted: dict[UUID, OfferChange] = {one.link_id: one for one in offers.links}
    for change in found.changes:
        yield f"{change.mark} {change.section[:-1]} {change.name}{_why(change)}"
        yield from (f"    {line}" for line in differing.lines(change.before, change.after))
        offer = counted.pop(change.value.id, None)
        if offer is not None:
            yield f"    {_slots(offer)}"
    for offer in counted.values():
        if offer.appear or offer.vanish:
            yield f"= link {offer.slug}, itself as it was"
            yield f"    {_slots(offer)}"


def _why(change: Change) -> str:
    return ", since another is" if change.follows else ""


def _slots(offer: OfferChange) -> str:
    counts = f"+{offer.appear} -{offer.vanish} (of {offer.before})"
    return f"slots in the next {DAYS} days: {counts}"


def _summary(found: Plan, offers: OfferChanges) -> str:
    marks = [change.mark for change in found.changes]
    counts = (
        f"{marks.count('+')} to add, {marks.count('~')} to change, {marks.count('-')} to remove"
    )
    return f"Plan {found.mark}: {counts}. Slots are of {offers.first} to {offers.last}."


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _failed(outcome: applying.Outcome) -> Iterator[str]:
    assert outcome.refused is not None
    change, error = outcome.refused
    for one in outcome.done:
        yield f"applied:     {_named(one)}"
    word = "not applied: " if error.status else "not known:   "
    yield f"{word}{_named(change)}: {error.says}"
    for field, says in error.fields.items():
        yield f"             {change.where(field)}: {says}"
    for one in outcome.left:
        yield f"not tried:   {_named(one)}"
    yield "Look again with `plan`, and apply once more: what is done already stays."


def _named(change: Change) -> str:
    return f"{change.mark} {change.section[:-1]} {change.name}"
