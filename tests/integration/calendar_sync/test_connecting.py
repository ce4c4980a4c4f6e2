"""Who may connect an account, how it is left, and that no token stands anywhere in clear."""

from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from cryptography.fernet import InvalidToken

from calendar_sync import adapters
from calendar_sync.adapters.practice import WORLD
from calendar_sync.service import CalendarSync
from calendar_sync.store import connections, secrets
from contracts.calendar_sync import (
    BeginSignIn,
    ChooseCalendars,
    Connect,
    Disconnect,
    FinishSignIn,
    ListConnections,
    Notified,
    Probe,
)
from contracts.errors import Invalid
from integration.calendar_sync.cloud import Cloud, CloudCalendars
from integration.calendar_sync.surroundings import Surroundings
from servicekit.sealing import Sealer
from servicekit.testing import FakeClock, Local
from support.dumps import dump
from tool import operate
from unit.calendar_sync.builders import ADA, BEA, HOUR, NOW, WORKSPACE, booked, confirmed

BACK = "https://h.test/settings/calendars/google/callback"


@pytest.fixture
def cloud(monkeypatch):
    cloud = Cloud()
    maker = lambda means: CloudCalendars(cloud, means)  # noqa: E731
    monkeypatch.setitem(adapters.MAKERS, "google", maker)
    return cloud


@pytest.fixture
def sync(databases, cloud):
    WORLD.clear()
    local = Local(databases, clock=FakeClock(NOW))
    service = local.add(CalendarSync, call_seconds=0.2, google_client_id="client")
    return Surroundings(local, service)


def begin(sync, host_id=ADA.id, workspace=WORKSPACE):
    request = BeginSignIn(
        workspace_id=workspace, host_id=host_id, provider="google", redirect_uri=BACK
    )
    return sync.service.begin_sign_in(request)


def finish(sync, code, state, host_id=ADA.id, **other):
    request = {
        "workspace_id": WORKSPACE,
        "host_id": host_id,
        "connection_id": uuid4(),
        "state": state,
        "code": code,
    }
    return sync.service.finish_sign_in(FinishSignIn(**(request | other)))


def sign_in(sync, cloud, account="ada@acme.test", host_id=ADA.id):
    code, state = cloud.consent(begin(sync, host_id).url, account)
    return finish(sync, code, state, host_id)


def listed(sync):
    return sync.service.list_connections(ListConnections(workspace_id=WORKSPACE)).connections


def disconnect(sync, connection):
    gone = Disconnect(workspace_id=WORKSPACE, connection_id=connection.id)
    sync.service.disconnect(gone)


def test_a_host_who_signs_in_there_is_connected_and_read(sync, cloud):
    sync.desk.block("lunch", NOW + HOUR, NOW + 2 * HOUR)
    connection = sign_in(sync, cloud)
    assert (connection.account, connection.synced_at) == ("ada@acme.test", NOW)
    assert len(sync.copy().periods) == 1
    sync.poll()
    assert listed(sync)[0].state == "ok"


def test_a_host_may_connect_several_accounts_and_one_is_written_to(sync, cloud):
    for account in ("ada@acme.test", "ada@home.test"):
        sign_in(sync, cloud, account)
        sync.clock.advance(timedelta(seconds=1))
    sync.connect(account="practice")
    mine = listed(sync)
    assert [one.account for one in mine] == ["ada@acme.test", "ada@home.test", "practice"]
    assert [one.calendars[0].written for one in mine] == [True, False, False]


def test_a_state_works_once_for_its_host_in_its_workspace_and_in_time(sync, cloud):
    code, state = cloud.consent(begin(sync).url, "ada@acme.test")
    for other in ({"host_id": BEA.id}, {"workspace_id": uuid4()}, {"state": "guessed"}):
        with pytest.raises(Invalid) as refused:
            finish(sync, code, **({"state": state} | other))
        assert set(refused.value.fields) == {"state"}
    finish(sync, code, state)
    code, _ = cloud.consent(begin(sync).url, "eve@evil.test")
    with pytest.raises(Invalid):
        finish(sync, code, state)
    code, late = cloud.consent(begin(sync).url, "ada@acme.test")
    sync.clock.advance(timedelta(minutes=10))
    with pytest.raises(Invalid):
        finish(sync, code, late)
    assert len(listed(sync)) == 1


def test_a_repeated_return_gives_the_connection_that_was_made(sync, cloud):
    code, state = cloud.consent(begin(sync).url, "ada@acme.test")
    made = finish(sync, code, state)
    assert finish(sync, code, state, connection_id=made.id).id == made.id


