"""Contacts, deals, the board, and calls that land on a deal, over the real services."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from contracts.booking import Attendee, Book
from contracts.crm_bridge import FindDeal, GetDeal, ListContacts, ListDeals
from gateway.booking_pages import calls
from integration.gateway_pages.conftest import TOMORROW


def text(answer, status=200):
    assert answer.status_code == status, answer.status_code
    return answer.get_data(as_text=True)


@pytest.fixture
def deal(office):
    """Zoë's, made by a booking of Ada."""
    office.link(office.ada, creates_deal=True, notice=0)
    booking = office.book()
    asked = FindDeal(workspace_id=office.ada.workspace_id, root_id=booking.root_id)
    return office.services.crm_bridge.find_deal(asked).deal


@pytest.fixture
def page(deal):
    return f"/crm/deals/{deal.id}"


def now_of(office, deal):
    asked = GetDeal(workspace_id=deal.workspace_id, deal_id=deal.id)
    return office.services.crm_bridge.get_deal(asked)


def deals(office):
    return office.services.crm_bridge.list_deals(
        ListDeals(workspace_id=office.ada.workspace_id)
    ).deals


def call_page(ada, page):
    """The address that "Schedule a call" leads to."""
    answer = ada.get(f"{page}/call")
    assert answer.status_code == 302
    return answer.headers["Location"]


def with_start(address, start):
    return f"{address}&start={start:%Y-%m-%dT%H:%M:%SZ}&tz=UTC"


def send(browser, address, start, **typed):
    """Fills the form in as it is shown, and sends it."""
    form = text(browser.get(with_start(address, start)))
    fields = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', form))
    action = unescape(re.search(r'<form[^>]*id="book"[^>]*action="([^"]+)"', form)[1])
    fields = {name: unescape(value) for name, value in fields.items()} | typed
    return form, browser.post(action, data=fields)


def test_a_call_on_a_deal_is_filled_in_and_lands_on_it(office, ada, deal, page):
    ada.post(page, data={"stage": "won"})  # closed: any other booking would make a new one
    address = call_page(ada, page)
    assert "zoe" not in address
    form, answer = send(office.site.client(), address, TOMORROW + timedelta(hours=2))
    assert 'value="Zoë"' in form
    assert 'value="zoe@x.test"' in form
    assert answer.status_code == 303
    office.local.deliver()
    assert [one.id for one in deals(office)] == [deal.id]
    told = now_of(office, deal).timeline
    assert sorted(entry.kind for entry in told) == ["booked", "booked", "stage"]


def test_the_months_and_days_of_a_call_lead_on_with_it(office, ada, page):
    address = call_page(ada, page)
    shown = text(office.site.client().get(address))
    token = parse_qs(urlsplit(address).query)["call"][0]
    starts = re.findall(r'href="([^"]*start=[^"]*)"', shown)
    assert starts
    assert all(token in unescape(one) for one in starts)


def assert_ordinary(form):
    assert "zoe@x.test" not in form
    assert "call=" not in re.search(r'<form[^>]*id="book"[^>]*>', form)[0]


def test_a_forged_or_expired_call_is_an_ordinary_page_with_nothing_filled_in(
    office, ada, page, monkeypatch
):
    address = call_page(ada, page)
    start = TOMORROW + timedelta(hours=3)
    for forged in (address[:-3] + "xyz", address.partition("?")[0] + "?call=x"):
        assert_ordinary(text(office.site.client().get(with_start(forged, start))))
    with monkeypatch.context() as later:
        later.setattr(calls, "LASTS", -1)
        assert_ordinary(text(office.site.client().get(with_start(address, start))))
    ada.post(page, data={"stage": "lost"})
    _, answer = send(
        office.site.client(),
        address[:-3] + "xyz",
        TOMORROW + timedelta(hours=3),
        **{"attendee.name": "Zoë", "attendee.email": "zoe@x.test"},
    )
    assert answer.status_code == 303
    office.local.deliver()
    assert len(deals(office)) == 2


