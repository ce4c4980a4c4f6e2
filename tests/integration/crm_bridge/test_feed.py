"""The feed of what happened, on a migrated database: each event once, in order, none ever missed."""

from datetime import timedelta
from random import Random
from threading import Event as Signal
from threading import Thread
from uuid import uuid4

import pytest
from msgspec.structs import replace

from contracts.booking import (
    BookingCancelled,
    BookingConfirmed,
    BookingNoShow,
    BookingReassigned,
    BookingRequested,
    BookingRescheduled,
)
from contracts.crm_bridge import FindDeal, ListEvents, SetStage
from contracts.errors import Invalid
from contracts.wire import encode
from crm_bridge.domain.placing import PATIENCE
from crm_bridge.service import CrmBridge
from crm_bridge.store import feed
from servicekit.testing import FakeClock, Local
from unit.crm_bridge.builders import (
    ADA,
    NOW,
    WORKSPACE,
    booked,
    cancelled,
    confirmed,
    missed,
    moved,
    rescheduled,
)

HANDLERS = {
    BookingConfirmed: "on_booking_confirmed",
    BookingRescheduled: "on_booking_rescheduled",
    BookingCancelled: "on_booking_cancelled",
    BookingRequested: "on_booking_requested",
    BookingReassigned: "on_booking_reassigned",
    BookingNoShow: "on_booking_no_show",
}


@pytest.fixture(scope="module")
def local(postgres):
    with postgres.lending() as databases:
        local = Local(databases, clock=FakeClock(NOW))
        local.add(CrmBridge)
        yield local


@pytest.fixture
def workspace(local):
    return uuid4()


def hear(local, *events):
    crm = local.crm_bridge.service
    for event in events:
        with crm.db.begin() as tx:
            getattr(crm, HANDLERS[type(event)])(event, tx)
    local.deliver()


def events(local, workspace, **asked):
    return local.crm_bridge.list_events(ListEvents(workspace_id=workspace, **asked)).events


def types(local, workspace, prefix="booking"):
    return [one.type for one in events(local, workspace) if one.type.startswith(prefix)]


def chain(workspace):
    """A booking that is made, moved twice, and cancelled: its messages in order."""
    first = booked(workspace_id=workspace)
    second = moved(first)
    third = moved(second)
    end = replace(third, sequence=3)
    return [
        confirmed(first),
        rescheduled(first, second),
        rescheduled(second, third),
        cancelled(end, NOW + timedelta(hours=3)),
    ]


def test_a_move_is_one_event_with_both_times(local, workspace):
    first = booked(workspace_id=workspace)
    second = moved(first)
    hear(local, confirmed(first), rescheduled(first, second))
    told = [one for one in events(local, workspace) if one.type == "booking.rescheduled"]
    assert [(one.data.previous.start, one.data.booking.start) for one in told] == [
        (first.start, second.start)
    ]
    assert told[0].chain == told[0].data.booking.root_id == first.id


def test_a_strangers_booking_makes_a_contact_and_a_deal_in_the_feed_too(local, workspace):
    first = booked(workspace_id=workspace)
    hear(local, confirmed(first))
    assert [one.type for one in events(local, workspace)] == [
        "booking.confirmed",
        "contact.created",
        "deal.created",
    ]
    found = FindDeal(workspace_id=workspace, root_id=first.id)
    deal = local.crm_bridge.find_deal(found).deal
    stage = SetStage(workspace_id=workspace, deal_id=deal.id, stage="won", actor="a")
    local.crm_bridge.set_stage(stage)
    local.deliver()
    last = events(local, workspace)[-1]
    assert (last.type, last.data.previous_stage, last.data.deal.stage) == (
        "deal.stage_changed",
        "new",
        "won",
    )


def test_shuffled_and_repeated_messages_are_told_once_and_in_order(local, workspace):
    rng = Random(5)
    chains = [chain(workspace) for _ in range(4)]
    messages = [message for one in chains for message in one] * 2
    rng.shuffle(messages)
    hear(local, *messages)
    found = [one for one in events(local, workspace, limit=200) if one.data.booking]
    assert [int(one.cursor) for one in events(local, workspace, limit=200)] == list(
        range(1, len(events(local, workspace, limit=200)) + 1)
    )
    for one in chains:
        of_chain = [event.type for event in found if event.chain == one[0].booking.id]
        assert of_chain == [
            "booking.confirmed",
            "booking.rescheduled",
            "booking.rescheduled",
            "booking.cancelled",
        ]