def test_a_code_that_another_sign_in_was_given_opens_nothing(sync, cloud):
    stolen, _ = cloud.consent(begin(sync).url, "ada@acme.test")
    mine = begin(sync, BEA.id)
    with pytest.raises(Invalid) as refused:
        finish(sync, stolen, mine.state, BEA.id)
    assert set(refused.value.fields) == {"code"}


def test_signing_in_again_mends_the_connection(sync, cloud):
    first = sign_in(sync, cloud)
    cloud.tokens.clear()
    sync.poll()
    assert listed(sync)[0].state == "broken"
    assert sign_in(sync, cloud).id == first.id
    assert [one.state for one in listed(sync)] == ["ok"]


def test_a_renewal_or_refusal_under_way_does_not_undo_a_sign_in(sync, cloud):
    connection = sign_in(sync, cloud)
    context = sync.service._context

    def opened():
        with sync.service.db.begin() as tx:
            return connections.opened(tx, connection.id)

    before = opened()
    renewing = context.account(before)
    sign_in(sync, cloud)
    newer = context.account(before).secret
    renewing.keep("of the older permission")
    assert context.account(before).secret == newer != renewing.secret
    with sync.service.db.begin() as tx:
        assert not connections.break_(tx, connection.id, before.version, "refused")
    context.account(opened()).keep("of the newer one")
    assert context.account(before).secret == "of the newer one"


def test_only_a_provider_that_signs_in_can_be_signed_in_to_and_none_is_connected_past_it(sync):
    asked = BeginSignIn(
        workspace_id=WORKSPACE, host_id=ADA.id, provider="practice", redirect_uri=BACK
    )
    with pytest.raises(Invalid):
        sync.service.begin_sign_in(asked)
    past = Connect(
        workspace_id=WORKSPACE,
        connection_id=uuid4(),
        host_id=ADA.id,
        provider="google",
        account="ada@acme.test",
    )
    with pytest.raises(Invalid):
        sync.service.connect(past)


def test_a_calendar_that_is_gone_at_the_provider_is_gone_here_when_the_host_connects_again(sync):
    sync.desk.books["team"] = type(sync.desk.books["main"])("Team")
    connection = sync.connect()
    choice = {"checked": ("main", "team"), "written": "team"}
    sync.service.choose_calendars(
        ChooseCalendars(workspace_id=WORKSPACE, connection_id=connection.id, **choice)
    )
    sync.desk.block("lunch", NOW + HOUR, NOW + 2 * HOUR, book="team")
    sync.hear(confirmed(booked()))
    sync.write()
    sync.poll()
    del sync.desk.books["team"]
    (main,) = sync.connect().calendars
    assert (main.id, main.written) == ("main", True)
    assert sync.copy().periods == ()
    sync.write()
    assert len(sync.events) == 1


def test_a_new_calendar_is_offered_after_a_probe(sync):
    connection = sync.connect()
    sync.desk.books["new"] = type(sync.desk.books["main"])("New")
    sync.service.probe(Probe(workspace_id=WORKSPACE, connection_id=connection.id))
    assert [(one.id, one.checked) for one in listed(sync)[0].calendars] == [
        ("main", True),
        ("new", False),
    ]


def test_leaving_gives_the_permission_back_and_forgets_it_here(sync, cloud):
    connection = sign_in(sync, cloud)
    (token,) = cloud.tokens
    disconnect(sync, connection)
    assert (cloud.revoked, cloud.tokens) == ([token], {})
    assert listed(sync) == ()


def test_a_provider_that_does_not_answer_keeps_nobody(sync, cloud):
    connection = sign_in(sync, cloud)
    cloud.down = True
    disconnect(sync, connection)
    assert listed(sync) == ()


def test_an_account_that_another_host_uses_keeps_its_permission(sync, cloud):
    connection = sign_in(sync, cloud)
    sign_in(sync, cloud, host_id=BEA.id)
    disconnect(sync, connection)
    assert cloud.revoked == []


def test_a_dump_of_the_database_holds_no_secret_in_clear(sync, cloud):
    begun = begin(sync)
    sign_in(sync, cloud)
    sync.service.renew_watches()
    text = dump(sync.service.settings.database_url)
    spoken = [token for _, _, _, token in cloud.channels.values()]
    assert "ada@acme.test" in text
    for secret in (*cloud.tokens, begun.state, *spoken):
        assert secret
        assert secret not in text


def test_every_secret_is_sealed_anew_with_the_first_key(sync, cloud):
    begin(sync)
    sign_in(sync, cloud)
    old = sync.service.settings.secret_keys
    sealer = Sealer(("a new key of these tests", *old))
    with sync.service.db.begin() as tx:
        assert secrets.reseal(tx, sealer) == (2, 0)
        assert secrets.reseal(tx, sealer) == (0, 0)
        sealed = tx.execute(sa.text("SELECT sealed_secret FROM connection")).scalar_one()
    assert Sealer(("a new key of these tests",)).open(sealed) in cloud.tokens
    with pytest.raises(InvalidToken):
        Sealer(old).open(sealed)