def test_a_call_says_nothing_on_the_page_of_any_other_link(office, ada, page):
    start = TOMORROW + timedelta(hours=4)
    for host, name in ((office.eve, "eve"), (office.ada, "other")):
        link = office.link(host, slug=f"{name}-{office.slug}", notice=0)
        address = call_page(ada, page)
        assert f"/book/{office.slug}?" in address
        elsewhere = address.replace(office.slug, link.settings.slug, 1)
        form = text(office.site.client().get(with_start(elsewhere, start)))
        assert 'name="attendee.email"' in form
        assert "zoe@x.test" not in form


def test_a_value_is_typed_as_people_write_it_and_said_when_it_is_none(office, ada, deal, page):
    assert ada.post(page, data={"do": "value", "value": "1.200,5", "currency": "GBP"}).status == (
        "302 FOUND"
    )
    shown = now_of(office, deal).deal
    assert (shown.value_cents, shown.currency) == (120050, "GBP")
    assert "1,200.50 GBP" in text(ada.get("/crm/deals"))
    for wrong in ({"value": "many"}, {"value": "1.5", "currency": "JPY"}, {"value": "9" * 20}):
        answer = ada.post(page, data={"do": "value", "currency": "GBP"} | wrong)
        assert "An amount such as" in text(answer, 422)
    assert now_of(office, deal).deal == shown


def test_notes_stand_on_the_timeline_and_are_deleted(office, ada, deal, page):
    form = text(ada.get(page))
    note = re.search(r'name="note_id" value="([^"]+)"', form)[1]
    for _ in range(2):
        ada.post(page, data={"do": "note", "note_id": note, "text": "Wants <b>tea</b>"})
    shown = text(ada.get(page))
    assert shown.count("Wants &lt;b&gt;tea&lt;/b&gt;") == 1
    assert "Please write something." in text(
        ada.post(page, data={"do": "note", "note_id": note, "text": " "}), 422
    )
    ada.post(page, data={"do": "delete_note", "note_id": note})
    assert "tea" not in text(ada.get(page))


def test_the_board_moves_a_deal_without_a_script_and_stays(office, ada, deal, page):
    board = text(ada.get("/crm/deals?view=board"))
    assert f'action="{page}"' in board
    assert "New" in board
    answer = ada.post(page, data={"stage": "qualified", "to": "board"})
    assert answer.headers["Location"].endswith("/crm/deals?view=board")
    assert now_of(office, deal).deal.stage == "qualified"
    assert "No deal matches" in text(ada.get("/crm/deals?view=board&q=nobody"))


def test_contacts_are_listed_searched_and_merged_after_one_question(office, ada, cyd, deal):
    start = TOMORROW + timedelta(hours=4)
    office.services.booking.book(
        Book(
            slug=office.slug,
            idempotency_key="other",
            start=start,
            attendee=Attendee(name="Zoe B.", email="zoe@home.test"),
        )
    )
    office.local.deliver()
    listed = text(ada.get("/crm/contacts"))
    assert "zoe@x.test" in listed
    assert "zoe@home.test" in listed
    assert "zoe@x.test" not in text(ada.get("/crm/contacts?q=home"))
    assert "No contacts yet" in text(cyd.get("/crm/contacts"))
    crm, workspace = office.services.crm_bridge, office.ada.workspace_id
    other = crm.list_contacts(ListContacts(workspace_id=workspace, search="home")).contacts[0]
    merge = f"/crm/contacts/{deal.contact.id}/merge"
    assert "Zoe B." in text(ada.get(merge))
    assert "cannot be undone" in text(ada.get(f"{merge}?with={other.contact.id}"))
    ada.post(merge, data={"with": str(other.contact.id)})
    assert "zoe@home.test" in text(ada.get(f"/crm/contacts/{deal.contact.id}"))
    moved = ada.get(f"/crm/contacts/{other.contact.id}")
    assert moved.headers["Location"].endswith(str(deal.contact.id))


def test_an_erased_contact_is_asked_about_once_and_then_nobody(ada, deal):
    erase = f"/crm/contacts/{deal.contact.id}/erase"
    assert "cannot be undone" in text(ada.get(erase))
    ada.post(erase)
    shown = text(ada.get(f"/crm/contacts/{deal.contact.id}"))
    assert "Zoë" not in shown
    assert "Erased person" in shown
