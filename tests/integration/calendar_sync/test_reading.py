"""The copy of hosts' busy time: what is told of it, and when."""

from datetime import timedelta
from threading import Thread
from uuid import uuid4

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from calendar_sync.reading import Reader
from calendar_sync.service import OLDEST
from calendar_sync.store import connections
from calendar_sync.store.connections import ReadCalendar
from contracts.calendar_sync import (
    ChooseCalendars,
    Connect,
    Disconnect,
    ExportBusy,
    ListConnections,
    Refresh,
)
from contracts.errors import Conflict, Invalid, NotFound
from unit.calendar_sync.builders import (
    ADA,
    BEA,
    HOUR,
    NOW,
    WORKSPACE,
    booked,
    cancelled,
    confirmed,
)


def disconnect(sync, connection, workspace=WORKSPACE):
    sync.service.disconnect(Disconnect(workspace_id=workspace, connection_id=connection.id))


def choose(sync, connection, checked, written=None):
    request = ChooseCalendars(
        workspace_id=WORKSPACE, connection_id=connection.id, checked=checked, written=written
    )
    return sync.service.choose_calendars(request)


def listed(sync, workspace=WORKSPACE, host_id=None):
    request = ListConnections(workspace_id=workspace, host_id=host_id)
    return sync.service.list_connections(request)


def test_connecting_reads_all_and_tells_all(sync):
    sync.desk.block("lunch", NOW + HOUR, NOW + 2 * HOUR)
    connection = sync.connect()
    assert connection.synced_at == NOW
    assert [one.written for one in connection.calendars] == [True]
    (told,) = sync.connections()
    assert (told.writes_calendar, told.state, told.provider) == (True, "ok", "practice")
    unread, read = sync.busy()
    assert (unread.synced_at, unread.full) == (None, True)
    assert (read.synced_at, read.full, len(read.periods)) == (NOW, True, 1)
    assert read.version == unread.version + 1


def test_a_poll_tells_only_what_changed(sync):
    sync.desk.block("lunch", NOW + HOUR, NOW + 2 * HOUR)
    sync.connect()
    sync.desk.block("dentist", NOW + 3 * HOUR, NOW + 4 * HOUR)
    sync.poll()
    sync.desk.free("lunch")
    sync.poll()
    *_, added, removed = sync.busy()
    assert [(one.start, one.removed) for one in added.periods] == [(NOW + 3 * HOUR, False)]
    assert [one.removed for one in removed.periods] == [True]
    assert not added.full
    assert [event.version for event in sync.busy()] == [1, 2, 3, 4]
    assert [one.start for one in sync.copy().periods] == [NOW + 3 * HOUR]


def test_freshness_is_told_every_five_minutes_though_nothing_changed(sync):
    sync.connect()
    before = len(sync.busy())
    for _ in range(10):
        sync.poll(timedelta(minutes=2, seconds=30))
    fresh = sync.busy()[before:]
    assert len(fresh) == 5
    assert all(event.periods == () and not event.full for event in fresh)
    assert fresh[-1].synced_at == sync.clock.now()


def test_our_own_events_are_not_busy_time(sync):
    sync.connect()
    booking = booked()
    sync.hear(confirmed(booking))
    sync.write()
    sync.poll()
    assert sync.copy().periods == ()
    sync.hear(cancelled(booking))
    sync.write()
    sync.poll()
    assert all(event.periods == () for event in sync.busy())


def test_a_refresh_reads_only_copies_older_than_asked(sync):
    sync.connect()
    reads = sync.desk.calls["read"]
    sync.copy(max_age=60)
    assert sync.desk.calls["read"] == reads
    sync.clock.advance(timedelta(seconds=61))
    sync.desk.block("lunch", NOW + HOUR, NOW + 2 * HOUR)
    copy = sync.copy(max_age=60)
    assert (copy.synced_at, len(copy.periods)) == (sync.clock.now(), 1)
    assert copy.version == sync.busy()[-1].version


def test_a_refresh_of_a_silent_provider_answers_with_the_old_copy(sync):
    sync.connect()
    sync.connect(BEA.id, "bea@acme.test")
    sync.desk.misbehave("read", "slow")
    sync.clock.advance(timedelta(minutes=2))
    request = Refresh(workspace_id=WORKSPACE, host_ids=(ADA.id, BEA.id, uuid4()))
    ada, bea, nobody = sync.service.refresh(request).hosts
    assert (ada.state, ada.synced_at) == ("ok", NOW)
    assert bea.synced_at == sync.clock.now()
    assert (nobody.state, nobody.synced_at) == ("none", None)


