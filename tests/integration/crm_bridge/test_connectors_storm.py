"""1,000 deliveries of 200 events, shuffled and repeated, while crm-bridge is killed twice and both
other CRMs misbehave: in the end all three say the same.

crm-bridge is a process of its own here, ended by SIGKILL in the middle of its work. What the broker
had not been told was handled comes again, as after any crash.
"""

import itertools
import multiprocessing
import signal
from collections import Counter
from datetime import datetime, timedelta
from functools import partial
from random import Random
from threading import Event, Thread
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from contracts.booking import Attendee
from contracts.crm_bridge import GetDeal
from contracts.wire import encode
from crm_bridge.service import CrmBridge
from fakes.authority import ca_bundle
from fakes.crm import GARBAGE, HALF, REPLY_LOST, UNREACHED, refuse
from fakes.hubspot import HubSpot
from fakes.salesforce import OUR_ID, Salesforce
from integration.crm_bridge.acme import Acme
from servicekit import inbox
from servicekit.testing import FakeClock, Local
from support.waiting import wait_for
from unit.crm_bridge.builders import NOW, cancelled, confirmed, missed, moved, rescheduled

PEOPLE, DELIVERIES = 20, 1000
NAMES = ("hubspot", "salesforce")
FAULTS = (
    REPLY_LOST,
    UNREACHED,
    HALF,
    GARBAGE,
    refuse(500),
    refuse(502),
    refuse(429, retry_after="1"),
)


@pytest.fixture(scope="module")
def crms():
    made = HubSpot(), Salesforce()
    with made[0].served(), made[1].served():
        yield made


def settings_of(crms):
    hubspot, salesforce = crms
    return {
        "hubspot_base_url": hubspot.url,
        "hubspot_client_id": hubspot.login.client_id,
        "hubspot_client_secret": hubspot.login.client_secret,
        "salesforce_login_url": salesforce.url,
        "salesforce_client_id": salesforce.login.client_id,
        "salesforce_client_secret": salesforce.login.client_secret,
        "crm_private_addresses": True,
        "crm_ca_bundle": ca_bundle(),
        "crm_call_seconds": 2,
    }


def events_of(acme, rng):
    """60 first bookings of 20 people, 100 moves of them, 25 cancellations, 15 no-shows."""
    firsts = []
    for number in range(60):
        person = number % PEOPLE
        who = Attendee(name=f"Person {person}", email=f"p{person}@example.org")
        start = NOW + timedelta(days=2, hours=number)
        times = {"start": start, "end": start + timedelta(minutes=30)}
        created = NOW + timedelta(minutes=number)
        firsts.append(acme.booked(who.email, attendee=who, created_at=created, **times))
    events = [confirmed(one) for one in firsts]
    latest = {one.root_id: one for one in firsts}
    for one in [*firsts, *rng.sample(firsts, 40)]:
        before = latest[one.root_id]
        latest[one.root_id] = moved(before)
        events.append(rescheduled(before, latest[one.root_id]))
    ends = [latest[one.root_id] for one in rng.sample(firsts, 40)]
    later = NOW + timedelta(days=1)
    events += [cancelled(one, later) for one in ends[:25]]
    events += [missed(one, later) for one in ends[25:]]
    return firsts, events


def run(url, settings, envelopes, started):
    """The process: hears everything, and writes to the other CRMs at the same time."""
    local = Local(lambda _: url, FakeClock(NOW))
    crm, pause = local.add(CrmBridge, **settings), Event()

    def write():
        while not pause.wait(0.1):
            crm.push_connectors()
            local.clock.advance(timedelta(minutes=1))

    Thread(target=write, daemon=True).start()
    started.set()
    for envelope in envelopes:
        inbox.receive(crm.db, [envelope], crm.handlers, local.clock.now())
    pause.wait()  # for its end


def killed(url, settings, envelopes, enough):
    """Runs until it is `enough`, and is killed."""
    context = multiprocessing.get_context("fork")
    started = context.Event()
    process = context.Process(target=run, args=(url, settings, envelopes, started))
    process.start()
    try:
        assert started.wait(20)
        wait_for(enough, "half of the work", 180)
    finally:
        process.kill()
        process.join()
    assert process.exitcode == -signal.SIGKILL


def each_twelfth():
    """A fault at every twelfth request, one kind after the other."""
    asked = itertools.count(1)

    def fault(_):
        number, others = divmod(next(asked), 12)
        return None if others else FAULTS[number % len(FAULTS)]

    return fault


def hear(crm, envelopes):
    for envelope in envelopes:
        inbox.receive(crm.db, [envelope], crm.handlers, NOW)


