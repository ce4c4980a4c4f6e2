"""How calendars are brought in line with what bookings want of them."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection as Tx

from calendar_sync.adapters.provider import AccessRefused, ProviderUnavailable
from calendar_sync.context import Context
from calendar_sync.domain.calendars import Draft, Written
from calendar_sync.domain.writing import Place, Standing, Step, next_step
from calendar_sync.reading import Reader
from calendar_sync.store import connections, seats, wanted
from calendar_sync.store.connections import Opened
from calendar_sync.store.wanted import Taken
from contracts.calendar_sync import EventRemoved, EventWritten
from servicekit.context import within

AT_ONCE = 8
"""Events brought in line at the same time."""

LEASE_CALLS = 3
"""A lease lasts for as many calls of the longest kind, so that no call outlives it."""

NO_CALENDAR = timedelta(hours=1)
"""How long an event waits when its host's calendar is broken or gone; connecting ends the wait."""


@dataclass(frozen=True)
class Job:
    """One step for one event."""

    taken: Taken
    step: Step
    place: Place
    opened: Opened

    @property
    def event(self) -> Standing:
        """What is known of it."""
        return self.taken.event


@dataclass(frozen=True)
class Writer:
    """Brings events in line. The provider is never called inside a transaction.

    If the process dies before a call, the lease ends and the step is taken again; if it dies
    after, the step is repeated, which providers answer with the event that is there.
    """

    context: Context

    def write_due(self) -> bool:
        """Takes one step for some events; whether there may be more."""
        lasts = timedelta(seconds=self.context.settings.call_seconds * LEASE_CALLS)
        with self.context.begin() as tx:
            leased = wanted.lease_due(tx, self.context.now(), AT_ONCE, lasts)
            jobs = [job for taken in leased if (job := self._plan(tx, taken))]
        if jobs:
            with ThreadPoolExecutor(len(jobs), "write-events") as pool:
                list(pool.map(self._do, jobs))
        return len(leased) == AT_ONCE

    def _plan(self, tx: Tx, taken: Taken) -> Job | None:
        """The next step, its place noted; or `None` when there is none to take."""
        event = taken.event
        place = event.place or wanted.written_calendar(tx, event.wanted.host_id)
        step = next_step(event, place, self.context.now())
        if step == "nothing":
            wanted.finish(tx, taken, self.context.now())
            return None
        if step == "stand":
            self._say_it_stands(tx, taken)
            return None
        opened = connections.opened(tx, place.connection_id) if place else None
        if step == "wait" or place is None or opened is None:
            until = self.context.now() + NO_CALENDAR
            wanted.postpone(tx, taken, until, "The calendar is not connected.")
            return None
        if opened.not_before and opened.not_before > self.context.now():
            problem = "Its provider asked us to wait."
            wanted.postpone(tx, taken, opened.not_before, problem, tried=False)
            return None
        wanted.set_place(tx, event, place)
        return Job(taken, step, place, opened)

    def _say_it_stands(self, tx: Tx, taken: Taken) -> None:
        """The booking followed the host's own change: what they did is not written over."""
        here = {"moved_start": None, "moved_end": None}
        if wanted.finish(tx, taken, self.context.now(), **here):
            self._announce_written(tx, taken.event, taken.event.join_url)

    def _do(self, job: Job) -> None:
        """In a thread of its own: log lines and announcements carry the booking's id."""
        with within(job.taken.correlation_id):
            self._take_step(job)

    def _take_step(self, job: Job) -> None:
        log = self.context.log.bind(root_id=str(job.event.wanted.root_id), step=job.step)
        try:
            written = self._call(job)
        except ProviderUnavailable as failure:
            log.warning("event_delayed", problem=str(failure))
            self._postpone(job, failure)
        except AccessRefused as refused:
            self._postpone(job, ProviderUnavailable(str(refused), NO_CALENDAR))
            Reader(self.context).refuse(job.opened)
        except Exception:  # a fault over one event must not stop the others
            log.exception("event_not_written")
            self._postpone(job, ProviderUnavailable("an unexpected failure"))
        else:
            self._finish(job, written)
            log.info("event_in_line")

    def _call(self, job: Job) -> Written | None:
        provider = self.context.provider(job.opened.provider)
        account, calendar_id = self.context.account(job.opened), job.place.calendar_id
        draft = _draft(job.event)

        def act() -> Written | None:
            if job.step == "delete":
                provider.delete(account, calendar_id, draft)
                return None
            call = provider.move if job.step == "move" else provider.write
            return call(account, calendar_id, draft)

        return self.context.call(job.opened, job.step, act)

    def _postpone(self, job: Job, failure: ProviderUnavailable) -> None:
        until = self.context.retry_at(job.event.attempts + 1, failure)
        with self.context.begin() as tx:
            wanted.postpone(tx, job.taken, until, str(failure))

    def _finish(self, job: Job, written: Written | None) -> None:
        now = self.context.now()
        with self.context.begin() as tx:
            if written is None:
                if wanted.finish(tx, job.taken, now, **wanted.NOWHERE):
                    self._announce_removed(tx, job.event)
                return
            # Its connection may have been removed while the provider was asked.
            stands = {"written": wanted.stands_at(job.place), "join_url": written.join_url}
            fresh = {"moved_start": None, "moved_end": None, "declined": False}
            ids = {"provider_id": written.id, "in_line_at": now}
            if wanted.finish(tx, job.taken, now, **stands, **fresh, **ids):
                self._announce_written(tx, job.event, written.join_url)

    def _announce_written(self, tx: Tx, event: Standing, join_url: str) -> None:
        """Told of each booking that the event is of."""
        wish, url = event.wanted, join_url if event.wanted.conference else ""
        if wish.shared:
            told = seats.untold(tx, wish, f"{wish.starts_at.isoformat()} {url}")
        else:
            told = [(wish, wanted.count_announced(tx, event))]
        for one, version in told:
            written = EventWritten(
                workspace_id=wish.workspace_id,
                version=version,
                booking_id=one.booking_id,
                root_id=one.root_id,
                meeting_id=wish.meeting_id,
                host_id=wish.host_id,
                start=wish.starts_at,
                join_url=url,
            )
            self.context.announce(tx, written)

    def _announce_removed(self, tx: Tx, event: Standing) -> None:
        wish = event.wanted
        self.context.announce(
            tx,
            EventRemoved(
                workspace_id=wish.workspace_id,
                version=wanted.count_announced(tx, event),
                root_id=wish.root_id,
                meeting_id=wish.meeting_id,
                host_id=wish.host_id,
            ),
        )


def _draft(event: Standing) -> Draft:
    wish = event.wanted
    return Draft(
        id=event.event_id,
        start=wish.starts_at,
        end=wish.ends_at,
        title=wish.title,
        description=wish.description,
        location=wish.location,
        conference=wish.conference,
        provider_id=event.provider_id,
    )
