"""A connector and its fake, as the contract sees them: the same questions, whichever CRM it is."""

from base64 import urlsafe_b64encode
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cached_property
from hashlib import sha256
from types import MappingProxyType
from uuid import uuid4

from crm_bridge.connectors import KNOWN
from crm_bridge.connectors.base import Account, Means
from crm_bridge.connectors.web import kept
from crm_bridge.domain.mirror import Push
from fakes.authority import ca_bundle
from fakes.hubspot import HubSpot
from fakes.salesforce import Salesforce

VERIFIER = "a-verifier-of-these-tests-that-is-long-enough-0123456789"
CHALLENGE = urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
START = datetime(2026, 12, 2, 9, tzinfo=UTC)


class Harness:
    """An account at one CRM. `kinds`: what the fake calls our three kinds of object."""

    verifier, challenge = VERIFIER, CHALLENGE

    def __init__(self, url):
        self.means = Means(private_addresses=True, ca_bundle=ca_bundle(), **self.settings(url))
        self.connector = KNOWN[self.provider].made(self.means)
        self.secrets = [self.secret()]
        self.account = Account("acme", lambda: self.secrets[-1], self.secrets.append)

    @contextmanager
    def desk(self):
        with self.connector.at(self.account) as desk:
            yield desk

    def put(self, push):
        with self.desk() as desk:
            return desk.put(push)

    def contact(self, email="sam@example.org", **more):
        fields = self.fields("contact", first_name="Sam", last_name="Doe")
        return Push("contact", uuid4(), email=email, fields=fields, **more)

    def deal(self, contact_id, **more):
        fields = self.fields("deal", title="Sam - Intro call", value=120.5)
        more = {"stage": self.stage("new"), "created": START, **more}
        return Push("deal", uuid4(), fields=fields, links={"contact": contact_id}, **more)

    def meeting(self, contact_id, deal_id="", **more):
        fields = self.fields("meeting", title="Intro call with Sam", notes="Booked")
        links = {"contact": contact_id} | ({"deal": deal_id} if deal_id else {})
        times = {"start": START, "end": START + timedelta(minutes=30), "outcome": "scheduled"}
        return Push("meeting", uuid4(), fields=fields, links=links, **times, **more)

    def fields(self, kind, **values):
        """By their names, as a new connection would map them."""
        chosen = self.usual.of(kind)
        return {chosen[ours].name: value for ours, value in values.items() if ours in chosen}

    def stage(self, ours):
        return self.usual.stages[ours]

    @cached_property
    def usual(self):
        with self.desk() as desk:
            return self.connector.usual(desk.offer())


class HubSpotHarness(Harness):
    """HubSpot's."""

    provider = "hubspot"
    kinds = MappingProxyType({"contact": "contacts", "deal": "deals", "meeting": "meetings"})
    create = MappingProxyType(
        {"contact": "contacts.upsert", "deal": "deals.upsert", "meeting": "meetings.upsert"}
    )
    update = "deals.update"
    ids = "workestra_id"
    email = "email"
    title = MappingProxyType(
        {"contact": "firstname", "deal": "dealname", "meeting": "hs_meeting_title"}
    )
    invalid = {"errors": [{"code": "INVALID_OPTION"}]}  # noqa: RUF012
    words = "HubSpot does not know a value or a stage that we write."

    def settings(self, url):
        return {
            "hubspot_base_url": url,
            "hubspot_client_id": self.crm.login.client_id,
            "hubspot_client_secret": self.crm.login.client_secret,
        }

    def __init__(self, crm, url):
        self.crm = crm
        super().__init__(url)
        with self.desk() as desk:
            desk.prepare()

    def secret(self):
        return kept(self.crm.login.given(), "")

    def starts(self, record):
        return datetime.fromtimestamp(int(record["hs_meeting_start_time"]) / 1000, UTC)

    def known(self, first_name="", last_name=""):
        """A contact that was there before us."""
        names = {"firstname": first_name, "lastname": last_name}
        return self.crm.add("contacts", email="sam@example.org", **names)

    def meetings_contacts(self, meeting_id):
        return self.crm.linked("meetings", meeting_id, "contacts")

    def meetings_deals(self, meeting_id):
        return self.crm.linked("meetings", meeting_id, "deals")

    def deals_contacts(self, deal_id):
        return self.crm.linked("deals", deal_id, "contacts")


class SalesforceHarness(Harness):
    """Salesforce's."""

    provider = "salesforce"
    kinds = MappingProxyType({"contact": "Contact", "deal": "Opportunity", "meeting": "Event"})
    create = MappingProxyType(
        {"contact": "Contact.upsert", "deal": "Opportunity.upsert", "meeting": "Event.create"}
    )
    update = "Opportunity.update"
    email = "Email"
    title = MappingProxyType({"contact": "FirstName", "deal": "Name", "meeting": "Subject"})
    invalid = [{"errorCode": "FIELD_CUSTOM_VALIDATION_EXCEPTION"}]  # noqa: RUF012
    words = "A validation rule of your Salesforce refuses it."

    def __init__(self, crm, url):
        self.crm = crm
        super().__init__(url)

    def settings(self, url):
        return {
            "salesforce_login_url": url,
            "salesforce_client_id": self.crm.login.client_id,
            "salesforce_client_secret": self.crm.login.client_secret,
        }

    def secret(self):
        return kept(self.crm.login.given(), "", {"instance": self.crm.url})

    def starts(self, record):
        return datetime.fromisoformat(record["StartDateTime"])

    def known(self, first_name="", last_name=""):
        names = {"FirstName": first_name, "LastName": last_name}
        return self.crm.add("Contact", Email="sam@example.org", **names)

    def meetings_contacts(self, meeting_id):
        return [self.crm.records["Event"][meeting_id]["WhoId"]]

    def meetings_deals(self, meeting_id):
        return [self.crm.records["Event"][meeting_id]["WhatId"]]

    def deals_contacts(self, deal_id):
        roles = self.crm.alive("OpportunityContactRole")
        return [one["ContactId"] for one in roles if one["OpportunityId"] == deal_id]


HARNESSES = {"hubspot": (HubSpot, HubSpotHarness), "salesforce": (Salesforce, SalesforceHarness)}