@pytest.fixture(scope="module")
def storm(postgres, crms):
    """What is left of it: the workspace, and the first bookings."""
    rng = Random(7)
    with postgres.lending() as databases:
        url, settings = databases("crm-bridge"), settings_of(crms)
        local = Local(lambda _: url, FakeClock(NOW))
        crm = local.add(CrmBridge, **settings)
        acme, twin = (Acme(local, name, there) for name, there in zip(NAMES, crms, strict=True))
        twin.id = acme.id
        acme.connect()
        twin.connect()
        firsts, events = events_of(acme, rng)
        bodies = [(type(one).__name__, encode(one).decode()) for one in events]
        envelopes = [inbox.Envelope(uuid4(), *body) for body in bodies]
        deliveries = envelopes * (DELIVERIES // len(events))
        rng.shuffle(deliveries)
        assert (len(events), len(deliveries)) == (200, 1000)

        for one in crms:
            one.always = each_twelfth()
        crm.db.engine.dispose()
        for begin, reached in ((0, 100), (250, 300)):
            asked = partial(lambda enough: sum(len(c.journal) for c in crms) > enough, reached)
            killed(url, settings, deliveries[begin:], asked)
        hear(crm, deliveries)
        acme.settle(100)
        for one in crms:
            one.always = lambda _: None
        with crm.db.begin() as tx:  # leases of who was killed end by the database's clock
            tx.execute(sa.text("UPDATE crm_push SET leased_until = now() - interval '1 second'"))
        for connection in acme.connections():
            assert connection.state == "ok"
        acme.settle(100)
        yield acme, firsts


def expected(acme, firsts):
    """By chain: whose it is, its deal's title, its start, how it ended, what happened to it."""
    with acme.crm.db.begin() as tx:
        rows = tx.execute(
            sa.text(
                "SELECT chain.root_id, email, deal_id, starts_at, status FROM chain"
                " JOIN contact ON contact.id = contact_id"
            )
        ).all()
    assert {row.root_id for row in rows} == {one.root_id for one in firsts}
    return {row.root_id: row for row in rows}


def in_order(notes):
    """The lines of what happened, without their times, which must not go back."""
    lines = [line.split(": ", 1) for line in notes if " UTC: " in line]
    assert [at for at, _ in lines] == sorted(at for at, _ in lines)
    return [said.split(" ")[0] for _, said in lines]


def test_the_built_in_crm_has_every_booking_once_and_at_most_one_deal_each(storm):
    acme, firsts = storm
    chains = expected(acme, firsts)
    deals = {row.email: {row.deal_id} for row in chains.values()}
    for row in chains.values():
        deals[row.email].add(row.deal_id)
    assert len(deals) == PEOPLE
    assert {len(one) for one in deals.values()} == {1}
    for (deal_id,) in deals.values():
        asked = GetDeal(workspace_id=acme.id, deal_id=deal_id)
        timeline = acme.rpc.get_deal(asked).timeline
        assert [entry.at for entry in timeline] == sorted(entry.at for entry in timeline)


def test_hubspot_shows_the_same(storm, crms):
    acme, firsts = storm
    hubspot, chains = crms[0], expected(acme, firsts)
    assert hubspot.odd == []
    contacts = {key: one["properties"]["email"] for key, one in hubspot.records["contacts"].items()}
    assert Counter(contacts.values()) == Counter({row.email for row in chains.values()})
    assert len(hubspot.records["deals"]) == PEOPLE
    deals = {
        key: one["properties"]["workestra_id"] for key, one in hubspot.records["deals"].items()
    }
    meetings = hubspot.records["meetings"]
    ids = Counter(one["properties"]["workestra_id"] for one in meetings.values())
    assert ids == Counter(map(str, chains))
    for key, one in meetings.items():
        said, row = one["properties"], chains[UUID(one["properties"]["workestra_id"])]
        assert [contacts[c] for c in hubspot.linked("meetings", key, "contacts")] == [row.email]
        assert [deals[d] for d in hubspot.linked("meetings", key, "deals")] == [str(row.deal_id)]
        assert said["hs_timestamp"] == str(int(row.starts_at.timestamp() * 1000))
        ended = {"cancelled": "CANCELED", "no_show": "NO_SHOW", "confirmed": "SCHEDULED"}
        assert said["hs_meeting_outcome"] == ended[row.status]
        words = in_order(said["hs_meeting_body"].split("<br>"))
        assert (words[0], words.count("Booked")) == ("Booked", 1)
        assert ("Cancelled" in words, "Marked" in words) == (
            row.status == "cancelled",
            row.status == "no_show",
        )


def test_salesforce_shows_the_same(storm, crms):
    acme, firsts = storm
    salesforce, chains = crms[1], expected(acme, firsts)
    assert salesforce.odd == []
    contacts = {one["Id"]: one["Email"] for one in salesforce.alive("Contact")}
    assert Counter(contacts.values()) == Counter({row.email for row in chains.values()})
    deals = {one["Id"]: one[OUR_ID] for one in salesforce.alive("Opportunity")}
    assert len(deals) == len(salesforce.alive("OpportunityContactRole")) == PEOPLE
    ids = Counter(one[OUR_ID] for one in salesforce.alive("Event"))
    assert ids == Counter(map(str, chains))
    for one in salesforce.alive("Event"):
        row = chains[UUID(one[OUR_ID])]
        assert (contacts[one["WhoId"]], deals[one["WhatId"]]) == (row.email, str(row.deal_id))
        assert datetime.fromisoformat(one["StartDateTime"]) == row.starts_at
        begins = {"cancelled": "Cancelled: ", "no_show": "No-show: ", "confirmed": "Intro call"}
        assert one["Subject"].startswith(begins[row.status])
        assert in_order(one["Description"].split("\n"))[0] == "Booked"


def test_the_other_crms_did_misbehave(crms):
    for crm in crms:
        wrong = [one for one in crm.journal if one.status not in {200, 201, 204}]
        assert len(wrong) > 2
