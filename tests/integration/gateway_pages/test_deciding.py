"""What hosts decide: yes or no to a request, by the dashboard or their mail; who takes a meeting."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from contracts.booking import GetBooking, LinkHost, ManageTokens
from integration.gateway_pages.conftest import TOMORROW


def text(answer):
    return answer.get_data(as_text=True)


def now(office, meeting):
    wish = GetBooking(workspace_id=meeting.workspace_id, booking_id=meeting.id)
    return office.local.booking.get_booking(wish).booking


@pytest.fixture
def asked(office):
    """A request that waits for Ada."""
    office.link(office.ada, approval=True)
    return office.book()


def tokens(office, meeting):
    wish = ManageTokens(workspace_id=meeting.workspace_id, booking_id=meeting.id)
    return office.local.booking.approval_tokens(wish)


# --- approval ------------------------------------------------------------------------------------


def test_a_request_waits_in_its_own_tab(asked, ada):
    page = text(ada.get("/calendar?tab=pending"))
    assert "Waiting for approval" in page
    assert f"/calendar/{asked.id}/approve" in page
    assert "Zoë" not in text(ada.get("/calendar?tab=upcoming"))


def test_a_request_is_declined_and_never_cancelled(asked, ada):
    for page in ("/calendar?tab=pending", f"/calendar/{asked.id}"):
        shown = text(ada.get(page))
        assert f"/calendar/{asked.id}/decline" in shown
        assert f"/calendar/{asked.id}/cancel" not in shown
    answer = ada.get(f"/calendar/{asked.id}/cancel")
    assert answer.headers["Location"] == f"/calendar/{asked.id}/decline"


def test_what_lapses_first_is_asked_first(asked, ada, office):
    """The first at its start, tomorrow; the other, of next week, two days after it was asked."""
    later = office.book(start=TOMORROW + timedelta(days=7))
    page = text(ada.get("/calendar?tab=pending"))
    assert page.index(str(asked.id)) < page.index(str(later.id))
    assert "Without an answer it lapses at" in page
    shown = re.sub(r"<[^>]+>", "", text(ada.get(f"/calendar/{later.id}")))
    assert "Without an answer it lapses on Thu 3 Dec, 09:00" in shown


def test_a_request_is_in_no_calendar_yet(asked, ada):
    assert "In no calendar before it is approved." in text(ada.get(f"/calendar/{asked.id}"))


def test_a_host_says_yes(asked, ada, office):
    answer = ada.post(f"/calendar/{asked.id}/approve", follow_redirects=True)
    assert "gets the invitation" in text(answer)
    assert "Approved" in text(answer)
    assert now(office, asked).status == "confirmed"
    assert "Waiting for approval" not in text(ada.get("/calendar"))


def test_a_host_says_no_after_being_asked_once(asked, ada, office):
    assert "Decline the request of Zoë?" in text(ada.get(f"/calendar/{asked.id}/decline"))
    assert now(office, asked).status == "pending"
    ada.post(f"/calendar/{asked.id}/decline", data={"reason": "Not this week."})
    ended = now(office, asked)
    assert (ended.status, ended.cancel_reason) == ("declined", "Not this week.")


def test_another_answer_afterwards_is_refused_and_said(asked, ada, office):
    ada.post(f"/calendar/{asked.id}/decline", data={})
    answer = ada.post(f"/calendar/{asked.id}/approve", follow_redirects=True)
    assert "gets the invitation" not in text(answer)
    assert now(office, asked).status == "declined"


@pytest.mark.parametrize("action", ["approve", "decline", "reassign"])
def test_only_its_host_and_admins_decide(asked, cyd, office, action):
    for browser in (cyd, office.browser(office.eve)):
        assert browser.post(f"/calendar/{asked.id}/{action}", data={}).status_code == 404
    assert now(office, asked).status == "pending"


@pytest.mark.parametrize(("action", "status"), [("approve", "confirmed"), ("decline", "declined")])
def test_the_buttons_of_the_mail_need_no_sign_in_and_looking_changes_nothing(
    asked, office, action, status
):
    token = getattr(tokens(office, asked), f"{action}_token")
    host, path = office.site.client(), f"/book/{action}/{token}"
    for _ in range(2):
        page = host.get(path)
        assert page.headers["Cache-Control"] == "no-store"
        assert "the request of Zoë?" in text(page)
    assert now(office, asked).status == "pending"
    done = host.post(path, data={"reason": "So it is."}, follow_redirects=True)
    assert done.status_code == 200
    assert "the request of Zoë?" not in text(done)
    assert now(office, asked).status == status


def test_one_buttons_token_is_not_the_others(asked, office):
    made = tokens(office, asked)
    crossed = office.site.client().post(f"/book/approve/{made.decline_token}")
    assert crossed.status_code == 404
    assert now(office, asked).status == "pending"


# --- reassigning ---------------------------------------------------------------------------------


@pytest.fixture
def shared(office):
    hosts = (LinkHost(host_id=office.ada.id), LinkHost(host_id=office.cyd.id, position=1))
    office.link(office.ada, kind="round_robin", hosts=hosts, notice=0)
    return office.book()


def test_another_host_takes_it_and_the_page_says_who_gave_it(shared, ada, office):
    assert shared.hosts[0].id == office.ada.id
    page = text(ada.get(f"/calendar/{shared.id}/reassign"))
    assert page.index("Takes it now") < page.index("Cyd") < page.index("Free")
    answer = ada.post(
        f"/calendar/{shared.id}/reassign",
        data={"host": str(office.cyd.id)},
        follow_redirects=True,
    )
    assert now(office, shared).hosts[0].id == office.cyd.id
    assert "Why Cyd?" in text(answer)
    assert "it was given to them by hand" in text(answer)
    assert "Why Ada?" in text(answer)


def test_who_has_another_meeting_cannot_take_it(shared, ada, office):
    office.link(office.cyd, slug=f"cyd-{uuid4().hex[:6]}", notice=0)
    other = office.link(office.cyd, slug=f"cyd-{uuid4().hex[:6]}", notice=0)
    office.book(other.settings.slug)
    assert "Has another meeting" in text(ada.get(f"/calendar/{shared.id}/reassign"))
    answer = ada.post(f"/calendar/{shared.id}/reassign", data={"host": str(office.cyd.id)})
    assert answer.status_code in {409, 422}
    assert now(office, shared).hosts[0].id == office.ada.id


@pytest.mark.parametrize("host", ["", "nobody", "2b9d8a52-1c1d-4f0e-9d37-52c1f64b7a10"])
def test_nobody_and_strangers_cannot_take_it(shared, ada, office, host):
    answer = ada.post(f"/calendar/{shared.id}/reassign", data={"host": host})
    assert answer.status_code == 422
    assert now(office, shared).hosts[0].id == office.ada.id


@pytest.mark.parametrize("repick", [True, False])
def test_a_meeting_that_stays_with_its_host_is_offered_that_hosts_times_alone(ada, office, repick):
    hosts = (LinkHost(host_id=office.ada.id), LinkHost(host_id=office.cyd.id, position=1))
    office.link(office.ada, kind="round_robin", hosts=hosts, notice=0, repick=repick)
    meeting, taken = office.book(), TOMORROW + timedelta(hours=2)
    other = office.link(office.ada, slug=f"ada-{uuid4().hex[:6]}", notice=0)
    office.book(other.settings.slug, start=taken)
    page = text(ada.get(f"/calendar/{meeting.id}/reschedule"))
    assert (f'value="{taken.isoformat()}"' in page) is repick
    wish = ManageTokens(workspace_id=meeting.workspace_id, booking_id=meeting.id)
    token = office.local.booking.manage_tokens(wish).reschedule_token
    path = f"/book/reschedule/{token}?day={taken:%Y-%m-%d}&tz=UTC"
    shown = text(office.site.client().get(path))
    assert (f'data-start="{taken:%Y-%m-%dT%H:%M:%SZ}"' in shown) is repick


# --- kinds ---------------------------------------------------------------------------------------


def test_a_group_says_how_many_places_a_time_has_left(office):
    made = office.link(office.ada, kind="group", capacity=3, notice=0)
    office.book()
    start = f"{TOMORROW:%Y-%m-%dT%H:%M:%SZ}"
    visitor, path = office.site.client(), f"/book/{made.settings.slug}"
    assert "Up to 3 people meet together" in text(visitor.get(path))
    day = text(visitor.get(f"{path}?day={TOMORROW:%Y-%m-%d}&tz=UTC"))
    assert "2 places" in day
    assert "2 places left" in text(visitor.get(f"{path}?start={start}&tz=UTC"))
    office.book(name="Yan")
    office.site.app.extensions["slots"].clear()  # over a broker, an announcement does this
    assert "1 place left" in text(visitor.get(f"{path}?start={start}&tz=UTC"))


def test_hosts_who_meet_together_are_all_named(office):
    hosts = (LinkHost(host_id=office.ada.id), LinkHost(host_id=office.cyd.id, position=1))
    made = office.link(office.ada, kind="collective", hosts=hosts, notice=0)
    page = text(office.site.client().get(f"/book/{made.settings.slug}"))
    assert "Ada and Cyd" in page
    booked = office.book(start=TOMORROW + timedelta(hours=1))
    assert {host.name for host in booked.hosts} == {"Ada", "Cyd"}
