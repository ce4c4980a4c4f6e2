"""Our events in Microsoft 365: what the contract of calendars leaves open, over TLS."""

from dataclasses import replace
from datetime import timedelta

import pytest

from calendar_sync.adapters.provider import AccessRefused, ProviderUnavailable
from calendar_sync.domain.calendars import Draft
from fakes.graph import BROKEN, REPLY_LOST
from fakes.graph.account import Office, opened
from unit.calendar_sync.builders import HOUR, NOW

DRAFT = Draft(
    id="c" * 32,
    start=NOW + 24 * HOUR,
    end=NOW + 25 * HOUR,
    title="Intro - Sam <b>",
    description="With: Sam <sam@example.org>\nnote: <script>alert(1)</script>",
    location="Room 1",
)
TEAMS = replace(DRAFT, conference=True)


@pytest.fixture
def office():
    with opened() as made:
        yield made


def move(office: Office, draft: Draft):
    return office.microsoft.move(office.account, office.book.id, draft)


def delete(office: Office, draft: Draft):
    office.microsoft.delete(office.account, office.book.id, draft)


def only(office: Office):
    (item,) = office.book.standing
    return item


def later(draft: Draft, **more):
    return replace(draft, start=draft.start + 3 * HOUR, end=draft.end + 3 * HOUR, **more)


def sent(office: Office, name: str):
    return office.graph.moods.of(name)[-1].body


def test_nobody_is_invited_and_the_attendee_stands_in_the_text_as_text(office):
    office.write(DRAFT)
    body = sent(office, "POST events")
    assert "attendees" not in body
    assert body["body"]["contentType"] == "html"
    assert "With: Sam &lt;sam@example.org&gt;<br>note: &lt;script&gt;" in body["body"]["content"]
    assert body["subject"] == "Intro - Sam <b>"
    assert body["location"] == {"displayName": "Room 1"}


def test_the_hosts_own_reminder_is_left_as_it_is(office):
    office.write(DRAFT)
    assert not {"isReminderOn", "reminderMinutesBeforeStart"} & set(sent(office, "POST events"))


def test_times_are_in_utc_whatever_the_mailboxs_zone(office):
    office.write(DRAFT)
    assert sent(office, "POST events")["start"] == {
        "dateTime": "2026-12-02T09:00:00",
        "timeZone": "UTC",
    }
    assert (only(office).start, only(office).end) == (DRAFT.start, DRAFT.end)


@pytest.mark.parametrize("loses", [1, 3])
def test_however_often_the_reply_is_lost_one_event_stands(office, loses):
    for name in ["POST events", "PATCH event", "PATCH event"][:loses]:
        office.graph.misbehave(name, REPLY_LOST)
        with pytest.raises(ProviderUnavailable):
            office.write(DRAFT)
    assert office.write(DRAFT).id == only(office).id


def test_an_event_is_not_doubled_even_where_its_mark_is_not_found(office):
    """Two requests at once, neither of which finds the other's: `transactionId` tells."""
    office.write(DRAFT)
    item = only(office)
    item.marks.clear()
    written = office.write(later(DRAFT))
    assert (written.id, only(office).start) == (item.id, later(DRAFT).start)


def test_the_oldest_of_several_bearing_the_mark_is_the_event_unless_its_id_is_known(office):
    """The host copied it, mark and all."""
    first = office.write(DRAFT)
    item = only(office)
    copy = office.book.put(
        replace(item, id="AAkAcopy", created=item.created + timedelta(minutes=1), transaction="")
    )
    assert office.write(DRAFT).id == first.id
    assert move(office, replace(DRAFT, provider_id=copy.id)).id == copy.id
    delete(office, replace(DRAFT, provider_id=first.id))
    assert [one.id for one in office.book.standing] == [copy.id]


def test_an_event_that_the_host_deleted_is_made_anew_and_not_changed_where_it_lies(office):
    """Deleted events can still be had, and changed, by their id."""
    first = office.write(DRAFT)
    office.book.drop(only(office))
    again = move(office, later(DRAFT, provider_id=first.id))
    assert again.id != first.id
    assert only(office).start == later(DRAFT).start


