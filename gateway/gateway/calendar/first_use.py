"""What a host does before their first booking: four steps, each done when the facts say so.

They stand where the list is empty, and go for good with the first booking. Nothing is ticked by
hand.
"""

from dataclasses import dataclass

from flask import url_for

from contracts.availability import ListSchedules, Schedule
from contracts.booking import Bookings, ListLinks
from contracts.calendar_sync import ListConnections
from gateway import current, desk
from gateway.calendar.filtering import Filter

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True)
class Step:
    """One thing to do. `says`: how it stands, in words; `action` leads to `href`.

    `copies`: an address to copy instead. `unknown`: why its facts are not there.
    """

    title: str
    says: str
    done: bool
    href: str = ""
    action: str = ""
    copies: str = ""
    unknown: str = ""


def steps(wanted: Filter, found: Bookings | None) -> list[Step]:
    """The four steps for a host who was never booked; nothing for anybody else."""
    if wanted.who != "mine" or wanted.narrowed or found is None or any(found.counts.values()):
        return []
    return [_hours(), _calendar(), *_links()]


def _hours() -> Step:
    account = current.account()
    wish = ListSchedules(workspace_id=account.workspace_id, host_id=account.id)
    found = desk.part(lambda: current.services().availability.list_schedules(wish).schedules)
    usual = next((each for each in found.value or () if each.is_default), None)
    has_hours = bool(usual and any(day.windows for day in usual.hours))
    says = _hours_words(usual) if usual and has_hours else "No hours yet: nobody can book you."
    place = url_for("settings_pages.schedules")
    action = "Change" if has_hours else "Set your hours"
    return Step("Your hours", says, has_hours, place, action, unknown=found.problem)


def _hours_words(usual: Schedule) -> str:
    """`Open on Mon, Tue, Wed, in London`."""
    days = [WEEKDAYS[day.weekday - 1] for day in usual.hours if day.windows]
    return f"Open on {', '.join(days)}; times in {usual.timezone.rpartition('/')[2]}.".replace(
        "_", " "
    )


def _calendar() -> Step:
    account = current.account()
    wish = ListConnections(workspace_id=account.workspace_id, host_id=account.id)
    found = desk.part(lambda: current.services().calendar_sync.list_connections(wish).connections)
    names = [each.account for each in found.value or () if each.state == "ok"]
    says = (
        f"{', '.join(names)} is read, so that nobody books over it."
        if names
        else "Without one, only meetings made here keep your time."
    )
    place = url_for("settings_pages.calendars")
    action = "Change" if names else "Connect a calendar"
    return Step("Your calendar", says, bool(names), place, action, unknown=found.problem)


def _links() -> list[Step]:
    """A link that is open, and its address to send."""
    account = current.account()
    wish = ListLinks(workspace_id=account.workspace_id, owner_id=account.id)
    found = desk.part(lambda: current.services().booking.list_links(wish).links)
    opened = [each.settings for each in found.value or () if each.settings.active]
    title = f"{opened[0].title} is open for booking." if opened else "A title and a length will do."
    place = url_for("settings_pages.links") if opened else url_for("settings_pages.new_link")
    action = "Change" if opened else "Make a link"
    made = Step("A booking link", title, bool(opened), place, action, unknown=found.problem)
    said = "Send it, or put it under your mails. This list goes with your first booking."
    send = desk.url_of(opened[0].slug) if opened else ""
    return [made, Step("Send your link", said, done=False, copies=send)]
