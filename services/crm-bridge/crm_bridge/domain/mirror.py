"""What another CRM is to show of a contact, a deal or a meeting, and what of that is new to it."""

from collections.abc import Mapping as Map
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from contracts.booking import Booking
from contracts.crm_bridge import TimelineEntry
from crm_bridge.domain.facts import answers
from crm_bridge.domain.mapping import ANSWER, Kind, Mapping, Value, rendered

Outcome = Literal["scheduled", "completed", "no_show", "cancelled"]
OUTCOMES: dict[str, Outcome] = {
    "confirmed": "scheduled",
    "pending": "scheduled",
    "rescheduled": "scheduled",
    "completed": "completed",
    "no_show": "no_show",
    "cancelled": "cancelled",
    "declined": "cancelled",
}
PREFIX = {"cancelled": "Cancelled: ", "no_show": "No-show: "}
"""Begins the title where the other CRM has no field for how a meeting ended."""

SAYS = {
    "booked": "Booked for {start}",
    "rescheduled": "Moved from {previous} to {start}",
    "cancelled": "Cancelled",
    "no_show": "Marked as a no-show",
    "no_show_undone": "No longer a no-show",
}


@dataclass(frozen=True)
class Push:
    """What is to be written to one object of theirs: all of it if `external_id` is empty, else
    what changed. An empty value is one that stays as it is there.

    `id` is ours and lasts: it is written there too, so that a repeat finds what it made. `links`:
    their ids of what it hangs on. Instants are in UTC.
    """

    kind: Kind
    id: UUID
    external_id: str = ""
    fields: dict[str, Value] = field(default_factory=dict)
    email: str = ""
    stage: str = ""
    owner: str = ""
    start: datetime | None = None
    end: datetime | None = None
    outcome: Outcome | Literal[""] = ""
    links: dict[Kind, str] = field(default_factory=dict)
    created: datetime | None = None

    @property
    def says_something(self) -> bool:
        """Whether anything is to be written at all."""
        said = (self.fields, self.stage, self.owner, self.start, self.end, self.outcome, self.links)
        return not self.external_id or any(said)


@dataclass(frozen=True)
class Thing:
    """One of our objects as it stands: `values` are its fields by our names; the rest as `Push`.
    `owner_email`: whose it should be.
    """

    values: dict[str, Value]
    email: str = ""
    stage: str = ""
    owner_email: str = ""
    start: datetime | None = None
    end: datetime | None = None
    outcome: Outcome | Literal[""] = ""
    created: datetime | None = None


def shown(thing: Thing, mapping: Mapping, kind: Kind, owner: str) -> dict[str, Any]:
    """Everything the other CRM is to show of it, as JSON."""
    said = {
        "fields": rendered(mapping.of(kind), thing.values),
        "stage": mapping.stages.get(thing.stage, ""),
        "owner": owner,
        "start": thing.start.isoformat() if thing.start else "",
        "end": thing.end.isoformat() if thing.end else "",
        "outcome": thing.outcome,
    }
    return {name: value for name, value in said.items() if value}


def changes(before: Map[str, Any], now: Map[str, Any]) -> dict[str, Any]:
    """What of `now` they were not shown yet. What people changed over there stays, unless it
    changed here as well.
    """
    fields = _new(before.get("fields", {}), now.get("fields", {}))
    rest = {name: value for name, value in _new(before, now).items() if name != "fields"}
    if "start" in rest or "end" in rest:  # the two always go together
        rest |= {name: now[name] for name in ("start", "end") if name in now}
    return rest | ({"fields": fields} if fields else {})


def push_of(place: Push, said: Map[str, Any]) -> Push:
    """`place` (its kind, ids, links) with what is to be said."""
    return Push(
        kind=place.kind,
        id=place.id,
        external_id=place.external_id,
        fields=dict(said.get("fields", {})),
        email=place.email,
        stage=said.get("stage", ""),
        owner=said.get("owner", ""),
        start=_instant(said.get("start", "")),
        end=_instant(said.get("end", "")),
        outcome=said.get("outcome", ""),
        links=place.links,
        created=place.created,
    )


