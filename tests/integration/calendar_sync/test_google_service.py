"""calendar-sync with Google, the whole way: nothing missing, nothing doubled, the host told once."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from calendar_sync.adapters.provider import AccessRefused, ProviderUnavailable
from calendar_sync.domain.events import event_id
from calendar_sync.service import CalendarSync
from calendar_sync.store import connections
from contracts.calendar_sync import (
    BeginSignIn,
    ChooseCalendars,
    Disconnect,
    EventDeleted,
    EventMoved,
    EventWritten,
    FinishSignIn,
    Notified,
    Probe,
    Refresh,
)
from fakes import authority
from fakes.google import HALF, REPLY_LOST, UNREACHED, Book, Google, refuse
from integration.calendar_sync.google_desk import google_server
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

__all__ = ["google_server"]
BACK = "https://h.test/settings/calendars/google/callback"


@dataclass
class World(Surroundings):
    """The service, Google, and Ada's calendar there."""

    local: Any
    service: Any
    google: Google
    book: Book

    @property
    def clock(self):
        return self.local.clock

    def sign_in(self):
        begin = BeginSignIn(
            workspace_id=WORKSPACE, host_id=ADA.id, provider="google", redirect_uri=BACK
        )
        begun = self.service.begin_sign_in(begin)
        back = self.google.signin.consent(begun.url, self.book.id)
        code = back.partition("code=")[2].partition("&")[0].replace("%2F", "/")
        request = FinishSignIn(
            workspace_id=WORKSPACE,
            host_id=ADA.id,
            connection_id=uuid4(),
            state=begun.state,
            code=code,
        )
        self.connection = self.service.finish_sign_in(request)

    def choose(self, checked, written):
        choice = ChooseCalendars(
            workspace_id=WORKSPACE,
            connection_id=self.connection.id,
            checked=checked,
            written=written,
        )
        self.connection = self.service.choose_calendars(choice)

    def bring_in_line(self):
        """Time passes until nothing is due any more."""
        for _ in range(8):
            self.write()
            self.clock.advance(timedelta(minutes=1))

    def hears_google(self, times=1, **instead):
        """What Google sent reaches us."""
        held, self.google.pushes.held = self.google.pushes.held, []
        for _, headers in held * times:
            told = {
                "channel_id": headers["X-Goog-Channel-ID"],
                "token": headers["X-Goog-Channel-Token"],
                "resource": headers["X-Goog-Resource-ID"],
            }
            self.service.notified(Notified(provider="google", **(told | instead)))

    def told(self, kind):
        return self.announced(kind)

    def asked(self, method):
        return [one for one in self.google.moods.of(method) if one.account == self.book.id]


@pytest.fixture
def world(databases, google_server):
    google, url = google_server
    local = Local(databases, clock=FakeClock(NOW))
    service = local.add(
        CalendarSync,
        google_client_id=google.signin.client_id,
        google_client_secret=google.signin.client_secret,
        google_base_url=url,
        google_oauth_url=url,
        ca_bundle=authority.ca_bundle(),
    )
    google.moods.clock = local.clock.now
    made = World(local, service, google, google.account(f"ada{uuid4().hex}@example.com"))
    made.sign_in()
    yield made
    google.moods.reset()
    google.pushes.channels.clear()
    google.pushes.held.clear()


def test_a_host_signs_in_is_read_and_a_dump_of_the_database_holds_no_token(world):
    world.book.put(NOW + HOUR, NOW + 2 * HOUR)
    world.poll()
    (period,) = world.busy()[-1].periods
    assert (period.start, period.end) == (NOW + HOUR, NOW + 2 * HOUR)
    assert world.connection.account == world.book.id
    secrets = [*world.google.signin.refresh, *world.google.signin.access]
    kept = dump(world.service.settings.database_url)
    assert world.book.id in kept
    assert not [one for one in secrets if one in kept]


@pytest.mark.parametrize(
    ("method", "mood"),
    [
        ("events.insert", REPLY_LOST),
        ("events.insert", HALF),
        ("events.insert", UNREACHED),
        ("events.insert", refuse(500)),
        ("events.insert", refuse(429, "rateLimitExceeded", retry_after="100")),
        ("events.insert", refuse(403, "userRateLimitExceeded", retry_after="100")),
        ("token", refuse(503)),
    ],
)
def test_an_event_is_written_once_whatever_goes_wrong(world, method, mood):
    if method == "token":
        world.google.signin.end_access()
    world.google.misbehave(method, mood)
    booking = booked()
    world.hear(confirmed(booking))
    world.bring_in_line()
    (event,) = world.book.living()
    (told,) = world.told(EventWritten)
    assert event["id"] == event_id(booking.root_id, ADA.id)
    assert told.join_url == event["hangoutLink"]
    assert world.google.moods.impatient(world.book.id) == []


