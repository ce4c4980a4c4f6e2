"""The rules of availability read off the page, minute by minute, with nothing clever.

Slow and plainly right: what the engine says is held against it. It shares no code with the engine
other than the facts that both are given.
"""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from availability.domain.facts import HostFacts, Offer
from contracts.booking import Claim, Limits

MINUTE = timedelta(minutes=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SEATED = {"off_grid", "claimed", "host_limit", "link_limit"}
"""A seat in a meeting that stands is no new meeting: these do not bind it."""


@lru_cache(maxsize=512)
def _walls(zone: str, day: int) -> tuple[int, ...]:
    """What the wall shows in each minute of a UTC day, as wall minutes since 1970."""
    place, nought = ZoneInfo(zone), EPOCH.replace(tzinfo=None)
    minutes = [EPOCH + timedelta(days=day, minutes=n) for n in range(1440)]
    return tuple((at.astimezone(place).replace(tzinfo=None) - nought) // MINUTE for at in minutes)


def wall(zone: str, at: datetime) -> int:
    """What the wall shows at a whole minute, as wall minutes since 1970."""
    day, minute = divmod((at - EPOCH) // MINUTE, 1440)
    return _walls(zone, day)[minute]


def day_of(wall_minute: int) -> date:
    """The day of a wall minute."""
    return date(1970, 1, 1) + timedelta(days=wall_minute // 1440)


def full(start: datetime, claims: list[Claim], limits: Limits, zone: str) -> bool:
    """Whether a limit is reached in the day, week or month of `start`."""

    def periods(at: datetime):
        day = at.astimezone(ZoneInfo(zone)).date()
        return {"day": day, "week": day.isocalendar()[:2], "month": (day.year, day.month)}

    mine = periods(start)
    meetings = {c.meeting_id: c.meeting_start for c in claims if c.state != "hold"}
    count = Counter(
        name for at in meetings.values() for name, key in periods(at).items() if key == mine[name]
    )
    return any(
        most is not None and count[name] >= most
        for name, most in (("day", limits.day), ("week", limits.week), ("month", limits.month))
    )


class Reference:
    """Every rule for every minute of `[first, last)`; hours must shut within the 3 days before."""

    def __init__(self, offer: Offer, first: datetime, last: datetime) -> None:
        self.link, self.hosts, self.ask = offer.link.link, offer.hosts, offer.ask
        self.settings = self.link.settings
        self.interval = self.settings.interval or self.ask.duration
        self.first, self.last = first, last
        self.origin = first - timedelta(days=3)
        self.minutes = (last - self.origin) // MINUTE + 1440
        self.link_claims = self.live(offer.link.claims)
        self.open = {h.mark: self.open_minutes(h) for h in self.hosts}
        self.off = {h.mark: self.off_minutes(h) for h in self.hosts}
        self.grid = {h.mark: self.grid_of(h) for h in self.hosts}
        self.seats = self.joinable()

    def times(self):
        return [self.origin + n * MINUTE for n in range(self.minutes)]

    def walls(self, zone: str) -> list[int]:
        return [wall(zone, at) for at in self.times()]

    def index(self, at: datetime) -> int:
        return (at - self.origin) // MINUTE

    # --- hours and grid ---

    def open_minutes(self, host: HostFacts) -> list[bool]:
        """A window is all instants whose wall time lies in it and belongs to its day."""
        schedule, wanted = host.schedules[0].schedule, set()
        shown = self.walls(schedule.timezone)
        for number in range(min(shown) // 1440 - 2, max(shown) // 1440 + 1):
            day = day_of(number * 1440)
            windows = [d.windows for d in schedule.overrides if d.day == day] or [
                d.windows for d in schedule.hours if d.weekday == day.isoweekday()
            ]
            for window in windows[0] if windows else ():
                wanted |= set(range(number * 1440 + window.start, number * 1440 + window.end))
        return [minute in wanted for minute in shown]

    def off_minutes(self, host: HostFacts) -> list[bool]:
        days = [(o.first_day, o.last_day) for o in host.time_off if o.first_day]
        exact = [(o.start, o.end) for o in host.time_off if o.start]
        return [
            any(a <= day_of(shown) <= b for a, b in days)
            or any(a < at + MINUTE and at < b for a, b in exact)
            for at, shown in zip(self.times(), self.walls(host.host.timezone), strict=True)
        ]

    def grid_of(self, host: HostFacts) -> list[bool]:
        shared = self.settings.kind == "collective" or (
            self.settings.kind == "group" and len(self.settings.hosts) > 1
        )
        zone = self.settings.grid_timezone or self.link.workspace_timezone
        start, found, anchor = self.settings.grid_start, [], None
        for n, shown in enumerate(self.walls(zone)):
            if shared:
                anchor = n if shown % 1440 == start else anchor
            elif not self.open[host.mark][n]:
                anchor = None
            elif anchor is None:
                anchor = n
            found.append(anchor is not None and (n - anchor) % self.interval == 0)
        return found

    # --- claims ---

    def live(self, claims: tuple[Claim, ...]) -> list[Claim]:
        ask = self.ask
        return [
            c
            for c in claims
            if not (c.expires_at and c.expires_at <= ask.now)
            and not (c.seats_taken == 1 and c.booking_id and c.booking_id == ask.except_booking)
            and not (
                c.seats_taken == 1
                and c.expires_at
                and ask.except_hold
                and ask.except_hold in {c.id, c.meeting_id}
            )
        ]

    def joinable(self) -> dict[datetime, int]:
        found: dict[datetime, int] = {}
        for host in self.hosts if self.settings.kind == "group" else ():
            for claim in self.live(host.claims):
                if claim.link_id != self.link.id:
                    continue
                if claim.meeting_end - claim.meeting_start != self.ask.duration * MINUTE:
                    continue
                left = self.settings.capacity - claim.seats_taken
                for hold in claim.seat_holds:
                    left += hold.expires_at <= self.ask.now or hold.id == self.ask.except_hold
                if left > 0:
                    at = claim.meeting_start
                    found[at] = min(left, found.get(at, left))
        return found

    # --- rules ---

    def link_rules(self, start: datetime) -> set[str]:
        settings, ask, limits = self.settings, self.ask, self.settings.limits
        closed = (
            not settings.active
            or (settings.expires_at and settings.expires_at <= ask.now)
            or (self.link.used and not ask.except_booking)
        )
        refused = {
            "link_closed": closed and not ask.by_host,
            "past": start < ask.now,
            "notice": start < ask.now + settings.notice * MINUTE and not ask.by_host,
            "link_limit": full(start, self.link_claims, limits, self.link.workspace_timezone),
        }
        return {rule for rule, no in refused.items() if no and not self.exempt(rule, start)}

    def exempt(self, rule: str, start: datetime) -> bool:
        return rule in SEATED and start in self.seats

    def in_horizon(self, host: HostFacts, start: datetime) -> bool:
        home = ZoneInfo(host.host.timezone)
        day = start.astimezone(home).date()
        if self.settings.first_day and day < self.settings.first_day:
            return False
        if self.settings.last_day:
            return day <= self.settings.last_day
        today = self.ask.now.astimezone(home).date()
        return day <= today + timedelta(days=self.settings.horizon_days)

    def is_stale(self, host: HostFacts) -> bool:
        if host.calendar == "none" or self.settings.open_when_stale:
            return False
        if host.calendar == "broken" or host.synced_at is None:
            return True
        return self.ask.now - host.synced_at > self.settings.freshness * MINUTE

    def host_rules(self, host: HostFacts, start: datetime) -> set[str]:
        n, length = self.index(start), self.ask.duration
        end = start + length * MINUTE
        before, after = self.settings.buffer_before, self.settings.buffer_after
        padded = (start - before * MINUTE, end + after * MINUTE)
        claims = self.live(host.claims)

        def touched(spans) -> bool:
            return any(a < padded[1] and padded[0] < b for a, b in spans)

        refused = {
            "not_a_host": not host.host.active,
            "horizon": not self.ask.by_host and not self.in_horizon(host, start),
            "hours": not all(self.open[host.mark][n : n + length]),
            "time_off": any(self.off[host.mark][n : n + length]),
            "off_grid": not self.grid[host.mark][n],
            "busy": touched((EPOCH + a * MINUTE, EPOCH + b * MINUTE) for a, b in host.busy),
            "claimed": touched((c.start, c.end) for c in claims),
            "host_limit": full(start, claims, host.host.limits, host.host.timezone),
            "calendar_stale": self.is_stale(host),
        }
        return {rule for rule, no in refused.items() if no and not self.exempt(rule, start)}

    # --- answers ---

    def free(self, start: datetime) -> tuple:
        """The hosts who can be booked at `start`: where they meet together, all or nobody."""
        if self.link_rules(start):
            return ()
        able = tuple(h.host.id for h in self.hosts if not self.host_rules(h, start))
        together = self.settings.kind in {"collective", "group"}
        return () if together and len(able) < len(self.settings.hosts) else able

    def slots(self) -> dict[datetime, tuple[tuple, int]]:
        """Each start that is offered, with its hosts and the attendees that it has room for."""
        found = {}
        room = self.settings.capacity if self.settings.kind == "group" else 1
        for n in range((self.last - self.first) // MINUTE):
            start = self.first + n * MINUTE
            on_any_grid = any(self.grid[h.mark][self.index(start)] for h in self.hosts)
            if (on_any_grid or start in self.seats) and (hosts := self.free(start)):
                found[start] = (hosts, self.seats.get(start, room))
        return found
