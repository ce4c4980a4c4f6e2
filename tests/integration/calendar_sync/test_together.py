"""A change in a host's calendar, through booking and back: followed once, and no loop."""

from datetime import timedelta
from random import Random
from uuid import uuid4

import pytest

from availability.service import Availability
from booking.service import Booking
from calendar_sync.adapters.practice import WORLD
from calendar_sync.service import CalendarSync
from contracts.booking import (
    Attendee,
    Book,
    BookingCancelled,
    BookingRescheduled,
    CalendarDiffers,
    CreateLink,
    GetBooking,
    LinkHost,
    LinkSettings,
    Location,
)
from contracts.calendar_sync import AttendeeDeclined, Connect, EventDeleted, EventMoved
from contracts.errors import CalendarUnreachable, SlotTaken
from contracts.gateway import Account, AccountChanged
from contracts.topology import event_name
from servicekit.testing import FakeClock, Local
from unit.calendar_sync.builders import HOUR, NOW, WORKSPACE

START = NOW + timedelta(days=1, hours=5)


class Firm:
    """Two hosts with practice calendars: booking, availability and calendar-sync together."""

    def __init__(self, databases):
        WORLD.clear()
        self.clock = FakeClock(NOW)
        self.local = Local(databases, clock=self.clock)
        self.booking = self.local.add(Booking)
        self.local.add(Availability)
        self.sync = self.local.add(CalendarSync, call_seconds=0.2)
        self.hosts = {name: uuid4() for name in ("ada", "bea")}
        for name, host_id in self.hosts.items():
            self.move_in(name, host_id)
        self.local.deliver()
        for name, host_id in self.hosts.items():
            self.connect(name, host_id)
        self.local.deliver()

    def move_in(self, name, host_id):
        account = Account(
            id=host_id, workspace_id=WORKSPACE, email=f"{name}@acme.test", name=name,
            role="member", timezone="UTC", version=1,
        )  # fmt: skip
        event = AccountChanged(
            workspace_id=WORKSPACE, version=1, account=account, workspace_name="Acme",
            workspace_timezone="UTC", host_slug=f"{name}-acme",
        )  # fmt: skip
        with self.booking.db.begin() as tx:
            getattr(self.booking, f"on_{event_name(AccountChanged)}")(event, tx)

    def connect(self, name, host_id):
        self.local.calendar_sync.connect(
            Connect(
                workspace_id=WORKSPACE, connection_id=uuid4(), host_id=host_id,
                provider="practice", account=f"{name}@acme.test",
            )
        )  # fmt: skip

    def link(self, slug="intro", **settings):
        usual = {"title": "Intro", "location": Location(kind="conference"), "notice": 0}
        self.local.booking.create_link(
            CreateLink(
                workspace_id=WORKSPACE, link_id=uuid4(), owner_id=self.hosts["ada"],
                settings=LinkSettings(slug=slug, **(usual | settings)),
            )
        )  # fmt: skip
        self.local.deliver()

    def book(self, slug="intro", start=START, name="zoe"):
        made = self.local.booking.book(
            Book(
                slug=slug, idempotency_key=str(uuid4()), start=start,
                attendee=Attendee(name=name, email=f"{name}@x.test"),
            )
        )  # fmt: skip
        self.settle()
        return made.booking

    def settle(self, rounds=2):
        """Every message handled, every event written, every calendar read, until all is quiet."""
        for _ in range(rounds):
            self.local.deliver()
            self.local.tick("calendar-sync", "write_events")
            self.clock.advance(timedelta(minutes=3))
            self.local.tick("calendar-sync", "sync_calendars")
        self.local.deliver()

    def desk(self, name="ada"):
        return WORLD.desk(f"{name}@acme.test")

    def events(self, name="ada"):
        return self.desk(name).books["main"].events

    def newest(self, booking):
        asked = GetBooking(workspace_id=WORKSPACE, booking_id=booking.id, latest=True)
        return self.local.booking.get_booking(asked).booking

    def count(self, *kinds):
        return sum(isinstance(event, kinds) for event in self.local.outbox)


@pytest.fixture
def firm(databases):
    return Firm(databases)


def test_an_event_that_its_host_moves_moves_the_booking_once_and_is_left_alone(firm):
    firm.link()
    booking = firm.book()
    (key,) = firm.events()
    firm.desk().shift(key, HOUR)
    firm.settle(4)
    after = firm.newest(booking)
    assert after.start == START + HOUR
    assert after.join_url == f"https://meet.practice.test/{key}"
    assert (firm.count(EventMoved), firm.count(BookingRescheduled)) == (1, 1)
    assert (firm.desk().calls["write"], firm.desk().calls["move"]) == (1, 0)
    assert [event.start for event in firm.events().values()] == [START + HOUR]
    firm.book()
    with pytest.raises(SlotTaken):
        firm.book(start=START + HOUR)


