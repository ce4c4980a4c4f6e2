"""Who is mailed about a booking: the attendee, their guests, and each host."""

from dataclasses import dataclass

from contracts.booking import BookedHost, Booking

ATTENDEE = "attendee"


@dataclass(frozen=True, slots=True)
class Person:
    """A reader. `role` is `attendee`, `guest:<address>` or `host:<uuid>`, stable for a booking.

    `timezone` and `language` are those that their mails are written in.
    """

    role: str
    name: str
    email: str
    timezone: str
    writes_calendar: bool = False
    language: str = "en"

    @property
    def is_host(self) -> bool:
        """Hosts read answers and get the dashboard's link."""
        return self.role.startswith("host:")

    @property
    def is_attendee(self) -> bool:
        """Only the attendee gets the links that change the booking."""
        return self.role == ATTENDEE


def attendee(booking: Booking) -> Person:
    """Who booked."""
    who = booking.attendee
    return Person(ATTENDEE, who.name, who.email, who.timezone, language=who.language)


def host(one: BookedHost) -> Person:
    """One of the hosts."""
    role = f"host:{one.id}"
    return Person(role, one.name, one.email, one.timezone, one.writes_calendar, one.language)


def guests(booking: Booking) -> list[Person]:
    """The people the attendee brings along, each once, in the attendee's zone and language."""
    others = dict.fromkeys(email.strip().lower() for email in booking.guests)
    others.pop(booking.attendee.email.strip().lower(), None)
    zone, language = booking.attendee.timezone, booking.attendee.language
    return [Person(f"guest:{email}", email, email, zone, language=language) for email in others]


def principals(booking: Booking) -> list[Person]:
    """Attendee and hosts: who gets every mail, reminders too."""
    return [attendee(booking), *map(host, booking.hosts)]


def everyone(booking: Booking) -> list[Person]:
    """All who are told when the meeting is made, changed or cancelled."""
    return [*principals(booking), *guests(booking)]


def find(booking: Booking, role: str) -> Person | None:
    """The person in that role as the booking has them now, or `None` if they left it."""
    return next((person for person in everyone(booking) if person.role == role), None)
