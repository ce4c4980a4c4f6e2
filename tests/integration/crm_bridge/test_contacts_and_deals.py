"""Contacts, deals and timelines on a migrated database, whatever order messages come in."""

from datetime import timedelta
from random import Random
from threading import Thread
from uuid import uuid4

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from contracts.booking import Exported
from contracts.crm_bridge import FindDeal, GetContact, GetDeal, ListDeals, SetStage
from contracts.errors import Invalid, NotFound
from crm_bridge.service import MADE, CrmBridge
from crm_bridge.store import read
from servicekit.testing import FakeClock, Local
from support.waiting import wait_for
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
    "BookingConfirmed": "on_booking_confirmed",
    "BookingRescheduled": "on_booking_rescheduled",
    "BookingCancelled": "on_booking_cancelled",
    "BookingNoShow": "on_booking_no_show",
}


@pytest.fixture
def local(databases):
    return Local(databases, clock=FakeClock(NOW))


@pytest.fixture
def crm(local):
    return local.add(CrmBridge)


def hear(crm, *events):
    for event in events:
        with crm.db.begin() as tx:
            getattr(crm, HANDLERS[type(event).__name__])(event, tx)


def deal_of(crm, booking, workspace=WORKSPACE):
    return crm.find_deal(FindDeal(workspace_id=workspace, root_id=booking.root_id)).deal


def timeline(crm, deal):
    return crm.get_deal(GetDeal(workspace_id=deal.workspace_id, deal_id=deal.id)).timeline


def kinds(crm, deal):
    return [entry.kind for entry in timeline(crm, deal)]


def test_a_strangers_booking_makes_a_contact_and_a_deal(crm):
    booking = booked("Sam@Example.ORG")
    hear(crm, confirmed(booking))
    deal = deal_of(crm, booking)
    assert (deal.title, deal.stage, deal.owner_id) == ("Sam - Intro call", "new", ADA.id)
    assert deal.contact.email == "sam@example.org"
    assert deal.meeting_next == booking.start
    assert kinds(crm, deal) == ["booked"]


def test_a_known_contacts_booking_joins_their_open_deal(crm):
    first, second = booked(), booked("SAM@example.org", creates_deal=False)
    hear(crm, confirmed(first), confirmed(second))
    assert deal_of(crm, second).id == deal_of(crm, first).id
    assert kinds(crm, deal_of(crm, first)) == ["booked", "booked"]


def test_a_known_contact_whose_deals_are_closed_gets_a_new_one(crm):
    first, second = booked(), booked()
    hear(crm, confirmed(first))
    deal = deal_of(crm, first)
    crm.set_stage(SetStage(workspace_id=WORKSPACE, deal_id=deal.id, stage="won", actor="a"))
    hear(crm, confirmed(second))
    assert deal_of(crm, second).id != deal.id


def test_of_several_open_deals_the_latest_active_is_joined(crm):
    old, new, third = booked(), booked(created_at=NOW + timedelta(hours=1)), booked()
    hear(crm, confirmed(old))
    deal = deal_of(crm, old)
    stage = SetStage(workspace_id=WORKSPACE, deal_id=deal.id, stage="lost", actor="a")
    crm.set_stage(stage)
    hear(crm, confirmed(new))
    crm.set_stage(replace(stage, stage="proposal"))
    hear(crm, confirmed(third))
    assert deal_of(crm, third).id == deal_of(crm, new).id


def test_a_move_after_the_deal_was_won_shows_on_it_and_makes_no_other(crm):
    first = booked()
    second = moved(first)
    hear(crm, confirmed(first))
    deal = deal_of(crm, first)
    crm.set_stage(SetStage(workspace_id=WORKSPACE, deal_id=deal.id, stage="won", actor="a"))
    hear(crm, rescheduled(first, second), cancelled(second, NOW + timedelta(hours=2)))
    assert len(crm.list_deals(ListDeals(workspace_id=WORKSPACE)).deals) == 1
    told = kinds(crm, deal)
    assert sorted(told) == ["booked", "cancelled", "rescheduled", "stage"]


def test_a_link_without_deals_makes_a_contact_only(crm):
    booking = booked(creates_deal=False)
    hear(crm, confirmed(booking))
    assert deal_of(crm, booking) is None
    other = booked()
    hear(crm, confirmed(other))
    contact = deal_of(crm, other).contact
    detail = crm.get_contact(GetContact(workspace_id=WORKSPACE, contact_id=contact.id))
    assert len(detail.timeline) == 2
    assert len(detail.deals) == 1


