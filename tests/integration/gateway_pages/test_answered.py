"""What was answered, on the timelines of deals and contacts: a list of questions and answers."""

import re
from uuid import uuid4

import pytest

from contracts.booking import Attendee, Book, BookedFile, Question
from contracts.crm_bridge import EraseContact, FindDeal
from gateway.calendar.detail import Said
from gateway.crm_pages import answered
from integration.gateway_pages.conftest import TOMORROW

QUESTIONS = (
    Question(id="goals", label="Goals: all of them?", type="textarea"),
    Question(id="site", label="Your <website>", type="url"),
    Question(id="topics", label="נושאים", type="multi_select", options=("One", "Two")),
)
ANSWERS = {
    "goals": "First: fewer mails.\nSecond: " + "none at all. " * 80,
    "site": "https://northwind.test/?a=1&b=2",
    "topics": ["One", "Two"],
}


@pytest.fixture
def deal(office):
    office.link(office.ada, creates_deal=True, questions=QUESTIONS)
    asked = Book(
        slug=office.slug,
        idempotency_key="k",
        start=TOMORROW,
        attendee=Attendee(name="Zoë", email="zoe@x.test", timezone="Asia/Tokyo"),
        answers=ANSWERS,
    )
    booking = office.local.booking.book(asked).booking
    office.local.deliver()
    wish = FindDeal(workspace_id=office.ada.workspace_id, root_id=booking.root_id)
    return office.services.crm_bridge.find_deal(wish).deal


@pytest.fixture(params=["deal", "contact"])
def page(deal, request):
    paths = {"deal": f"/crm/deals/{deal.id}", "contact": f"/crm/contacts/{deal.contact.id}"}
    return paths[request.param]


def said(answer):
    """Questions and answers as the page lists them."""
    lists = "".join(re.findall(r'<dl class="answered.*?</dl>', answer.text, re.DOTALL))
    return dict(re.findall(r"<dt[^>]*>(.*?)</dt><dd[^>]*>(.*?)</dd>", lists, re.DOTALL))


def test_questions_and_answers_are_a_list_in_the_forms_order(ada, page):
    found = said(ada.get(page))
    assert list(found) == ["Goals: all of them?", "Your &lt;website&gt;", "נושאים"]
    assert found["נושאים"] == "One, Two"
    assert 'href="https://northwind.test/?a=1&amp;b=2"' in found["Your &lt;website&gt;"]


def test_of_a_long_answer_the_booking_has_the_rest(ada, page):
    shown = said(ada.get(page))["Goals: all of them?"]
    assert shown.startswith("First: fewer mails.\nSecond: none")
    assert re.search(r'… <a href="/calendar/[\w-]+">All of it</a>$', shown)


def test_without_booking_the_timeline_says_what_it_knows(ada, office, page):
    office.away("booking")
    answer = ada.get(page)
    assert said(answer) == {}
    assert "Goals: all of them? First: fewer mails." in answer.text


def test_what_was_erased_is_not_asked_for_again(ada, office, deal, page):
    erase = EraseContact(
        workspace_id=deal.workspace_id, contact_id=deal.contact.id, actor="account:x"
    )
    office.services.crm_bridge.erase_contact(erase)
    answer = ada.get(page)
    assert said(answer) == {}
    assert "fewer mails" not in answer.text


def test_a_file_that_is_deleted_loses_its_name():
    file = BookedFile(id=uuid4(), question="brief", name="Brief of Zoë.pdf", type="", size=3)
    told = Said("Brief", file.name, file=file)
    assert answered.shown(told, {f"file:{file.id}": file.name}).words == "Brief of Zoë.pdf"
    assert answered.shown(told, {}).words == "A file, deleted since"