def test_an_event_is_moved_and_deleted_although_replies_are_lost(world):
    booking = booked()
    later = moved(booking)
    world.hear(confirmed(booking))
    world.bring_in_line()
    world.google.misbehave("events.patch", REPLY_LOST)
    world.hear(rescheduled(booking, later))
    world.bring_in_line()
    (event,) = world.book.living()
    assert event["start"]["dateTime"] == later.start.isoformat()
    assert event["sequence"] == 1
    world.google.misbehave("events.delete", REPLY_LOST)
    world.hear(cancelled(later))
    world.bring_in_line()
    assert world.book.living() == []
    world.poll()
    assert world.told(EventMoved) + world.told(EventDeleted) == []


def test_what_the_host_does_to_the_event_is_told_once(world):
    booking = booked()
    world.hear(confirmed(booking))
    world.bring_in_line()
    world.poll()
    own = event_id(booking.root_id, ADA.id)
    world.book.move(own, HOUR)
    world.poll()
    world.poll()
    (told,) = world.told(EventMoved)
    assert (told.start, told.was_start) == (booking.start + HOUR, booking.start)


def test_an_event_that_the_host_deletes_is_told_once_also_by_a_complete_reading(world):
    booking = booked()
    world.hear(confirmed(booking))
    world.bring_in_line()
    world.poll()
    world.book.remove(event_id(booking.root_id, ADA.id))
    world.book.expire()
    world.poll()
    world.poll()
    assert len(world.told(EventDeleted)) == 1


def test_a_permission_taken_back_is_told_once_and_google_is_left_alone(world):
    world.google.signin.forget(world.book.id)
    world.poll()
    before = len(world.google.moods.journal)
    for _ in range(3):
        world.poll()
    assert [one.state for one in world.connections()].count("broken") == 1
    assert world.copy().state == "broken"
    assert len(world.google.moods.journal) == before


def test_a_refusal_of_a_token_that_was_renewed_meanwhile_is_not_final(world):
    """Two calls renew at once, and the provider takes each refresh token once alone."""
    context = world.service._context
    with world.service.db.begin() as tx:
        opened = connections.opened(tx, world.connection.id)

    def outrun(who):
        who.account(opened).keep("what the call was given")
        raise AccessRefused("invalid_grant")

    with pytest.raises(ProviderUnavailable):
        context.call(opened, "read", lambda: outrun(world.service._context))
    with pytest.raises(AccessRefused):  # what it renewed itself is refused all the same
        context.call(opened, "read", lambda: outrun(context))


def test_trouble_at_the_token_endpoint_breaks_nothing(world):
    world.google.signin.end_access()
    world.google.misbehave("token", refuse(500), refuse(503))
    for _ in range(4):
        world.poll(timedelta(minutes=6))
    assert "broken" not in {one.state for one in world.connections()}
    assert world.copy(max_age=3600).state == "ok"


def test_google_is_not_asked_before_the_time_that_it_named(world):
    world.google.misbehave("events.list", refuse(429, "rateLimitExceeded", retry_after="1000"))
    for _ in range(12):
        world.poll(timedelta(seconds=110))
        world.service.refresh(Refresh(workspace_id=WORKSPACE, host_ids=(ADA.id,), max_age=60))
    assert world.google.moods.impatient(world.book.id) == []
    assert world.copy(max_age=3600).state == "ok"


def test_a_push_has_the_calendar_read_at_once_however_often_it_comes(world):
    world.service.renew_watches()
    world.hears_google()
    world.service.sync_calendars()
    world.clock.advance(timedelta(seconds=30))
    before = len(world.asked("events.list"))
    world.book.put(NOW + HOUR, NOW + 2 * HOUR)
    world.hears_google(times=2)
    world.service.sync_calendars()
    world.service.sync_calendars()
    assert len(world.asked("events.list")) == before + 1
    assert [period.start for period in world.busy()[-1].periods] == [NOW + HOUR]


