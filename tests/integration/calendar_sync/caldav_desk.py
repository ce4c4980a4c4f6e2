"""A host with a CalDAV account at Radicale or at the fake, and what tests do there."""

from dataclasses import replace

import pytest

from calendar_sync.adapters.caldav import CalDav
from calendar_sync.adapters.provider import (
    Account,
)
from contract.calendars.harness import HOUR, Mirror
from contract.calendars.harness_caldav import NEAR, CalDavHarness
from fakes.authority import ca_bundle
from fakes.caldav import HOME, PASSWORD, USER, FakeCalDav, Shelf

TRUSTING = replace(NEAR, ca_bundle=ca_bundle())


@pytest.fixture
def ada(radicale):
    made = CalDavHarness(radicale)
    yield made
    made.behave()
    made.client.close()


@pytest.fixture
def mirror(ada):
    return Mirror(ada)


def opened(ada, url):
    return ada.provider.open(url, ada.client.user, ada.client.password)


def path(ada, name="c" * 32):
    return f"{ada.calendar}{name}.ics"


def text(ada):
    return ada.client.get(path(ada))


def asked(ada):
    return [method for method, _, user in ada.server.journal if user == ada.client.user]


def write(ada, ours):
    return ada.provider.write(ada.account, ada.calendar, ours)


def moved(ours, hours=3):
    return replace(ours, start=ours.start + hours * HOUR, end=ours.end + hours * HOUR)


def fake(**settings):
    return FakeCalDav(shelves={f"{HOME}work/": Shelf()}, **settings)


def open_fake(url):
    signed = CalDav(TRUSTING).open(url, USER, PASSWORD)
    return Account(signed.account, signed.secret, lambda _: None)
