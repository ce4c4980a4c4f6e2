"""What the checker looks at: rows by plain SQL, the mail server's journal, what bookers were told."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

import sqlalchemy as sa

KINDS = {
    "Confirmed": "confirmed",
    "Moved": "rescheduled",
    "Cancelled": "cancelled",
    "Reminder": "reminder",
    "Updated": "updated",
}

Row = Any
Select = Callable[[str, str], list[Row]]
"""The rows of a statement (second) in a service's database (first)."""


class Mail(NamedTuple):
    """A mail as the server journalled it."""

    recipient: str
    kind: str
    message_id: str


class Fate(NamedTuple):
    """What a booker was told last of a chain: its newest booking, which state, which start."""

    booking_id: str
    status: str
    start: datetime


@dataclass
class World:
    """Everything that the rules look at. `now` is the services' time.

    `repeats` is how many mails may have gone out twice: one for each time that notifications or
    its database died, since a mail server cannot be told twice that it is the same mail.
    """

    select: Select
    mails: list[Mail]
    fates: list[Fate]
    now: datetime
    repeats: int = 0
    pages: dict[tuple[str, str], list[Row]] = field(default_factory=dict)

    def rows(self, service: str, statement: str) -> list[Row]:
        """A statement's rows, read once."""
        key = (service, statement)
        if key not in self.pages:
            self.pages[key] = self.select(service, statement)
        return self.pages[key]

    @cached_property
    def bookings(self) -> dict[str, Row]:
        """Every booking by its id."""
        return {str(row.id): row for row in self.rows("booking", "SELECT * FROM booking")}

    @cached_property
    def last(self) -> dict[str, Row]:
        """The newest booking of each chain, by the chain's root."""
        return {str(b.root_id): b for b in self.bookings.values() if b.next_id is None}

    @cached_property
    def hosts(self) -> dict[str, Row]:
        """Every host by id."""
        return {str(row.id): row for row in self.rows("booking", "SELECT * FROM host")}

    @cached_property
    def writers(self) -> set[str]:
        """The hosts whose calendar is written."""
        found = self.rows("booking", "SELECT host_id FROM host_calendar WHERE writes_calendar")
        return {str(row.host_id) for row in found}

    @cached_property
    def deliveries(self) -> dict[tuple[str, str, str], list[Row]]:
        """Planned mails about bookings, by kind, booking and role."""
        found: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
        for row in self.rows("notifications", "SELECT * FROM delivery WHERE root_id IS NOT NULL"):
            found[row.kind, str(row.booking_id), row.role].append(row)
        return found

    def roles(self, booking: Row) -> list[str]:
        """Attendee and hosts."""
        return ["attendee", *(f"host:{host}" for host in booking.host_ids)]


def journal(messages: Iterable[Any]) -> list[Mail]:
    """What a mail server of the tests took."""
    return [
        Mail(
            str(message["X-RcptTo"]),
            KINDS.get(str(message["Subject"]).partition(":")[0], "other"),
            str(message["Message-ID"]).strip(),
        )
        for message in messages
    ]


def select_over(connections: dict[str, sa.Connection]) -> Select:
    """Reads through open connections, one a service."""

    def select(service: str, statement: str) -> list[Row]:
        return list(connections[service].execute(sa.text(statement)).all())

    return select
