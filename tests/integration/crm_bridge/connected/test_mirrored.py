"""Another CRM shows what the built-in one knows: once, in the end, whatever goes wrong between."""

from datetime import timedelta
from uuid import uuid4

import pytest
from msgspec.structs import replace

from contracts.booking import Attendee, BookedHost, BookingReassigned, Question
from contracts.crm_bridge import (
    CrmSignedOut,
    WebhookAdmin,
)
from contracts.errors import Invalid
from fakes.crm import REPLY_LOST, UNREACHED, refuse
from unit.crm_bridge.builders import (
    NOW,
    cancelled,
    confirmed,
    missed,
    moved,
    rescheduled,
)

GIL = WebhookAdmin(id=uuid4(), name="Gil", email="gil@acme.test")
BEA = BookedHost(id=uuid4(), name="Bea", email="bea@acme.test", timezone="UTC")


def only(acme, kind):
    (found,) = acme.there.alive(kind)
    return found


def test_a_booking_becomes_a_contact_a_deal_and_a_meeting(connected, hubspot):
    ada = hubspot.owner("ada@acme.test")
    sam = Attendee(name="Sam Doe", email="Sam@Example.org")
    booking = connected.book(sam.email, attendee=sam)
    assert only(connected, "contacts") == {
        "email": "sam@example.org",
        "firstname": "Sam",
        "lastname": "Doe",
    }
    deal, meeting = only(connected, "deals"), only(connected, "meetings")
    assert deal["dealname"] == "Sam Doe - Intro call"
    assert (deal["pipeline"], deal["dealstage"]) == ("default", "appointmentscheduled")
    assert deal["hubspot_owner_id"] == meeting["hubspot_owner_id"] == ada
    assert meeting["hs_meeting_title"] == "Intro call with Sam Doe"
    assert meeting["hs_timestamp"] == str(int(booking.start.timestamp() * 1000))
    assert meeting["hs_meeting_outcome"] == "SCHEDULED"
    assert (connected.connection().waiting, connected.connection().failed) == (0, 0)


def test_the_same_messages_again_ask_nothing_of_the_other_crm(connected, hubspot):
    booking = connected.book()
    asked = tuple(hubspot.journal)
    connected.hear(confirmed(booking), confirmed(booking))
    connected.push()
    assert tuple(hubspot.journal) == asked


def test_moves_cancellations_and_no_shows_are_told_in_order_on_one_meeting(connected):
    first = connected.book()
    second = moved(first)
    later = [NOW + timedelta(hours=hours) for hours in (2, 3, 4)]
    gone = replace(second, version=5, cancel_reason="<b>ill</b>")
    events = [missed(second, later[0]), missed(second, later[1], 2), cancelled(gone, later[2])]
    connected.hear(*reversed([rescheduled(first, second), *events]))
    connected.push()
    meeting = only(connected, "meetings")
    lines = meeting["hs_meeting_body"].split("<br>")
    said = [line.partition(": ")[2].split(" ")[0] for line in lines]
    assert said == ["Booked", "Moved", "Marked", "No", "Cancelled"]
    assert meeting["hs_meeting_outcome"] == "CANCELED"
    assert meeting["hs_timestamp"] == str(int(second.start.timestamp() * 1000))
    assert "<b>" not in meeting["hs_meeting_body"]


def test_another_host_owns_the_meeting(connected, hubspot):
    hubspot.owner("ada@acme.test")
    bea = hubspot.owner("bea@acme.test")
    first = connected.book()
    given = replace(first, hosts=(BEA,), version=2)
    event = BookingReassigned(
        workspace_id=given.workspace_id,
        version=2,
        booking=given,
        previous=first,
        actor="host:2",
        at=NOW,
    )
    connected.hear(event)
    connected.push()
    assert only(connected, "meetings")["hubspot_owner_id"] == bea


