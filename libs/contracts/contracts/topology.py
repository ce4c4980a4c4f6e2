"""Who listens to whom: the whole bus, declared by every process before it announces anything.

An event published before its reader's queue exists would vanish; a queue known to all cannot be
late. A service's handlers are checked against this table when it starts.
"""

from contracts import availability, booking, calendar_sync, crm_bridge, gateway, notifications
from contracts.wire import Event

SERVICES = ("booking", "availability", "calendar-sync", "notifications", "crm-bridge")

ANNOUNCES: dict[str, tuple[type[Event], ...]] = {
    "gateway": (
        gateway.AccountChanged,
        gateway.WorkspaceChanged,
        gateway.AccountInvited,
        gateway.PasswordResetAsked,
    ),
    "booking": (
        booking.HostChanged,
        booking.LinkChanged,
        booking.ClaimsChanged,
        booking.BookingConfirmed,
        booking.BookingRescheduled,
        booking.BookingCancelled,
        booking.BookingNoShow,
        booking.BookingRequested,
        booking.BookingDeclined,
        booking.BookingReassigned,
        booking.CalendarDiffers,
        booking.FileErased,
    ),
    "availability": (availability.ScheduleChanged, availability.AvailabilityChanged),
    "calendar-sync": (
        calendar_sync.BusyChanged,
        calendar_sync.ConnectionChanged,
        calendar_sync.EventWritten,
        calendar_sync.EventRemoved,
        calendar_sync.EventMoved,
        calendar_sync.EventDeleted,
        calendar_sync.AttendeeDeclined,
    ),
    "notifications": (notifications.MailFailed,),
    "crm-bridge": (
        crm_bridge.ContactCreated,
        crm_bridge.DealCreated,
        crm_bridge.WebhookDisabled,
        crm_bridge.CrmSignedOut,
    ),
}

LISTENS: dict[str, tuple[type[Event], ...]] = {
    "booking": (
        gateway.AccountChanged,
        gateway.WorkspaceChanged,
        calendar_sync.ConnectionChanged,
        calendar_sync.EventWritten,
        calendar_sync.EventMoved,
        calendar_sync.EventDeleted,
        calendar_sync.AttendeeDeclined,
    ),
    "availability": (
        booking.HostChanged,
        booking.LinkChanged,
        booking.ClaimsChanged,
        calendar_sync.BusyChanged,
    ),
    "calendar-sync": (
        booking.BookingConfirmed,
        booking.BookingRescheduled,
        booking.BookingCancelled,
        booking.BookingRequested,
        booking.BookingDeclined,
        booking.BookingReassigned,
    ),
    "notifications": (
        gateway.AccountInvited,
        gateway.PasswordResetAsked,
        booking.BookingConfirmed,
        booking.BookingRescheduled,
        booking.BookingCancelled,
        booking.BookingRequested,
        booking.BookingDeclined,
        booking.BookingReassigned,
        booking.CalendarDiffers,
        calendar_sync.EventWritten,
        calendar_sync.ConnectionChanged,
        crm_bridge.WebhookDisabled,
        crm_bridge.CrmSignedOut,
    ),
    "crm-bridge": (
        gateway.AccountChanged,
        booking.BookingConfirmed,
        booking.BookingRescheduled,
        booking.BookingCancelled,
        booking.BookingNoShow,
        booking.BookingRequested,
        booking.BookingDeclined,
        booking.BookingReassigned,
        booking.FileErased,
    ),
}

BROADCAST: tuple[type[Event], ...] = (availability.AvailabilityChanged,)
"""Sent to every gateway process that is there; who is not there misses nothing it keeps."""

_SOURCE = {event: service for service, events in ANNOUNCES.items() for event in events}


def event_name(event: type[Event]) -> str:
    """The name on the bus: `BookingConfirmed` is `booking_confirmed`."""
    name = event.__name__
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")


def source(event: type[Event]) -> str:
    """The service that announces it."""
    return _SOURCE[event]


EVENTS: dict[str, type[Event]] = {
    f"{service}.{event_name(event)}": event
    for service, events in ANNOUNCES.items()
    for event in events
}
"""Every event by `<service>.<name>`."""
