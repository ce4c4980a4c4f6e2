"""Another CRM, through its settings page, crm-bridge and a strict HubSpot."""

import html
import re
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from contracts.crm_bridge import ListCrmConnections
from fakes.authority import ca_bundle
from fakes.crm import GARBAGE, refuse
from fakes.hubspot import HubSpot
from gateway.sign_ins import NOT_BEGUN

from .conftest import installed

PAGE = "/settings/crm"


@pytest.fixture(scope="module")
def hubspot():
    made = HubSpot()
    with made.served():
        yield made


@pytest.fixture(scope="module")
def installation(postgres, tmp_path_factory, hubspot):
    told = {
        "hubspot_base_url": hubspot.url,
        "hubspot_client_id": hubspot.login.client_id,
        "hubspot_client_secret": hubspot.login.client_secret,
        "crm_private_addresses": True,
        "crm_ca_bundle": ca_bundle(),
        "crm_call_seconds": 2,
    }
    with installed(postgres, tmp_path_factory.mktemp("mails"), told) as made:
        yield made


@pytest.fixture
def there(hubspot):
    hubspot.reset()
    yield hubspot
    assert hubspot.odd == []


def text(answer):
    return html.unescape(answer.get_data(as_text=True))


def begun(browser):
    """The address of HubSpot's page."""
    page = text(browser.post(f"{PAGE}/connect/hubspot"))
    return re.search(r'content="0; url=([^"]+)"', page)[1]


def back(there, place):
    """The path that HubSpot sends the browser back to."""
    parts = urlsplit(there.login.consent(place))
    return f"{parts.path}?{parts.query}"


def shown(browser, answer):
    """The page that an answer leads to."""
    assert (answer.status_code, answer.headers["Location"]) == (302, PAGE)
    return text(browser.get(PAGE))


def connect(browser, there):
    return shown(browser, browser.get(back(there, begun(browser))))


def connection(office):
    asked = ListCrmConnections(workspace_id=office.ada.workspace_id)
    return office.local.crm_bridge.list_crm_connections(asked).connections[0]


def book(office, name="Zoë"):
    office.link(office.ada, creates_deal=True, notice=0)
    office.book(name=name)


def test_an_admin_signs_in_and_bookings_appear_there(office, ada, there, capsys):
    place = begun(ada)
    path = back(there, place)
    answer = ada.get(path)
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    page = shown(ada, answer)
    assert "HubSpot account 62515" in page
    assert "Salesforce" in page
    book(office)
    assert [one["email"] for one in there.alive("contacts")] == ["zoe@x.test"]
    assert "In step" in text(ada.get(PAGE))
    said = page + "".join(capsys.readouterr())
    secret = [*there.login.access, *there.login.refresh, there.login.client_secret]
    assert [one for one in secret if one in said] == []
    assert NOT_BEGUN in shown(ada, ada.get(path))


def test_a_return_into_another_session_connects_nothing(office, ada, there):
    path = back(there, begun(ada))
    other = office.browser(office.ada)
    assert NOT_BEGUN in shown(other, other.get(path))
    assert NOT_BEGUN in shown(ada, ada.get(f"{PAGE}/callback/hubspot?state=x&code=y"))


def test_who_says_no_over_there_is_told_so_in_our_words(ada, there):
    state = urlsplit(back(there, begun(ada))).query.partition("state=")[2]
    page = shown(ada, ada.get(f"{PAGE}/callback/hubspot?state={state}&error=access_denied"))
    assert "You did not give HubSpot's permission, so nothing was connected." in page


def test_a_token_is_typed_in_and_never_shown(office, ada, there):
    form = {"token": "pat-wrong", "connection_id": str(uuid4())}
    answer = ada.post(f"{PAGE}/token/hubspot", data=form)
    assert answer.status_code == 422
    assert "This token does not let us in." in text(answer)
    assert "pat-wrong" not in text(answer)
    form["token"] = there.private_token()
    page = shown(ada, ada.post(f"{PAGE}/token/hubspot", data=form))
    assert form["token"] not in page
    assert connection(office).state == "ok"


def test_what_failed_is_listed_and_tried_again(office, ada, there):
    connect(ada, there)
    there.misbehave("contacts.upsert", refuse(400, {"errors": [{"code": "INVALID_EMAIL"}]}))
    book(office, "<b>Zoë</b>")
    answer = ada.get(PAGE)
    assert "<b>Zoë" not in answer.get_data(as_text=True)
    page = text(answer)
    assert "<b>Zoë</b> (zoe@x.test)" in page
    assert "HubSpot does not accept this e-mail address." in page
    one = re.search(
        r'name="object" value="(\w+)"><input type="hidden" name="id" value="([^"]+)"', page
    )
    form = {"object": one[1], "id": one[2]}
    path = f"{PAGE}/{connection(office).id}/retry"
    assert "It is tried again now." in shown(ada, ada.post(path, data=form))
    office.local.deliver()
    assert len(there.alive("meetings")) == 1
    assert "Not in HubSpot" not in text(ada.get(PAGE))


def test_the_mapping_is_chosen_among_what_exists_there(office, ada, there):
    connect(ada, there)
    path = f"{PAGE}/{connection(office).id}/mapping"
    page = text(ada.get(path))
    names = re.findall(r'<select class="input" id="[^"]+" name="([^"]+)"', page)
    chosen = dict(
        re.findall(
            r'name="([a-z_.]+)"[^>]*>(?:(?!</select>).)*value="([^"]+)" selected', page, re.DOTALL
        )
    )
    assert chosen["deal.title"] == "dealname"
    wrong = ada.post(path, data=chosen | {"deal.link": "dealname"})
    assert wrong.status_code == 422
    assert "Something else is written to this field already." in text(wrong)
    more = {"new_answer": 'What "else"?', "new_answer_field": "company"}
    assert "Saved." in shown(ada, ada.post(path, data=chosen | more))
    assert 'Answer to “What "else"?”' in text(ada.get(path))
    assert {"stage.won", "contact.first_name", "meeting.notes"} <= set(names)


def test_a_crm_that_is_away_or_refuses_is_said(office, ada, there):
    connect(ada, there)
    there.misbehave("contacts.properties", GARBAGE)
    path = f"{PAGE}/{connection(office).id}/mapping"
    assert "HubSpot did not answer as it should." in shown(ada, ada.get(path))
    there.login.forget()
    book(office)
    page = text(ada.get(PAGE))
    assert "Sign in again" in page
    connect(ada, there)
    office.local.tick("crm-bridge", "push_connectors")
    assert len(there.alive("meetings")) == 1


def test_disconnecting_asks_once(office, ada, there):
    connect(ada, there)
    path = f"{PAGE}/{connection(office).id}/disconnect"
    assert "Disconnect HubSpot?" in text(ada.get(path))
    assert len(there.login.revoked) == 0
    assert "HubSpot is disconnected." in shown(ada, ada.post(path))
    assert "Connect HubSpot" in text(ada.get(PAGE))
