"""Stages and timelines in words."""

from collections.abc import Mapping
from datetime import datetime
from typing import get_args
from uuid import UUID

from contracts.crm_bridge import Deal, Stage, TimelineEntry
from gateway import current, desk
from gateway.crm_pages import answered
from gateway.crm_pages.answered import Answered
from gateway.presenting import money

STAGES: tuple[tuple[Stage, str], ...] = (
    ("new", "New"),
    ("qualified", "Qualified"),
    ("proposal", "Proposal"),
    ("won", "Won"),
    ("lost", "Lost"),
)
NAMES: dict[str, str] = dict(STAGES)
TONES = {"new": "accent", "won": "ok", "lost": ""}
HAPPENED = {
    "booked": "Meeting booked",
    "rescheduled": "Meeting moved",
    "cancelled": "Meeting cancelled",
    "no_show": "Did not come",
    "no_show_undone": "Came after all",
    "stage": "Stage changed",
    "value": "Value changed",
    "note": "Note",
    "merged": "Merged with",
    "erased": "Personal data erased",
    "created": "Deal made",
}


def stage(value: str | None) -> Stage | None:
    """One of the list, or none."""
    return next((each for each in get_args(Stage) if each == value), None)


def worth(deal: Deal) -> str:
    """`1,200 EUR`; empty for nothing."""
    return money.shown(deal.value_cents, deal.currency)


def whose(deal: Deal) -> str:
    """The contact, unless the title says it already, and the host."""
    name = "" if deal.contact.name in deal.title else deal.contact.name
    return " · ".join(filter(None, (name, deal.owner_name and f"Owner: {deal.owner_name}")))


def zone() -> str:
    """`London (UTC)`: in which zone the times are."""
    return desk.zone_words(desk.zone(), current.now())


def sums(values: dict[str, int]) -> str:
    """Several currencies side by side."""
    return " + ".join(money.shown(values[name], name) for name in sorted(values))


def meets(following: datetime | None, last: datetime | None) -> str:
    """The next meeting, else the last one."""
    if following:
        return f"Meets {_briefly(following)}"
    return f"Met {_briefly(last)}" if last else "No meeting ahead"


def _briefly(at: datetime) -> str:
    """`Tue 1 Dec, 14:00`, in the reader's zone; another year than this one is named."""
    wall = desk.local(at)
    year = "" if wall.year == desk.today().year else f" {wall:%Y}"
    return f"{wall:%a} {wall.day} {wall:%b}{year}, {wall:%H:%M}"


def newest(timeline: tuple[TimelineEntry, ...]) -> list[dict[str, object]]:
    """Its lines, the latest first."""
    answers = answered.of(timeline)
    latest_first = sorted(timeline, key=lambda one: one.at, reverse=True)
    return [_line(each, answers) for each in latest_first]


def _line(entry: TimelineEntry, answers: Mapping[UUID, list[Answered]]) -> dict[str, object]:
    """A line of a timeline, its times in the reader's zone."""
    detail = {name: value for name, value in entry.detail.items() if value}
    booked = entry.kind == "booked"
    return {
        "at": desk.when_words(entry.at),
        "kind": entry.kind,
        "what": HAPPENED.get(entry.kind, entry.kind.replace("_", " ").capitalize()),
        "start": desk.when_words(entry.start) if entry.start else "",
        "previous": desk.when_words(entry.previous_start) if entry.previous_start else "",
        "detail": _said(entry.kind, detail),
        "answers": answers.get(entry.booking_id, []) if entry.booking_id and booked else [],
        "said": detail.get("answers", "") if booked else "",
        "files": [name for key, name in detail.items() if key.startswith("file:")],
        "text": detail.get("text", "") if entry.kind == "note" else "",
        "note": detail.get("note", "") if entry.kind == "note" else "",
        "by": _by(detail.get("by", "")),
        "booking_id": entry.booking_id,
    }


def _said(kind: str, detail: dict[str, str]) -> str:
    if kind == "stage":
        return " → ".join(NAMES.get(detail[k], detail[k]) for k in ("from", "to") if k in detail)
    if kind == "value":
        return " → ".join(_amount(detail[k]) for k in ("from", "to") if k in detail)
    if kind == "merged":
        return ", ".join(detail[k] for k in ("from", "email") if k in detail)
    return "; ".join(v for k, v in detail.items() if k in {"link", "title", "reason", "host"})


def _amount(said: str) -> str:
    minor, _, currency = said.partition(" ")
    return money.shown(int(minor), currency) or "nothing" if minor.isdecimal() else said


def _by(actor: str) -> str:
    """People of the workspace; who booked stands on the page anyway."""
    return desk.person(actor) if actor.startswith(("account:", "host:")) else ""
