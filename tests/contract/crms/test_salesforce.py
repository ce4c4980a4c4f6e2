"""What only Salesforce does."""

from datetime import timedelta

import pytest

from contract.crms.harness import SalesforceHarness
from crm_bridge.connectors.base import CrmRefused, CrmRejected, CrmUnavailable
from fakes.crm import refuse
from fakes.salesforce import OUR_ID, Salesforce


@pytest.fixture
def crm():
    fake = Salesforce()
    with fake.served() as url:
        yield SalesforceHarness(fake, url)
    assert fake.odd == []


def test_a_second_event_that_a_late_request_left_is_removed(crm):
    contact = crm.put(crm.contact())
    push = crm.meeting(contact)
    first = crm.put(push)
    crm.crm.add("Event", **{OUR_ID: str(push.id), "Subject": "again"})
    assert crm.put(push) == first
    assert len(crm.crm.alive("Event")) == 1


def test_a_contact_of_another_program_of_ours_keeps_its_id(crm):
    there = crm.crm.add("Contact", Email="sam@example.org", LastName="Doe", **{OUR_ID: "another"})
    assert crm.put(crm.contact()) == there
    assert crm.crm.records["Contact"][there][OUR_ID] == "another"


def test_the_days_requests_used_up_rest_the_connection_and_a_locked_row_does_not(crm):
    push = crm.contact()
    limit = [{"errorCode": "REQUEST_LIMIT_EXCEEDED"}]
    crm.crm.misbehave(
        "query", refuse(403, limit), refuse(400, [{"errorCode": "UNABLE_TO_LOCK_ROW"}])
    )
    with pytest.raises(CrmUnavailable) as told:
        crm.put(push)
    assert told.value.retry_after == timedelta(minutes=15)
    with pytest.raises(CrmUnavailable) as told:
        crm.put(push)
    assert not told.value.everywhere


def test_several_records_under_one_id_are_for_a_person_to_mend(crm):
    crm.crm.misbehave("Contact.upsert", refuse(300, ["/a", "/b"]))
    with pytest.raises(CrmRejected) as told:
        crm.put(crm.contact())
    assert str(told.value) == "Salesforce has several records under the same id."


@pytest.mark.parametrize("place", ["https://evil.test", "http://localhost", "https://x@localhost"])
def test_tokens_go_to_salesforce_alone(crm, place):
    crm.secrets.append(crm.secrets[-1].replace(crm.crm.url, place))
    asked = len(crm.crm.journal)
    with pytest.raises(CrmRefused):
        crm.put(crm.contact())
    assert len(crm.crm.journal) == asked


def test_missing_fields_are_named(crm):
    crm.crm.fields["Contact"][OUR_ID] = crm.crm.fields["Contact"][OUR_ID] | {"externalId": False}
    del crm.crm.fields["Event"][OUR_ID]
    with crm.desk() as desk:
        desk.prepare()
        assert desk.offer().missing == (
            f"Salesforce's Contact records need the field {OUR_ID}.",
            f"Salesforce's activities need the field {OUR_ID}.",
        )
