"""Webhooks that are given up: disabled, told of by mail, and caught up once they are enabled."""

from datetime import timedelta
from uuid import uuid4

import msgspec
import pytest

from contracts.crm_bridge import EnableWebhook, ReplayEvents, SendTestEvent
from contracts.errors import Conflict
from contracts.gateway import Account, AccountChanged
from integration.crm_bridge.conftest import by_chain
from unit.crm_bridge.builders import booked, confirmed, moved, rescheduled


def test_who_is_gone_is_disabled_and_gets_what_it_missed_once_enabled(acme, there, post):
    there.plan = [410]
    acme.books()
    assert (acme.state(), there.asked) == (("disabled", "gone"), 1)
    acme.books()
    (told,) = acme.told_of_disabling()
    assert [one.email for one in told.admins] == [acme.admin.email]
    mails = [one for one in post.messages if acme.admin.email in one["To"]]
    assert [one["Subject"] for one in mails] == ["A webhook to 127.0.0.1 was disabled"]
    with pytest.raises(Conflict):
        acme.rpc.send_test_event(acme.ask(SendTestEvent))
    acme.rpc.enable_webhook(acme.ask(EnableWebhook))
    acme.local.deliver()
    acme.settles()
    assert by_chain(there.taken) == by_chain(acme.feed())


def test_who_fails_for_a_day_is_disabled_and_the_admins_of_then_are_told(acme, there):
    new = Account(
        id=uuid4(),
        workspace_id=acme.id,
        email="new@acme.test",
        name="New",
        role="admin",
        timezone="UTC",
        version=1,
    )
    was = {"id": acme.admin.id, "email": acme.admin.email}
    old = msgspec.structs.replace(new, **was, active=False, version=2)
    crm = acme.rpc.service
    with crm.db.begin() as tx:
        for one in (new, old):
            crm.on_account_changed(
                AccountChanged(
                    workspace_id=acme.id,
                    version=one.version,
                    account=one,
                    workspace_name="Acme",
                    workspace_timezone="UTC",
                ),
                tx,
            )
    there.stop()
    acme.happens(confirmed(booked(workspace_id=acme.id, creates_deal=False)))
    for _ in range(13):
        acme.time_passes(timedelta(hours=2))
    assert acme.state() == ("disabled", "failing")
    (told,) = acme.told_of_disabling()
    assert (told.why, [one.email for one in told.admins]) == ("failing", ["new@acme.test"])
    there.start()
    acme.rpc.enable_webhook(acme.ask(EnableWebhook))
    acme.local.deliver()
    acme.settles()
    assert by_chain(there.taken) == by_chain(acme.feed())


def test_one_event_that_is_never_taken_is_given_up_after_a_day_and_can_be_sent_again(acme, there):
    there.refuses = "booking.confirmed"
    first = booked(workspace_id=acme.id, creates_deal=False)
    acme.happens(confirmed(first), rescheduled(first, moved(first)))
    for _ in range(13):
        acme.rpc.send_test_event(acme.ask(SendTestEvent))
        acme.time_passes(timedelta(hours=2))
    assert acme.state() == ("active", "")
    (given_up,) = [one for one in acme.log() if one.state == "failed"]
    assert given_up.type == "booking.confirmed"
    assert "booking.rescheduled" in {one["type"] for one in there.taken}
    there.refuses = ""
    acme.rpc.replay_events(acme.ask(ReplayEvents, event_id=given_up.event_id))
    acme.settles()
    assert there.ids[-1] == str(given_up.event_id)
