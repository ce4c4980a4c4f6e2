"""What the feed forgets: its beginning after a time, said to whoever asks for it; never what waits."""

from datetime import timedelta
from uuid import UUID

import pytest

from contracts.crm_bridge import EnableWebhook, EraseContact, ListEvents, ReplayEvents
from contracts.errors import CursorExpired
from contracts.wire import encode
from integration.crm_bridge.conftest import by_chain
from unit.crm_bridge.builders import booked, confirmed

KEPT = timedelta(days=90)


def forget(acme):
    acme.local.tick("crm-bridge", "forget_events")


def after(acme, cursor):
    return acme.rpc.list_events(ListEvents(workspace_id=acme.id, after=cursor)).events


def test_what_is_older_than_is_kept_is_forgotten_and_a_cursor_before_it_is_told_so(acme):
    acme.books()
    old = acme.feed()
    acme.local.clock.advance(KEPT + timedelta(hours=1))
    acme.books()
    new = acme.feed()[len(old) :]
    forget(acme)
    assert acme.feed() == new
    assert [one.cursor for one in after(acme, old[-1]["cursor"])] == [one["cursor"] for one in new]
    for cursor in ("0", old[0]["cursor"], old[-2]["cursor"]):
        with pytest.raises(CursorExpired):
            after(acme, cursor)
        with pytest.raises(CursorExpired):
            acme.rpc.replay_events(acme.ask(ReplayEvents, after=cursor))


def test_an_event_that_a_webhook_has_still_to_get_is_not_forgotten(acme, there):
    there.stop()
    acme.local.clock.advance(timedelta(hours=1))
    acme.books()
    known = acme.feed()
    acme.local.clock.advance(timedelta(hours=12))
    crm = acme.rpc.service
    with crm.db.begin() as tx:
        tx.exec_driver_sql("UPDATE feed_event SET heard_at = heard_at - interval '91 days'")
    forget(acme)
    assert acme.feed() == known
    there.start()
    acme.settles()
    assert by_chain(there.taken) == by_chain(known)
    forget(acme)
    assert acme.feed() == []


def test_a_webhook_that_was_disabled_for_long_gets_what_is_still_kept(acme, there):
    there.plan = [410]
    acme.books()
    acme.local.clock.advance(KEPT + timedelta(days=1))
    acme.books()
    forget(acme)
    acme.rpc.enable_webhook(acme.ask(EnableWebhook))
    acme.local.deliver()
    acme.settles()
    assert by_chain(there.taken) == by_chain(acme.feed())
    assert len(there.taken) == len(acme.feed()) > 0


def test_what_a_webhook_had_still_to_get_says_nothing_of_who_was_erased(acme, there):
    there.stop()
    acme.happens(confirmed(booked("sam@example.org", workspace_id=acme.id)))
    contact = next(one for one in acme.feed() if one["type"] == "contact.created")
    asked = EraseContact(
        workspace_id=acme.id, contact_id=UUID(contact["data"]["contact"]["id"]), actor="a"
    )
    acme.rpc.erase_contact(asked)
    there.start()
    acme.local.deliver()
    acme.settles()
    assert b"sam@" not in encode(there.taken)
    assert b"Sam" not in encode(there.taken)
    assert by_chain(there.taken) == by_chain(acme.feed())
