"""The dashboard beside its list: picture, filters, export, private feed, overview, first steps."""

import csv
import io
import re
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from icalendar import Calendar

from contracts.availability import SaveTimeOff, TimeOff
from contracts.booking import Attendee, Book, CancelBooking, Question
from integration.gateway_pages.conftest import NOW, TOMORROW

HOUR = timedelta(hours=1)


@pytest.fixture
def meeting(office):
    office.link(office.ada)
    return office.book()


def text(answer):
    assert answer.status_code == 200, answer.status_code
    return answer.get_data(as_text=True)


def link_to(page, words):
    """The address of the link with these words, or this label."""
    found = re.search(
        rf'<a [^>]*href="([^"]*)"[^>]*(?:aria-label="{words}"|>(?:<svg.*?</svg>)?{words})', page
    )
    assert found, words
    return unescape(found[1])


# --- the picture ---------------------------------------------------------------------------------


def test_a_week_shows_meetings_where_they_stand_and_leads_to_them(meeting, ada):
    page = text(ada.get("/calendar?view=week"))
    assert "30 November \N{EN DASH} 6 December 2026" in page
    assert re.search(
        r'week-event confirmed at-4 for-2 lane-1-1" href="/calendar/' + str(meeting.id), page
    )
    assert 'fill="#4f46e5"' in page
    after = text(ada.get(link_to(page, "Later")))
    assert "7 \N{EN DASH} 13 December 2026" in after
    assert "Nothing is booked in this week" in after
    assert "Zoë" in text(ada.get(link_to(after, "Today")))


def test_a_month_shows_the_same_and_leads_to_its_weeks(meeting, ada):
    page = text(ada.get("/calendar?view=month"))
    assert "December 2026" in page
    assert re.search(r">09:00<.{1,60}>Zoë", page)
    assert "Zoë" in text(ada.get(link_to(page, r"Week of Wednesday 2 December, 1 on this day")))
    assert "November 2026" in text(ada.get(link_to(page, "Earlier")))


def test_a_picture_shows_time_off_of_days_and_of_hours(office, ada):
    for period in (
        {"first_day": TOMORROW.date(), "last_day": TOMORROW.date(), "reason": "Holiday <b>"},
        {"start": NOW, "end": NOW + HOUR, "reason": "Dentist"},
    ):
        off = TimeOff(
            id=uuid4(), workspace_id=office.ada.workspace_id, host_id=office.ada.id, **period
        )
        office.local.availability.save_time_off(SaveTimeOff(time_off=off))
    for view in ("week", "month"):
        page = text(ada.get(f"/calendar?view={view}"))
        assert "Holiday &lt;b&gt;" in page
        assert "Dentist" in page


def test_an_open_request_is_in_the_picture_as_one(office, ada):
    office.link(office.ada, approval=True)
    office.book()
    page = text(ada.get("/calendar?view=week"))
    assert "week-event pending" in page
    assert "waiting for approval" in page


def test_a_groups_meeting_is_one_event_that_leads_to_its_attendees(office, ada):
    office.link(office.ada, kind="group", capacity=3)
    for name in ("Zoë", "Yan"):
        office.book(name=name)
    page = text(ada.get("/calendar?view=week"))
    assert page.count("2 attendees") >= 1
    assert "Zoë" not in page
    people = text(
        ada.get(re.search(r'href="(/calendar\?[^"]*link=[^"]*)"', page)[1].replace("&amp;", "&"))
    )
    assert "Zoë" in people
    assert "Yan" in people


def test_a_member_sees_nobody_elses_picture(meeting, cyd, office):
    for who in ("everyone", office.ada.id):
        assert "Zoë" not in text(cyd.get(f"/calendar?view=week&who={who}"))
    assert "Zoë" not in text(office.browser(office.eve).get("/calendar?view=week&who=everyone"))


def test_a_day_that_cannot_be_shown_is_not_asked_for(ada):
    for query in ("day=nonsense", "day=9999-12-31", "day=0001-01-01", "from=x&to=y"):
        for view in ("week", "month", "list"):
            assert ada.get(f"/calendar?view={view}&{query}").status_code == 200


# --- filters -------------------------------------------------------------------------------------


