"""What every connector keeps, held against its fake."""

from dataclasses import replace
from datetime import timedelta

import pytest

from contract.crms.harness import START
from crm_bridge.connectors.base import CrmRefused, CrmRejected, CrmUnavailable, LinkLost
from crm_bridge.domain import mirror
from crm_bridge.domain.mirror import Thing
from fakes.crm import GARBAGE, HALF, REPLY_LOST, UNREACHED, refuse


def only(crm, kind):
    """The one record of that kind."""
    (found,) = crm.crm.alive(crm.kinds[kind])
    return found


def test_a_contact_is_made_once_however_often_it_is_written(crm):
    push = crm.contact()
    first = crm.put(push)
    assert crm.put(push) == first
    assert only(crm, "contact")[crm.email] == "sam@example.org"
    assert only(crm, "contact")[crm.title["contact"]] == "Sam"


def test_a_known_contact_keeps_what_people_wrote_and_is_filled_in(crm):
    there = crm.known(first_name="Samuel")
    assert crm.put(crm.contact("Sam@example.org")) == there
    assert sorted(only(crm, "contact").values()).count("Samuel") == 1
    assert "Doe" in only(crm, "contact").values()
    assert "Sam" not in only(crm, "contact").values()


def test_a_deal_and_a_meeting_hang_on_their_contact_and_deal(crm):
    contact = crm.put(crm.contact())
    deal = crm.put(crm.deal(contact))
    meeting = crm.put(crm.meeting(contact, deal))
    assert crm.deals_contacts(deal) == [contact]
    assert crm.meetings_contacts(meeting) == [contact]
    assert crm.meetings_deals(meeting) == [deal]


@pytest.mark.parametrize("mood", [REPLY_LOST, HALF, UNREACHED], ids=lambda mood: mood.how)
def test_a_call_whose_reply_was_lost_is_repeated_without_a_second_object(crm, mood):
    contact = crm.put(crm.contact())
    for push in (crm.contact("new@example.org"), crm.deal(contact), crm.meeting(contact)):
        crm.crm.misbehave(crm.create[push.kind], mood)
        with pytest.raises(CrmUnavailable):
            crm.put(push)
        assert crm.put(push) == crm.put(push)
    counts = [len(crm.crm.alive(crm.kinds[kind])) for kind in ("contact", "deal", "meeting")]
    assert counts == [2, 1, 1]


def test_only_what_changed_is_written(crm):
    contact = crm.put(crm.contact())
    push = crm.deal(contact)
    deal = crm.put(push)
    crm.put(replace(push, external_id=deal, fields={}, links={}, stage=crm.stage("won")))
    (asked,) = crm.crm.of(crm.update)
    assert f'"{crm.title["deal"]}"' not in asked.raw.decode()
    assert only(crm, "deal")[crm.title["deal"]] == "Sam - Intro call"


def test_a_value_that_is_set_back_to_nothing_is_written_and_one_never_set_is_not(crm):
    push, shown = crm.deal(crm.put(crm.contact())), {}
    amount = crm.usual.of("deal")["value"].name
    seen = []
    for value in (0, 120.5, 0, 0):
        thing = Thing({"title": "Intro call", "value": value}, stage="new")
        now = mirror.shown(thing, crm.usual, "deal", "")
        wish = mirror.push_of(push, mirror.changes(shown, now))
        push, shown = replace(push, external_id=crm.put(wish), links={}), now
        seen.append(only(crm, "deal").get(amount))
    assert seen[0] is None
    assert [float(one) for one in seen[1:]] == [120.5, 0, 0]
    assert len(crm.crm.of(crm.update)) == 2


def test_a_move_and_a_cancellation_reach_the_same_meeting(crm):
    contact = crm.put(crm.contact())
    push = crm.meeting(contact)
    meeting = crm.put(push)
    later = START + timedelta(days=1)
    moved = replace(push, external_id=meeting, start=later, end=later + timedelta(minutes=30))
    assert crm.put(replace(moved, outcome="cancelled")) == meeting
    assert crm.starts(only(crm, "meeting")) == later


