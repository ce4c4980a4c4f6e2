"""Calendars in words: providers, a connection's state and what to do, a probe's steps. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from contracts.calendar_sync import Connection, Probed, ProbeStep
from gateway.desk import ago_words

NAMES = {
    "google": "Google Calendar",
    "microsoft": "Microsoft 365",
    "caldav": "CalDAV",
    "ics": "Calendar feed",
    "practice": "Practice calendar",
}
ABOUT = {
    "google": "Gmail and Google Workspace, with Meet links.",
    "microsoft": "Outlook and Exchange Online, with Teams links.",
    "caldav": "Fastmail, iCloud, Nextcloud, and others.",
    "ics": "A published .ics address: blocks your slots, is never written to.",
    "practice": "Keeps its events here, for trying things out without an account elsewhere.",
}
SPEAKERS = {
    "google": "Google",
    "microsoft": "Microsoft",
    "caldav": "The server",
    "ics": "The feed's server",
    "practice": "The practice calendar",
}
"""Who refuses, or does not answer."""

SIGN_IN = ("google", "microsoft")
"""Providers whose own page asks for the password."""

REFUSED = {
    "google": "Google refuses: sign in again",
    "microsoft": "Microsoft refuses: sign in again",
    "caldav": "The server refuses the password",
    "ics": "The feed does not open any more",
}
STEPS = {
    "calendars": "Your calendars were listed",
    "read": "Busy times were read",
    "write": "A test event was written",
    "read_back": "It was read back",
    "delete": "It was deleted again",
}
STEPS_FAILED = {
    "calendars": "Your calendars could not be listed",
    "read": "Busy times could not be read",
    "write": "A test event could not be written",
    "read_back": "The test event could not be read back",
    "delete": "The test event could not be deleted",
}
Tone = Literal["ok", "warn", "danger"]


@dataclass(frozen=True)
class State:
    """How a connection is, in a line; what that means and what to do, where there is something."""

    words: str
    tone: Tone
    todo: str = ""


def state(connection: Connection, now: datetime, timezone: str) -> State:
    """A connection's state for a reader in `timezone`."""
    if connection.state == "broken":
        return _broken(connection)
    if connection.attempts:
        return _silent(connection, now, timezone)
    if connection.synced_at is None:
        return State("Being read for the first time", "warn", "Look again in a moment.")
    return State(f"In step, {ago_words(connection.synced_at, now)}", "ok")


def _broken(connection: Connection) -> State:
    words = REFUSED.get(connection.provider, "It lets us in no more")
    after = "Until then you are offered on no link: nobody can tell when you are busy."
    return State(words, "danger", f"{connection.problem or 'Please connect it again.'} {after}")


def _silent(connection: Connection, now: datetime, timezone: str) -> State:
    who = SPEAKERS.get(connection.provider, "It")
    since, then = "yet", ""
    if connection.synced_at:
        since = f"since {moment(connection.synced_at, now, timezone)}"
    if connection.next_sync_at:
        then = f"; trying again at {moment(connection.next_sync_at, now, timezone)}"
    todo = connection.problem or (
        f"{who} does not answer. You need not do anything; while what is known of your calendar is "
        "too old, you are offered on no link."
    )
    return State(f"No answer {since}{then}", "warn", todo)


def moment(at: datetime, now: datetime, timezone: str) -> str:
    """`14:05` today, `Mon 23 Nov, 14:05` on another day; in `timezone`."""
    wall, today = at.astimezone(ZoneInfo(timezone)), now.astimezone(ZoneInfo(timezone)).date()
    clock = f"{wall:%H:%M}"
    return clock if wall.date() == today else f"{wall:%a} {wall.day} {wall:%b}, {clock}"


def step(one: ProbeStep) -> str:
    """A step of a probe with its time: `It was read back (120 ms)`."""
    words = (STEPS if one.ok else STEPS_FAILED).get(one.name, one.name)
    line = f"{words} ({duration(one.milliseconds)})"
    return f"{line}: {one.problem}" if one.problem and not one.ok else line


def duration(milliseconds: int) -> str:
    """`120 ms`, `1.4 s`."""
    return f"{milliseconds} ms" if milliseconds < 1000 else f"{milliseconds / 1000:.1f} s"


def result(probed: Probed) -> str:
    """A probe's result in a line."""
    total = duration(sum(one.milliseconds for one in probed.steps))
    return f"Everything works, in {total}" if probed.ok else "Something does not work"
