"""calendar-sync: the hosts' external calendars, read for busy time and written with our events.

Owns: connections with their sealed tokens, calendars, mirrored busy periods, sync cursors, push
channels, and which event stands in which calendar.
Offers: `contracts.calendar_sync.CalendarSyncRpc`.
Announces: `busy_changed`, `connection_changed`, `event_written`, `event_removed`; `event_moved`,
`event_deleted` and `attendee_declined`, which were done in the calendar and not by us.
Listens to: `booking_confirmed`, `booking_rescheduled`, `booking_reassigned`, `booking_requested`,
`booking_declined`, `booking_cancelled`.
"""
