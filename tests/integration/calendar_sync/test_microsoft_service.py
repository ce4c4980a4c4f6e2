"""calendar-sync with Microsoft 365, the whole way: nothing missing, nothing doubled, told once."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest

from calendar_sync.adapters.microsoft import MAILBOXES
from calendar_sync.service import CalendarSync
from contracts.calendar_sync import (
    AttendeeDeclined,
    BeginSignIn,
    Disconnect,
    EventDeleted,
    EventMoved,
    EventWritten,
    FinishSignIn,
    Notified,
    Probe,
    Refresh,
)
from fakes.authority import ca_bundle, serve
from fakes.graph import (
    BROKEN,
    GONE,
    HALF,
    REPLY_LOST,
    Book,
    Graph,
    throttled,
)
from integration.calendar_sync.surroundings import Surroundings
from integration.calendar_sync.test_microsoft_watching import Receiver
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

ADDRESS = "ada@acme.test"
BACK = "https://h.test/settings/calendars/microsoft/callback"
MINUTE = timedelta(minutes=1)


@dataclass
class World(Surroundings):
    """The service, Graph, and Ada's calendar there."""

    local: Any
    service: Any
    graph: Graph
    book: Book

    @property
    def clock(self):
        return self.local.clock

    def sign_in(self):
        whose = {"workspace_id": WORKSPACE, "host_id": ADA.id}
        begin = BeginSignIn(**whose, provider="microsoft", redirect_uri=BACK)
        begun = self.service.begin_sign_in(begin)
        back = self.graph.signin.consent(urlsplit(begun.url).query, ADDRESS)
        request = FinishSignIn(
            **whose,
            connection_id=uuid4(),
            state=begun.state,
            code=parse_qs(urlsplit(back).query)["code"][0],
        )
        self.connection = self.service.finish_sign_in(request)

    def bring_in_line(self):
        """Time passes until nothing is due any more."""
        for _ in range(8):
            self.write()
            self.clock.advance(MINUTE)

    def stands(self, booking):
        """The booking's event stands, and a reading that began after that knows it."""
        self.hear(confirmed(booking))
        self.bring_in_line()
        self.poll()
        (item,) = self.book.standing
        return item

    def hears(self, times=1, **instead):
        """What Graph sent reaches us."""
        held, self.graph.subscriptions.held = self.graph.subscriptions.held, []
        for _, body in held * times:
            (one,) = body["value"]
            told = {
                "channel_id": one["subscriptionId"],
                "token": one["clientState"],
                "resource": one.get("resource", ""),
                "lifecycle": one.get("lifecycleEvent", ""),
            }
            self.service.notified(Notified(provider="microsoft", **(told | instead)))


@pytest.fixture
def world(databases):
    MAILBOXES.clear()
    graph, receiver = Graph(), Receiver()
    book = graph.account(ADDRESS, "W. Europe Standard Time")
    local = Local(databases, clock=FakeClock(NOW))
    MAILBOXES.clock = graph.moods.clock = lambda: local.clock.now().timestamp()
    graph.subscriptions.now = local.clock.now
    graph.subscriptions.ca_bundle = ca_bundle()
    with graph.served() as url, serve(receiver) as here:
        service = local.add(
            CalendarSync,
            public_url=here,
            microsoft_client_id=graph.signin.client_id,
            microsoft_client_secret=graph.signin.client_secret,
            microsoft_login_url=url,
            graph_base_url=url,
            ca_bundle=ca_bundle(),
        )
        made = World(local, service, graph, book)
        made.sign_in()
        yield made
    MAILBOXES.clear()


def test_a_host_signs_in_is_read_and_a_dump_of_the_database_holds_no_token(world):
    world.book.block(NOW + HOUR, NOW + 2 * HOUR)
    world.poll()
    (period,) = world.busy()[-1].periods
    assert (period.start, period.end) == (NOW + HOUR, NOW + 2 * HOUR)
    assert (world.connection.account, world.connection.state) == (ADDRESS, "ok")
    kept = dump(world.service.settings.database_url)
    assert ADDRESS in kept
    secrets = [*world.graph.signin.refresh, *world.graph.signin.access]
    assert not [one for one in secrets if one in kept]