def test_a_list_is_narrowed_by_link_and_days_and_its_counts_with_it(office, ada):
    wanted = office.link(office.ada)
    office.link(office.ada, slug=f"{office.slug}-b", title="Other")
    office.book(name="Zoë")
    office.book(f"{office.slug}-b", start=TOMORROW + HOUR, name="Yan")
    office.book(start=TOMORROW + timedelta(days=1), name="Xin")
    page = text(ada.get(f"/calendar?link={wanted.id}"))
    assert ("Zoë" in page, "Yan" in page, "Xin" in page) == (True, False, True)
    assert '<span class="count">2</span>' in page
    page = text(ada.get("/calendar?from=2026-12-02&to=2026-12-02"))
    assert ("Zoë" in page, "Yan" in page, "Xin" in page) == (True, True, False)
    page = text(ada.get("/calendar?from=2027-01-01"))
    assert "No meeting matches" in page
    assert "Zoë" in text(ada.get(link_to(page, "Show all")))


def back(page):
    """Where the page about a booking leads back to."""
    return unescape(re.search(r'<a class="back" href="([^"]*)"', page)[1])


def test_a_filter_outlives_pages_and_actions(meeting, office, ada):
    page = text(ada.get("/calendar?who=everyone&q=zo&from=2026-12-01"))
    detail = text(ada.get(unescape(re.search(r'class="row-link" href="([^"]*)"', page)[1])))
    cancel = unescape(re.search(r'href="(/calendar/[^"]*/cancel[^"]*)"', detail)[1])
    done = ada.post(cancel, data={})
    address = urlsplit(back(text(ada.get(done.headers["Location"]))))
    kept = {"who": ["everyone"], "q": ["zo"], "from": ["2026-12-01"]}
    assert (address.path, parse_qs(address.query)) == ("/calendar", kept)


def test_a_kept_list_that_is_none_leads_to_the_plain_one(meeting, ada):
    for kept in ("who%3D%2F%2Fevil.test", "x" * 3000, "tab%3D<script>", "%00", "https://evil.test"):
        page = text(ada.get(f"/calendar/{meeting.id}?list={kept}"))
        assert back(page) == "/calendar"
        assert "evil" not in page


# --- export --------------------------------------------------------------------------------------


def rows(answer):
    body = answer.get_data(as_text=True)
    assert body.startswith("\ufeff")
    assert "\r\n" in body
    return list(csv.DictReader(io.StringIO(body.removeprefix("\ufeff"), newline="")))


def test_a_file_has_the_lists_bookings_with_zones_and_answers_in_columns(office, ada):
    office.link(office.ada, questions=(Question(id="size", label="Team size", type="textarea"),))
    asked = Book(
        slug=office.slug,
        idempotency_key="k",
        start=TOMORROW,
        attendee=Attendee(name='Zoë "Z", Ltd', email="zoe@x.test", timezone="Asia/Tokyo"),
        answers={"size": "five\nor so"},
    )
    office.local.booking.book(asked)
    office.book(start=TOMORROW + HOUR, name="Yan")
    answer = ada.get("/calendar/bookings.csv")
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"].startswith(
        'attachment; filename="bookings-upcoming-'
    )
    first, second = rows(answer)
    assert first["name"] == 'Zoë "Z", Ltd'
    assert first["Team size"] == "five\nor so"
    assert (first["start"], first["time zone"]) == ("2026-12-02T09:00:00+00:00", "Europe/London")
    assert (first["attendee's zone"], second["Team size"]) == ("Asia/Tokyo", "")
    assert [row["name"] for row in rows(ada.get("/calendar/bookings.csv?q=yan"))] == ["Yan"]


def test_a_file_longer_than_a_page_is_whole(office, ada, monkeypatch):
    monkeypatch.setattr("gateway.calendar.exporting.PAGE", 2)
    office.link(office.ada)
    for hour in range(5):
        office.book(start=TOMORROW + hour * HOUR, name=f"Guest {hour}")
    found = [row["name"] for row in rows(ada.get("/calendar/bookings.csv"))]
    assert found == [f"Guest {hour}" for hour in range(5)]


def test_an_answer_whose_question_is_gone_is_in_the_last_column(office, ada):
    link = office.link(office.ada, questions=(Question(id="size", label="Team size"),))
    asked = {"slug": office.slug, "idempotency_key": "k", "start": TOMORROW}
    who = Attendee(name="Zoë", email="zoe@x.test", timezone="UTC")
    office.local.booking.book(Book(**asked, attendee=who, answers={"size": "five"}))
    ada.post(f"/settings/booking-links/{link.id}/delete", data={})
    (found,) = rows(ada.get("/calendar/bookings.csv"))
    assert found["other answers"] == "Team size: five"


def test_a_file_whose_service_is_away_is_no_half_file(office, ada):
    office.away("booking")
    assert ada.get("/calendar/bookings.csv").status_code == 503


