"""1,200 deliveries of 200 bookings, shuffled and repeated, while crm-bridge is killed twice and both
other CRMs misbehave: in the end all three say the same.

crm-bridge is a process of its own here, ended by SIGKILL while it waits for another CRM's answer.
What the broker had not been told was handled comes again, as after any crash.
"""

import itertools
import multiprocessing
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from datetime import timedelta
from random import Random
from threading import Event, Thread
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from crm_bridge.service import CrmBridge
from fakes.authority import ca_bundle
from fakes.crm import GARBAGE, HALF, REPLY_LOST, UNREACHED, refuse
from fakes.hubspot import HubSpot
from fakes.salesforce import OUR_ID, Salesforce
from integration.crm_bridge.acme import Acme
from servicekit import inbox
from servicekit.testing import FakeClock, Local
from support import aftermath, hostile
from unit.crm_bridge.builders import NOW

NAMES = ("hubspot", "salesforce")
LONG = 900
"""Seconds: a busy machine is no fault."""

BATCH = 10
"""Deliveries handled in one transaction, as they are when many wait."""

DEATHS = (60, 300)
"""Requests of both together after which the process that sends them is killed."""

FAULTS = (
    REPLY_LOST,
    UNREACHED,
    HALF,
    GARBAGE,
    refuse(500),
    refuse(502),
    refuse(429, retry_after="1"),
)


class Trouble:
    """What befalls the requests to both CRMs: at every twelfth to each a fault, one kind after the
    other; at the `deadly`-th of all the end of who sends them.
    """

    def __init__(self):
        self.asked, self.deadly, self.kill = itertools.count(1), 0, lambda: None

    def of_one(self):
        mine = itertools.count(1)

        def fault(_):
            if next(self.asked) == self.deadly:
                self.kill()
            number, others = divmod(next(mine), 12)
            return None if others else FAULTS[number % len(FAULTS)]

        return fault


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
        "crm_call_seconds": 20,
    }


def hear(crm, envelopes, now):
    for begin in range(0, len(envelopes), BATCH):
        inbox.receive(crm.db, envelopes[begin : begin + BATCH], crm.handlers, now())


def live(url, settings, envelopes):
    """The process: hears everything, and writes to the other CRMs at the same time."""
    local = Local(lambda _: url, FakeClock(NOW))
    crm, pause = local.add(CrmBridge, **settings), Event()

    def write():
        while not pause.wait(0.05):
            crm.push_connectors()
            local.clock.advance(timedelta(minutes=1))

    Thread(target=write, daemon=True).start()
    hear(crm, envelopes, local.clock.now)
    pause.wait()  # for its end


def killed(url, settings, envelopes, trouble, deadly):
    """Lives until the `deadly`-th request, and is killed there."""
    process = multiprocessing.get_context("fork").Process(
        target=live, args=(url, settings, envelopes)
    )
    trouble.deadly, trouble.kill = deadly, process.kill
    process.start()
    process.join(LONG)
    process.kill()
    assert process.exitcode == -signal.SIGKILL
    assert next(trouble.asked) > deadly


@contextmanager
def rows(engine) -> Iterator[Callable[[str], list]]:
    """Reads by plain SQL, and leaves everything as it was."""
    with engine.connect() as connection:
        yield lambda query: connection.execute(sa.text(query)).all()
        connection.rollback()


@pytest.fixture(scope="module")
def storm(postgres, crms):
    """What is left of it."""
    with postgres.lending() as databases:
        url, settings = databases("crm-bridge"), settings_of(crms)
        local = Local(lambda _: url, FakeClock(NOW))
        crm = local.add(CrmBridge, **settings)
        acme, twin = (Acme(local, name, there) for name, there in zip(NAMES, crms, strict=True))
        twin.id = acme.id
        acme.connect()
        twin.connect()
        rng = Random(7)
        history = hostile.history(acme.id, rng)
        told = hostile.deliveries(history.events, rng)
        deliveries = [inbox.Envelope(one.id, one.name, one.body) for one in told]

        trouble, left = Trouble(), []
        for one in crms:
            one.always = trouble.of_one()
        crm.db.engine.dispose()
        for begin, deadly in zip((0, 250), DEATHS, strict=True):
            killed(url, settings, deliveries[begin:], trouble, deadly)
            with rows(crm.db.engine) as select:
                left.append(len(select("SELECT 1 FROM crm_push WHERE state = 'due'")))
            crm.db.engine.dispose()
        hear(crm, deliveries, local.clock.now)
        with crm.db.begin() as tx:  # leases of who was killed end by the database's clock
            tx.execute(sa.text("UPDATE crm_push SET leased_until = now() - interval '1 second'"))
        acme.settle(300)
        yield SimpleNamespace(**locals())


