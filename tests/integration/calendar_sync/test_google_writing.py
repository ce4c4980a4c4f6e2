"""Our events go out to Google: once, silently, with their Meet."""

from datetime import timedelta

import pytest

from calendar_sync.adapters.provider import AccessRefused, ProviderUnavailable
from fakes.google import REPLY_LOST, refuse
from integration.calendar_sync.google_desk import HOUR, NOW, desk, draft, google_server, later

__all__ = ["desk", "google_server"]
ID = "c" * 32


def methods(desk):
    return [
        one.method.removeprefix("events.")
        for one in desk.google.moods.journal
        if one.account == desk.email
    ]


def test_an_event_stands_as_it_was_wanted_under_our_own_id(desk):
    written = desk.write(draft(description="With: Sam", location="Room 1"))
    event = desk.book.events[ID]
    assert written.id == ID
    assert (event["summary"], event["description"]) == ("Intro", "With: Sam")
    assert (event["location"], event["status"]) == ("Room 1", "confirmed")
    assert event["extendedProperties"] == {"private": {"workestra": ID}}


def test_nobody_is_invited_and_nobody_is_mailed_by_google(desk):
    desk.write(draft(conference=True))
    desk.move(later(draft(conference=True)))
    desk.delete(draft())
    changes = [one for one in desk.google.moods.journal if one.account == desk.email]
    assert {one.parameters["sendUpdates"] for one in changes} == {"none"}
    assert not any("attendees" in one.body for one in changes)


def test_html_in_answers_is_shown_and_not_obeyed(desk):
    desk.write(draft(title="<b>Sam</b>", description='Note: <img src=x onerror=alert(1)> & "so"'))
    event = desk.book.events[ID]
    assert event["description"] == 'Note: &lt;img src=x onerror=alert(1)&gt; &amp; "so"'
    assert event["summary"] == "<b>Sam</b>"


def test_a_description_longer_than_google_takes_is_cut(desk):
    desk.write(draft(description="<&>" * 5000))
    text = desk.book.events[ID]["description"]
    assert 8180 < len(text) <= 8192
    assert text.endswith(";")


def test_an_event_that_stands_as_wanted_is_not_written_again(desk):
    desk.write(draft())
    desk.write(draft())
    assert methods(desk) == ["insert", "insert", "get"]


@pytest.mark.parametrize(
    "change",
    [
        {"summary": "Other"},
        {"transparency": "transparent"},
        {"location": "Elsewhere"},
        {"extendedProperties": None},
    ],
)
def test_an_event_that_stands_otherwise_is_brought_in_line(desk, change):
    desk.write(draft())
    desk.book.change(ID, **change)
    desk.write(draft())
    event = desk.book.events[ID]
    assert (event["summary"], event["transparency"]) == ("Intro", "opaque")
    assert event["extendedProperties"] == {"private": {"workestra": ID}}


def test_an_event_made_to_last_whole_days_has_its_times_again(desk):
    desk.write(draft())
    desk.book.change(
        ID,
        start={"date": "2026-12-02", "dateTime": None},
        end={"date": "2026-12-03", "dateTime": None},
    )
    desk.move(draft())
    assert set(desk.book.events[ID]["start"]) == {"dateTime"}


def test_what_the_host_added_stays_when_the_event_moves(desk):
    desk.write(draft())
    desk.book.change(ID, colorId="11", attendees=[{"email": "bea@example.com"}])
    desk.move(later(draft()))
    event = desk.book.events[ID]
    assert event["colorId"] == "11"
    assert event["attendees"] == [{"email": "bea@example.com"}]


def test_a_deleted_event_whose_id_is_taken_for_ever_is_brought_back(desk):
    desk.write(draft())
    desk.book.remove(ID)
    desk.write(later(draft()))
    event = desk.book.events[ID]
    assert event["status"] == "confirmed"
    assert len(desk.book.living()) == 1


def test_an_insertion_whose_reply_was_lost_keeps_its_meet(desk):
    desk.misbehave("events.insert", REPLY_LOST)
    with pytest.raises(ProviderUnavailable):
        desk.write(draft(conference=True))
    link = desk.book.events[ID]["hangoutLink"]
    assert desk.write(draft(conference=True)).join_url == link
    assert len(desk.book.living()) == 1


def test_a_meet_that_takes_a_moment_is_waited_for(desk):
    desk.book.looks = 2
    assert desk.write(draft(conference=True)).join_url.startswith("https://meet.google.com/")
    assert methods(desk) == ["insert", "get", "get"]