def test_a_push_that_is_lost_is_made_up_for_by_polling(world):
    world.service.renew_watches()
    world.book.put(NOW + HOUR, NOW + 2 * HOUR)
    world.google.pushes.held.clear()
    world.poll()
    assert [period.start for period in world.busy()[-1].periods] == [NOW + HOUR]


def test_a_push_with_another_token_changes_nothing(world):
    world.service.renew_watches()
    world.hears_google()
    world.service.sync_calendars()
    world.clock.advance(timedelta(seconds=30))
    before = len(world.asked("events.list"))
    world.book.put(NOW + HOUR, NOW + 2 * HOUR)
    world.hears_google(token="another")
    world.service.sync_calendars()
    assert len(world.asked("events.list")) == before


def test_a_channel_is_renewed_before_it_ends_and_the_old_one_closed(world):
    world.service.renew_watches()
    (first,) = world.google.pushes.channels
    world.clock.advance(timedelta(days=6, hours=13))
    world.service.renew_watches()
    (second,) = world.google.pushes.channels
    assert first != second


def test_what_colleagues_do_keeps_nobody_busy_unless_the_host_says_so(world):
    bea = world.google.calendar(world.book.id, "Bea", role="reader")
    bea.put(NOW + HOUR, NOW + 2 * HOUR)
    world.sign_in()
    world.poll()
    assert {one.id: one.checked for one in world.connection.calendars} == {
        world.book.id: True,
        bea.id: False,
    }
    assert world.copy().periods == ()


def test_a_calendar_that_was_deleted_is_told_once_and_signing_in_again_goes_on_without_it(world):
    team = world.google.calendar(world.book.id, "Team")
    team.put(NOW + HOUR, NOW + 2 * HOUR)
    world.sign_in()
    world.choose(checked=(world.book.id, team.id), written=team.id)
    booking = booked()
    world.hear(confirmed(booking))
    world.bring_in_line()
    assert len(team.living()) == 2
    del world.google.accounts[world.book.id][team.id]
    world.hear(rescheduled(booking, moved(booking)))
    world.bring_in_line()
    for _ in range(3):
        world.poll()
    assert [one.state for one in world.connections()].count("broken") == 1
    world.sign_in()
    world.choose(checked=(world.book.id,), written=world.book.id)
    world.hear(rescheduled(moved(booking), moved(moved(booking))))
    world.bring_in_line()
    world.poll()
    assert world.copy().state == "ok"
    assert world.copy().periods == ()
    assert len(world.book.living()) == 1


def test_twenty_calendars_pages_and_series_over_the_change_of_clocks_all_block(world):
    """Compared with an expansion of our own: wall time stays, the instant does not."""
    books = [world.book, *(world.google.calendar(world.book.id, f"No. {n}") for n in range(19))]
    world.book.page_size = 200
    starts = [NOW + timedelta(hours=2 * number) for number in range(1, 601)]
    for start in starts:
        world.book.put(start, start + HOUR)
    for number in range(50):
        zone = ZoneInfo(["Europe/Berlin", "America/New_York", "Australia/Sydney"][number % 3])
        first = datetime(2027, 3, 1 + number % 20, 8 + number % 9, number, tzinfo=zone)
        books[number % 20].put_series(first, HOUR, "RRULE:FREQ=WEEKLY;COUNT=8")
        walls = (first.replace(tzinfo=None) + timedelta(weeks=week) for week in range(8))
        starts += [wall.replace(tzinfo=zone).astimezone(UTC) for wall in walls]
    world.sign_in()
    world.poll()
    busy = sorted((one.start, one.end) for one in world.copy().periods)
    assert busy == sorted((start, start + HOUR) for start in starts)


def test_a_probe_goes_the_whole_way_and_leaves_nothing(world):
    probed = world.service.probe(Probe(workspace_id=WORKSPACE, connection_id=world.connection.id))
    assert probed.ok
    assert world.book.living() == []
    assert [one.parameters["sendUpdates"] for one in world.asked("events.delete")] == ["none"]


def test_disconnecting_gives_the_permission_back_and_closes_the_channels(world):
    world.service.renew_watches()
    assert len(world.google.pushes.channels) == 1
    world.service.disconnect(Disconnect(workspace_id=WORKSPACE, connection_id=world.connection.id))
    assert world.book.id in world.google.signin.revoked
    assert world.google.pushes.channels == {}
