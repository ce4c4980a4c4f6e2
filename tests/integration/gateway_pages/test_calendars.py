"""The calendars' page over the real calendar-sync: what a host sees, chooses, checks and leaves."""

import html
import re
from datetime import timedelta
from uuid import uuid4

import pytest

from calendar_sync.adapters.practice import WORLD
from contracts.calendar_sync import ListConnections

PAGE = "/settings/calendars"


def text(answer):
    return html.unescape(answer.get_data(as_text=True))


def listed(office, owner):
    wish = ListConnections(workspace_id=owner.workspace_id, host_id=owner.id)
    found = office.local.calendar_sync.list_connections(wish).connections
    return tuple(sorted(found, key=lambda one: one.account))


def added(browser, account, **more):
    answer = browser.post(f"{PAGE}/add/practice", data={"account": account} | more)
    assert answer.status_code == 302, text(answer)


@pytest.fixture
def name():
    """A practice account of the test's own: they are the process's."""
    made = f"ada-{uuid4().hex[:8]}"
    yield made
    WORLD.desk(made).refused = False


@pytest.fixture
def connection(office, ada, name):
    added(ada, name)
    (found,) = listed(office, office.ada)
    return found


def test_without_a_connection_the_page_says_what_to_do(ada):
    page = text(ada.get(PAGE))
    assert "No calendar is connected" in page
    assert "Add the calendar that you use" in page


def test_only_offered_providers_are_shown_and_connected(ada, cyd):
    page = text(ada.get(PAGE))
    assert "Sign in to Google Calendar" not in page
    assert f"{PAGE}/callback/google" in page  # how whoever runs it offers it: the owner reads it
    assert "GOOGLE_CLIENT_ID" not in text(cyd.get(PAGE))
    for path in ("add/moon", "add/google", "connect/moon", "connect/caldav"):
        assert ada.post(f"{PAGE}/{path}", data={"account": "x"}).status_code == 404
    answer = ada.post(f"{PAGE}/connect/google", follow_redirects=True)
    assert "cannot be connected here" in text(answer)


def test_a_calendar_comes_once_and_goes_when_asked_for_it(office, ada, cyd, name):
    wish = {"connection_id": str(uuid4())}
    for _ in range(2):
        added(ada, name, **wish)
    page = text(ada.get(PAGE))
    assert page.count("/disconnect") == 1
    assert "In step, just now" in page
    path = f"{PAGE}/{wish['connection_id']}"
    for part in ("", "/check", "/disconnect"):
        assert cyd.post(path + part).status_code == 404
    assert "Keep it" in text(ada.get(f"{path}/disconnect"))
    assert len(listed(office, office.ada)) == 1
    ada.post(f"{path}/disconnect")
    assert listed(office, office.ada) == ()


def test_what_is_checked_and_what_is_written_are_chosen_apart(office, ada, connection, name):
    added(ada, f"{name}-two")
    first, second = listed(office, office.ada)
    page = ada.get(PAGE).get_data(as_text=True)
    assert len(set(re.findall(r' id="(f-[^"]*)"', page))) == len(re.findall(r' id="f-', page))
    ada.post(f"{PAGE}/{first.id}", data={})
    first, second = listed(office, office.ada)
    assert [(c.checked, c.written) for c in first.calendars] == [(False, True)]
    ada.post(f"{PAGE}/written", data={"written": f"{second.id} {second.calendars[0].id}"})
    ada.post(f"{PAGE}/{first.id}", data={"checked": f"{first.id} {first.calendars[0].id}"})
    both = [[(c.checked, c.written) for c in one.calendars] for one in listed(office, office.ada)]
    assert both == [[(True, False)], [(True, True)]]
    ada.post(f"{PAGE}/written", data={"written": ""})
    assert not any(c.written for one in listed(office, office.ada) for c in one.calendars)
    assert "None is chosen" in text(ada.get(PAGE))


def test_another_hosts_calendar_is_not_written_to(office, ada, cyd, connection):
    wanted = f"{connection.id} {connection.calendars[0].id}"
    answer = cyd.post(f"{PAGE}/written", data={"written": wanted}, follow_redirects=True)
    assert "Choose one of the list" in text(answer)


