"""Schedules, time off, calendars, team, profile, workspace and deals, for whom they are."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from contracts.availability import ListSchedules
from contracts.booking import LinkHost

from .conftest import TOMORROW

SCHEDULES = "/settings/schedules"
PAGES = (
    "/calendar",
    "/settings/booking-links",
    "/settings/booking-links/new",
    "/settings/schedules",
    "/settings/calendars",
    "/settings/team",
    "/settings/profile",
    "/settings/workspace",
    "/crm/deals",
)


def text(answer):
    return answer.get_data(as_text=True)


def schedules(office, owner):
    return office.local.availability.list_schedules(
        ListSchedules(workspace_id=owner.workspace_id, host_id=owner.id)
    )


def week(schedule, **changes):
    form = {"name": schedule.name, "timezone": schedule.timezone, "version": schedule.version}
    return form | {"on_1": "1", "start_1": "9", "end_1": "12"} | changes


@pytest.fixture
def schedule(office):
    return schedules(office, office.ada).schedules[0]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("who", ["ada", "cyd"])
def test_every_page_opens(office, path, who):
    assert office.browser(getattr(office, who)).get(path).status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_no_page_breaks_while_every_service_is_away(office, ada, path):
    office.away("booking", "availability", "calendar_sync", "notifications", "crm_bridge")
    assert ada.get(path).status_code in {200, 503}


# --- schedules -----------------------------------------------------------------------------------


def test_a_week_is_saved_as_typed(office, ada, schedule):
    wish = week(schedule, start_1=["22", "9"], end_1=["2", "21:30"])
    assert ada.post(f"{SCHEDULES}/{schedule.id}", data=wish).status_code == 302
    found = schedules(office, office.ada).schedules[0].hours
    assert [(h.weekday, [(w.start, w.end) for w in h.windows]) for h in found] == [
        (1, [(540, 1290), (1320, 1560)])
    ]


def test_a_button_of_the_form_saves_nothing(office, ada, schedule):
    answer = ada.post(f"{SCHEDULES}/{schedule.id}", data=week(schedule, do="copy:1"))
    assert answer.status_code == 200
    assert text(answer).count('value="12"') == 5
    assert schedules(office, office.ada).schedules[0] == schedule


def test_a_wrong_window_keeps_the_week(office, ada, schedule):
    answer = ada.post(f"{SCHEDULES}/{schedule.id}", data=week(schedule, end_1="noon"))
    assert answer.status_code == 422
    assert 'value="noon"' in text(answer)
    assert schedules(office, office.ada).schedules[0] == schedule


def test_who_saves_second_is_told(ada, schedule):
    ada.post(f"{SCHEDULES}/{schedule.id}", data=week(schedule))
    answer = ada.post(f"{SCHEDULES}/{schedule.id}", data=week(schedule, end_1="13"))
    assert answer.status_code == 409
    assert 'value="13"' in text(answer)


def test_special_days_come_and_go(office, ada, schedule):
    wish = {"first": "2026-12-24", "last": "2026-12-26", "kind": "off"}
    ada.post(f"{SCHEDULES}/{schedule.id}/overrides", data=wish)
    found = schedules(office, office.ada).schedules[0].overrides
    assert [each.day.day for each in found] == [24, 25, 26]
    ada.post(f"{SCHEDULES}/{schedule.id}/overrides/2026-12-25/delete")
    found = schedules(office, office.ada).schedules[0].overrides
    assert [each.day.day for each in found] == [24, 26]


def test_special_days_that_cannot_be_are_said_and_kept(office, ada, schedule):
    place = f"{SCHEDULES}/{schedule.id}/overrides"
    wish = {"first": "1999-12-24", "kind": "hours", "start_o": "9", "end_o": "12"}
    answer = ada.post(place, data=wish)
    assert answer.status_code == 422
    assert 'value="12"' in text(answer)
    assert ada.post(place, data=wish | {"first": "2026-12-24", "end_o": ""}).status_code == 422
    assert schedules(office, office.ada).schedules[0] == schedule


def test_time_off_is_entered_once_and_deleted(office, ada):
    wish = {"kind": "days", "first_day": "2026-12-21", "time_off_id": str(uuid4())}
    for _ in range(2):
        ada.post(f"{SCHEDULES}/time-off", data=wish)
    found = schedules(office, office.ada).time_off
    assert len(found) == 1
    ada.post(f"{SCHEDULES}/time-off/{found[0].id}/delete")
    assert schedules(office, office.ada).time_off == ()


def test_wrong_time_off_is_said_and_kept(ada):
    wish = {"kind": "exact", "from_day": "2026-12-21", "from_time": "25:00", "reason": "Trip"}
    answer = ada.post(f"{SCHEDULES}/time-off", data=wish)
    assert answer.status_code == 422
    assert 'value="25:00"' in text(answer)
    assert 'value="Trip"' in text(answer)


def test_time_off_that_has_passed_is_refused(office, ada):
    wish = {"kind": "days", "first_day": "2026-11-02", "last_day": "2026-11-04"}
    assert ada.post(f"{SCHEDULES}/time-off", data=wish).status_code == 422
    assert schedules(office, office.ada).time_off == ()


def test_a_new_schedule_comes_once_and_goes(office, ada):
    wish = {"name": "Evenings", "timezone": "Asia/Tokyo", "schedule_id": str(uuid4())}
    places = {ada.post(f"{SCHEDULES}/new", data=wish).headers["Location"] for _ in range(2)}
    assert len(places) == 1
    assert len(schedules(office, office.ada).schedules) == 2
    ada.post(f"{SCHEDULES}/{wish['schedule_id']}/delete")
    assert len(schedules(office, office.ada).schedules) == 1


def test_somebody_elses_schedule_is_not_there(office, cyd, schedule):
    for browser in (cyd, office.browser(office.eve)):
        for path in ("", "/delete", "/overrides"):
            assert browser.get(f"{SCHEDULES}/{schedule.id}{path}").status_code == 404
            assert browser.post(f"{SCHEDULES}/{schedule.id}{path}").status_code == 404
        assert browser.get(f"{SCHEDULES}?host={office.ada.id}").status_code == 404
        wish = {"host": office.ada.id, "kind": "days", "first_day": "2026-12-21"}
        assert browser.post(f"{SCHEDULES}/time-off", data=wish).status_code == 404
    assert schedules(office, office.ada).schedules[0] == schedule


# --- people --------------------------------------------------------------------------------------


def test_members_cannot_manage_the_team(office, cyd):
    member = f"/settings/team/{office.ada.id}"
    assert cyd.post("/settings/team/invite", data={}).status_code == 403
    for action in ("role", "deactivate", "reactivate", "invite"):
        assert cyd.post(f"{member}/{action}", data={"role": "member"}).status_code == 403
    assert cyd.post("/settings/workspace", data={"name": "Mine"}).status_code == 403
    assert "Invite somebody" not in text(cyd.get("/settings/team"))


def test_an_owner_invites_changes_and_deactivates(office, ada):
    wish = {"name": "Dora", "email": f"dora@{office.page}.test", "role": "admin"}
    ada.post("/settings/team/invite", data=wish)
    assert "Dora" in text(ada.get("/settings/team"))
    ada.post(f"/settings/team/{office.cyd.id}/role", data={"role": "admin"})
    assert office.site.accounts.member(office.ada.workspace_id, office.cyd.id).role == "admin"
    assert "Deactivate Cyd?" in text(ada.get(f"/settings/team/{office.cyd.id}/deactivate"))
    ada.post(f"/settings/team/{office.cyd.id}/deactivate")
    assert not office.site.accounts.member(office.ada.workspace_id, office.cyd.id).active
    assert f"deactivated {office.cyd.email}" in text(ada.get("/settings/workspace"))


def test_many_members_come_in_pages_and_a_search_keeps_them(office, ada, monkeypatch):
    monkeypatch.setattr("gateway.settings_pages.team.PAGE", 2)
    for number in range(3):
        office.site.member(office.ada, f"dan-{number}")
    first, last = text(ada.get("/settings/team")), text(ada.get("/settings/team?page=99"))
    assert "1 to 2 of " in first
    assert 'href="/settings/team?page=2"' in first
    assert ("Dan-2" in last, ">More<" in last) == (True, False)
    found = text(ada.get("/settings/team?q=dan"))
    assert re.findall(r"Dan-\d", found.partition("1 to 2 of 3")[0])
    assert 'href="/settings/team?q=dan&amp;page=2"' in found


def test_another_workspaces_member_is_not_there(office, ada):
    assert ada.post(f"/settings/team/{office.eve.id}/deactivate").status_code == 404


def test_the_last_owner_stays(office, ada):
    answer = ada.post(
        f"/settings/team/{office.ada.id}/role", data={"role": "member"}, follow_redirects=True
    )
    assert "needs an owner" in text(answer)


def test_a_profile_is_saved_and_reaches_the_booking_page(office, ada):
    ada.post("/settings/profile", data={"name": "Ada L.", "timezone": "Asia/Tokyo"})
    office.hear()
    assert "Times in Tokyo (UTC+9)" in text(ada.get("/calendar"))
    ada.post("/settings/profile/page", data={"slug": f"{office.page}-l", "limit_day": "3"})
    page = text(ada.get("/settings/profile"))
    assert f'value="{office.page}-l"' in page
    assert re.search(r'name="limit_day" value="3"', page)


@pytest.mark.parametrize(
    ("path", "form", "field"),
    [
        ("", {"name": "", "timezone": "Asia/Tokyo"}, "name"),
        ("", {"name": "Ada", "timezone": "Mars/Base"}, "timezone"),
        ("/page", {"slug": "Not a slug"}, "slug"),
        ("/page", {"slug": "team"}, "slug"),
        ("/page", {"slug": "free-one", "limit_day": "0"}, "limit_day"),
        ("/password", {"current": "wrong", "password": "long enough now"}, "current"),
        ("/password", {"current": "demo-demo-demo", "password": "short"}, "password"),
    ],
)
def test_a_wrong_profile_is_said_at_its_field(ada, path, form, field):
    answer = ada.post(f"/settings/profile{path}", data=form)
    assert answer.status_code == 422
    assert f'id="f-{field}-error"' in text(answer)


@pytest.mark.parametrize(
    ("path", "form", "fields"),
    [
        ("profile", {"name": "", "timezone": "Mars/Base", "language": "tlh"}, ["language", "name"]),
        ("profile/page", {"slug": "No", "limit_day": "0"}, ["limit_day", "slug"]),
        ("profile/password", {"current": "wrong", "password": "x"}, ["current", "password"]),
        ("team/invite", {"name": "", "email": "nobody"}, ["email", "name"]),
        ("team/new", {"name": "", "slug": "No slug"}, ["name", "slug"]),
    ],
)
def test_all_that_is_wrong_in_a_form_is_said_at_once(ada, path, form, fields):
    answer = ada.post(f"/settings/{path}", data=form)
    assert answer.status_code == 422
    assert set(re.findall(r'id="f-([\w-]+)-error"', text(answer))) >= set(fields)


def test_guessing_the_current_password_is_slowed_down(ada):
    wrong = {"current": "wrong", "password": "long enough now"}
    answers = [ada.post("/settings/profile/password", data=wrong).status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]


def test_signing_out_everywhere_keeps_this_session(office, ada):
    elsewhere = office.browser(office.ada)
    ada.post("/settings/profile/sessions")
    assert ada.get("/settings/profile").status_code == 200
    assert elsewhere.get("/settings/profile").status_code == 302


# --- deals ---------------------------------------------------------------------------------------


def test_a_strangers_booking_becomes_a_deal_with_a_timeline(office, ada, cyd):
    office.link(office.ada, creates_deal=True)
    office.book()
    page = text(ada.get("/crm/deals"))
    place = re.search(r"/crm/deals/[0-9a-f-]{36}", page)[0]
    detail = text(ada.get(place))
    assert "Meeting booked" in detail
    ada.post(place, data={"stage": "won"})
    assert "Won" in text(ada.get(place))
    contact = re.search(r"/crm/contacts/[0-9a-f-]{36}", detail)[0]
    assert "zoe@x.test" in text(ada.get(contact))
    for browser in (cyd, office.browser(office.eve)):
        assert place not in text(browser.get("/crm/deals"))
        assert browser.get(place).status_code == 404
        assert browser.post(place, data={"stage": "lost"}).status_code == 404
        assert browser.get(contact).status_code == 404


def test_a_move_and_a_no_show_stand_on_the_deal(late_office):
    ada = late_office.browser(late_office.ada)
    late_office.link(late_office.ada, creates_deal=True)
    meeting = late_office.book()
    wish = {"start": "own", "day": "2026-12-03", "time": "10:00", "key": "k"}
    moved = ada.post(f"/calendar/{meeting.id}/reschedule", data=wish).headers["Location"]
    late_office.pass_time(timedelta(days=4))
    ada.post(f"{moved}/no-show", data={"no_show": "1"})
    late_office.local.deliver()
    place = re.search(r"/crm/deals/[0-9a-f-]{36}", text(ada.get("/crm/deals")))[0]
    page = text(ada.get(place))
    assert "Meeting moved" in page
    assert "Did not come" in page


# --- meetings outside, holidays


def test_meetings_that_a_change_leaves_outside_are_shown_with_what_can_be_done(office, ada):
    office.link(office.ada, notice=0)
    booked = office.book(start=TOMORROW)
    assert "does not fit" not in text(ada.get(SCHEDULES))
    day = f"{booked.start:%Y-%m-%d}"
    off = {"kind": "days", "first_day": day, "last_day": day, "time_off_id": str(uuid4())}
    page = text(ada.post(f"{SCHEDULES}/time-off", data=off, follow_redirects=True))
    assert "One booked meeting does not fit these hours" in page
    for wanted in ("Zoë", "during time off", f"/calendar/{booked.id}/reschedule"):
        assert wanted in page
    assert f"/calendar/{booked.id}/cancel" in page
    assert "/reassign" not in page


def test_a_meeting_that_several_could_take_can_be_given_to_another(office, ada):
    places = (LinkHost(host_id=office.ada.id), LinkHost(host_id=office.cyd.id))
    office.link(office.ada, notice=0, kind="round_robin", hosts=places)
    booked = office.book(start=TOMORROW)
    (host,) = booked.hosts
    day = f"{booked.start:%Y-%m-%d}"
    off = {"kind": "days", "first_day": day, "last_day": day, "host": str(host.id)}
    ada.post(f"{SCHEDULES}/time-off", data=off)
    page = text(ada.get(f"{SCHEDULES}?host={host.id}"))
    assert f"/calendar/{booked.id}/reassign" in page


def test_holidays_of_a_country_become_days_off_and_its_parts_can_be_chosen(office, ada):
    stored = schedules(office, office.ada).schedules[0]
    address = f"{SCHEDULES}/{stored.id}"
    page = text(ada.post(f"{address}/holidays", data={"country": "DE"}, follow_redirects=True))
    for wanted in ("Holidays are days off now", "German Unity Day", "Bayern"):
        assert wanted in page
    ada.post(f"{address}/holidays", data={"country": "DE", "part": "DE-BY"})
    assert schedules(office, office.ada).schedules[0].holidays == "DE-BY"
    wrong = ada.post(f"{address}/holidays", data={"country": "XX"}, follow_redirects=True)
    assert "are not known" in text(wrong)
    ada.post(f"{address}/holidays", data={"country": "", "part": "DE-BY"})
    assert schedules(office, office.ada).schedules[0].holidays == ""
