"""Kinds of mail that are treated alike."""

from contracts.notifications import MailKind

ASKS: tuple[MailKind, ...] = ("requested", "approval_asked")
"""While a host is asked for approval: nothing is promised yet."""

ANNOUNCEMENTS: tuple[MailKind, ...] = ("confirmed", "rescheduled", "reassigned")
"""A meeting is made or changed; they may wait for the join URL, and a later one updates them."""

INVITES: tuple[MailKind, ...] = (*ANNOUNCEMENTS, "updated")
"""Put the meeting into their reader's calendar."""

ENDS: tuple[MailKind, ...] = ("cancelled", "declined", "lapsed", "handed_over")
"""The meeting is over for their reader."""