def test_an_event_waits_for_the_one_before_it_but_not_for_ever(local, workspace):
    made, move, *_ = chain(workspace)
    hear(local, move)
    assert types(local, workspace) == []
    local.clock.advance(PATIENCE)
    local.tick("crm-bridge", "place_events")
    assert types(local, workspace) == ["booking.rescheduled"]
    hear(local, made)
    assert types(local, workspace) == ["booking.rescheduled", "booking.confirmed"]


def test_a_request_its_approval_and_its_end_keep_their_order(local, workspace):
    asked = booked(workspace_id=workspace, status="pending", approved=False)
    held = replace(asked, status="confirmed", approved=True, version=2)
    said = replace(confirmed(held), at=NOW + timedelta(minutes=5))
    gone = cancelled(replace(held, sequence=1, version=2), NOW + timedelta(hours=1))
    request = BookingRequested(workspace_id=workspace, version=1, booking=asked)
    hear(local, gone, said, request)
    assert types(local, workspace) == [
        "booking.requested",
        "booking.confirmed",
        "booking.cancelled",
    ]


def test_no_shows_and_reassignments_are_told(local, workspace):
    first = booked(workspace_id=workspace)
    bea = replace(ADA, id=uuid4(), name="Bea")
    other = replace(first, hosts=(bea,), sequence=1, version=2)
    given = BookingReassigned(
        workspace_id=workspace, version=2, booking=other, previous=first, actor="a", at=NOW
    )
    hear(local, missed(other, NOW, turn=2), missed(other, NOW), given, confirmed(first))
    assert types(local, workspace) == [
        "booking.confirmed",
        "booking.reassigned",
        "booking.no_show",
        "booking.no_show_undone",
    ]
    hosts = {ADA.id: 2, bea.id: 3}  # Ada had it until it was given away
    for host, count in hosts.items():
        seen = events(local, workspace, host_id=host)
        assert len([one for one in seen if one.data.booking]) == count


def test_a_reader_never_skips_what_commits_later(local, workspace):
    """Two places are given at once: the second waits for the first to commit."""
    crm = local.crm_bridge.service
    hear(local, confirmed(booked(workspace_id=workspace)))
    seen = events(local, workspace)[-1].cursor
    begun, go = Signal(), Signal()

    def slowly():
        with crm.db.begin() as tx:
            feed.lock_head(tx, workspace)
            begun.set()
            go.wait(60)

    slow = Thread(target=slowly)
    slow.start()
    assert begun.wait(60)
    with crm.db.begin() as tx:
        crm.on_booking_confirmed(confirmed(booked("b@example.org", workspace_id=workspace)), tx)
    placing = Thread(target=crm.place_events)
    placing.start()
    assert events(local, workspace, after=seen) == ()
    go.set()
    slow.join()
    placing.join()
    later = events(local, workspace, after=seen)
    assert [int(one.cursor) for one in later] == [int(seen) + n for n in (1, 2, 3)]


def test_pages_follow_on_one_another_and_the_end_keeps_its_cursor(local, workspace):
    hear(local, *chain(workspace))
    asked = ListEvents(workspace_id=workspace, limit=2)
    pages, more = [], True
    while more:
        page = local.crm_bridge.list_events(asked)
        pages += page.events
        asked, more = replace(asked, after=page.cursor), page.more
    assert tuple(pages) == events(local, workspace)
    assert local.crm_bridge.list_events(asked).cursor == pages[-1].cursor
    for wrong in ("x", "-1", "1" * 30, "²"):
        with pytest.raises(Invalid):
            local.crm_bridge.list_events(replace(asked, after=wrong))


def test_other_workspaces_and_secrets_are_not_in_it(local, workspace):
    hear(local, *chain(workspace))
    assert events(local, uuid4()) == ()
    text = encode(events(local, workspace)).decode()
    assert "token" not in text
    assert str(WORKSPACE) not in text
