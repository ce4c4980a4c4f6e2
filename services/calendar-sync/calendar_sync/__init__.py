"""calendar-sync: the hosts' external calendars, read for busy time and written with our events.

Owns: connections with their sealed tokens, calendars, mirrored busy periods, sync cursors, and
which event stands in which calendar.
Offers: `contracts.calendar_sync.CalendarSyncRpc`.
Announces: `busy_changed`, `connection_changed`, `event_written`, `event_removed`.
Listens to: `booking_confirmed`, `booking_rescheduled`, `booking_cancelled`.
"""
