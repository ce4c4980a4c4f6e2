"""booking owns hosts, teams, links, holds, meetings, claims, bookings, tokens, records of files.

Also the ledger of rotations.

Offers: `contracts.booking.BookingRpc`: links, teams, holds, book, reschedule, cancel, approve,
reassign, no-show, lists, fairness.
Announces: host, link and claims changed; booking requested, confirmed, rescheduled, reassigned,
declined, cancelled, no-show; calendar differs.
Listens to: accounts and workspaces (gateway); connections, and events written, moved, deleted and
declined (calendar-sync).

It is the one place that gives time away. Whatever its code does, the exclusion constraint on
`claim` refuses a second meeting at the same time of the same host.
"""
