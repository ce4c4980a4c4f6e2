"""The Python client: what it is made of, and how it gets on with a gateway over HTTP."""

import importlib.util
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

import workestra_client
from workestra_client import Client, Refused, api

CLIENT = Path(workestra_client.__file__).parent
RUFF = Path(sys.executable).parent / "ruff"


@pytest.fixture
def as_mia(roles, address):
    key = roles.key(roles.mia)["Authorization"].removeprefix("Bearer ")
    with Client(address, key) as made:
        yield made


@pytest.fixture
def as_owner(roles, address):
    key = roles.key(roles.ada)["Authorization"].removeprefix("Bearer ")
    with Client(address, key) as made:
        yield made


@pytest.fixture
def visitor(address):
    with Client(address) as made:
        yield made


def generator():
    spec = importlib.util.spec_from_file_location("generate", CLIENT.parent / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_it_is_what_the_document_makes_of_it(roles):
    made = generator().source(roles.site.client().get("/api/v1/openapi.json").json)
    command = [RUFF, "format", "--no-cache", "--stdin-filename", CLIENT / "api.py", "-"]
    tidy = subprocess.run(command, input=made, capture_output=True, text=True, check=True)
    assert (CLIENT / "api.py").read_text() == tidy.stdout, "run ./workestra client"


def test_a_token_of_a_strangers_stays_one_piece_of_the_path(as_owner, roles):
    """Whoever passes on what an attendee typed in does nothing else with their own key."""
    path = f"../../members/{roles.mia.id}/deactivate"
    before = as_owner.members()
    with pytest.raises(Refused) as refused:
        as_owner.cancel_by_token(path)
    assert refused.value.status == 404
    assert as_owner.members() == before


def test_a_repeat_with_the_same_key_makes_no_second_link(as_mia):
    wish, key = api.LinkAsked(title="Once", slug="client-once"), str(uuid4())
    first = as_mia.create_link(wish, idempotency_key=key)
    assert as_mia.create_link(wish, idempotency_key=key) == first
    assert [one.id for one in as_mia.links().links].count(first.id) == 1
    with pytest.raises(Refused) as refused:
        as_mia.create_link(
            api.LinkAsked(title="Another", slug="client-another"), idempotency_key=key
        )
    assert refused.value.status == 409


def test_only_what_is_named_of_a_link_is_changed(as_mia):
    link = as_mia.create_link(
        api.LinkAsked(title="Change me", slug="client-change", notice=60, color="#0f766e")
    )
    paused = as_mia.change_link(link.id, api.LinkChange(active=False))
    assert not paused.settings.active
    assert (paused.settings.notice, paused.settings.colour) == (60, "#0f766e")
    assert as_mia.link_settings(link.id) == paused
    as_mia.delete_link(link.id)
    with pytest.raises(Refused, match="404 not_found"):
        as_mia.link_settings(link.id)


def test_of_two_who_change_the_same_version_the_second_is_told(as_mia, as_owner):
    link = as_mia.create_link(api.LinkAsked(title="Twice", slug="client-twice"))
    as_owner.change_link(link.id, api.LinkChange(title="Mine"), if_match=link.version)
    with pytest.raises(Refused) as refused:
        as_mia.change_link(link.id, api.LinkChange(title="No, mine"), if_match=link.version)
    assert (refused.value.status, refused.value.code) == (412, "precondition_failed")
    assert as_mia.link_settings(link.id).settings.title == "Mine"


def test_schedules_and_teams_keep_to_versions_too(roles, as_owner):
    number, wish = uuid4(), api.ScheduleAsked(name="Mornings", timezone="Europe/Paris")
    later = api.ScheduleAsked(name="Evenings", timezone="Europe/Paris")
    made = as_owner.save_schedule(number, wish)
    again = api.ScheduleAsked(name="Early", timezone="Europe/Paris")
    as_owner.save_schedule(number, again, if_match=made.version)
    team, members = uuid4(), (api.TeamMember(host_id=roles.mia.id),)
    asked = api.TeamAsked(name="Client", slug="client-team", members=members)
    kept = as_owner.save_team(team, asked)
    other = api.TeamAsked(name="Clients", slug="client-team", members=members)
    as_owner.save_team(team, other, if_match=kept.version)
    for stale in (
        lambda: as_owner.save_schedule(number, later, if_match=made.version),
        lambda: as_owner.save_team(team, asked, if_match='"1-0123456789abcdef"'),
        lambda: as_owner.save_team(team, asked, if_match='"somebody else\'s"'),
    ):
        with pytest.raises(Refused, match="412 precondition_failed"):
            stale()


def test_a_visitor_books_moves_and_cancels(roles, visitor):
    first, second = (datetime.fromisoformat(roles.next_start()) for _ in range(2))
    free = visitor.slots(
        "mia-call", from_=first.date(), to=first.date() + timedelta(days=1), tz="UTC"
    )
    assert first in [slot.start for slot in free.slots]
    who = api.AttendeeAsked(name="Zoë", email="client@example.com", timezone="Asia/Tokyo")
    wish, key = api.BookingAsked(start=first, attendee=who), str(uuid4())
    booked = visitor.book("mia-call", wish, idempotency_key=key)
    assert visitor.book("mia-call", wish, idempotency_key=key) == booked
    moved = visitor.reschedule_by_token(
        token_of(booked.reschedule_url), api.MoveAsked(start=second)
    )
    assert moved.start == second
    ended = visitor.cancel_by_token(token_of(moved.cancel_url))
    assert ended.status == "cancelled"


def token_of(url):
    return url.rpartition("/")[2]


def test_a_time_that_is_taken_comes_with_others(roles, visitor):
    taken = roles.book().booking.start
    who = api.AttendeeAsked(name="Zoë", email="late@example.com", timezone="UTC")
    with pytest.raises(Refused) as refused:
        visitor.book(
            "mia-call", api.BookingAsked(start=taken, attendee=who), idempotency_key=str(uuid4())
        )
    assert (refused.value.status, refused.value.code) == (409, "slot_taken")
    assert refused.value.alternatives


def test_rows_come_page_after_page(roles, as_mia):
    made = {roles.book().booking.id for _ in range(3)}
    roles.suite.hear()
    found = [one.id for one in as_mia.each(as_mia.bookings, limit=2)]
    assert made <= set(found)
    assert len(found) == len(set(found)) > 2
    events = list(as_mia.each(as_mia.events, limit=50))
    assert [one.cursor for one in events] == sorted({one.cursor for one in events}, key=cursor_of)


def cursor_of(cursor):
    return len(cursor), cursor


def test_a_file_is_sent_with_its_answer(roles, visitor, as_mia):
    sent = visitor.upload("mia-call", "cv", ("letter.txt", b"Dear Mia"))
    assert (sent.name, sent.size, sent.type) == ("letter.txt", 8, "text/plain")
    start = datetime.fromisoformat(roles.next_start())
    who = api.AttendeeAsked(name="Zoë", email="cv@example.com", timezone="UTC")
    wish = api.BookingAsked(start=start, attendee=who, answers={"cv": str(sent.upload)})
    booked = visitor.book("mia-call", wish, idempotency_key=str(uuid4()))
    assert [file.name for file in as_mia.booking(booked.id).booking.files] == ["letter.txt"]


def test_what_is_wrong_is_said_at_its_field(visitor, as_mia):
    with pytest.raises(Refused) as refused:
        as_mia.create_link(api.LinkAsked(title="", slug="client-wrong"))
    assert (refused.value.status, list(refused.value.fields)) == (422, ["title"])
    assert refused.value.request_id
    with pytest.raises(Refused) as refused:
        visitor.links()
    assert (refused.value.status, refused.value.code) == (401, "unauthorized")
    with pytest.raises(Refused, match="403 forbidden"):
        as_mia.audit()


def test_a_request_is_answered_once(roles, as_mia):
    asked = roles.book(slug="mia-asks").booking.id
    assert as_mia.approve(asked).status == as_mia.approve(asked).status == "confirmed"
    with pytest.raises(Refused) as refused:
        as_mia.decline(asked, api.CancelAsked(reason="No, after all"))
    assert refused.value.status == 409


def test_members_offer_their_own_time_alone(roles, as_mia, as_owner):
    link = as_mia.create_link(api.LinkAsked(title="Mine", slug="client-mine"))
    for who in (roles.max.id, roles.ada.id):
        with pytest.raises(Refused) as refused:
            as_mia.change_link(link.id, api.LinkChange(hosts=(api.LinkHost(host_id=who),)))
        assert list(refused.value.fields) == ["hosts"]
    with pytest.raises(Refused, match="404 not_found"):
        as_mia.change_host(roles.max.id, api.HostChange(slug="client-max"))
    handed = as_owner.change_link(
        link.id, api.LinkChange(hosts=(api.LinkHost(host_id=roles.max.id),))
    )
    assert [place.host_id for place in handed.settings.hosts] == [roles.max.id]


def test_a_deal_is_valued_and_noted_by_its_host(roles, as_mia, as_owner):
    deal = roles._deal_id()
    valued = as_mia.change_deal(deal, api.DealChange(value_cents=120_000, currency="USD"))
    assert (valued.value_cents, valued.currency, valued.stage) == (120_000, "USD", "new")
    key = str(uuid4())
    notes = [
        as_owner.add_deal_note(deal, api.NoteAsked(text="Ask again"), idempotency_key=key).note
        for _ in range(2)
    ]
    assert notes[0] == notes[1]
    with pytest.raises(Refused, match="403 forbidden"):
        as_mia.delete_deal_note(deal, notes[0])
    as_owner.delete_deal_note(deal, notes[0])
    said = [entry.kind for entry in as_mia.deal(deal).timeline]
    assert "note" not in said
    assert "value" in said
