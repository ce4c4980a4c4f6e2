"""What tests of calendar-sync do and look at, in their words."""

from datetime import timedelta
from uuid import uuid4

from calendar_sync.adapters.practice import WORLD
from contracts.calendar_sync import BusyChanged, Connect, ConnectionChanged, EventWritten, Refresh
from unit.calendar_sync.builders import ADA, WORKSPACE

HANDLERS = {
    "BookingConfirmed": "on_booking_confirmed",
    "BookingRescheduled": "on_booking_rescheduled",
    "BookingCancelled": "on_booking_cancelled",
}


class Surroundings:
    """The service, Ada's practice account, and everything that was announced."""

    def __init__(self, local, service):
        self.local, self.service, self.clock = local, service, local.clock
        self.desk = WORLD.desk("ada@acme.test")

    def connect(self, host_id=ADA.id, account="ada@acme.test"):
        request = Connect(
            workspace_id=WORKSPACE,
            connection_id=uuid4(),
            host_id=host_id,
            provider="practice",
            account=account,
        )
        return self.service.connect(request)

    def hear(self, *events):
        for event in events:
            with self.service.db.begin() as tx:
                getattr(self.service, HANDLERS[type(event).__name__])(event, tx)

    def write(self):
        self.service.write_events()

    def poll(self, after=timedelta(minutes=3)):
        self.clock.advance(after)
        self.service.sync_calendars()

    def copy(self, max_age=60, host_id=ADA.id):
        request = Refresh(workspace_id=WORKSPACE, host_ids=(host_id,), max_age=max_age)
        (copy,) = self.service.refresh(request).hosts
        return copy

    def announced(self, kind):
        return [event for event in self.local.outbox if isinstance(event, kind)]

    def busy(self):
        return self.announced(BusyChanged)

    def connections(self):
        return self.announced(ConnectionChanged)

    def written(self):
        return self.announced(EventWritten)

    @property
    def events(self):
        return self.desk.books["main"].events