def test_a_member_exports_their_own_alone(meeting, cyd):
    assert rows(cyd.get("/calendar/bookings.csv?who=everyone")) == []


# --- the private feed ----------------------------------------------------------------------------


def address(page):
    return urlsplit(re.search(r"<code>(http[^<]*\.ics)</code>", page)[1]).path


def test_a_feed_is_read_by_its_address_alone_and_says_no_more_than_it_must(office, ada):
    office.link(office.ada, questions=(Question(id="size", label="Team size"),))
    who = Attendee(name="Zoë", email="zoe@x.test", timezone="UTC")
    asked = Book(
        slug=office.slug,
        idempotency_key="k",
        start=TOMORROW,
        attendee=who,
        answers={"size": "five"},
    )
    booked = office.local.booking.book(asked).booking
    place = address(text(ada.post("/calendar/feed")))
    assert place not in text(ada.get("/calendar/feed"))
    answer = office.site.client().get(place)
    assert answer.mimetype == "text/calendar"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    body = text(answer)
    assert not re.search("five|zoe@x.test|Team size", body)
    (event,) = Calendar.from_ical(body).walk("VEVENT")
    assert (str(event["uid"]), str(event["summary"])) == (booked.uid, "Intro call: Zoë")
    assert event["dtstart"].dt == TOMORROW


def test_a_feed_that_has_not_changed_is_not_sent_again(office, ada, meeting):
    place, anybody = address(text(ada.post("/calendar/feed"))), office.site.client()
    tag = anybody.get(place).headers["ETag"]
    known = {"If-None-Match": tag}
    again = anybody.get(place, headers=known)
    assert (again.status_code, again.get_data()) == (304, b"")
    gone = CancelBooking(workspace_id=meeting.workspace_id, booking_id=meeting.id, actor="system")
    office.local.booking.cancel(gone)
    assert "BEGIN:VEVENT" not in text(anybody.get(place, headers=known))


def test_a_renewed_or_ended_feed_is_found_no_more(office, ada):
    first = address(text(ada.post("/calendar/feed")))
    second = address(text(ada.post("/calendar/feed")))
    anybody = office.site.client()
    assert (anybody.get(first).status_code, anybody.get(second).status_code) == (404, 200)
    ada.post("/calendar/feed/end")
    assert anybody.get(second).status_code == 404
    assert "You have no feed yet" in text(ada.get("/calendar/feed"))
    for wrong in ("x", "\N{LATIN SMALL LETTER E WITH ACUTE}", "y" * 5000):
        assert anybody.get(f"/calendar/feed/{wrong}.ics").status_code == 404


# --- the overview --------------------------------------------------------------------------------


def test_the_overview_has_a_plot_and_the_same_as_a_table(meeting, ada, office):
    office.link(office.cyd, slug=f"{office.slug}-cyd", title="By <Cyd>")
    office.book(f"{office.slug}-cyd")
    page = text(ada.get("/calendar/overview"))
    assert '<div class="plot" role="img"' in page
    assert "30 Nov: 1." in page
    assert "24 hours" in page
    assert "By host" not in page
    page = text(ada.get("/calendar/overview?who=everyone"))
    assert "By &lt;Cyd&gt;" in page
    assert "By host" in page


def test_an_overview_of_nothing_says_what_to_do(ada, office):
    page = text(ada.get("/calendar/overview"))
    assert "Nothing to count yet" in page
    assert f'data-copy="http://localhost/book/{office.page}"' in page


# --- first steps ---------------------------------------------------------------------------------


def test_first_steps_are_done_by_facts_and_end_with_a_link_to_copy(office, ada):
    page = text(ada.get("/calendar"))
    assert "1 of 4 steps" in page
    assert "Open on Mon, Tue, Wed, Thu, Fri; times in London." in page
    office.link(office.ada)
    page = text(ada.get("/calendar"))
    assert "2 of 4 steps" in page
    assert f'data-copy="http://localhost/book/{office.slug}"' in page
    meeting = office.book()
    assert "steps to your first meeting" not in text(ada.get("/calendar"))
    gone = CancelBooking(workspace_id=meeting.workspace_id, booking_id=meeting.id, actor="system")
    office.local.booking.cancel(gone)
    assert "steps to your first meeting" not in text(ada.get("/calendar"))


def test_what_is_away_takes_only_its_part_with_it(office, ada):
    for away in ("availability", "calendar_sync", "booking"):
        office.away(away)
        for path in ("", "?view=week", "?view=month", "/overview", "/feed"):
            assert ada.get(f"/calendar{path}").status_code == 200, (away, path)