def test_owners_are_found_by_their_address(crm):
    ada = crm.crm.owner("ada@acme.test")
    with crm.desk() as desk:
        assert (desk.owner("ada@acme.test"), desk.owner("bea@acme.test")) == (ada, "")


def test_a_renewed_token_is_kept_before_it_is_used(crm):
    crm.crm.login.rotate = True
    crm.crm.login.access.clear()
    crm.put(crm.contact())
    assert len(crm.secrets) == 2
    crm.put(crm.contact())
    assert len(crm.secrets) == 2


def test_a_refused_refresh_token_is_final_and_trouble_at_the_token_endpoint_is_not(crm):
    push = crm.contact()
    crm.crm.login.access.clear()
    for mood in (refuse(503), GARBAGE, refuse(400, {"error": "invalid_client"})):
        crm.crm.misbehave("token", mood)
        with pytest.raises(CrmUnavailable):
            crm.put(push)
    crm.crm.login.forget()
    with pytest.raises(CrmRefused):
        crm.put(push)


def test_a_request_to_wait_is_passed_on(crm):
    push = crm.contact()
    crm.crm.misbehave(crm.create["contact"], refuse(429, retry_after="7"), refuse(500), GARBAGE)
    with pytest.raises(CrmUnavailable) as told:
        crm.put(push)
    assert (told.value.retry_after, told.value.everywhere) == (timedelta(seconds=7), True)
    for _ in range(2):
        with pytest.raises(CrmUnavailable) as told:
            crm.put(push)
        assert not told.value.everywhere


def test_what_is_not_taken_is_said_in_our_words(crm):
    contact = crm.put(crm.contact())
    crm.crm.misbehave(crm.create["deal"], refuse(400, crm.invalid))
    with pytest.raises(CrmRejected) as told:
        crm.put(crm.deal(contact))
    assert str(told.value) == crm.words


def test_what_was_deleted_over_there_is_told_apart(crm):
    contact = crm.put(crm.contact())
    push = crm.deal(contact)
    deal = crm.put(push)
    crm.crm.delete(crm.kinds["deal"], deal)
    with pytest.raises(CrmRejected) as told:
        crm.put(replace(push, external_id=deal, links={}))
    assert told.value.gone
    with pytest.raises(LinkLost) as lost:
        crm.put(crm.meeting(contact, deal))
    assert lost.value.kind == "deal"


def test_signing_in_gives_an_account_that_opens(crm):
    begun = crm.connector.authorize_url("https://h.test/back", "a-state", crm.challenge)
    back = crm.crm.login.consent(begun)
    assert "state=a-state" in back
    code = back.partition("code=")[2].partition("&")[0]
    with pytest.raises(CrmRefused):
        crm.connector.exchange("https://h.test/back", "made-up", crm.verifier)
    signed = crm.connector.exchange("https://h.test/back", code, crm.verifier)
    crm.secrets.append(signed.secret)
    crm.put(crm.contact())
    crm.connector.revoke(crm.account)
    assert len(crm.crm.login.revoked) == 1
    assert signed.secret not in repr(signed)


def test_hostile_texts_arrive_as_texts(crm):
    contact = crm.put(crm.contact())
    odd = "'; DELETE FROM Contact; --\\ \" <script>alert(1)</script> %27 ü 漢"
    push = crm.contact("o'neil+{x}@example.org")
    person = replace(push, fields=dict.fromkeys(push.fields, odd[:40]))
    assert crm.put(person) != contact
    assert crm.put(replace(person, external_id="")) == crm.put(person)
    crm.put(replace(crm.deal(contact), fields={crm.title["deal"]: odd}))
    assert only(crm, "deal")[crm.title["deal"]] == odd
