"""Reads a conformance vector into what the engine is asked; the format is in docs/vectors.md."""

import json
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from availability.domain.facts import Ask, HostFacts, LinkFacts, Offer
from availability.domain.hours import Hours
from availability.domain.minutes import outward
from contracts.availability import DateOverride, Schedule, TimeOff, WeekdayHours, Window
from contracts.booking import Claim, Host, Limits, Link, LinkSettings, SeatHold
from contracts.wire import convert

Case = dict[str, Any]
FOLDER = Path(__file__).parent


@cache
def key(name: str) -> UUID:
    """The id that a name in a vector stands for."""
    return uuid5(NAMESPACE_OID, name)


WORKSPACE, LINK = key("workspace"), key("this")


def load(name: str) -> list[Case]:
    """The cases of a file in this folder."""
    return json.loads((FOLDER / name).read_text())["cases"]


def instant(text: str) -> datetime:
    """An instant of a vector."""
    return datetime.fromisoformat(text).astimezone(UTC)


def window(text: str) -> Window:
    """`22:00-26:00`, in hours and minutes after the midnight the day begins with."""
    start, end = (int(part[:2]) * 60 + int(part[3:]) for part in text.split("-"))
    return Window(start=start, end=end)


def schedule(name: str, about: Case) -> Schedule:
    """A host's weekly hours with their overrides."""
    return Schedule(
        id=key(name),
        workspace_id=WORKSPACE,
        host_id=key(name),
        name="Hours",
        timezone=about.get("schedule_timezone", about.get("timezone", "UTC")),
        hours=tuple(
            WeekdayHours(weekday=int(day), windows=tuple(map(window, windows)))
            for day, windows in about.get("hours", {}).items()
        ),
        overrides=tuple(
            convert({"day": day, "windows": tuple(map(window, windows))}, DateOverride)
            for day, windows in about.get("overrides", {}).items()
        ),
        is_default=True,
    )


def claim(number: int, about: Case) -> Claim:
    """A claim: the meeting's times, and its buffers in minutes around them."""
    start, end = instant(about["start"]), instant(about["end"])
    booking, expires = about.get("booking"), about.get("expires_at")
    return Claim(
        id=key(f"claim {number}"),
        meeting_id=key(about.get("meeting", f"meeting {number}")),
        host_id=key(about["host"]),
        link_id=key(about.get("link", "this")),
        state=about.get("state", "confirmed"),
        start=start - timedelta(minutes=about.get("before", 0)),
        end=end + timedelta(minutes=about.get("after", 0)),
        meeting_start=start,
        meeting_end=end,
        booking_id=key(booking) if booking else None,
        expires_at=instant(expires) if expires else None,
        seats_taken=about.get("seats_taken", 1),
        seat_holds=tuple(
            SeatHold(id=key(hold["id"]), expires_at=instant(hold["expires_at"]))
            for hold in about.get("seat_holds", ())
        ),
    )


def host(name: str, about: Case, claims: list[Claim]) -> HostFacts:
    """A host with all that takes their time."""
    owner = {"id": str(key(name)), "workspace_id": str(WORKSPACE), "host_id": str(key(name))}
    value = Host(
        id=key(name),
        workspace_id=WORKSPACE,
        name=name,
        email=f"{name}@acme.test",
        slug=name,
        timezone=about.get("timezone", "UTC"),
        limits=convert(about.get("limits", {}), Limits),
        active=about.get("active", True),
    )
    return HostFacts(
        host=value,
        schedules=(Hours(schedule(name, about)),),
        time_off=tuple(convert(owner | off, TimeOff) for off in about.get("time_off", ())),
        claims=tuple(claim for claim in claims if claim.host_id == key(name)),
        busy=tuple(outward(instant(a), instant(b)) for a, b in about.get("busy", ())),
        calendar=about.get("calendar", "none"),
        synced_at=instant(about["synced_at"]) if "synced_at" in about else None,
    )


def link(case: Case) -> Link:
    """The link; what a vector leaves out is as in a new link."""
    places = [{"host_id": str(key(name))} for name in case["hosts"]]
    settings = {"title": "Talk", "slug": "talk", "hosts": places} | case["link"]
    return Link(
        id=LINK,
        workspace_id=WORKSPACE,
        owner_id=WORKSPACE,
        settings=convert(settings, LinkSettings),
        workspace_timezone=case.get("workspace_timezone", "UTC"),
        used=case.get("used", False),
        created_at=instant(case["now"]),
    )


def offer(case: Case) -> Offer:
    """All that the engine is asked with."""
    ask, made = case["ask"], link(case)
    claims = [claim(number, about) for number, about in enumerate(case.get("claims", ()))]
    hold, booking = ask.get("except_hold"), ask.get("except_booking")
    return Offer(
        LinkFacts(made, tuple(claim for claim in claims if claim.link_id == LINK)),
        tuple(host(name, about, claims) for name, about in case["hosts"].items()),
        Ask(
            now=instant(case["now"]),
            duration=ask.get("duration", made.settings.durations[0]),
            except_hold=key(hold) if hold else None,
            except_booking=key(booking) if booking else None,
            by_host=ask.get("by_host", False),
        ),
    )
