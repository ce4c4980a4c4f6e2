"""CalDAV beyond the contract: finding calendars, comparing ETags, and other clients' hands."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import icalendar
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
from calendar_sync.domain.calendars import Written
from contract.calendars.harness import HOUR, NOW, Mirror, Stands, Theirs, draft
from contract.calendars.harness_caldav import NEAR, CalDavHarness
from contract.calendars.icalendar_text import calendar, vevent
from fakes.authority import ca_bundle, serve
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


# Finding calendars


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


def fake(**settings):
    return FakeCalDav(shelves={f"{HOME}work/": Shelf()}, **settings)


def open_fake(url):
    signed = CalDav(TRUSTING).open(url, USER, PASSWORD)
    return Account(signed.account, signed.secret, lambda _: None)


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


# Reading


def test_a_server_without_sync_collection_is_compared_by_etags(ada, mirror):
    ada.server.without_sync.add(ada.client.user)
    lunch, dinner = (Theirs(key, NOW + 24 * HOUR, NOW + 25 * HOUR) for key in ("lunch", "dinner"))
    ada.put_all([lunch, dinner, Theirs("old", NOW - 9000 * HOUR, NOW - 8999 * HOUR)])
    assert mirror.catch_up().complete
    assert len(mirror.busy) == 2
    ada.server.journal.clear()
    assert mirror.catch_up().occurrences == ()
    assert asked(ada) == ["PROPFIND"]
    ada.put(replace(lunch, start=NOW + 48 * HOUR, end=NOW + 49 * HOUR))
    ada.drop("dinner")
    reading = mirror.catch_up()
    assert (reading.complete, set(reading.replaced)) == (False, {"lunch", "dinner"})
    assert mirror.busy == [(NOW + 48 * HOUR, NOW + 49 * HOUR)]


def test_one_change_takes_two_requests_and_none_takes_one(ada, mirror):
    mirror.catch_up()
    ada.server.journal.clear()
    mirror.catch_up()
    assert asked(ada) == ["REPORT"]
    ada.put(Theirs("lunch", NOW + 24 * HOUR, NOW + 25 * HOUR))
    ada.server.journal.clear()
    mirror.catch_up()
    assert asked(ada) == ["REPORT", "REPORT"]


def test_all_is_read_again_before_links_reach_beyond_what_was_expanded(ada):
    ada.put(Theirs("daily", NOW, NOW + HOUR, rule="FREQ=DAILY"))
    first = ada.provider.read(ada.account, ada.calendar, None, NOW)
    later = ada.provider.read(ada.account, ada.calendar, first.cursor, NOW + timedelta(days=6))
    assert not later.complete
    again = ada.provider.read(ada.account, ada.calendar, first.cursor, NOW + timedelta(days=8))
    assert again.complete
    assert max(one.start for one in again.occurrences) > NOW + timedelta(days=8 + 731)


@pytest.mark.parametrize("cursor", ["", "nonsense", "{}", "[]", '{"until": "x"}', '{"until": 1}'])
def test_a_cursor_that_is_none_leads_to_a_complete_reading(ada, cursor):
    assert ada.provider.read(ada.account, ada.calendar, cursor, NOW).complete


def test_a_calendar_that_is_gone_is_said_to_be_gone(ada, mirror):
    mirror.catch_up()
    ada.client.delete(ada.calendar)
    with pytest.raises(AccessRefused, match="no longer there"):
        mirror.catch_up()


def test_an_entry_that_makes_no_sense_hides_no_other(ada, mirror):
    good = calendar(vevent(Theirs("lunch", NOW, NOW + HOUR), ada.client.user))
    made = fake()
    made.shelves[f"{HOME}work/"].texts = {"a.ics": "nonsense", "b.ics": good}
    with serve(made) as url:
        reading = CalDav(TRUSTING).read(open_fake(url), f"{HOME}work/", None, NOW)
    assert [one.event_id for one in reading.occurrences] == ["b"]


def test_a_character_that_no_xml_may_hold_hides_no_entry():
    good = calendar(vevent(Theirs("lunch", NOW, NOW + HOUR), USER))
    made = fake()
    made.shelves[f"{HOME}work/"].texts = {
        "a.ics": good.replace("Theirs", "The\x0birs\x1b"),
        "b.ics": good.replace("Theirs", "The&#11;irs").replace("&", "&\x00"),
    }
    with serve(made) as url:
        reading = CalDav(TRUSTING).read(open_fake(url), f"{HOME}work/", None, NOW)
    assert [one.event_id for one in reading.occurrences] == ["a", "b"]


def test_entries_too_large_to_be_read_hide_no_other():
    """Two are more than one answer may hold, and each more than a text in XML may be long."""
    good = calendar(vevent(Theirs("lunch", NOW, NOW + HOUR), USER))
    large = good.replace("SUMMARY:", "ATTACH:" + "A" * 10_100_000 + "\r\nSUMMARY:")
    made = fake()
    made.shelves[f"{HOME}work/"].texts = {"a.ics": large, "b.ics": large, "c.ics": good}
    with serve(made) as url:
        reading = CalDav(TRUSTING).read(open_fake(url), f"{HOME}work/", None, NOW)
    assert [one.event_id for one in reading.occurrences] == ["c"]


def test_a_server_that_knows_no_ranges_of_time_is_read_all_the_same():
    made = fake(refuse_query=True)
    made.shelves[f"{HOME}work/"].put(
        "a.ics", calendar(vevent(Theirs("lunch", NOW, NOW + HOUR), USER))
    )
    with serve(made) as url:
        reading = CalDav(TRUSTING).read(open_fake(url), f"{HOME}work/", None, NOW)
    assert [one.event_id for one in reading.occurrences] == ["a"]


def test_an_entry_that_can_be_read_no_more_stays_as_it_was():
    good = calendar(vevent(Theirs("lunch", NOW, NOW + HOUR), USER))
    made = fake()
    shelf = made.shelves[f"{HOME}work/"]
    shelf.put("a.ics", good)
    with serve(made) as url:
        account, provider = open_fake(url), CalDav(TRUSTING)
        first = provider.read(account, f"{HOME}work/", None, NOW)
        shelf.put("a.ics", "nonsense")
        shelf.put("b.ics", good)
        reading = provider.read(account, f"{HOME}work/", first.cursor, NOW)
    assert [one.event_id for one in reading.occurrences] == ["b"]
    assert reading.replaced == ("b",)


def test_changes_come_page_after_page():
    made = fake(page=40)
    shelf = made.shelves[f"{HOME}work/"]
    with serve(made) as url:
        account, provider = open_fake(url), CalDav(TRUSTING)
        first = provider.read(account, f"{HOME}work/", None, NOW)
        for number in range(101):
            start = NOW + number * HOUR
            shelf.put(
                f"e{number}.ics", calendar(vevent(Theirs(f"e{number}", start, start + HOUR), USER))
            )
        shelf.drop("e0.ics")
        reading = provider.read(account, f"{HOME}work/", first.cursor, NOW)
    assert not reading.complete
    assert len([one for one in reading.occurrences if not one.removed]) == 100
    assert len(reading.replaced) == 101


# Writing


def test_an_event_of_ours_invites_nobody_and_is_marked(ada):
    write(ada, draft())
    (event,) = icalendar.Calendar.from_ical(text(ada)).walk("VEVENT")
    assert not {"ATTENDEE", "ORGANIZER", "METHOD"} & set(event)
    assert "METHOD" not in text(ada)
    assert (event["UID"], event["X-WORKESTRA-ID"]) == ("c" * 32, "c" * 32)
    assert f"DTSTART:{draft().start:%Y%m%dT%H%M%SZ}" in text(ada)
    assert event["TRANSP"] == "OPAQUE"


def test_a_probe_does_not_block(ada, mirror):
    written = write(ada, replace(draft(), transparent=True))
    mirror.catch_up()
    assert [one.blocks for one in mirror.of(written.id)] == [False]


def test_no_text_can_end_its_line(ada):
    nasty = "A\r\nATTENDEE:mailto:x@y.test\rB\x00\x1b\ud800\nC\u2028"
    ours = replace(draft(), title=nasty, description=nasty, location=nasty)
    write(ada, ours)
    (event,) = icalendar.Calendar.from_ical(text(ada)).walk("VEVENT")
    assert "ATTENDEE" not in event
    assert "ATTENDEE" not in {line.partition(":")[0] for line in text(ada).splitlines()}
    sequence = int(event["SEQUENCE"])
    write(ada, ours)
    assert f"SEQUENCE:{sequence}" in text(ada)


def test_what_the_host_added_to_our_event_stays(ada):
    written = write(ada, draft())
    theirs = "CATEGORIES:Important\r\nBEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:x\r\nTRIGGER:-PT5M\r\nEND:VALARM\r\nEND:VEVENT"
    ada.client.put(path(ada), text(ada).replace("END:VEVENT", theirs))
    ours = moved(replace(draft(), provider_id=written.id))
    ada.provider.move(ada.account, ada.calendar, ours)
    assert "CATEGORIES:Important" in text(ada)
    assert "BEGIN:VALARM" in text(ada)
    assert "SEQUENCE:1" in text(ada)
    assert ada.standing() == (Stands(ours.title, ours.start, ours.end),)


def test_an_event_that_changes_between_look_and_write_is_looked_at_again(ada):
    write(ada, draft())
    changes = [f"CATEGORIES:{number}\r\nEND:VEVENT" for number in range(2)]

    def meddle(method, where):
        if (method, where.endswith(".ics")) == ("GET", True) and changes:
            change = changes.pop()
            ada.client.put(path(ada), text(ada).replace("END:VEVENT", change))

    ada.server.after[ada.client.user] = meddle
    ada.provider.move(ada.account, ada.calendar, moved(draft()))
    del ada.server.after[ada.client.user]
    assert changes == []
    assert "CATEGORIES" in text(ada)
    assert ada.standing()[0].start == moved(draft()).start


def test_an_event_that_the_host_cancelled_or_made_a_series_is_one_meeting_again(ada):
    write(ada, draft())
    ada.client.put(
        path(ada), text(ada).replace("STATUS:CONFIRMED", "STATUS:CANCELLED\r\nRRULE:FREQ=DAILY")
    )
    write(ada, draft())
    assert "RRULE" not in text(ada)
    assert "STATUS:CONFIRMED" in text(ada)


def test_an_event_that_stands_under_another_name_is_not_doubled(ada):
    """As when the host's client exported and imported the calendar."""
    write(ada, draft())
    copy = text(ada)
    ada.client.delete(path(ada))
    ada.client.put(path(ada, "imported"), copy)
    assert write(ada, moved(draft())) == Written("imported")
    assert [one.start for one in ada.standing()] == [moved(draft()).start]


def test_writing_to_a_calendar_that_is_gone_is_not_final(ada):
    ada.client.delete(ada.calendar)
    with pytest.raises(ProviderUnavailable):
        write(ada, draft())


def test_an_event_whose_name_has_no_ending_keeps_it(ada, mirror):
    write(ada, draft())
    copy = text(ada)
    ada.client.delete(path(ada))
    ada.client.put(f"{ada.calendar}bare%20name", copy)
    mirror.catch_up()
    (seen,) = mirror.known.values()
    ours = replace(moved(draft()), provider_id=seen.event_id)
    assert ada.provider.move(ada.account, ada.calendar, ours).id == seen.event_id
    assert len(ada.standing()) == 1


def test_a_secret_is_kept_whole_and_never_shown(ada):
    secret = Secret.read(ada.account.secret)
    assert Secret.read(secret.write()) == secret
    assert secret.addresses == (ada.client.user,)
    assert urlsplit(secret.home).path == ada.calendar.removesuffix("work/")
    assert ada.client.password not in repr(secret)
