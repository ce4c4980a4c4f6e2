"""Webhooks against a receiver that misbehaves: everything arrives, signed, in order, once or again."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest

from contracts.crm_bridge import (
    DeleteWebhook,
    EnableWebhook,
    ListWebhookDeliveries,
    ListWebhooks,
    ReplayEvents,
    SendTestEvent,
)
from contracts.errors import NotFound
from crm_bridge.store import deliveries
from integration.crm_bridge.conftest import Hooked, by_chain
from unit.crm_bridge.builders import booked, confirmed, moved, rescheduled


def test_a_receiver_gets_the_same_events_as_the_feed_in_order(acme, there):
    acme.books(2)
    assert by_chain(there.taken) == by_chain(acme.feed())
    assert len(there.taken) == 10  # of each: three of the booking, the contact, the deal
    assert {(one.state, one.status) for one in acme.log()} == {("done", 200)}
    assert all(one.latency_ms is not None for one in acme.log())


def test_who_was_down_for_an_hour_gets_everything_in_order(acme, there):
    there.stop()
    acme.books(3)
    for _ in range(20):
        acme.time_passes(timedelta(minutes=3))
    tries = sum(one.attempts for one in acme.log())
    assert 8 <= tries <= 25  # it is asked now and then, not for each event again and again
    there.start()
    acme.settles()
    assert by_chain(there.taken) == by_chain(acme.feed())
    assert len(there.ids) == len(set(there.ids)) == 15


def test_an_event_that_is_refused_holds_back_its_chain_alone(acme, there):
    there.refuses = "booking.confirmed"
    first = booked(workspace_id=acme.id, creates_deal=False)
    acme.happens(confirmed(first))
    acme.happens(rescheduled(first, moved(first)))
    assert [one["type"] for one in there.taken] == ["contact.created"]
    refused = next(one for one in acme.log() if one.type == "booking.confirmed")
    assert (refused.state, refused.status, refused.problem) == ("due", 500, "It answered 500.")
    there.refuses = ""
    acme.settles()
    kinds = [one["type"] for one in there.taken]
    assert kinds == ["contact.created", "booking.confirmed", "booking.rescheduled"]


def test_an_answer_that_is_lost_brings_the_same_event_again(acme, there):
    there.plan = ["lose"]
    acme.happens(confirmed(booked(workspace_id=acme.id, creates_deal=False)))
    acme.settles()
    lost = there.taken[0]
    assert there.taken.count(lost) == there.ids.count(lost["id"]) == 2
    assert len(there.taken) == len(acme.feed()) + 1


def test_who_does_not_answer_in_time_is_tried_again(acme, there, hasty):
    there.plan = ["hang"]
    acme.rpc.send_test_event(acme.ask(SendTestEvent))
    acme.local.deliver()
    hasty.undo()
    (log,) = acme.log()
    assert (log.state, log.problem) == ("due", "This server did not answer in time.")
    acme.settles()
    assert [one["type"] for one in there.taken] == ["webhook.test"]
    assert acme.feed() == []


def test_redirects_are_not_followed_and_answers_not_kept(acme, there):
    there.plan, there.headers = [302], {"Location": there.url}
    acme.rpc.send_test_event(acme.ask(SendTestEvent))
    acme.local.deliver()
    assert there.asked == 1
    (log,) = acme.log()
    assert (log.status, log.problem) == (302, "It answered 302, a redirect, which is not followed.")
    assert "secret" not in repr(log)


def test_a_wish_to_wait_is_kept_to(acme, there):
    there.plan, there.headers = [429], {"Retry-After": "600"}
    acme.books()
    asked = there.asked
    acme.time_passes(timedelta(minutes=9))
    assert there.asked == asked == 1
    acme.time_passes(timedelta(minutes=2))
    acme.settles()
    assert by_chain(there.taken) == by_chain(acme.feed())


def test_two_senders_at_once_keep_the_order(acme, there):
    crm = acme.rpc.service
    first = booked(workspace_id=acme.id, creates_deal=False)
    chain = [confirmed(first)]
    for _ in range(6):
        chain.append(rescheduled(first, second := moved(first)))
        first = second
    for message in chain:
        with crm.db.begin() as tx:
            move = hasattr(message, "previous")
            (crm.on_booking_rescheduled if move else crm.on_booking_confirmed)(message, tx)
    crm.place_events()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: crm.send_webhooks(), range(2)))
    acme.settles()
    assert by_chain(there.taken) == by_chain(acme.feed())
    assert len(there.ids) == len(set(there.ids)) == 8


def test_a_sender_that_died_leaves_its_delivery_to_the_next(acme, there):
    crm = acme.rpc.service
    with crm.db.begin() as tx:
        crm.on_booking_confirmed(confirmed(booked(workspace_id=acme.id, creates_deal=False)), tx)
    crm.place_events()
    crm.kit.woken.clear()
    with crm.db.begin() as tx:
        held = deliveries.lease(tx, acme.local.clock.now(), 10, timedelta(milliseconds=1))
    assert len(held) == 2
    acme.settles()
    assert by_chain(there.taken) == by_chain(acme.feed())


def test_a_webhook_gets_the_types_that_it_wants_and_any_that_is_replayed(local, there):
    acme = Hooked(local, there, types=("booking.rescheduled",))
    acme.books()
    assert [one["type"] for one in there.taken] == ["booking.rescheduled"] * 2
    event = acme.feed()[0]
    replay = partial(acme.ask, ReplayEvents)
    assert acme.rpc.replay_events(replay(event_id=event["id"])).count == 1
    assert acme.rpc.replay_events(replay()).count == 2
    acme.settles()
    assert there.taken[2] == event
    assert sorted(there.ids[3:]) == sorted(there.ids[:2])
    with pytest.raises(NotFound):
        acme.rpc.replay_events(replay(event_id=uuid4()))


def test_another_workspace_has_no_part_in_it(acme, there):
    acme.books()
    stranger = uuid4()
    assert acme.rpc.list_webhooks(ListWebhooks(workspace_id=stranger)).webhooks == ()
    for call, kind in (
        (acme.rpc.enable_webhook, EnableWebhook),
        (acme.rpc.delete_webhook, DeleteWebhook),
        (acme.rpc.send_test_event, SendTestEvent),
        (acme.rpc.replay_events, ReplayEvents),
        (acme.rpc.list_webhook_deliveries, ListWebhookDeliveries),
    ):
        with pytest.raises(NotFound):
            call(kind(workspace_id=stranger, webhook_id=acme.hook))
