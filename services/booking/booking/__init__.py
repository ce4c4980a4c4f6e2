"""booking owns hosts, links, holds, meetings, claims, bookings and their manage tokens.

Offers: `contracts.booking.BookingRpc`: links, holds, book, reschedule, cancel, no-show, lists.
Announces: host, link and claims changed; booking confirmed, rescheduled, cancelled, no-show.
Listens to: accounts and workspaces (gateway); connections and written events (calendar-sync).

It is the one place that gives time away. Whatever its code does, the exclusion constraint on
`claim` refuses a second meeting at the same time of the same host.
"""
