"""What people do by hand: contacts merged, erased and found, notes, values, boards, calls on deals."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from contracts.booking import BookedFile, FileErased, Question
from contracts.crm_bridge import (
    AddNote,
    DeleteNote,
    EraseContact,
    FindDeal,
    GetBoard,
    GetContact,
    GetDeal,
    ListContacts,
    ListDeals,
    ListEvents,
    MergeContacts,
    SetStage,
    SetValue,
)
from contracts.errors import Conflict, Invalid, NotFound
from contracts.wire import encode
from crm_bridge.service import CrmBridge
from servicekit.testing import FakeClock, Local
from unit.crm_bridge.builders import ADA, NOW, booked, cancelled, confirmed, moved, rescheduled

HANDLERS = {
    "BookingConfirmed": "on_booking_confirmed",
    "BookingRescheduled": "on_booking_rescheduled",
    "BookingCancelled": "on_booking_cancelled",
    "FileErased": "on_file_erased",
}


@pytest.fixture(scope="module")
def local(postgres):
    with postgres.lending() as databases:
        local = Local(databases, clock=FakeClock(NOW))
        local.add(CrmBridge)
        yield local


class Acme:
    """A workspace of its own, with what is asked of it."""

    def __init__(self, local):
        self.local, self.crm, self.id = local, local.crm_bridge, uuid4()

    def ask(self, kind, **more):
        return kind(workspace_id=self.id, **more)

    def books(self, email, **changes):
        """A booking that was heard of."""
        booking = booked(email, workspace_id=self.id, **changes)
        self.hears(confirmed(booking))
        return booking

    def hears(self, *events):
        for event in events:
            with self.crm.service.db.begin() as tx:
                getattr(self.crm.service, HANDLERS[type(event).__name__])(event, tx)

    def deal(self, booking):
        return self.crm.find_deal(self.ask(FindDeal, root_id=booking.root_id)).deal

    def contact(self, contact_id):
        return self.crm.get_contact(self.ask(GetContact, contact_id=contact_id))

    def contacts(self, **wish):
        return self.crm.list_contacts(self.ask(ListContacts, **wish)).contacts

    def timeline(self, deal):
        return self.crm.get_deal(self.ask(GetDeal, deal_id=deal.id)).timeline

    def merge(self, kept, merged):
        asked = self.ask(MergeContacts, contact_id=kept, merged_id=merged, actor="account:1")
        return self.crm.merge_contacts(asked)

    def erase(self, contact_id):
        asked = self.ask(EraseContact, contact_id=contact_id, actor="account:1")
        return self.crm.erase_contact(asked)

    def feed(self):
        self.local.deliver()
        return self.crm.list_events(self.ask(ListEvents, limit=200)).events


@pytest.fixture
def acme(local):
    return Acme(local)


def test_two_contacts_become_one_with_all_that_they_had(acme):
    first, second = acme.books("sam@example.org"), acme.books("sam@home.example")
    kept, merged = acme.deal(first).contact.id, acme.deal(second).contact.id
    detail = acme.merge(kept, merged)
    assert (detail.contact.email, detail.also) == ("sam@example.org", ("sam@home.example",))
    assert {deal.id for deal in detail.deals} == {acme.deal(first).id, acme.deal(second).id}
    assert sorted(one.kind for one in detail.timeline) == ["booked", "booked", "merged"]
    assert acme.contact(merged) == detail
    assert [one.contact.id for one in acme.contacts(search="home.example")] == [kept]
    (told,) = [one for one in acme.feed() if one.type == "contact.merged"]
    assert (told.data.contact.id, told.data.merged.id) == (kept, merged)


def test_who_books_with_the_merged_address_is_the_one_that_was_kept(acme):
    first, second = acme.books("sam@example.org"), acme.books("sam@home.example")
    kept, merged = acme.deal(first).contact.id, acme.deal(second).contact.id
    acme.merge(kept, merged)
    third = acme.books("SAM@home.example", created_at=NOW + timedelta(hours=1))
    assert acme.deal(third).contact.id == kept
    acme.hears(rescheduled(second, moved(second)))
    assert len(acme.contacts()) == 1
    assert len(acme.crm.list_deals(acme.ask(ListDeals)).deals) == 2


def test_a_merge_is_done_once_and_refused_where_it_makes_no_sense(acme):
    people = [acme.deal(acme.books(f"s{n}@example.org")).contact.id for n in range(3)]
    done = acme.merge(people[0], people[1])
    assert acme.merge(people[0], people[1]) == done
    with pytest.raises(Conflict):
        acme.merge(people[1], people[0])
    with pytest.raises(Conflict):
        acme.merge(people[2], people[1])
    with pytest.raises(Invalid):
        acme.merge(people[0], people[0])
    with pytest.raises(NotFound):
        acme.merge(people[0], uuid4())
    assert acme.merge(people[2], people[0]).also == ("s0@example.org", "s1@example.org")
    assert acme.contact(people[1]).contact.id == people[2]


def test_bookings_while_two_contacts_are_merged_end_with_the_one_that_is_kept(acme):
    emails = ("sam@example.org", "sam@home.example")
    kept, merged = (acme.deal(acme.books(one)).contact.id for one in emails)
    events = [confirmed(booked(emails[n % 2], workspace_id=acme.id)) for n in range(12)]
    with ThreadPoolExecutor(6) as pool:
        done = [pool.submit(acme.hears, event) for event in events[:8]]
        done += [pool.submit(acme.merge, kept, merged) for _ in range(2)]
        done += [pool.submit(acme.hears, event) for event in events[8:]]
        for each in done:
            each.result(30)
    with acme.crm.service.db.begin() as tx:
        for table in ("chain", "deal", "timeline_entry"):
            query = f"SELECT DISTINCT contact_id FROM {table} WHERE workspace_id = :w"
            assert tx.execute(sa.text(query), {"w": acme.id}).scalars().all() == [kept]
    assert len(acme.contact(kept).timeline) == 15


def test_a_call_asked_for_on_a_deal_lands_on_it_whoever_books_and_however_it_stands(acme):
    first = acme.books("sam@example.org")
    deal = acme.deal(first)
    asked = acme.ask(SetStage, deal_id=deal.id, stage="won", actor="a")
    acme.crm.set_stage(asked)
    call = booked("sam@home.example", workspace_id=acme.id, deal_id=deal.id)
    after = moved(call)
    acme.hears(rescheduled(call, after), confirmed(call))
    assert acme.deal(call).id == deal.id
    assert [one.kind for one in acme.timeline(deal)].count("rescheduled") == 1
    assert len(acme.crm.list_deals(acme.ask(ListDeals)).deals) == 1
    assert acme.deal(call).meeting_next == first.start


def test_a_deal_of_another_workspace_is_not_landed_on(acme, local):
    other = Acme(local)
    foreign = other.deal(other.books("eve@example.org"))
    call = acme.books("sam@example.org", deal_id=foreign.id)
    assert acme.deal(call).id != foreign.id
    assert len(other.timeline(foreign)) == 1


def test_a_value_is_kept_in_minor_units_and_told_once(acme):
    deal = acme.deal(acme.books("sam@example.org"))
    asked = acme.ask(
        SetValue, deal_id=deal.id, value_cents=120050, currency="GBP", actor="account:1"
    )
    valued = acme.crm.set_value(asked)
    assert acme.crm.set_value(asked) == valued
    assert (valued.value_cents, valued.currency) == (120050, "GBP")
    (entry,) = [one for one in acme.timeline(deal) if one.kind == "value"]
    assert entry.detail == {"from": "0 EUR", "to": "120050 GBP", "by": "account:1"}
    assert [one.type for one in acme.feed()].count("deal.value_changed") == 1


def test_a_note_stands_once_where_it_was_written_until_it_is_deleted(acme):
    deal = acme.deal(acme.books("sam@example.org"))
    on_deal = acme.ask(AddNote, note_id=uuid4(), deal_id=deal.id, text=" Call. ", actor="a")
    on_contact = acme.ask(
        AddNote, note_id=uuid4(), contact_id=deal.contact.id, text="Likes tea", actor="a"
    )
    for note in (on_deal, on_deal, on_contact):
        acme.crm.add_note(note)
    notes = [one.detail["text"] for one in acme.timeline(deal) if one.kind == "note"]
    assert notes == ["Call."]
    texts = [one.detail.get("text") for one in acme.contact(deal.contact.id).timeline]
    assert sorted(filter(None, texts)) == ["Call.", "Likes tea"]
    gone = acme.ask(DeleteNote, note_id=on_deal.note_id, actor="a")
    acme.crm.delete_note(gone)
    acme.crm.delete_note(gone)
    assert "note" not in {one.kind for one in acme.timeline(deal)}
    for wrong in (replace(on_deal, contact_id=deal.contact.id), replace(on_deal, text="  ")):
        with pytest.raises(Invalid):
            acme.crm.add_note(wrong)


def test_the_board_has_every_stage_with_counts_sums_and_the_latest_active(acme):
    deals = [acme.deal(acme.books(f"s{n}@example.org")) for n in range(3)]
    for deal, cents in zip(deals, (100, 250, 0), strict=True):
        acme.crm.set_value(
            acme.ask(SetValue, deal_id=deal.id, value_cents=cents, currency="EUR", actor="a")
        )
    acme.crm.set_stage(acme.ask(SetStage, deal_id=deals[0].id, stage="won", actor="a"))
    columns = {one.stage: one for one in acme.crm.get_board(acme.ask(GetBoard, limit=1)).columns}
    assert list(columns) == ["new", "qualified", "proposal", "won", "lost"]
    assert (columns["new"].count, columns["new"].values) == (2, {"EUR": 250})
    assert len(columns["new"].deals) == 1
    assert [deal.id for deal in columns["won"].deals] == [deals[0].id]
    mine = acme.crm.get_board(acme.ask(GetBoard, owner_id=uuid4(), search="sam"))
    assert {one.count for one in mine.columns} == {0}


def test_contacts_are_listed_newest_first_in_pages_with_their_meetings(acme, local):
    for n in range(3):
        acme.books(f"s{n}@example.org")
        local.clock.advance(timedelta(seconds=1))
    page = acme.crm.list_contacts(acme.ask(ListContacts, limit=2))
    rest = acme.crm.list_contacts(acme.ask(ListContacts, limit=2, after=page.cursor))
    found = [one.contact.email for one in (*page.contacts, *rest.contacts)]
    assert found == ["s2@example.org", "s1@example.org", "s0@example.org"]
    assert (rest.cursor, page.contacts[0].deals) == ("", 1)
    assert page.contacts[0].meeting_next == NOW + timedelta(days=1)
    assert len(acme.contacts(owner_id=ADA.id)) == 3
    assert acme.contacts(owner_id=uuid4()) == acme.contacts(search="%") == ()


def test_answers_and_names_of_files_are_on_the_timeline_until_they_are_erased(acme):
    file = BookedFile(id=uuid4(), question="cv", name="cv.pdf", size=9, type="application/pdf")
    asked = (Question(id="why", label="Why?", type="text"),
             Question(id="cv", label="CV", type="file"))  # fmt: skip
    said = {"questions": asked, "answers": {"why": "Tea"}, "files": (file,)}
    erased = FileErased(workspace_id=acme.id, version=1, root_id=uuid4(), upload_id=uuid4(), at=NOW)
    late = replace(file, id=erased.upload_id)
    acme.hears(erased)
    first = acme.books("sam@example.org", **said)
    second = acme.books("tim@example.org", **said | {"files": (late,)})
    (entry,) = acme.timeline(acme.deal(first))
    assert entry.detail["answers"] == "Why? Tea\nCV: a file"
    assert entry.detail[f"file:{file.id}"] == "cv.pdf"
    acme.hears(replace(erased, root_id=first.root_id, upload_id=file.id))
    for booking in (first, second):
        assert "cv.pdf" not in str(acme.timeline(acme.deal(booking)))


def test_nothing_of_who_was_erased_is_left_and_their_address_is_a_strangers_again(acme):
    secret = {"questions": (Question(id="why", label="Why?", type="text"),),
              "answers": {"why": "A secret"}, "guests": ("friend@example.org",)}  # fmt: skip
    first = acme.books("sam@example.org", **secret)
    other = acme.deal(acme.books("sam@home.example"))
    deal = acme.deal(first)
    acme.crm.add_note(
        acme.ask(AddNote, note_id=uuid4(), deal_id=deal.id, text="Sam is shy", actor="a")
    )
    acme.merge(deal.contact.id, other.contact.id)
    acme.feed()
    erased = acme.erase(deal.contact.id)
    assert acme.erase(deal.contact.id) == erased
    acme.hears(cancelled(moved(first), NOW + timedelta(hours=2)))  # heard of after it
    shown = encode((acme.contact(deal.contact.id), acme.crm.list_deals(acme.ask(ListDeals))))
    events = acme.feed()
    for trace in (b"sam@", b"Sam", b"secret", b"shy", b"friend@"):
        assert trace not in shown + encode(events)
    assert [one.type for one in events].count("contact.erased") == 1
    assert "booking.cancelled" in {one.type for one in events}
    again = acme.books("sam@home.example")
    assert acme.deal(again).contact.id not in {deal.contact.id, other.contact.id}
    assert acme.contact(deal.contact.id) == acme.erase(deal.contact.id)


def test_nothing_of_another_workspace_is_changed_by_hand(acme, local):
    deal = acme.deal(acme.books("sam@example.org"))
    other = Acme(local)
    mine = other.deal(other.books("eve@example.org")).contact.id
    calls = (
        lambda: other.merge(mine, deal.contact.id),
        lambda: other.erase(deal.contact.id),
        lambda: other.crm.set_value(
            other.ask(SetValue, deal_id=deal.id, value_cents=1, currency="EUR", actor="a")
        ),
        lambda: other.crm.add_note(
            other.ask(AddNote, note_id=uuid4(), deal_id=deal.id, text="x", actor="a")
        ),
    )
    for call in calls:
        with pytest.raises(NotFound):
            call()
    assert [one.contact.id for one in other.contacts()] == [mine]
