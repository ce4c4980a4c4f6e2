"""What goes wrong at one connection, or with one object there, is no other's trouble."""

from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from contracts.crm_bridge import MergeContacts
from contracts.errors import Unavailable
from crm_bridge import mirroring
from crm_bridge.mirroring import Mirror
from crm_bridge.service import CrmBridge
from fakes.authority import ca_bundle
from fakes.crm import refuse
from fakes.hubspot import HubSpot
from fakes.salesforce import Salesforce
from integration.crm_bridge.acme import Acme
from servicekit.testing import FakeClock, Local
from unit.crm_bridge.builders import NOW, confirmed


@pytest.fixture(scope="module")
def crms():
    made = HubSpot(), Salesforce()
    with made[0].served(), made[1].served():
        yield made


@pytest.fixture(scope="module")
def local(postgres, crms):
    hubspot, salesforce = crms
    with postgres.lending() as databases:
        local = Local(databases, clock=FakeClock(NOW))
        local.add(
            CrmBridge,
            hubspot_base_url=hubspot.url,
            hubspot_client_id=hubspot.login.client_id,
            hubspot_client_secret=hubspot.login.client_secret,
            salesforce_login_url=salesforce.url,
            salesforce_client_id=salesforce.login.client_id,
            salesforce_client_secret=salesforce.login.client_secret,
            crm_private_addresses=True,
            crm_ca_bundle=ca_bundle(),
            crm_call_seconds=20,
        )
        yield local


@pytest.fixture
def workspaces(local, crms):
    """Two with HubSpot, one with Salesforce, all connected."""
    for there in crms:
        there.reset()
    made = [Acme(local, "hubspot", crms[0]) for _ in range(2)]
    made.append(Acme(local, "salesforce", crms[1]))
    for one in made:
        one.connect()
    yield made
    for one in made:
        one.disconnect()


def test_a_key_that_is_gone_stops_that_connection_and_nobody_else(workspaces, crms):
    acme, globex, lost = workspaces
    sealed = (
        "UPDATE crm_connection SET sealed_secret = 'sealed by a key that is gone' WHERE id = :c"
    )
    with lost.crm.db.begin() as tx:
        tx.execute(sa.text(sealed), {"c": lost.connection().id})
    for one in workspaces:
        one.hear(confirmed(one.booked(f"{uuid4()}@example.org")))
    acme.push()
    assert len(crms[0].alive("meetings")) == 2
    connection = lost.connection()
    assert (connection.state, connection.waiting) == ("refused", 3)
    assert "key" in connection.why
    assert globex.connection().waiting == 0
    lost.connect()
    lost.push()
    assert (lost.connection().state, lost.connection().waiting) == ("ok", 0)


def test_who_has_much_to_write_keeps_nobody_waiting(workspaces, crms, monkeypatch):
    """One round, in which the first has more than fits into it."""
    monkeypatch.setattr(mirroring, "BATCH", 3)
    busy, calm, _ = workspaces
    for _ in range(4):
        busy.hear(confirmed(busy.booked(f"{uuid4()}@example.org")))
    busy.local.clock.advance(timedelta(minutes=1))
    calm.hear(confirmed(calm.booked("calm@example.org")))
    assert Mirror(calm.crm._accounts()).push_due()
    assert "calm@example.org" in [one["email"] for one in crms[0].alive("contacts")]


def test_what_waits_for_something_deleted_there_is_not_asked_for_without_end(workspaces, crms):
    """A deal was deleted in HubSpot, and is to be linked to the contact that its own went into."""
    acme, hubspot = workspaces[0], crms[0]
    sam = acme.deal(acme.book("sam@example.org")).contact.id
    kim = acme.deal(acme.book("kim@example.org")).contact.id
    for record in hubspot.records["deals"]:
        hubspot.delete("deals", record)
    asked = len(hubspot.journal)
    acme.rpc.merge_contacts(
        MergeContacts(workspace_id=acme.id, contact_id=sam, merged_id=kim, actor="a")
    )
    acme.push()
    assert len(hubspot.journal) - asked < 20
    problems = {one.problem for one in acme.failures() if one.object == "deal"}
    assert problems == {"It was deleted in HubSpot. Another try makes it anew."}
    acme.retry()
    acme.settle()
    assert acme.failures() == ()


def test_a_link_that_is_refused_for_ever_is_tried_less_and_less_often(workspaces, crms):
    acme, hubspot = workspaces[0], crms[0]
    gone = refuse(404, {"category": "OBJECT_NOT_FOUND"})
    hubspot.always = lambda asked: gone if asked.name == "deals.link" else None
    acme.book()
    assert len(hubspot.of("deals.link")) < 5
    hubspot.always = lambda _: None
    acme.settle()
    assert len(hubspot.alive("meetings")) == 1


def test_an_answer_of_another_shape_is_said_and_logged_without_its_words(workspaces, crms):
    shapes = ({"results": None}, {"results": [{"odd": "their words"}]}, [1], "x")
    for odd in shapes:
        crms[0].misbehave("contacts.properties", refuse(200, odd))
        with pytest.raises(Unavailable), capture_logs() as logged:
            workspaces[0].mapping()
        assert [one["event"] for one in logged] in (["crm_answer_odd"], ["crm_unavailable"])
        assert "their words" not in str(logged)
    for odd in ({"access_token": "a", "expires_in": "their words"}, [1]):
        crms[0].misbehave("token", refuse(200, odd))
        with pytest.raises(Unavailable), capture_logs() as logged:
            Acme(workspaces[0].local, "hubspot", crms[0]).connect()
        assert len(logged) == 1
        assert "their words" not in str(logged)
