"""How a host's CalDAV calendars are found, and whom their password goes to."""

import pytest

from calendar_sync.adapters.caldav import CalDav
from calendar_sync.adapters.caldav.discovery import address, related
from calendar_sync.adapters.caldav.server import Secret
from calendar_sync.adapters.means import Means
from calendar_sync.adapters.provider import (
    AccessRefused,
    Account,
    InvalidAddress,
    ProviderUnavailable,
)
from contract.calendars.harness import NOW
from contract.calendars.harness_caldav import NEAR
from fakes.authority import serve
from fakes.caldav import HOME, Shelf
from integration.calendar_sync.caldav_desk import (
    TRUSTING,
    ada,
    fake,
    mirror,
    open_fake,
    opened,
)

__all__ = ["ada", "mirror"]


def test_calendars_are_found_from_a_server_a_home_or_a_calendar(ada):
    home = ada.calendar.removesuffix("work/")
    for start in ("", "/", home, ada.calendar):
        signed = opened(ada, ada.server.url + start)
        assert signed.account == ada.client.user
        account = Account(signed.account, signed.secret, lambda _: None)
        (one,) = ada.provider.calendars(account)
        assert (one.id, one.writable, one.own) == (ada.calendar, True, True)


def test_a_wrong_password_is_refused(ada):
    with pytest.raises(AccessRefused):
        ada.provider.open(ada.server.url, ada.client.user, "wrong")


def test_a_private_address_is_refused_unless_allowed_and_never_asked(ada):
    before = len(ada.server.journal)
    careful = CalDav(Means())
    for url in (ada.server.url, ada.server.url.replace("127.0.0.1", "localhost"), "http://[::1]/"):
        with pytest.raises(InvalidAddress) as wrong:
            careful.open(url, ada.client.user, ada.client.password)
        assert wrong.value.field == "url"
    with pytest.raises(ProviderUnavailable):
        careful.read(ada.account, ada.calendar, None, NOW)
    assert len(ada.server.journal) == before


@pytest.mark.parametrize("url", ["ftp://host.test/", "http://", "https://user:word@host.test/"])
def test_what_is_no_address_is_said_to_be_none(url):
    with pytest.raises(InvalidAddress):
        CalDav(NEAR).open(url, "ada", "word")


def test_calendars_of_tasks_are_not_listed(ada):
    ada.client.make_calendar("tasks", component="VTODO")
    assert [one.name for one in ada.provider.calendars(ada.account)] == ["work"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ada@fastmail.com", "https://caldav.fastmail.com"),
        ("iCloud.com", "https://caldav.icloud.com"),
        ("ada@example.test", "https://example.test"),
        ("cloud.example.test/dav", "https://cloud.example.test/dav"),
        (" caldavs://example.test/dav ", "https://example.test/dav"),
        ("http://nas.example.test:5232", "http://nas.example.test:5232"),
    ],
)
def test_an_address_is_a_url_a_name_or_an_email_address(typed, meant):
    assert address(typed) == meant


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("caldav.icloud.com", "p42-caldav.icloud.com", True),
        ("example.com", "dav.example.com", True),
        ("a.example.co.uk", "b.example.co.uk", True),
        ("localhost", "localhost", True),
        ("example.co.uk", "other.co.uk", False),
        ("example.com", "evil.com", False),
        ("example.com", "example.com.evil.test", False),
        ("example.com", "badexample.com", False),
        ("com", "example.com", False),
        ("example.com", "", False),
    ],
)
def test_a_password_follows_to_servers_of_the_same_owner_only(one, other, expected):
    assert related(one, other) is expected


def test_a_well_known_address_leads_to_the_server():
    made = fake(moved={"/.well-known/caldav": "/dav/"})
    with serve(made) as url:
        account = open_fake(url)
        assert len(CalDav(TRUSTING).calendars(account)) == 1
    assert ("PROPFIND", "/dav/", True) in made.asked


def test_a_server_that_wants_a_digest_gets_one():
    made = fake(digest=True)
    with serve(made) as url:
        account = open_fake(url)
        assert Secret.read(account.secret).digest
        assert len(CalDav(TRUSTING).calendars(account)) == 1


@pytest.mark.parametrize("way", ["redirect", "home"])
def test_the_password_does_not_go_to_a_server_of_somebody_else(way):
    other = fake()
    with serve(other) as there:
        stranger = there.replace("localhost", "127.0.0.1")
        made = (
            fake(moved={"/.well-known/caldav": stranger + "/"})
            if way == "redirect"
            else fake(home=stranger + HOME)
        )
        with serve(made) as url, pytest.raises(InvalidAddress) as wrong:
            open_fake(url)
    assert "127.0.0.1" not in wrong.value.message
    assert not any(password for _, _, password in other.asked)


def test_a_calendar_that_somebody_shares_is_not_the_hosts_own():
    made = fake(owners={f"{HOME}bea/": "/bea/"})
    made.shelves[f"{HOME}bea/"] = Shelf()
    with serve(made) as url:
        found = CalDav(TRUSTING).calendars(open_fake(url))
    assert {one.name: one.own for one in found} == {"home/work": True, "home/bea": False}