def test_an_event_that_the_host_put_into_another_calendar_is_followed_there(office):
    first = office.write(DRAFT)
    elsewhere = office.graph.calendar("ada@acme.test", "Talks")
    elsewhere.put(office.book.items.pop(first.id))
    assert move(office, later(DRAFT, provider_id=first.id)).id == first.id
    assert office.book.standing == []
    assert elsewhere.standing[0].start == later(DRAFT).start
    delete(office, replace(DRAFT, provider_id=first.id))
    assert elsewhere.standing == []


def test_what_the_host_chose_for_the_event_stays(office):
    first = office.write(DRAFT)
    only(office).show_as = "tentative"
    move(office, later(DRAFT, provider_id=first.id))
    assert only(office).show_as == "tentative"


def test_an_event_of_whole_days_becomes_one_of_hours_again(office):
    first = office.write(DRAFT)
    only(office).all_day = True
    move(office, later(DRAFT, provider_id=first.id))
    assert not only(office).all_day


def test_a_probe_is_shown_as_free(office):
    office.write(replace(DRAFT, transparent=True))
    assert only(office).show_as == "free"
    (seen,) = office.read(None, NOW).occurrences
    assert not seen.blocks


def test_a_conference_is_made_by_teams(office):
    written = office.write(TEAMS)
    assert written.join_url.startswith("https://teams.microsoft.com/l/meetup-join/")
    assert only(office).online


def test_where_the_calendar_has_no_teams_the_event_stands_without(office):
    office.book.teams = False
    assert office.write(TEAMS).join_url == ""
    assert "isOnlineMeeting" not in sent(office, "POST events")


def test_an_event_becomes_a_conference_when_that_is_wanted(office):
    office.write(DRAFT)
    assert office.write(TEAMS).join_url


def test_a_join_url_that_comes_late_is_waited_for_by_trying_again(office):
    office.graph.urls_late[0] = 1
    with pytest.raises(ProviderUnavailable, match="join URL") as failure:
        office.write(TEAMS)
    assert failure.value.retry_after == timedelta(seconds=2)
    written = office.write(TEAMS)
    assert (written.id, written.join_url) == (only(office).id, only(office).join_url)


def test_a_join_url_that_never_comes_is_given_up(office):
    office.graph.urls_late[0] = 1
    with pytest.raises(ProviderUnavailable):
        office.write(TEAMS)
    only(office).created -= timedelta(minutes=11)
    office.graph.urls_late[0] = 10
    assert office.write(TEAMS).join_url == ""


def test_a_changed_text_keeps_the_part_that_makes_it_an_online_meeting(office):
    first = office.write(TEAMS)
    again = move(office, later(TEAMS, description="With: Tim", provider_id=first.id))
    assert again.join_url == first.join_url
    assert only(office).online
    assert "With: Tim" in only(office).body
    assert "With: Sam" not in only(office).body


def test_without_that_part_in_sight_the_text_is_left_alone(office):
    first = office.write(TEAMS)
    only(office).body = f"In another form: {first.join_url}"
    move(office, later(TEAMS, provider_id=first.id))
    assert "body" not in sent(office, "PATCH event")


def test_what_graph_would_refuse_as_too_long_is_cut(office):
    office.write(replace(DRAFT, title="t" * 400, location="l" * 400))
    assert len(only(office).subject) == 255


def test_a_calendar_that_may_not_be_written_is_refused(office):
    office.book.can_edit = False
    with pytest.raises(AccessRefused):
        office.write(DRAFT)


def test_a_calendar_that_is_gone_is_refused_and_its_events_with_it_are_deleted(office):
    with pytest.raises(AccessRefused):
        office.microsoft.write(office.account, "AAMkgone=", DRAFT)
    office.microsoft.delete(office.account, "AAMkgone=", DRAFT)


def test_a_deletion_that_is_refused_for_now_is_done_later(office):
    known = replace(DRAFT, provider_id=office.write(DRAFT).id)
    office.graph.misbehave("DELETE event", BROKEN)
    with pytest.raises(ProviderUnavailable):
        delete(office, known)
    delete(office, known)
    assert office.book.standing == []