def test_a_check_shows_each_step_and_its_time(ada, connection):
    page = text(ada.post(f"{PAGE}/{connection.id}/check"))
    assert "Everything works" in page
    assert re.search(r"A test event was written \([\d.]+ m?s\)", page)
    assert WORLD.desk(connection.account).books["main"].events == {}


def test_a_check_that_fails_says_at_which_step(ada, connection):
    WORLD.desk(connection.account).misbehave("write", "unavailable", "unavailable")
    page = text(ada.post(f"{PAGE}/{connection.id}/check"))
    assert "Something does not work" in page
    assert "A test event could not be written" in page


def test_a_silent_calendar_says_since_when_and_when_it_is_tried_again(office, ada, connection):
    WORLD.desk(connection.account).misbehave("read", *["unavailable"] * 9)
    office.pass_time(timedelta(minutes=10))
    office.local.tick("calendar-sync", "sync_calendars")
    (silent,) = listed(office, office.ada)
    since, until = (f"{at:%H:%M}" for at in (silent.synced_at, silent.next_sync_at))
    assert since < until
    assert f"No answer since {since}; trying again at {until}" in text(ada.get(PAGE))


def test_a_refused_calendar_says_what_to_do_and_works_again_once_it_is_done(
    office, ada, connection
):
    name = connection.account
    WORLD.desk(name).refused = True
    office.pass_time(timedelta(minutes=10))
    office.local.tick("calendar-sync", "sync_calendars")
    (broken,) = listed(office, office.ada)
    page = text(ada.get(PAGE))
    assert broken.problem in page
    assert "you are offered on no link" in page
    again = f"{PAGE}/add/practice?again={broken.id}"
    assert again in page
    assert f'value="{name}"' in text(ada.get(again))
    assert ada.get(f"{PAGE}/add/practice?again={uuid4()}").status_code == 404
    assert ada.get(f"{PAGE}/add/practice?again=x").status_code == 404
    WORLD.desk(name).refused = False
    added(ada, name)
    assert "In step" in text(ada.get(PAGE))
    assert len(listed(office, office.ada)) == 1


def test_admins_see_how_their_colleagues_calendars_are_and_change_nothing(office, ada, cyd, name):
    added(cyd, name)
    page = text(ada.get(PAGE))
    assert name in page
    assert "Colleagues' calendars" in page
    (theirs,) = listed(office, office.cyd)
    assert str(theirs.id) not in page
    assert ada.post(f"{PAGE}/{theirs.id}/check").status_code == 404
    added(ada, f"{name}-mine")
    assert f"{name}-mine" not in text(cyd.get(PAGE))


@pytest.mark.parametrize(
    ("provider", "form", "field"),
    [
        ("practice", {"account": ""}, "account"),
        ("practice", {"account": "x" * 255}, "account"),
        ("caldav", {"url": "https://dav.test/", "account": "ada"}, "secret"),
        ("caldav", {"account": "ada", "secret": "s3cret-app"}, "url"),
        ("caldav", {"url": "https://dav.test/", "secret": "s3cret-app"}, "account"),
        ("caldav", {"url": "https://dav.test/", "account": "ada", "secret": "a\x00b"}, "secret"),
        ("ics", {"account": "Fixtures"}, "url"),
    ],
)
def test_a_wrong_form_is_said_at_its_field_and_keeps_all_but_the_password(
    ada, provider, form, field
):
    answer = ada.post(f"{PAGE}/add/{provider}", data=form)
    assert answer.status_code == 422
    page = text(answer)
    assert f'id="f-{field}-error"' in page
    assert "s3cret-app" not in page
    if field != "account":
        assert f'value="{form["account"]}"' in page


def test_the_api_tells_of_connections_and_of_nothing_that_opens_them(office, ada, cyd, name):
    added(ada, f"{name}-1")
    added(cyd, f"{name}-2")
    seen = {}
    for who in ("ada", "cyd"):
        account = getattr(office, who)
        _, key = office.site.accounts.create_key(account, "k", ("calendars:read",))
        headers = {"Authorization": f"Bearer {key}"}
        answer = office.site.client().get("/api/v1/connections", headers=headers)
        seen[who] = sorted(one["account"] for one in answer.json["connections"])
        assert not {"secret", "sealed_secret"} & set(answer.json["connections"][0])
    assert seen == {"ada": [f"{name}-1", f"{name}-2"], "cyd": [f"{name}-2"]}
