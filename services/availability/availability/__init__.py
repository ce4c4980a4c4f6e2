"""availability: when each host can be booked.

Owns schedules, overrides, time off and their audit. Keeps its own copies of hosts, links and
claims (from booking) and of busy periods (from calendar-sync), each taken only when its version
is newer than the one kept. Offers `slots`, `free_hosts`, `explain`, schedules, time off, `preview`,
`outside` (meetings that no longer fit) and `holidays`. Announces `ScheduleChanged` and, to every
gateway, `AvailabilityChanged`. Listens to `HostChanged`, `LinkChanged`, `ClaimsChanged` and
`BusyChanged`.
"""
