"""What was answered at the bookings of a timeline, question by question, from booking itself.

A timeline keeps a few words of the answers; booking has them whole, and in the form's order.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from uuid import UUID

from contracts.booking import GetBooking
from contracts.crm_bridge import TimelineEntry
from gateway import current, desk
from gateway.calendar.detail import Said, answers_of

MOST = 10
"""Bookings that are asked for, the newest; those before them say the words of the timeline."""

LONGEST = 600
"""Characters of an answer that are shown; its booking shows the rest."""


@dataclass(frozen=True)
class Answered:
    """An answer on a timeline. `cut`: there is more of it; `file`: it is a file's name."""

    label: str
    words: str
    link: str = ""
    file: bool = False
    cut: bool = False


def of(timeline: tuple[TimelineEntry, ...]) -> dict[UUID, list[Answered]]:
    """By booking; none of what was erased here, or cannot be asked for now."""
    newest = sorted(timeline, key=lambda one: one.at, reverse=True)
    told = (one for one in newest if one.kind == "booked" and one.detail.get("answers"))
    found: dict[UUID, list[Answered]] = {}
    for entry in islice(told, MOST):
        known = desk.part(partial(_answers, entry)).value
        if known and entry.booking_id:
            found[entry.booking_id] = known
    return found


def _answers(entry: TimelineEntry) -> list[Answered]:
    if entry.booking_id is None:
        return []
    workspace_id = current.account().workspace_id
    wish = GetBooking(workspace_id=workspace_id, booking_id=entry.booking_id)
    found = current.services().booking.get_booking(wish).booking
    return [shown(said, entry.detail) for said in answers_of(found)]


def shown(said: Said, detail: Mapping[str, str]) -> Answered:
    """An answer beside the details of its entry: what a file was called is erased with it."""
    if said.file:
        name = detail.get(f"file:{said.file.id}", "")
        return Answered(said.label, name or "A file, deleted since", file=bool(name))
    whole = Answered(said.label, said.words, said.link)
    if len(said.words) <= LONGEST:
        return whole
    return replace(whole, words=f"{said.words[:LONGEST]}…", cut=True)