@pytest.mark.parametrize(
    ("name", "mood"),
    [
        ("POST events", REPLY_LOST),
        ("POST events", HALF),
        ("POST events", BROKEN),
        ("POST events", throttled("100")),
        ("token", BROKEN),
    ],
)
def test_an_event_is_written_once_whatever_goes_wrong(world, name, mood):
    if name == "token":
        world.graph.signin.end_access()
    world.graph.misbehave(name, mood)
    world.hear(confirmed(booked()))
    world.bring_in_line()
    (item,) = world.book.standing
    (told,) = world.announced(EventWritten)
    assert told.join_url == item.join_url != ""
    assert world.graph.moods.impatient() == []


def test_a_join_url_that_comes_late_is_told_when_it_is_there(world):
    world.graph.urls_late[0] = 2
    world.hear(confirmed(booked()))
    world.bring_in_line()
    (item,) = world.book.standing
    assert [one.join_url for one in world.announced(EventWritten)] == [item.join_url]


def test_an_event_is_moved_and_deleted_although_replies_are_lost(world):
    booking = booked()
    later = moved(booking)
    item = world.stands(booking)
    world.graph.misbehave("PATCH event", REPLY_LOST)
    world.hear(rescheduled(booking, later))
    world.bring_in_line()
    assert [one.start for one in world.book.standing] == [later.start]
    assert item.online
    world.graph.misbehave("DELETE event", REPLY_LOST)
    world.hear(cancelled(later))
    world.bring_in_line()
    assert world.book.standing == []
    world.poll()
    assert world.announced(EventMoved) + world.announced(EventDeleted) == []


def test_our_own_event_is_no_busy_time(world):
    world.stands(booked())
    assert world.copy().periods == ()


def test_what_the_host_does_to_the_event_is_told_once(world):
    booking = booked()
    item = world.stands(booking)
    world.book.move(item, item.start + HOUR, item.end + HOUR)
    world.poll()
    world.poll()
    (told,) = world.announced(EventMoved)
    assert (told.start, told.was_start) == (booking.start + HOUR, booking.start)


def test_an_attendee_whom_the_host_added_and_who_declines_is_told_once(world):
    item = world.stands(booked())
    item.attendees = [
        {
            "type": "required",
            "status": {"response": "declined"},
            "emailAddress": {"address": "sam@example.org"},
        }
    ]
    world.book.put(item)
    world.poll()
    world.poll()
    assert len(world.announced(AttendeeDeclined)) == 1


@pytest.mark.parametrize("how", ["a change", "an expired link", "a day later"])
def test_an_event_that_the_host_deletes_is_told_once_however_it_is_learnt(world, how):
    item = world.stands(booked(start=NOW + 72 * HOUR, end=NOW + 73 * HOUR))
    world.book.drop(item)
    if how == "an expired link":
        world.graph.misbehave("GET delta", GONE)
    if how == "a day later":
        world.clock.advance(timedelta(days=1, minutes=5))
    world.poll()
    world.poll()
    assert len(world.announced(EventDeleted)) == 1


def test_an_event_that_a_complete_reading_does_not_list_yet_is_not_taken_for_deleted(world):
    """Graph may list an event a moment after it was made."""
    item = world.stands(booked(start=NOW + 72 * HOUR, end=NOW + 73 * HOUR))
    world.clock.advance(timedelta(days=1, minutes=5))
    del world.book.items[item.id]
    world.poll()
    world.book.put(item)
    world.poll()
    assert world.announced(EventDeleted) == []


