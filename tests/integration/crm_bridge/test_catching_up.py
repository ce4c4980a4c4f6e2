"""Webhooks that have much to catch up with: in slices, each kept; and no workspace waits for another."""

from contextlib import contextmanager
from datetime import timedelta

import pytest

from contracts.crm_bridge import EnableWebhook, ReplayEvents
from crm_bridge import feeding
from crm_bridge.store import feed
from integration.crm_bridge.conftest import Hooked, by_chain
from unit.crm_bridge.builders import booked, confirmed

SLICE = 3

FEW = f"""
CREATE FUNCTION few() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF (SELECT count(*) FROM rows WHERE lease IS NULL) > {SLICE} THEN
        RAISE EXCEPTION 'one statement, so many rows';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER few_new AFTER INSERT ON webhook_delivery
    REFERENCING NEW TABLE AS rows FOR EACH STATEMENT EXECUTE FUNCTION few();
CREATE TRIGGER few_changed AFTER UPDATE ON webhook_delivery
    REFERENCING NEW TABLE AS rows FOR EACH STATEMENT EXECUTE FUNCTION few();
"""
"""Stands in for the limit on a statement's time."""

GONE = f"""
CREATE FUNCTION gone() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF (SELECT count(*) FROM rows) > {SLICE} THEN RAISE EXCEPTION 'so many rows'; END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER gone AFTER DELETE ON feed_event
    REFERENCING OLD TABLE AS rows FOR EACH STATEMENT EXECUTE FUNCTION gone();
"""
"""The same of what the feed forgets."""

BROKEN = """
CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    RAISE EXCEPTION 'this one is broken';
END $$;
CREATE TRIGGER broken BEFORE UPDATE ON feed_head FOR EACH ROW
    WHEN (NEW.workspace_id = '{}') EXECUTE FUNCTION broken();
"""


def sql(crm, text):
    with crm.db.begin() as tx:
        tx.exec_driver_sql(text)


@pytest.fixture
def sliced(acme, monkeypatch):
    """A statement takes few rows, and the process dies after each slice."""
    monkeypatch.setattr(feeding, "SLICE", SLICE)
    monkeypatch.setattr(feeding, "ROUNDS", 1)

    @contextmanager
    def limited():
        sql(acme.rpc.service, FEW)
        yield
        sql(acme.rpc.service, "DROP FUNCTION few CASCADE")

    return limited


def hears(acme, *messages):
    """Placed in the feed, and nothing done about it yet."""
    crm = acme.rpc.service
    for message in messages:
        with crm.db.begin() as tx:
            crm.on_booking_confirmed(message, tx)
    crm.kit.woken.clear()


def catches_up(acme, slices):
    for _ in range(slices):
        acme.local.tick("crm-bridge", "catch_up_webhooks")


def test_what_a_disabled_webhook_missed_is_made_due_in_slices(acme, there, sliced):
    there.stop()
    acme.books(2)  # ten events are due
    there.plan = [410]
    there.start()
    acme.time_passes(timedelta(minutes=10))
    acme.books(2)  # six are missed
    acme.local.clock.advance(timedelta(days=2))
    with sliced():
        acme.rpc.enable_webhook(acme.ask(EnableWebhook))
        catches_up(acme, 5 + 2)
    there.plan = [500]  # after which nothing is given up: it has its whole time again
    acme.settles()
    acme.books()
    acme.settles()
    assert by_chain(there.taken) == by_chain(acme.feed())
    assert len(there.ids) == len(set(there.ids)) == 19


def test_a_replay_is_made_due_in_slices_and_what_happens_meanwhile_keeps_its_turn(
    acme, there, sliced
):
    acme.books(2)
    acme.settles()
    with sliced():
        assert acme.rpc.replay_events(acme.ask(ReplayEvents)).count == 10
        catches_up(acme, 2)
        hears(acme, confirmed(booked("new@example.org", workspace_id=acme.id)))
        acme.rpc.service.place_events()
        assert len(acme.log()) == 10  # the new ones are not made due before their turn
        catches_up(acme, 3)
    acme.settles()
    assert by_chain(there.taken[10:]) == by_chain(acme.feed())


def test_one_workspaces_fault_keeps_no_other_from_its_place_or_from_forgetting(local, there):
    crm = local.crm_bridge.service
    ours, theirs = Hooked(local, there), Hooked(local, there)
    for broken, whole in ((ours, theirs), (theirs, ours)):
        sql(crm, BROKEN.format(broken.id))
        for one in (broken, whole):
            hears(one, confirmed(booked(workspace_id=one.id)))
        with pytest.raises(ExceptionGroup):
            crm.place_events()
        assert (broken.feed(), bool(whole.feed())) == ([], True)
        sql(crm, "DROP FUNCTION broken CASCADE")
        local.tick("crm-bridge", "place_events")
        ours.settles()
        theirs.settles()
        sql(crm, BROKEN.format(broken.id))
        local.clock.advance(timedelta(days=91))
        with pytest.raises(ExceptionGroup):
            crm.forget_events()
        assert (bool(broken.feed()), whole.feed()) == (True, [])
        sql(crm, "DROP FUNCTION broken CASCADE")
        local.tick("crm-bridge", "forget_events")
        assert broken.feed() == []


def test_the_feed_forgets_in_slices_and_nothing_that_is_to_be_sent_again(acme, there, monkeypatch):
    acme.books(2)
    acme.local.clock.advance(timedelta(days=91))
    third = acme.feed()[2]["cursor"]
    acme.rpc.replay_events(acme.ask(ReplayEvents, after=third))
    monkeypatch.setattr(feed, "AT_ONCE", SLICE)
    sql(acme.rpc.service, GONE)
    acme.local.tick("crm-bridge", "forget_events")
    assert [int(one["cursor"]) for one in acme.feed()] == list(range(4, 11))
    acme.settles()
    assert len(there.taken) == 10 + 7
    acme.local.tick("crm-bridge", "forget_events")
    assert acme.feed() == []
    sql(acme.rpc.service, "DROP FUNCTION gone CASCADE")