def test_a_move_heard_before_its_booking_ends_in_one_deal_and_a_timeline_in_order(crm):
    first = booked()
    second = moved(first)
    hear(crm, rescheduled(first, second), confirmed(first), confirmed(first))
    deal = deal_of(crm, first)
    assert [entry.start for entry in timeline(crm, deal)] == [first.start, second.start]
    assert deal.meeting_next == second.start
    listed = crm.list_deals(ListDeals(workspace_id=WORKSPACE)).deals
    assert len(listed) == 1


def test_a_cancellation_heard_first_still_makes_the_deal_with_no_meeting_ahead(crm):
    booking = booked()
    hear(crm, cancelled(booking, NOW + timedelta(hours=1)), confirmed(booking))
    deal = deal_of(crm, booking)
    assert kinds(crm, deal) == ["booked", "cancelled"]
    assert (deal.meeting_next, deal.meeting_last) == (None, None)


def test_meetings_are_next_until_they_end_and_last_afterwards(crm, local):
    booking = booked()
    hear(crm, confirmed(booking))
    local.clock.advance(timedelta(days=2))
    deal = deal_of(crm, booking)
    assert (deal.meeting_next, deal.meeting_last) == (None, booking.start)
    hear(crm, missed(booking, NOW + timedelta(days=2)))
    assert deal_of(crm, booking).meeting_last is None
    assert kinds(crm, deal) == ["booked", "no_show"]


@pytest.mark.parametrize("known", [False, True])
def test_bookings_of_one_person_at_once_make_one_contact_and_one_deal(crm, known):
    if known:
        hear(crm, confirmed(booked(creates_deal=False)))
    bookings = [booked() for _ in range(8)]
    threads = [Thread(target=hear, args=(crm, confirmed(one))) for one in bookings]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({deal_of(crm, one).id for one in bookings}) == 1
    assert len(crm.list_deals(ListDeals(workspace_id=WORKSPACE)).deals) == 1


def history(number, random):
    """A person's booking and what became of it: the events, in their true order."""
    booking = booked(f"person{number}@example.org")
    at = NOW + timedelta(days=1)
    events = [confirmed(booking)]
    for _ in range(random.randrange(3)):
        after = moved(booking)
        events.append(rescheduled(booking, after))
        booking = after
    ending = random.randrange(4)
    if ending == 1:
        events.append(cancelled(booking, at))
    elif ending > 1:
        events += [missed(booking, at + timedelta(hours=n), n) for n in range(1, ending + 1)]
    return events, booking


def test_sixty_histories_shuffled_and_repeated_end_as_if_in_order(crm):
    random = Random(7)
    histories = [history(number, random) for number in range(60)]
    heard = [event for events, _ in histories for event in events * 2]
    random.shuffle(heard)
    hear(crm, *heard)
    expected = {"BookingConfirmed": "booked", "BookingRescheduled": "rescheduled"}
    for events, last in histories:
        deal = deal_of(crm, last)
        told = [expected.get(type(event).__name__) or event.booking.status for event in events]
        told = ["no_show_undone" if word == "confirmed" else word for word in told]
        assert kinds(crm, deal) == told
        assert timeline(crm, deal)[-1].start == last.start
        ends_held = events[-1].booking.status == "confirmed"
        assert deal.meeting_next == (last.start if ends_held else None)
    deals = []
    cursor = ""
    while True:
        page = crm.list_deals(ListDeals(workspace_id=WORKSPACE, limit=25, after=cursor))
        deals += page.deals
        cursor = page.cursor
        if not cursor:
            break
    assert len(deals) == len({deal.id for deal in deals}) == 60
    assert len({deal.contact.id for deal in deals}) == 60


def test_nothing_of_another_workspace_is_seen(crm):
    booking = booked()
    hear(crm, confirmed(booking))
    deal, other = deal_of(crm, booking), uuid4()
    assert deal_of(crm, booking, other) is None
    assert crm.list_deals(ListDeals(workspace_id=other)).deals == ()
    for ask in (
        lambda: crm.get_deal(GetDeal(workspace_id=other, deal_id=deal.id)),
        lambda: crm.get_contact(GetContact(workspace_id=other, contact_id=deal.contact.id)),
        lambda: crm.set_stage(
            SetStage(workspace_id=other, deal_id=deal.id, stage="won", actor="x")
        ),
    ):
        with pytest.raises(NotFound):
            ask()
    hear(crm, confirmed(booked(workspace_id=other)))
    assert len(crm.list_deals(ListDeals(workspace_id=WORKSPACE)).deals) == 1