def test_a_meet_that_takes_longer_delays_the_url_and_not_the_event(desk, monkeypatch):
    monkeypatch.setattr("calendar_sync.adapters.google.writing.PAUSES", (0.0, 0.0))
    desk.book.looks = None
    with pytest.raises(ProviderUnavailable):
        desk.write(draft(conference=True))
    assert len(desk.book.living()) == 1
    desk.book.make_conferences()
    assert desk.write(draft(conference=True)).join_url
    assert len(desk.book.living()) == 1


def test_a_meet_that_is_never_made_does_not_keep_the_event_unfinished_for_ever(desk, monkeypatch):
    monkeypatch.setattr("calendar_sync.adapters.google.writing.PAUSES", (0.0,))
    desk.book.looks = None
    with pytest.raises(ProviderUnavailable):
        desk.write(draft(conference=True))
    desk.book.events[ID]["updated"] = "2026-01-01T00:00:00.000Z"
    assert desk.write(draft(conference=True)).join_url == ""


def test_a_meet_that_google_fails_to_make_is_asked_for_again_and_then_done_without(desk):
    desk.book.conference = "failure"
    written = desk.write(draft(conference=True))
    assert written.join_url == ""
    asked = [one.body["conferenceData"]["createRequest"]["requestId"] for one in desk.asked_for()]
    assert asked == [ID, f"{ID}n", f"{ID}nn"]
    assert len(desk.book.living()) == 1


def test_a_calendar_without_meet_has_the_event_all_the_same(desk):
    desk.book.meet = False
    assert desk.write(draft(conference=True)).join_url == ""
    assert desk.move(later(draft(conference=True))).join_url == ""
    assert len(desk.book.living()) == 1


def test_a_meet_that_the_host_took_away_is_made_again(desk):
    first = desk.write(draft(conference=True))
    desk.book.change(ID, conferenceData=None, hangoutLink=None)
    assert desk.move(later(draft(conference=True))).join_url == first.join_url


def test_a_conference_that_the_host_chose_stays(desk):
    desk.write(draft(conference=True))
    zoom = {"entryPointType": "video", "uri": "https://zoom.example/1"}
    key = {"key": {"type": "addOn"}, "name": "Zoom"}
    desk.book.events[ID]["conferenceData"] = {"entryPoints": [zoom], "conferenceSolution": key}
    assert desk.move(later(draft(conference=True))).join_url == "https://zoom.example/1"


def test_an_event_on_a_calendar_where_meet_is_added_by_itself_has_no_url_of_ours(desk):
    desk.write(draft(conference=True))
    assert desk.write(draft()).join_url == ""


def test_a_probe_blocks_nothing(desk):
    desk.write(draft(transparent=True))
    desk.read()
    assert desk.busy == []
    desk.delete(draft(transparent=True))
    assert desk.book.living() == []


def test_an_event_is_moved_and_not_made_anew(desk):
    desk.write(draft())
    moved = later(draft(provider_id=ID))
    assert desk.move(moved).id == ID
    assert methods(desk) == ["insert", "patch"]
    assert desk.book.events[ID]["sequence"] == 1


def test_a_move_repeated_after_its_reply_was_lost_changes_nothing_more(desk):
    desk.write(draft())
    desk.misbehave("events.patch", REPLY_LOST)
    with pytest.raises(ProviderUnavailable):
        desk.move(later(draft()))
    desk.move(later(draft()))
    assert desk.book.events[ID]["sequence"] == 1


def test_an_id_that_is_taken_and_cannot_be_read_is_no_second_event(desk):
    desk.misbehave("events.insert", refuse(409, "duplicate"))
    with pytest.raises(ProviderUnavailable):
        desk.write(draft())
    assert desk.book.living() == []


def test_a_calendar_that_is_gone_cannot_be_written(desk):
    """Reading it tells the host; an event that waits for it must not tell them again."""
    with pytest.raises(ProviderUnavailable):
        desk.adapter.write(desk.account, "gone@group.calendar.google.com", draft())


def test_a_calendar_that_is_only_to_be_read_refuses(desk):
    desk.book.role = "reader"
    with pytest.raises(AccessRefused):
        desk.write(draft())


def test_times_reach_google_as_instants(desk):
    start = NOW + timedelta(days=1)
    desk.write(draft(start=start, end=start + HOUR))
    body = desk.asked("events.insert")[0].body
    assert body["start"] == {"dateTime": "2026-12-02T09:00:00Z"}
