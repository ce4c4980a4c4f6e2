"""The dashboard: whose meetings are seen, and what is done with them."""

from datetime import timedelta

import pytest

from contracts.booking import DeleteLink
from integration.gateway_pages.conftest import NOW, TOMORROW

SERVICES = ("booking", "availability", "calendar_sync", "notifications", "crm_bridge")


@pytest.fixture
def meeting(office):
    office.link(office.ada)
    return office.book()


def text(answer):
    return answer.get_data(as_text=True)


def test_a_booking_stands_under_its_day_in_the_readers_zone(meeting, ada):
    page = text(ada.get("/calendar"))
    assert "Times in London (UTC)" in page
    assert "Tomorrow, Wednesday 2 December" in page
    assert "09:00 \N{EN DASH} 09:30" in page
    assert "Next: 09:00" in page
    assert "Zoë" in page


def test_an_empty_calendar_offers_the_link_to_copy(ada, office):
    page = text(ada.get("/calendar"))
    assert "Nothing booked yet" in page
    assert f'data-copy="http://localhost/book/{office.page}"' in page


def test_members_see_their_own_and_owners_everyones(office, ada):
    office.link(office.cyd, slug="cyd-call")
    meeting = office.book("cyd-call")
    assert "Zoë" not in text(ada.get("/calendar"))
    assert "Zoë" in text(ada.get("/calendar?who=everyone"))
    assert "Zoë" in text(ada.get(f"/calendar?who={office.cyd.id}"))
    assert ada.get(f"/calendar/{meeting.id}").status_code == 200


def test_a_members_filter_is_always_their_own(meeting, cyd, office):
    for who in ("everyone", office.ada.id, "x"):
        assert "Zoë" not in text(cyd.get(f"/calendar?who={who}"))


@pytest.mark.parametrize("path", ["", "/cancel", "/reschedule", "/no-show"])
def test_another_persons_booking_is_not_there(meeting, office, cyd, path):
    for browser in (cyd, office.browser(office.eve)):
        if path != "/no-show":
            assert browser.get(f"/calendar/{meeting.id}{path}").status_code == 404
        if path:
            assert browser.post(f"/calendar/{meeting.id}{path}", data={}).status_code == 404


def test_cancelling_asks_first_and_keeps_the_reason(meeting, ada, office):
    assert "Cancel the meeting with Zoë?" in text(ada.get(f"/calendar/{meeting.id}/cancel"))
    assert "Zoë" in text(ada.get("/calendar"))
    ada.post(f"/calendar/{meeting.id}/cancel", data={"reason": "I am <ill>"})
    office.local.deliver()
    assert "Nothing booked yet" in text(ada.get("/calendar"))
    assert "I am &lt;ill&gt;" in text(ada.get("/calendar?tab=cancelled"))


def test_cancelling_twice_says_so(meeting, ada):
    for _ in range(2):
        answer = ada.post(f"/calendar/{meeting.id}/cancel", data={}, follow_redirects=True)
    assert "already cancelled" in text(answer)


def test_the_host_may_pass_over_notice_and_horizon(meeting, ada, office):
    soon = {"start": "own", "day": "2026-12-01", "time": "10:00", "key": "k"}
    moved = ada.post(f"/calendar/{meeting.id}/reschedule", data=soon, follow_redirects=True)
    assert "Moved to Tue 1 December 2026, 10:00" in text(moved)


def test_a_move_sent_twice_moves_once(meeting, ada, office):
    wish = {"start": "own", "day": "2026-12-03", "time": "10:00", "key": "k"}
    places = [
        ada.post(f"/calendar/{meeting.id}/reschedule", data=wish).headers["Location"]
        for _ in range(2)
    ]
    assert places[0].startswith("/calendar/")
    assert "Zoë" in text(ada.get("/calendar?tab=upcoming"))
    assert text(ada.get("/calendar")).count('class="row-link"') == 1


def test_a_taken_time_is_said_with_the_nearest_free_ones(meeting, ada, office):
    other = office.book(start=TOMORROW + timedelta(hours=2), name="Yan")
    wish = {"start": meeting.start.isoformat(), "key": "k"}
    answer = ada.post(f"/calendar/{other.id}/reschedule", data=wish)
    assert answer.status_code == 409
    assert "The nearest free ones" in text(answer)


@pytest.mark.parametrize(
    "typed",
    [{}, {"start": "soon"}, {"start": "2026-12-02T10:00"}, {"start": "own", "day": "2026-12-02"}],
)
def test_a_move_without_a_right_time_is_asked_again(meeting, ada, typed):
    assert ada.post(f"/calendar/{meeting.id}/reschedule", data=typed).status_code == 422


def test_a_meeting_whose_link_is_gone_can_still_be_moved(meeting, ada, office):
    wish = DeleteLink(workspace_id=office.ada.workspace_id, link_id=meeting.link_id)
    office.local.booking.delete_link(wish)
    office.local.deliver()
    page = ada.get(f"/calendar/{meeting.id}/reschedule")
    assert page.status_code == 200
    assert "At a time of your own" in text(page)


def test_a_no_show_is_marked_after_the_start_and_taken_back(late_office):
    ada = late_office.browser(late_office.ada)
    late_office.link(late_office.ada)
    place = f"/calendar/{late_office.book().id}"
    early = ada.post(f"{place}/no-show", data={"no_show": "1"}, follow_redirects=True)
    assert "Confirmed" in text(early)
    late_office.pass_time(timedelta(days=2))
    ada.post(f"{place}/no-show", data={"no_show": "1"})
    assert "Zoë" in text(ada.get("/calendar?tab=no_shows"))
    ada.post(f"{place}/no-show", data={"no_show": ""})
    assert "Nobody has missed a meeting" in text(ada.get("/calendar?tab=no_shows"))
    assert "Zoë" in text(ada.get("/calendar?tab=past"))


def test_a_booking_shows_what_happened_to_it(meeting, ada):
    page = text(ada.get(f"/calendar/{meeting.id}"))
    for words in ("Booked", "by Zoë", "zoe@x.test", "18:00 in Tokyo (UTC+9)"):
        assert words in page


@pytest.mark.parametrize("away", SERVICES)
def test_a_service_that_is_away_takes_only_its_part_with_it(meeting, ada, office, away):
    office.away(away)
    page = ada.get("/calendar")
    assert page.status_code == 200
    assert ("cannot be shown" in text(page)) is (away == "booking")
    if away != "booking":
        detail = ada.get(f"/calendar/{meeting.id}")
        assert detail.status_code == 200
        assert ("does not answer" in text(detail)) is (away in {"notifications", "crm_bridge"})


def test_nothing_is_changed_by_looking(meeting, ada):
    for path in ("", "/cancel", "/reschedule"):
        ada.get(f"/calendar/{meeting.id}{path}")
    assert ada.get(f"/calendar/{meeting.id}/no-show").status_code == 405
    assert meeting.start > NOW
    assert "Zoë" in text(ada.get("/calendar"))


def test_pages_follow_one_another_without_loss(office, ada):
    office.link(office.ada, durations=(15,))
    for quarter in range(31):
        office.book(start=TOMORROW + timedelta(minutes=15 * quarter), name=f"Guest {quarter:02d}.")
    first = text(ada.get("/calendar"))
    after = first.split("after=")[1].split('"')[0].split("&amp;")[0]
    second = text(ada.get(f"/calendar?after={after}"))
    seen = [f"Guest {n:02d}." in first or f"Guest {n:02d}." in second for n in range(31)]
    assert all(seen)
    assert "Guest 30." not in first
