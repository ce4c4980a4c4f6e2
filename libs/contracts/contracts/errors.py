"""The errors a caller can meet: raised by a service, the same class at the caller.

One class, one meaning, one `code` for the API. The gateway's table maps each to a status.
"""

from datetime import datetime
from typing import ClassVar


class SchedulingError(Exception):
    """A refusal that its caller can understand.

    `message` is a sentence for a person; `fields` maps a request's field to what is wrong with it;
    `alternatives` are instants in UTC (RFC 3339) that could be taken instead.
    """

    code: ClassVar[str] = "refused"
    default: ClassVar[str] = "This cannot be done."

    def __init__(
        self,
        message: str = "",
        fields: dict[str, str] | None = None,
        alternatives: list[str] | None = None,
    ) -> None:
        self.message = message or self.default
        self.fields = fields or {}
        self.alternatives = alternatives or []
        super().__init__(self.message, self.fields, self.alternatives)

    def __str__(self) -> str:
        return self.message


class Malformed(SchedulingError):
    """The request is not of the shape that the contract names. HTTP 400."""

    code = "malformed"
    default = "The request could not be read."


class Invalid(SchedulingError):
    """A value breaks a rule; `fields` says which and why. HTTP 422."""

    code = "invalid"
    default = "Please check the marked fields."


class NotFound(SchedulingError):
    """There is nothing by that name in this workspace. HTTP 404."""

    code = "not_found"
    default = "There is nothing here."


class Forbidden(SchedulingError):
    """The caller may not do this. HTTP 403."""

    code = "forbidden"
    default = "You may not do this."


class Conflict(SchedulingError):
    """It was changed meanwhile. HTTP 409."""

    code = "conflict"
    default = "This was changed meanwhile. Look again, and repeat your change."


class Changed(Conflict):
    """It is not the version that was to be deleted. HTTP 409, or 412 for who sent `If-Match`."""


class SlugTaken(Conflict):
    """Another link, host or team has the slug. HTTP 409."""

    code = "slug_taken"
    default = "This address is already in use."


class SlotTaken(Conflict):
    """Somebody else has the time. HTTP 409, with the nearest free instants."""

    code = "slot_taken"
    default = "This time has just been taken."


class LimitReached(Conflict):
    """A limit per day, week or month is reached, or too many holds are open. HTTP 409."""

    code = "limit_reached"
    default = "No more meetings can be booked in this period."


class LinkClosed(Conflict):
    """The link is paused, expired or used up. HTTP 409."""

    code = "link_closed"
    default = "This link takes no bookings at the moment."


class HoldExpired(Conflict):
    """The hold's time is over; the slot may still be free. HTTP 409."""

    code = "hold_expired"
    default = "Your hold on this time has ended."


class AlreadyCancelled(Conflict):
    """The booking was cancelled before. HTTP 409."""

    code = "already_cancelled"
    default = "This meeting was already cancelled."


class AlreadyMoved(Conflict):
    """The token belongs to a booking that was moved. HTTP 409."""

    code = "already_moved"
    default = "This meeting was moved; the newest mail has the current links."


class TooLate(Conflict):
    """The link's cut-off, or the start, has passed. HTTP 409."""

    code = "too_late"
    default = "It is too late to change this meeting here. Please write to your host."


class CursorExpired(SchedulingError):
    """What came after a cursor of the feed was forgotten by now. HTTP 410."""

    code = "cursor_expired"
    default = (
        "Events after this cursor are no longer kept. Begin again without a cursor, and compare "
        "with what you have."
    )


class CalendarUnreachable(SchedulingError):
    """No host's calendar could be read in time; nothing was stored. HTTP 503."""

    code = "calendar_unreachable"
    default = "We could not check the calendar just now. Please try again in a moment."


class Unavailable(SchedulingError):
    """A part of the suite did not answer in time. HTTP 503."""

    code = "unavailable"
    default = "A part of the service does not answer. Please try again in a moment."


def instants(values: list[datetime]) -> list[str]:
    """UTC instants as the `alternatives` of an error, RFC 3339 with `Z`."""
    return [value.strftime("%Y-%m-%dT%H:%M:%SZ") for value in values]
