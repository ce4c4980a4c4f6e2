"""Writing CalDAV beyond the contract: what our events hold, and other clients' hands on them."""

from dataclasses import replace
from urllib.parse import urlsplit

import icalendar
import pytest

from calendar_sync.adapters.caldav.server import Secret
from calendar_sync.adapters.provider import (
    ProviderUnavailable,
)
from calendar_sync.domain.calendars import Written
from contract.calendars.harness import Stands, draft
from integration.calendar_sync.caldav_desk import (
    ada,
    mirror,
    moved,
    path,
    text,
    write,
)

__all__ = ["ada", "mirror"]


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


def rename(ada):
    """The host's client makes the event anew under another name, and drops the old."""
    copy = text(ada)
    ada.client.delete(path(ada))
    ada.client.put(path(ada, "imported"), copy)


def test_an_event_that_got_another_name_is_still_ours(ada, mirror):
    write(ada, draft())
    mirror.catch_up()
    rename(ada)
    reading = mirror.catch_up()
    assert not any(one.removed for one in reading.occurrences)
    assert [one.start for one in mirror.of("c" * 32)] == [draft().start]


def test_an_event_that_got_another_name_is_moved_and_deleted_there(ada):
    write(ada, draft())
    rename(ada)
    assert ada.provider.move(ada.account, ada.calendar, moved(draft())) == Written("imported")
    assert [one.start for one in ada.standing()] == [moved(draft()).start]
    ada.provider.delete(ada.account, ada.calendar, draft())
    assert ada.standing() == ()


def test_a_copy_that_the_host_makes_is_not_ours(ada, mirror):
    write(ada, draft())
    ada.client.put(path(ada, "copy"), text(ada).replace("UID:" + "c" * 32, "UID:" + "d" * 32))
    mirror.catch_up()
    assert {one.event_id for one in mirror.known.values()} == {"c" * 32, "copy"}


def test_writing_to_a_calendar_that_is_gone_is_not_final(ada):
    ada.client.delete(ada.calendar)
    with pytest.raises(ProviderUnavailable):
        write(ada, draft())


def test_an_event_whose_name_has_no_ending_keeps_it(ada):
    write(ada, draft())
    copy = text(ada)
    ada.client.delete(path(ada))
    ada.client.put(f"{ada.calendar}bare%20name", copy)
    written = ada.provider.move(ada.account, ada.calendar, moved(draft()))
    again = replace(moved(draft(), hours=5), provider_id=written.id)
    assert ada.provider.move(ada.account, ada.calendar, again) == written == Written("bare name/")
    assert [one.start for one in ada.standing()] == [again.start]


def test_a_secret_is_kept_whole_and_never_shown(ada):
    secret = Secret.read(ada.account.secret)
    assert Secret.read(secret.write()) == secret
    assert secret.addresses == (ada.client.user,)
    assert urlsplit(secret.home).path == ada.calendar.removesuffix("work/")
    assert ada.client.password not in repr(secret)