def test_a_token_that_is_rotated_with_every_call_is_kept_from_calendar_to_calendar(sync, cloud):
    sync.desk.books["other"] = type(sync.desk.books["main"])("Other")
    sign_in(sync, cloud)
    sync.poll()
    assert listed(sync)[0].state == "ok"
    assert sync.desk.calls["read"] == 4


def test_the_command_seals_anew_and_says_what_no_key_opens(sync, cloud, monkeypatch, capsys):
    sign_in(sync, cloud)
    monkeypatch.setenv("CALENDAR_SYNC_DATABASE_URL", sync.service.settings.database_url)
    monkeypatch.setenv("SECRET_KEYS", f"a new key, {sync.service.settings.secret_keys[0]}")
    assert (operate.rotate_keys(), operate.rotate_keys()) == (0, 0)
    monkeypatch.setenv("SECRET_KEYS", "a key of somebody else")
    assert operate.rotate_keys() == 1
    assert capsys.readouterr().out.splitlines() == [
        "calendar-sync: 1 sealed anew, 0 that no key opens",
        "calendar-sync: 0 sealed anew, 0 that no key opens",
        "calendar-sync: 0 sealed anew, 1 that no key opens",
    ]


# --- push ---


def told(cloud, **other):
    (channel, (_, _, _, token)) = list(cloud.channels.items())[-1]
    return Notified(**({"provider": "google", "channel_id": channel, "token": token} | other))


def test_a_calendar_is_watched_and_its_word_has_it_read_at_once(sync, cloud):
    sign_in(sync, cloud)
    sync.service.renew_watches()
    sync.service.renew_watches()
    ((_, _, url, _),) = cloud.channels.values()
    assert url == "https://h.test/hooks/google"
    sync.clock.advance(timedelta(seconds=10))
    sync.desk.block("lunch", NOW + HOUR, NOW + 2 * HOUR)
    sync.service.notified(told(cloud))
    sync.service.notified(told(cloud))
    sync.local.deliver()
    assert len(sync.copy(max_age=3600).periods) == 1
    assert sync.desk.calls["read"] == 2


def test_a_word_with_a_wrong_token_changes_nothing(sync, cloud):
    sign_in(sync, cloud)
    sync.service.renew_watches()
    sync.poll()
    reads = sync.desk.calls["read"]
    sync.clock.advance(timedelta(seconds=10))
    wrong = ({"token": "guessed"}, {"channel_id": "another"}, {"provider": "microsoft"})
    for other in wrong:
        sync.service.notified(told(cloud, **other))
    sync.local.deliver()
    sync.service.sync_calendars()
    assert sync.desk.calls["read"] == reads


def test_a_channel_is_renewed_before_it_ends_and_the_old_one_is_ended(sync, cloud):
    sign_in(sync, cloud)
    sync.service.renew_watches()
    old = told(cloud)
    sync.clock.advance(timedelta(days=6, hours=13))
    sync.service.renew_watches()
    assert (len(cloud.channels), cloud.ended) == (2, ["channel-0"])
    sync.copy()
    sync.clock.advance(timedelta(seconds=10))
    reads = sync.desk.calls["read"]
    sync.service.notified(old)
    sync.local.deliver()
    assert sync.desk.calls["read"] == reads
    sync.service.notified(told(cloud))
    sync.local.deliver()
    assert sync.desk.calls["read"] == reads + 1


def test_a_subscription_that_the_provider_ended_is_made_again(sync, cloud):
    sign_in(sync, cloud)
    sync.service.renew_watches()
    sync.service.notified(told(cloud, lifecycle="subscriptionRemoved"))
    sync.service.renew_watches()
    assert len(cloud.channels) == 2


def test_lost_words_cost_a_poll_at_most(sync, cloud):
    sign_in(sync, cloud)
    sync.service.renew_watches()
    sync.desk.block("lunch", NOW + HOUR, NOW + 2 * HOUR)
    sync.poll()
    assert len(sync.copy(max_age=3600).periods) == 1


def test_leaving_ends_the_channels(sync, cloud):
    connection = sign_in(sync, cloud)
    sync.service.renew_watches()
    before = told(cloud)
    disconnect(sync, connection)
    assert cloud.ended == ["channel-0"]
    sync.service.notified(before)


def test_an_event_is_written_with_a_token_that_was_rotated_a_moment_ago(sync, cloud):
    sign_in(sync, cloud)
    sync.hear(confirmed(booked()))
    sync.write()
    sync.poll()
    assert len(sync.written()) == 1
    assert listed(sync)[0].state == "ok"