def test_a_stage_set_twice_stands_on_the_timeline_once(crm):
    booking = booked()
    hear(crm, confirmed(booking))
    deal = deal_of(crm, booking)
    stage = SetStage(workspace_id=WORKSPACE, deal_id=deal.id, stage="qualified", actor="account:2")
    changed = crm.set_stage(stage)
    assert crm.set_stage(stage) == changed
    assert changed.stage == "qualified"
    assert timeline(crm, deal)[-1].detail == {
        "from": "new",
        "to": "qualified",
        "by": "account:2",
    }
    assert kinds(crm, deal) == ["booked", "stage"]


def test_deals_are_found_by_owner_stage_and_words_taken_literally(crm):
    hear(crm, confirmed(booked("a_b@example.org")), confirmed(booked("axb@example.org")))

    def found(**filters):
        return len(crm.list_deals(ListDeals(workspace_id=WORKSPACE, **filters)).deals)

    assert found(search="a_b@") == 1
    assert found(search="INTRO") == 2
    assert (found(search="%"), found(owner_id=uuid4()), found(stage="won")) == (0, 0, 0)
    assert (found(owner_id=ADA.id), found(stage="new")) == (2, 2)
    with pytest.raises(Invalid):
        found(after="nonsense")


class Owner:
    """Stands where booking does: it answers `export` with what it was given, in two pages."""

    def __init__(self, *bookings):
        self.bookings = bookings

    def export(self, request):
        half = len(self.bookings) // 2
        if not request.after:
            return Exported(bookings=self.bookings[:half], cursor="more")
        return Exported(bookings=self.bookings[half:])


def test_resync_finds_and_repairs_what_was_never_heard(crm):
    first = booked()
    second = moved(first)
    old = replace(first, status="rescheduled", next_id=second.id, version=2)
    lost = booked("late@example.org", status="cancelled", cancelled_by="attendee")
    asked = booked("asked@example.org", status="pending")
    hear(crm, confirmed(first))
    crm.__dict__["booking"] = Owner(second, lost, old, asked)
    assert crm.resync(check=True)["rows"] > 0
    assert deal_of(crm, lost) is None
    assert crm.resync(check=False)["rows"] > 0
    assert crm.resync(check=True) == {"rows": 0}
    assert kinds(crm, deal_of(crm, first)) == ["booked", "rescheduled"]
    assert timeline(crm, deal_of(crm, first))[1].previous_start == first.start
    assert kinds(crm, deal_of(crm, lost)) == ["booked", "cancelled"]


def test_comparing_makes_and_counts_nothing(crm, local):
    lost = booked("late@example.org")
    crm.__dict__["booking"] = Owner(lost, booked("more@example.org"))
    before = MADE.labels("contact")._value.get()
    assert crm.resync(check=True)["rows"] > 0
    assert MADE.labels("contact")._value.get() == before
    assert local.outbox == []
    crm.resync(check=False)
    assert MADE.labels("contact")._value.get() == before + 2


def test_a_stage_set_while_news_of_the_deal_come_in_waits_for_nobody(crm, tmp_path):
    booking = booked()
    hear(crm, confirmed(booking))
    deal = deal_of(crm, booking)
    news = Thread(target=hear, args=(crm, missed(booking)))
    with crm.db.begin() as tx:
        assert read.lock_deal(tx, WORKSPACE, deal.id)
        news.start()
        wait_for(lambda: _waits(crm), "the news to wait for the deal", 60, tmp_path / "none")
        request = SetStage(workspace_id=WORKSPACE, deal_id=deal.id, stage="won", actor="Ada")
        crm._move_to_stage(tx, deal, request)
    news.join()
    assert kinds(crm, deal) == ["booked", "no_show", "stage"] or kinds(crm, deal) == [
        "booked",
        "stage",
        "no_show",
    ]


def _waits(crm):
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
    with crm.db.begin() as tx:
        return tx.execute(sa.text(query + "AND wait_event_type = 'Lock'")).scalar()