def test_a_reading_that_another_one_overtook_is_dropped(sync):
    connection = sync.connect()
    sync.clock.advance(timedelta(minutes=5))
    sync.desk.block("lunch", NOW + HOUR, NOW + 2 * HOUR)
    threads = [Thread(target=sync.copy) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told = [event for event in sync.busy() if event.periods]
    assert len(told) == 1
    assert listed(sync, host_id=connection.host_id).connections[0].synced_at == sync.clock.now()


def test_a_reading_that_comes_after_a_later_one_changes_nothing(sync):
    connection = sync.connect()
    reader = Reader(sync.service._context)
    with sync.service.db.begin() as tx:
        opened = connections.opened(tx, connection.id)
    main = ReadCalendar("main", None, checked=True)
    late = [(main, reader._ask(opened, "main", None))]
    sync.desk.block("lunch", NOW + HOUR, NOW + 2 * HOUR)
    sync.poll()
    told = len(sync.busy())
    reader._keep(opened, late, NOW)
    assert len(sync.busy()) == told
    copy = sync.copy()
    assert (len(copy.periods), copy.synced_at) == (1, sync.clock.now())


def test_a_refused_account_is_told_once_and_closes_the_host(sync):
    connection = sync.connect()
    sync.desk.refused = True
    sync.poll()
    sync.poll()
    broken = [event for event in sync.connections() if event.state == "broken"]
    assert len(broken) == 1
    assert sync.busy()[-1].state == "broken"
    assert sync.copy().state == "broken"
    (shown,) = listed(sync).connections
    assert (shown.state, bool(shown.problem)) == ("broken", True)
    sync.desk.refused = False
    assert sync.connect().id == connection.id
    assert sync.busy()[-1].state == "ok"
    assert sync.connections()[-1].writes_calendar


def test_an_unavailable_provider_leaves_the_copy_and_is_tried_again_soon(sync):
    sync.connect()
    sync.desk.misbehave("read", "unavailable")
    sync.poll()
    assert sync.copy(max_age=3600).synced_at == NOW
    sync.poll(timedelta(minutes=5))
    assert sync.copy(max_age=3600).synced_at == sync.clock.now()


def test_operators_see_how_old_the_oldest_copy_is(sync):
    sync.connect()
    sync.desk.misbehave("read", "unavailable")
    sync.poll(timedelta(minutes=3))
    assert OLDEST._value.get() == 180


def test_a_provider_that_lost_its_cursor_is_read_anew_and_only_changes_are_told(sync):
    sync.desk.block("lunch", NOW + HOUR, NOW + 2 * HOUR)
    sync.desk.block("dentist", NOW + 3 * HOUR, NOW + 4 * HOUR)
    sync.connect()
    with sync.service.db.begin() as tx:
        tx.exec_driver_sql("UPDATE calendar SET cursor = 'another-life:99'")
    sync.desk.free("lunch")
    sync.poll()
    (removed,) = sync.busy()[-1].periods
    assert (removed.removed, removed.start) == (True, NOW + HOUR)


def test_what_was_read_before_another_calendar_failed_is_kept_for_the_next_try(sync):
    sync.desk.books["other"] = type(sync.desk.books["main"])("Other")
    sync.connect()
    sync.desk.block("lunch", NOW + HOUR, NOW + 2 * HOUR)
    sync.desk.block("gym", NOW + 3 * HOUR, NOW + 4 * HOUR, book="other")
    sync.desk.misbehave("read", "well", "unavailable")
    sync.poll()
    copy = sync.copy(max_age=3600)
    assert ([one.start for one in copy.periods], copy.synced_at) == ([NOW + HOUR], NOW)
    assert [one.start for one in sync.busy()[-1].periods] == [NOW + HOUR]
    sync.poll(timedelta(minutes=6))
    assert [one.start for one in sync.busy()[-1].periods] == [NOW + 3 * HOUR]
    assert sync.copy(max_age=3600).synced_at == sync.clock.now()


def test_choosing_calendars_tells_all_anew(sync):
    sync.desk.books["other"] = type(sync.desk.books["main"])("Other")
    sync.desk.block("lunch", NOW + HOUR, NOW + 2 * HOUR)
    sync.desk.block("gym", NOW + 3 * HOUR, NOW + 4 * HOUR, book="other")
    connection = sync.connect()
    assert len(sync.copy().periods) == 2
    chosen = choose(sync, connection, ("other",), "other")
    assert [(one.checked, one.written) for one in chosen.calendars] == [
        (False, False),
        (True, True),
    ]
    assert [one.start for one in sync.busy()[-1].periods] == [NOW + 3 * HOUR]
    assert sync.busy()[-1].full
    choose(sync, connection, ("main", "other"))
    assert not sync.connections()[-1].writes_calendar
    assert len(sync.copy().periods) == 2


def test_calendars_that_are_not_there_cannot_be_chosen(sync):
    sync.desk.books["read-only"] = type(sync.desk.books["main"])("Holidays", writable=False)
    connection = sync.connect()
    with pytest.raises(Invalid):
        choose(sync, connection, ("nowhere",))
    with pytest.raises(Invalid):
        choose(sync, connection, ("main",), "read-only")


def test_disconnecting_forgets_everything_and_can_be_repeated(sync):
    sync.desk.block("lunch", NOW + HOUR, NOW + 2 * HOUR)
    connection = sync.connect()
    disconnect(sync, connection)
    disconnect(sync, connection)
    assert listed(sync).connections == ()
    assert (sync.busy()[-1].state, sync.busy()[-1].periods) == ("none", ())
    assert sync.busy()[-1].full
    told = sync.connections()[-1]
    assert (told.state, told.writes_calendar) == ("none", False)
    assert len(sync.connections()) == 2
    again = Connect(
        workspace_id=WORKSPACE,
        connection_id=connection.id,
        host_id=ADA.id,
        provider="practice",
        account="ada@acme.test",
    )
    with pytest.raises(Conflict):
        sync.service.connect(again)
    assert sync.connect().state == "ok"


def test_a_repeated_request_connects_once(sync):
    request = Connect(
        workspace_id=WORKSPACE,
        connection_id=uuid4(),
        host_id=ADA.id,
        provider="practice",
        account="ada@acme.test",
    )
    assert sync.service.connect(request) == sync.service.connect(request)
    assert len(listed(sync).connections) == 1
    assert "practice" in listed(sync).providers


def test_a_provider_that_is_not_enabled_cannot_be_connected(sync):
    request = Connect(
        workspace_id=WORKSPACE,
        connection_id=uuid4(),
        host_id=ADA.id,
        provider="google",
        account="ada@acme.test",
    )
    with pytest.raises(Invalid):
        sync.service.connect(request)


def test_nothing_of_another_workspace_is_seen(sync):
    connection, other = sync.connect(), uuid4()
    assert listed(sync, other).connections == ()
    (copy,) = sync.service.refresh(Refresh(workspace_id=other, host_ids=(ADA.id,))).hosts
    assert copy.state == "none"
    with pytest.raises(NotFound):
        disconnect(sync, connection, other)
    with pytest.raises(NotFound):
        sync.service.choose_calendars(
            ChooseCalendars(workspace_id=other, connection_id=connection.id, checked=())
        )


def test_the_export_gives_every_host_once(sync):
    sync.connect()
    sync.connect(BEA.id, "bea@acme.test")
    first = sync.service.export_busy(ExportBusy(limit=1))
    second = sync.service.export_busy(ExportBusy(limit=1, after=first.cursor))
    last = sync.service.export_busy(ExportBusy(limit=1, after=second.cursor))
    assert {first.hosts[0].host_id, second.hosts[0].host_id} == {ADA.id, BEA.id}
    assert first.workspace_ids == (WORKSPACE,)
    assert (last.hosts, last.cursor) == ((), "")
    with pytest.raises(Invalid):
        sync.service.export_busy(ExportBusy(after="nonsense"))


def test_a_connection_that_was_never_read_has_an_age_too(sync):
    sync.desk.misbehave("read", "unavailable", "unavailable")
    sync.connect()
    sync.poll(timedelta(minutes=3))
    assert OLDEST._value.get() == 180


def test_a_mistyped_key_breaks_no_connection_but_one_that_is_gone_does(sync):
    sync.connect()
    change(sync, "UPDATE connection SET sealed_secret = 'of another key'")
    with capture_logs() as lines:
        sync.poll()
    assert "secret_not_opened" in {line["event"] for line in lines}
    assert [one.state for one in listed(sync).connections] == ["ok"]
    sync.poll(timedelta(days=1))
    assert [one.state for one in listed(sync).connections] == ["broken"]
    assert [event.state for event in sync.connections()] == ["ok", "broken"]


def test_a_reading_that_cannot_be_kept_is_in_the_log(sync):
    sync.connect()
    change(sync, "ALTER TABLE busy RENAME TO busy_elsewhere")
    with capture_logs() as lines:
        sync.poll()
    assert "calendar_not_kept" in {line["event"] for line in lines}
    change(sync, "ALTER TABLE busy_elsewhere RENAME TO busy")
    sync.poll()
    assert sync.copy(max_age=3600).synced_at == sync.clock.now()


def change(sync, statement):
    with sync.service.db.begin() as tx:
        tx.execute(sa.text(statement))