def test_two_hundred_bookings_were_told_of_and_each_death_was_in_the_middle(storm):
    assert (len(storm.history.bookings), len(storm.deliveries)) == (200, 1200)
    assert len({one.id for one in storm.deliveries}) == len(storm.history.events) == 240
    assert all(storm.left)  # something was still to be written each time


def test_the_built_in_crm_has_every_booking_once_and_at_most_one_deal_each(storm):
    with rows(storm.crm.db.engine) as select:
        assert aftermath.built_in(select, storm.history) == []


def test_hubspot_shows_the_same(storm, crms):
    assert crms[0].odd == []
    assert aftermath.elsewhere(aftermath.in_hubspot(crms[0]), storm.history) == []


def test_salesforce_shows_the_same(storm, crms):
    assert crms[1].odd == []
    assert aftermath.elsewhere(aftermath.in_salesforce(crms[1]), storm.history) == []


def test_nothing_is_left_to_write_and_nothing_failed(storm):
    told = [(one.state, one.waiting, one.failed) for one in storm.acme.connections()]
    assert told == [("ok", 0, 0)] * 2


def test_the_other_crms_did_misbehave(storm, crms):
    for crm in crms:
        assert len(crm.journal) > 12 * len(FAULTS)  # each met every kind of fault


def first(records):
    return next(iter(records.values()))


def said(hubspot, kind):
    return first(hubspot.records[kind])["properties"]


def doubled(records):
    records["another"] = deepcopy(first(records))


def reordered(text, end):
    head, *tail = text.split(end)
    return end.join([*tail, head])


def told_backwards(hubspot):
    for one in hubspot.records["meetings"].values():
        body = one["properties"]["hs_meeting_body"]
        one["properties"]["hs_meeting_body"] = reordered(body, "<br>")


def unlinked(hubspot, kind, other):
    hubspot.links = {pair for pair in hubspot.links if {pair[0][0], pair[1][0]} != {kind, other}}


@pytest.mark.parametrize(
    "wrong",
    [
        lambda hubspot: doubled(hubspot.records["contacts"]),
        lambda hubspot: doubled(hubspot.records["deals"]),
        lambda hubspot: doubled(hubspot.records["meetings"]),
        lambda hubspot: hubspot.delete("meetings", next(iter(hubspot.records["meetings"]))),
        lambda hubspot: hubspot.delete("deals", next(iter(hubspot.records["deals"]))),
        lambda hubspot: said(hubspot, "contacts").update(email="else@example.org"),
        lambda hubspot: said(hubspot, "meetings").update(hs_timestamp="1796122800000"),
        lambda hubspot: said(hubspot, "meetings").update(hs_meeting_outcome="COMPLETED"),
        lambda hubspot: unlinked(hubspot, "meetings", "deals"),
        lambda hubspot: unlinked(hubspot, "meetings", "contacts"),
        told_backwards,
    ],
)
def test_the_checker_sees_what_is_wrong_in_hubspot(storm, crms, monkeypatch, wrong):
    monkeypatch.setattr(crms[0], "records", deepcopy(crms[0].records))
    monkeypatch.setattr(crms[0], "links", set(crms[0].links))
    wrong(crms[0])
    assert aftermath.elsewhere(aftermath.in_hubspot(crms[0]), storm.history)


def all_cancelled(salesforce):
    for one in salesforce.alive("Event"):
        one["Subject"] = f"Cancelled: {one['Subject']}"


def all_backwards(salesforce):
    for one in salesforce.alive("Event"):
        one["Description"] = reordered(one["Description"], "\n")


@pytest.mark.parametrize(
    "wrong",
    [
        lambda there: doubled(there.records["Contact"]),
        lambda there: there.add("Opportunity", **{OUR_ID: "another"}),
        lambda there: doubled(there.records["OpportunityContactRole"]),
        lambda there: doubled(there.records["Event"]),
        lambda there: there.delete("Event", first(there.records["Event"])["Id"]),
        lambda there: first(there.records["Contact"]).update(Email="else@example.org"),
        lambda there: first(there.records["Event"]).update(StartDateTime="2026-12-01T11:00:00Z"),
        all_cancelled,
        lambda there: first(there.records["Event"]).update(WhoId=""),
        lambda there: first(there.records["Event"]).update(WhatId=""),
        all_backwards,
    ],
)
def test_the_checker_sees_what_is_wrong_in_salesforce(storm, crms, monkeypatch, wrong):
    monkeypatch.setattr(crms[1], "records", deepcopy(crms[1].records))
    wrong(crms[1])
    assert aftermath.elsewhere(aftermath.in_salesforce(crms[1]), storm.history)
