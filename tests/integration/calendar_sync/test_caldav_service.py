"""calendar-sync with CalDAV and feeds, the whole way: against a real Radicale."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from calendar_sync.domain.events import event_id
from calendar_sync.service import CalendarSync
from contract.calendars.harness import Stands, Theirs
from contract.calendars.harness_caldav import CalDavHarness
from contract.calendars.icalendar_text import calendar, vevent
from contracts.calendar_sync import Connect, EventDeleted, EventMoved, EventWritten, Probe, Refresh
from contracts.errors import CalendarUnreachable, Invalid
from fakes import authority
from fakes.feed import FeedServer, Served
from integration.calendar_sync.surroundings import Surroundings
from servicekit.testing import FakeClock, Local
from support.dumps import dump
from unit.calendar_sync.builders import (
    ADA,
    HOUR,
    NOW,
    WORKSPACE,
    booked,
    cancelled,
    confirmed,
    moved,
    rescheduled,
)


@dataclass
class World(Surroundings):
    """The service, and Ada's account at Radicale with another client of hers."""

    local: Any
    service: Any
    ada: CalDavHarness

    @property
    def clock(self):
        return self.local.clock

    def connect(self, **changes):
        usual = {
            "workspace_id": WORKSPACE,
            "connection_id": uuid4(),
            "host_id": ADA.id,
            "provider": "caldav",
            "url": self.ada.server.url,
            "account": self.ada.client.user,
            "secret": self.ada.client.password,
        }
        return self.service.connect(Connect(**(usual | changes)))

    def bring_in_line(self):
        """Time passes until nothing is due any more."""
        for _ in range(6):
            self.write()
            self.clock.advance(timedelta(minutes=1))

    def book(self):
        """A booking whose event stands and was seen there; its id."""
        booking = booked()
        self.hear(confirmed(booking))
        self.bring_in_line()
        self.poll()
        return booking

    def drag(self, booking, by):
        own = self.ada.calendar + event_id(booking.root_id, ADA.id) + ".ics"
        text = self.ada.client.get(own)
        for moment in (booking.start, booking.end):
            text = text.replace(f"{moment:%Y%m%dT%H%M%SZ}", f"{moment + by:%Y%m%dT%H%M%SZ}")
        self.ada.client.put(own, text)

    def blocked(self):
        return sorted((one.start, one.end) for one in self.copy(max_age=3600).periods)


@pytest.fixture
def world(databases, radicale):
    local = Local(databases, clock=FakeClock(NOW))
    service = local.add(
        CalendarSync, private_addresses=True, ca_bundle=authority.ca_bundle(), call_seconds=20
    )
    made = World(local, service, CalDavHarness(radicale))
    yield made
    made.ada.behave()
    made.ada.client.close()


def test_a_host_connects_is_read_and_a_dump_of_the_database_holds_no_password(world):
    world.ada.put(Theirs("lunch", NOW + HOUR, NOW + 2 * HOUR))
    connection = world.connect()
    assert [(one.id, one.written) for one in connection.calendars] == [(world.ada.calendar, True)]
    assert world.blocked() == [(NOW + HOUR, NOW + 2 * HOUR)]
    kept = dump(world.service.settings.database_url)
    assert world.ada.client.user in kept
    assert world.ada.client.password not in kept


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"secret": "wrong"}, "secret"),
        ({"url": "ftp://host.test"}, "url"),
        ({"url": "http://169.254.169.254"}, "url"),
    ],
)
def test_what_was_typed_wrong_is_said_at_its_field(world, changes, field):
    with pytest.raises(Invalid) as wrong:
        world.connect(**changes)
    assert set(wrong.value.fields) == {field}


def test_a_server_that_is_away_can_be_tried_again(world):
    world.ada.misbehave("unavailable")
    with pytest.raises(CalendarUnreachable):
        world.connect()


def test_a_booking_is_written_moved_and_deleted_without_coming_back(world):
    world.connect()
    booking = world.book()
    title = f"{booking.link_title} - {booking.attendee.name}"
    assert world.ada.standing() == (Stands(title, booking.start, booking.end),)
    later = moved(booking)
    world.hear(rescheduled(booking, later))
    world.bring_in_line()
    world.poll()
    assert world.ada.standing() == (Stands(title, later.start, later.end),)
    world.hear(cancelled(later))
    world.bring_in_line()
    world.poll()
    assert world.ada.standing() == ()
    assert world.announced(EventMoved) + world.announced(EventDeleted) == []
    assert world.blocked() == []