def test_an_event_that_its_host_deletes_cancels_the_booking_once(firm):
    firm.link()
    booking = firm.book()
    (key,) = firm.events()
    firm.desk().free(key)
    firm.settle(4)
    assert firm.newest(booking).status == "cancelled"
    assert (firm.count(EventDeleted), firm.count(BookingCancelled)) == (1, 1)
    assert firm.events() == {}


def test_a_time_that_is_claimed_is_told_once_and_the_event_left_where_it_is(firm):
    firm.link()
    booking = firm.book()
    (key,) = firm.events()
    firm.book(start=START + HOUR, name="kim")
    firm.desk().shift(key, HOUR)
    firm.settle(4)
    assert firm.newest(booking).start == START
    assert (firm.count(CalendarDiffers), firm.count(BookingRescheduled)) == (1, 0)
    assert firm.desk().calls["move"] == 0
    firm.desk().shift(key, -HOUR)
    firm.settle(4)
    assert firm.newest(booking) == booking or firm.newest(booking).start == START
    assert firm.count(CalendarDiffers) == 1


def test_those_who_meet_together_have_their_own_events_and_all_follow_one(firm):
    places = tuple(
        LinkHost(host_id=host_id, position=n) for n, host_id in enumerate(firm.hosts.values())
    )
    firm.link("both", kind="collective", hosts=places)
    booking = firm.book("both")
    (key,) = firm.events("bea")
    firm.desk("bea").shift(key, HOUR)
    firm.settle(4)
    assert firm.newest(booking).start == START + HOUR
    for name in firm.hosts:
        assert [event.start for event in firm.events(name).values()] == [START + HOUR]
    assert (firm.desk("ada").calls["move"], firm.desk("bea").calls["move"]) == (1, 0)
    assert (firm.count(EventMoved), firm.count(BookingRescheduled)) == (1, 1)


def test_a_shared_meeting_has_one_event_which_moves_all_who_sit_in_it(firm):
    firm.link("webinar", kind="group", capacity=5)
    people = [firm.book("webinar", name=name) for name in ("zoe", "kim", "lee")]
    (key,) = firm.events()
    assert len({firm.newest(one).join_url for one in people}) == 1
    firm.desk().shift(key, HOUR)
    firm.settle(4)
    assert {firm.newest(one).start for one in people} == {START + HOUR}
    assert [event.start for event in firm.events().values()] == [START + HOUR]
    assert (firm.count(EventMoved), firm.count(BookingRescheduled)) == (1, 3)


def test_a_host_who_changes_things_at_random_ends_in_agreement_with_booking(firm):
    """Whatever order changes and messages come in: booking and event agree, nothing is doubled."""
    random = Random(5)
    firm.link(slug="intro")
    bookings = [firm.book(start=START + n * timedelta(days=1)) for n in range(3)]
    for _ in range(12):
        for key in list(firm.events()):
            if random.random() < 0.4:
                firm.desk().shift(key, random.choice((1, -1)) * HOUR / 2)
        firm.local.deliver(shuffle=random, repeat=2)
        if random.random() < 0.5:
            firm.desk().misbehave("read", random.choice(("unavailable", "reply_lost")))
        firm.clock.advance(timedelta(minutes=3))
        firm.local.tick("calendar-sync", "sync_calendars")
    firm.settle(6)
    there = sorted((event.start, event.end) for event in firm.events().values())
    booked = sorted((one.start, one.end) for one in map(firm.newest, bookings))
    assert there == booked
    assert firm.desk().calls["move"] == 0


def test_a_team_goes_on_without_the_host_whose_calendar_is_broken(firm):
    places = tuple(
        LinkHost(host_id=host_id, position=n) for n, host_id in enumerate(firm.hosts.values())
    )
    firm.link("crew", kind="round_robin", hosts=places)
    firm.link("mine")
    firm.desk("ada").refused = True
    firm.settle(1)
    taken = [firm.book("crew", start=START + n * HOUR).hosts[0].name for n in range(2)]
    assert taken == ["bea", "bea"]
    with pytest.raises((CalendarUnreachable, SlotTaken)):
        firm.book("mine")


def test_a_declined_invitation_frees_the_place_once(firm):
    firm.link()
    booking = firm.book()
    (key,) = firm.events()
    firm.desk().decline(key)
    firm.settle(4)
    assert firm.newest(booking).status == "cancelled"
    assert (firm.count(AttendeeDeclined), firm.count(BookingCancelled)) == (1, 1)
    assert firm.events() == {}