def test_a_stage_set_here_moves_the_deal_and_what_people_changed_there_stays(connected, hubspot):
    booking = connected.book()
    (deal,) = hubspot.records["deals"].values()
    deal["properties"]["dealname"] = "Sam, big fish"
    connected.stage(booking, "won")
    connected.push()
    assert deal["properties"]["dealstage"] == "closedwon"
    assert deal["properties"]["dealname"] == "Sam, big fish"


def test_what_was_there_before_the_connection_comes_too(acme):
    booking = acme.booked()
    acme.hear(confirmed(booking), confirmed(acme.booked("kim@example.org", creates_deal=False)))
    acme.connect()
    acme.push()
    counts = [len(acme.there.alive(kind)) for kind in ("contacts", "deals", "meetings")]
    assert counts == [2, 1, 2]


def test_one_object_that_is_refused_blocks_no_other_and_can_be_tried_again(connected, hubspot):
    hubspot.misbehave("contacts.upsert", refuse(400, {"errors": [{"code": "INVALID_EMAIL"}]}))
    connected.book("sam@example.org")
    connected.book("kim@example.org")
    assert [one["email"] for one in hubspot.alive("contacts")] == ["kim@example.org"]
    (failure,) = connected.failures()
    assert (failure.object, failure.state) == ("contact", "failed")
    assert failure.label == "Sam (sam@example.org)"
    assert failure.problem == "HubSpot does not accept this e-mail address."
    assert connected.connection().failed == 1
    assert connected.retry(failure) == 1
    connected.push()
    assert len(hubspot.alive("meetings")) == 2
    assert connected.failures() == ()


def test_a_later_change_tries_what_failed_again(connected, hubspot):
    first = connected.book()
    hubspot.misbehave("meetings.update", refuse(400))
    second = moved(first)
    connected.hear(rescheduled(first, second))
    connected.push()
    assert connected.connection().failed == 1
    third = moved(second)
    connected.hear(rescheduled(second, third))
    connected.push()
    assert connected.connection().failed == 0
    start = str(int(third.start.timestamp() * 1000))
    assert only(connected, "meetings")["hs_timestamp"] == start


def test_a_crm_that_asks_to_wait_is_left_alone_until_then(connected, local, hubspot):
    hubspot.misbehave("contacts.get", refuse(429, retry_after="600"))
    connected.book()
    asked = len(hubspot.journal)
    local.clock.advance(timedelta(minutes=9))
    connected.push()
    assert len(hubspot.journal) == asked
    assert connected.connection().why == "HubSpot asked us to wait."
    local.clock.advance(timedelta(minutes=2))
    connected.push()
    assert len(hubspot.alive("meetings")) == 1
    assert connected.connection().why == ""


def test_a_crm_that_is_away_is_asked_again_and_nothing_is_lost(connected, hubspot):
    hubspot.always = lambda _: UNREACHED
    for name in ("sam", "kim", "lee"):
        connected.book(f"{name}@example.org")
    assert len(hubspot.of("contacts.get")) <= 9
    hubspot.always = lambda _: None
    connected.settle()
    assert len(hubspot.alive("meetings")) == 3


def test_a_process_that_died_after_the_answer_makes_nothing_twice(connected, hubspot, monkeypatch):
    """The same as a reply that was lost: the lease ends, and the object is written again."""
    for kind in ("contacts.upsert", "deals.upsert", "meetings.upsert"):
        hubspot.misbehave(kind, REPLY_LOST)
    connected.book()
    connected.settle()
    counts = [len(hubspot.alive(kind)) for kind in ("contacts", "deals", "meetings")]
    assert counts == [1, 1, 1]


def test_a_refused_refresh_token_stops_it_until_somebody_signs_in_again(connected, hubspot):
    hubspot.login.forget()
    connected.book()
    connection = connected.connection()
    assert connection.state == "refused"
    assert "sign in again" in connection.why
    asked = len(hubspot.journal)
    connected.book("kim@example.org")
    assert len(hubspot.journal) == asked
    assert connected.connect().id == connection.id
    connected.push()
    assert len(hubspot.alive("meetings")) == 2