def test_what_another_client_does_to_the_event_is_told_once(world):
    world.connect()
    booking = world.book()
    world.drag(booking, HOUR)
    world.poll()
    world.poll()
    (told,) = world.announced(EventMoved)
    assert (told.root_id, told.start) == (booking.root_id, booking.start + HOUR)


@pytest.mark.parametrize("expired", [False, True])
def test_an_event_that_another_client_deletes_is_told_once(world, expired):
    world.connect()
    booking = world.book()
    world.ada.drop(event_id(booking.root_id, ADA.id))
    if expired:
        world.ada.expire()
    world.poll()
    world.poll()
    assert [one.root_id for one in world.announced(EventDeleted)] == [booking.root_id]


def test_an_event_whose_reply_was_lost_is_written_once(world):
    world.connect()
    world.ada.misbehave("reply_lost")
    booking = booked()
    world.hear(confirmed(booking))
    world.write()
    world.ada.behave()
    world.clock.advance(timedelta(minutes=5))
    world.bring_in_line()
    assert len(world.ada.standing()) == 1
    assert len(world.announced(EventWritten)) == 1


def test_a_series_that_was_cut_short_frees_its_later_times(world):
    weekly = Theirs("weekly", NOW + HOUR, NOW + 2 * HOUR, rule="FREQ=WEEKLY;COUNT=5")
    world.ada.put(weekly)
    world.ada.put(Theirs("lunch", NOW + 4 * HOUR, NOW + 5 * HOUR))
    world.connect()
    assert len(world.blocked()) == 6
    world.ada.put(Theirs("weekly", NOW + HOUR, NOW + 2 * HOUR, rule="FREQ=WEEKLY;COUNT=2"))
    world.poll()
    changed = world.busy()[-1].periods
    assert [one.removed for one in changed] == [True, True, True]
    assert len(world.blocked()) == 3
    world.ada.drop("weekly")
    world.poll()
    assert world.blocked() == [(NOW + 4 * HOUR, NOW + 5 * HOUR)]


def test_a_password_taken_back_is_told_once_and_the_server_left_alone(world):
    world.connect()
    world.ada.misbehave("refused")
    world.poll()
    before = len(world.ada.server.journal)
    for _ in range(3):
        world.poll()
    assert [one.state for one in world.connections()].count("broken") == 1
    assert len(world.ada.server.journal) == before
    world.ada.behave()
    world.connect()
    assert world.copy(max_age=3600).state == "ok"


def test_the_server_is_not_asked_before_the_time_that_it_named(world):
    world.connect()
    world.ada.misbehave("throttled")
    world.poll()
    before = len(world.ada.server.journal)
    world.clock.advance(timedelta(seconds=80))
    world.service.sync_calendars()
    world.service.refresh(Refresh(workspace_id=WORKSPACE, host_ids=(ADA.id,), max_age=60))
    assert len(world.ada.server.journal) == before
    world.ada.behave()
    world.poll(timedelta(minutes=10))
    assert world.copy(max_age=3600).state == "ok"


def test_a_probe_goes_the_whole_way_and_leaves_nothing(world):
    connection = world.connect()
    probed = world.service.probe(Probe(workspace_id=WORKSPACE, connection_id=connection.id))
    assert probed.ok
    assert world.ada.standing() == ()


def test_a_feed_is_read_and_never_written(world):
    lunch = vevent(Theirs("lunch", NOW + HOUR, NOW + 2 * HOUR), "ada@acme.test")
    server = FeedServer()
    server.feeds["/secret.ics"] = Served(text=calendar(lunch))
    with authority.serve(server) as url:
        connection = world.connect(
            provider="ics", url=f"{url}/secret.ics", account="Lunches", secret=""
        )
        assert world.blocked() == [(NOW + HOUR, NOW + 2 * HOUR)]
        assert [one.writable for one in connection.calendars] == [False]
        server.feeds["/secret.ics"].text = calendar()
        world.poll()
    assert world.blocked() == []
    assert "secret.ics" not in dump(world.service.settings.database_url)