def person(name: str, email: str, latest: Map[str, Any], labels: tuple[str, ...]) -> Thing:
    """A contact; `latest` is what their latest booking said of them."""
    first, _, last = name.strip().rpartition(" ")
    given: dict[str, str] = latest.get("answers", {})
    said = {label.strip().lower(): answer for label, answer in given.items()}
    answered = {f"{ANSWER}{label}": said.get(label.strip().lower(), "") for label in labels}
    values: dict[str, Value] = {
        "first_name": first.strip(),
        "last_name": last.strip() or name.strip(),
        "name": name,
        "time_zone": latest.get("time_zone", ""),
        "language": latest.get("language", ""),
        **answered,
    }
    return Thing(values=values, email=email)


def detail_of(booking: Booking) -> dict[str, Any]:
    """What a meeting's activity needs to know of its booking, as JSON."""
    host = booking.hosts[0] if booking.hosts else None
    return {
        "link": booking.link_title,
        "attendee": booking.attendee.name,
        "time_zone": booking.attendee.timezone,
        "language": booking.attendee.language,
        "host": host.name if host else "",
        "host_email": host.email if host else "",
        "place": booking.location.value or "",
        "join_url": booking.join_url,
        "notes": answers(booking),
        "answers": _answers(booking),
    }


def meeting(
    detail: Map[str, Any],
    chain: tuple[str, datetime, datetime],
    entries: tuple[TimelineEntry, ...],
    *,
    outcome_apart: bool,
) -> Thing:
    """A meeting's activity; `chain` is its status, start and end, `entries` are in order."""
    status, start, end = chain
    outcome = OUTCOMES.get(status, "scheduled")
    title = detail.get("link") or "Meeting"
    if detail.get("attendee"):
        title = f"{title} with {detail['attendee']}"
    values: dict[str, Value] = {
        "title": title if outcome_apart else PREFIX.get(outcome, "") + title,
        "notes": _notes(detail, entries),
        "place": detail.get("place") or detail.get("join_url", ""),
        "join_url": detail.get("join_url", ""),
        "host": detail.get("host", ""),
    }
    return Thing(
        values=values,
        owner_email=detail.get("host_email", ""),
        start=start,
        end=end,
        outcome=outcome,
    )


def _answers(booking: Booking) -> dict[str, str]:
    """By the question's label; files are left with the booking."""
    files = {file.question for file in booking.files}
    said = {
        question.label: _words(booking.answers.get(question.id))
        for question in booking.questions
        if question.id not in files
    }
    return {label: answer for label, answer in said.items() if answer}


def _words(answer: object) -> str:
    if isinstance(answer, bool):
        return "Yes" if answer else "No"
    if isinstance(answer, list):
        return ", ".join(map(str, answer))
    return str(answer or "")


def _notes(detail: Map[str, Any], entries: tuple[TimelineEntry, ...]) -> str:
    """What happened, oldest first, then what the attendee answered."""
    lines = [_line(one) for one in entries if one.kind in SAYS]
    said = str(detail.get("notes", ""))
    return "\n".join([*lines, "", said] if said else lines).strip()


def _line(entry: TimelineEntry) -> str:
    words = SAYS[entry.kind].format(start=_when(entry.start), previous=_when(entry.previous_start))
    reason = entry.detail.get("reason", "")
    return f"{_when(entry.at)}: {words}" + (f" ({' '.join(reason.split())})" if reason else "")


def _when(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else "another time"


def _new(before: Map[str, Any], now: Map[str, Any]) -> dict[str, Any]:
    """A number is 0 until something else is said of it, so that is no news by itself."""
    return {name: value for name, value in now.items() if (before.get(name) or 0) != (value or 0)}


def _instant(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