def test_admins_are_told_each_time_that_it_lets_us_in_no_more(connected, hubspot):
    """Once, however many things were to be written; and again if it ends again."""
    connected.connect(admins=(GIL,))
    for times in (1, 2):
        hubspot.login.forget()
        connected.hear(*(confirmed(connected.booked(f"p{n}@example.org")) for n in range(6)))
        connected.push()
        connected.push()
        told = [one for one in connected.local.outbox if isinstance(one, CrmSignedOut)]
        told = [one for one in told if one.workspace_id == connected.id]
        assert [one.version for one in told] == list(range(1, times + 1))
        assert (told[-1].name, told[-1].admins) == ("HubSpot", (GIL,))
        connected.connect(admins=(GIL,))


def test_what_was_deleted_there_is_made_anew_when_something_hangs_on_it(connected, hubspot):
    first = connected.book()
    (deal,) = hubspot.records["deals"]
    hubspot.delete("deals", deal)
    connected.stage(first, "won")
    connected.push()
    (failure,) = connected.failures()
    assert failure.problem == "It was deleted in HubSpot. Another try makes it anew."
    connected.retry()
    connected.push()
    assert len(hubspot.alive("deals")) == 1


def test_a_contact_deleted_there_comes_back_with_their_next_booking(connected, hubspot):
    connected.book()
    (contact,) = hubspot.records["contacts"]
    hubspot.delete("contacts", contact)
    connected.book()
    connected.settle()
    (back,) = [one["id"] for one in hubspot.records["contacts"].values() if not one["archived"]]
    meetings = [one["id"] for one in hubspot.records["meetings"].values()]
    assert [back in hubspot.linked("meetings", one, "contacts") for one in meetings].count(
        True
    ) == 1


def test_fields_go_where_the_mapping_says(connected):
    company = Question(id="c", type="text", label="Company")
    connected.save(("contact", "answer:company", "company"), ("deal", "link", "description"))
    connected.book(questions=(company,), answers={"c": "Acme\u202e\x07 <Ltd>"})
    assert only(connected, "contacts")["company"] == "Acme <Ltd>"
    assert only(connected, "deals")["description"] == "Intro call"


def test_a_changed_mapping_is_written_to_what_is_there(connected):
    connected.book()
    connected.save(("deal", "title", "description"))
    connected.push()
    assert only(connected, "deals")["description"] == "Sam - Intro call"


def test_a_mapping_is_checked_against_what_exists_there(connected):
    for change, key, words in (
        (("deal", "title", "made_up"), "deal.title", "does not exist there"),
        (("deal", "title", "amount"), "deal.title", "takes numbers only"),
        (("deal", "link", "dealname"), "deal.link", "Something else is written"),
        (("deal", "made_up", "description"), "deal.made_up", "no field of ours"),
    ):
        with pytest.raises(Invalid) as refused:
            connected.save(change)
        assert words in refused.value.fields[key]
    shown = {(one.object, one.ours): one for one in connected.mapping().fields}
    names = {one.value for one in shown["deal", "title"].choices}
    assert names == {"dealname", "description"}
    assert "hs_forecast_amount" not in {one.value for one in shown["deal", "value"].choices}


def test_without_the_property_for_our_ids_nothing_is_sent_and_the_page_says_why(acme, hubspot):
    missing = refuse(403, {"category": "MISSING_SCOPES"})
    hubspot.misbehave("deals.define", missing)
    acme.connect()
    acme.book()
    assert acme.connection().missing == ("HubSpot's deals need the property workestra_id.",)
    assert hubspot.alive("contacts") == []
    acme.retry()
    assert acme.connection().missing == ()
    acme.push()
    assert len(hubspot.alive("meetings")) == 1