def test_a_permission_taken_back_is_told_once_and_microsoft_is_left_alone(world):
    world.graph.signin.forget(ADDRESS)
    world.poll()
    before = len(world.graph.moods.journal)
    for _ in range(3):
        world.poll()
    assert [one.state for one in world.connections()].count("broken") == 1
    assert world.copy().state == "broken"
    assert len(world.graph.moods.journal) == before


def test_signing_in_again_mends_the_connection(world):
    world.graph.signin.forget(ADDRESS)
    world.poll()
    world.graph.signin.denials.clear()
    before = world.connection.id
    world.sign_in()
    assert (world.connection.id, world.connection.state) == (before, "ok")
    assert world.copy().state == "ok"


def test_trouble_at_the_token_endpoint_breaks_nothing(world):
    world.graph.signin.end_access()
    world.graph.misbehave("token", BROKEN, BROKEN)
    for _ in range(4):
        world.poll(6 * MINUTE)
    assert "broken" not in {one.state for one in world.connections()}
    assert world.copy(max_age=3600).state == "ok"


def test_microsoft_is_not_asked_before_the_time_that_it_named(world):
    world.graph.misbehave("GET delta", throttled("1000"))
    for _ in range(12):
        world.poll(timedelta(seconds=110))
        world.service.refresh(Refresh(workspace_id=WORKSPACE, host_ids=(ADA.id,), max_age=60))
    assert world.graph.moods.impatient() == []
    assert world.copy(max_age=3600).state == "ok"


def test_a_notification_has_the_calendar_read_at_once_however_often_it_comes(world):
    world.service.renew_watches()
    world.poll()
    world.clock.advance(timedelta(seconds=30))
    before = len(world.graph.moods.of("GET delta"))
    world.book.block(NOW + HOUR, NOW + 2 * HOUR)
    world.hears(times=2)
    world.service.sync_calendars()
    world.service.sync_calendars()
    assert len(world.graph.moods.of("GET delta")) == before + 1
    assert [period.start for period in world.busy()[-1].periods] == [NOW + HOUR]


def test_a_notification_that_is_lost_is_made_up_for_by_polling(world):
    world.service.renew_watches()
    world.book.block(NOW + HOUR, NOW + 2 * HOUR)
    world.graph.subscriptions.held.clear()
    world.poll()
    assert [period.start for period in world.busy()[-1].periods] == [NOW + HOUR]


def test_a_notification_with_another_token_changes_nothing(world):
    world.service.renew_watches()
    world.poll()
    world.clock.advance(timedelta(seconds=30))
    before = len(world.graph.moods.of("GET delta"))
    world.book.block(NOW + HOUR, NOW + 2 * HOUR)
    world.hears(token="another")
    world.service.sync_calendars()
    assert len(world.graph.moods.of("GET delta")) == before


def test_a_subscription_is_renewed_before_it_ends_and_the_old_one_deleted(world):
    world.service.renew_watches()
    (first,) = world.graph.subscriptions.known
    world.clock.advance(timedelta(days=6, hours=13))
    world.service.renew_watches()
    (second,) = world.graph.subscriptions.known
    assert first != second


def test_a_subscription_that_microsoft_removed_is_made_anew(world):
    world.service.renew_watches()
    (first,) = world.graph.subscriptions.known
    world.graph.subscriptions.lifecycle(first, "subscriptionRemoved")
    world.hears()
    world.service.renew_watches()
    assert len(world.graph.subscriptions.known) == 1
    assert first not in world.graph.subscriptions.known


def test_a_probe_goes_the_whole_way_and_leaves_nothing(world):
    probed = world.service.probe(Probe(workspace_id=WORKSPACE, connection_id=world.connection.id))
    assert probed.ok
    assert world.book.standing == []


def test_disconnecting_ends_the_subscriptions(world):
    world.service.renew_watches()
    assert len(world.graph.subscriptions.known) == 1
    world.service.disconnect(Disconnect(workspace_id=WORKSPACE, connection_id=world.connection.id))
    assert world.graph.subscriptions.known == {}
