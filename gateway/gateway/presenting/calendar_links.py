"""A booking for the attendee's own calendar: addresses of the big ones, and a file for the rest."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from contracts.booking import Booking
from gateway.presenting.speech import gettext
from gateway.presenting.words import named, place


@dataclass(frozen=True, slots=True)
class CalendarLinks:
    """Addresses that open a filled-in event; the reader's calendar saves it, not we."""

    google: str
    outlook: str


def links(booking: Booking) -> CalendarLinks:
    """For Google Calendar and Outlook on the web."""
    google = {
        "action": "TEMPLATE",
        "text": title(booking),
        "dates": f"{_basic(booking.start)}/{_basic(booking.end)}",
        "location": place(booking.location, booking.join_url),
    }
    outlook = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": title(booking),
        "startdt": booking.start.isoformat(),
        "enddt": booking.end.isoformat(),
        "location": place(booking.location, booking.join_url),
    }
    return CalendarLinks(
        google=f"https://calendar.google.com/calendar/render?{urlencode(google)}",
        outlook=f"https://outlook.live.com/calendar/0/deeplink/compose?{urlencode(outlook)}",
    )


def title(booking: Booking) -> str:
    """`Intro call with Ada and Bea`."""
    hosts = named([host.name for host in booking.hosts], together=True)
    if not hosts:
        return booking.link_title
    return gettext("%(title)s with %(hosts)s", title=booking.link_title, hosts=hosts)


def ics(booking: Booking, stamp: datetime) -> bytes:
    """An iCalendar file (RFC 5545), METHOD:PUBLISH, the same UID as in the mails."""
    from icalendar import Calendar, Event  # noqa: PLC0415 - two megabytes that few requests need

    event = Event()
    event.add("uid", booking.uid)
    event.add("sequence", booking.sequence)
    event.add("dtstamp", stamp)
    event.add("dtstart", booking.start)
    event.add("dtend", booking.end)
    event.add("summary", title(booking))
    event.add("location", place(booking.location, booking.join_url))
    event.add("status", "CANCELLED" if booking.status == "cancelled" else "CONFIRMED")
    if booking.join_url:
        event.add("url", booking.join_url)
    calendar = Calendar()
    calendar.add("prodid", "-//Workestra//Scheduling//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _basic(instant: datetime) -> str:
    return f"{instant:%Y%m%dT%H%M%SZ}"
