"""Teams: made and changed by admins, booked by strangers, their meetings explained and counted."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from contracts.booking import ListTeams, SaveTeam, Team, TeamMember
from integration.gateway_pages.conftest import NOW, TOMORROW

TEAM = "/settings/team"


def text(answer):
    return answer.get_data(as_text=True)


def stored(office):
    wish = ListTeams(workspace_id=office.ada.workspace_id)
    return office.local.booking.list_teams(wish).teams


def form(office, *people, **changes):
    values = {"name": "Sales", "slug": f"sales-{uuid4().hex[:6]}", "member": [p.id for p in people]}
    for person in people:
        values |= {f"{name}_{person.id}": "1" for name in ("weight", "level", "active")}
    return values | changes


@pytest.fixture
def team(office):
    members = (TeamMember(host_id=office.ada.id), TeamMember(host_id=office.cyd.id))
    wish = Team(
        id=uuid4(),
        workspace_id=office.ada.workspace_id,
        name="Sales",
        slug=f"sales-{uuid4().hex[:6]}",
        members=members,
    )
    return office.local.booking.save_team(SaveTeam(team=wish))


@pytest.fixture
def link(office, team):
    return office.link(
        office.ada, kind="round_robin", team_id=team.id, visitor_picks=True, notice=0
    )


# --- settings ------------------------------------------------------------------------------------


def test_a_team_is_made_and_a_form_sent_twice_makes_one(ada, office):
    wish = form(office, office.cyd, office.ada, team_id=str(uuid4()))
    wish[f"weight_{office.cyd.id}"] = "3"
    assert {ada.post(f"{TEAM}/new", data=wish).status_code for _ in range(2)} == {302}
    (made,) = stored(office)
    assert [(m.host_id, m.weight) for m in made.members] == [(office.cyd.id, 3), (office.ada.id, 1)]
    assert "Sales" in text(ada.get(TEAM))


def test_without_a_script_buttons_move_rows_and_save_nothing(ada, office, team):
    wish = form(office, office.ada, office.cyd, do=f"up:{office.cyd.id}", version=team.version)
    page = text(ada.post(f"{TEAM}/{team.id}", data=wish))
    order = re.findall(r'name="member" value="([^"]+)"', page)
    assert order == [str(office.cyd.id), str(office.ada.id)]
    assert stored(office) == (team,)


def test_what_is_wrong_is_said_and_what_was_typed_is_kept(ada, office, team):
    wish = form(office, office.ada, name="<b>Kept</b>", version=team.version)
    wish[f"weight_{office.ada.id}"] = "0"
    answer = ada.post(f"{TEAM}/{team.id}", data=wish)
    assert answer.status_code == 422
    assert f'id="f-weight_{office.ada.id}-error"' in text(answer)
    assert "&lt;b&gt;Kept&lt;/b&gt;" in text(answer)
    assert stored(office) == (team,)


def test_a_taken_address_is_said_at_its_field(ada, office, team):
    answer = ada.post(f"{TEAM}/new", data=form(office, office.ada, slug=team.slug))
    assert answer.status_code == 422
    assert 'id="f-slug-error"' in text(answer)


def test_a_team_that_was_changed_meanwhile_is_not_overwritten(ada, office, team):
    wish = form(office, office.ada, slug=team.slug, version=team.version)
    assert ada.post(f"{TEAM}/{team.id}", data=wish).status_code == 302
    late = ada.post(f"{TEAM}/{team.id}", data=wish | {"name": "Late"})
    assert late.status_code == 409
    assert "changed meanwhile" in text(late)
    assert stored(office)[0].name == "Sales"


def test_a_team_that_a_link_names_stays(ada, office, team, link):
    assert "have to stay" not in text(ada.get(f"{TEAM}/{team.id}/delete"))
    assert "Intro call" in text(ada.get(f"{TEAM}/{team.id}/delete"))
    ada.post(f"{TEAM}/{team.id}/delete")
    assert len(stored(office)) == 1
    ada.post(f"/settings/booking-links/{link.id}/delete")
    ada.post(f"{TEAM}/{team.id}/delete")
    assert stored(office) == ()


def test_members_see_teams_and_change_none(cyd, team):
    assert "Sales" in text(cyd.get(TEAM))
    for path in ("new", team.id, f"{team.id}/delete", f"{team.id}/fairness"):
        assert cyd.get(f"{TEAM}/{path}").status_code == 403


def test_the_page_of_the_team_stands_without_booking(ada, office):
    office.away("booking")
    page = ada.get(TEAM)
    assert page.status_code == 200
    assert "Teams cannot be shown just now" in text(page)


def test_a_new_link_takes_its_people_from_a_team(ada, office, team):
    wish = {"title": "Demo", "length": "30", "kind": "round_robin", "team_id": str(team.id)}
    made = ada.post(f"/settings/booking-links/new", data=wish)  # noqa: F541
    page = text(ada.get(made.headers["Location"]))
    assert "Team Sales: take turns" in page
    refused = ada.post("/settings/booking-links/new", data=wish | {"team_id": ""})
    assert refused.status_code == 422
    assert "Choose who takes these meetings." in text(refused)


# --- the visitor ---------------------------------------------------------------------------------


def test_the_visitor_picks_anyone_or_a_host(office, team, link):
    visitor = office.site.client()
    page = text(visitor.get(f"/team/{team.slug}"))
    assert page.index("Anyone") < page.index(f"host={office.ada.id}") < page.index("Cyd")
    assert f'href="/book/{link.settings.slug}"' in page


def test_in_a_large_team_a_host_is_found_by_name(office, team, link, monkeypatch):
    browser, page = office.site.client(), f"/team/{team.slug}?tz=Asia/Tokyo&utm_source=news"
    assert 'name="q"' not in text(browser.get(page))
    assert "Cyd" in text(browser.get(f"{page}&q=ada"))
    monkeypatch.setattr("gateway.booking_pages.team.MANY", 1)
    form = text(browser.get(page))
    for kept in ('name="tz" value="Asia/Tokyo"', 'name="utm_source" value="news"'):
        assert kept in form
    found = text(browser.get(f"{page}&q=ÁDA"))
    assert ("Ada" in found, "Cyd" in found, "Anyone" in found) == (True, False, False)
    assert "Nobody here is called that" in text(browser.get(f"{page}&q=zoë"))


def test_who_picks_a_host_sees_and_books_that_host(office, link):
    visitor, path = office.site.client(), f"/book/{link.settings.slug}"
    picked = text(visitor.get(f"{path}?host={office.cyd.id}"))
    assert f"host={office.cyd.id}" in picked
    assert "Any of the team instead" in picked
    wish = {
        "start": f"{TOMORROW:%Y-%m-%dT%H:%M:%SZ}",
        "host": str(office.cyd.id),
        "attendee.name": "Zoë",
        "attendee.email": "zoe@x.test",
        "tz": "UTC",
    }
    answer = visitor.post(path, data=wish)
    assert answer.status_code == 303
    assert "You are booked with <bdi>Cyd</bdi>" in text(visitor.get(answer.headers["Location"]))


def test_a_picked_host_who_has_left_is_not_replaced_by_another(office, link):
    wish = {
        "start": f"{TOMORROW:%Y-%m-%dT%H:%M:%SZ}",
        "host": str(office.eve.id),
        "attendee.name": "Zoë",
        "attendee.email": "zoe@x.test",
    }
    answer = office.site.client().post(f"/book/{link.settings.slug}", data=wish)
    assert answer.status_code == 422
    assert "This host does not take meetings here." in text(answer)


def test_a_host_who_is_none_of_the_links_leaves_everybodys_times(office, link):
    page = text(office.site.client().get(f"/book/{link.settings.slug}?host={office.eve.id}"))
    assert "These are everybody" in page


def test_a_link_that_lets_nobody_pick_does_not_say_so(office, team):
    made = office.link(office.ada, kind="round_robin", team_id=team.id)
    page = text(office.site.client().get(f"/book/{made.settings.slug}?host={office.cyd.id}"))
    assert "Any of the team instead" not in page
    assert "Nothing to book just now" in text(office.site.client().get(f"/team/{team.slug}"))


def test_an_unknown_team_is_not_there(office):
    assert office.site.client().get("/team/nobody-here").status_code == 404


# --- why, and how fair ---------------------------------------------------------------------------


def test_two_bookings_go_to_two_hosts_and_each_says_why(ada, office, link):
    first = office.book()
    second = office.book(start=TOMORROW + timedelta(hours=1))
    assert {first.hosts[0].name, second.hosts[0].name} == {office.ada.name, office.cyd.name}
    page = text(ada.get(f"/calendar/{second.id}"))
    assert f"Why {second.hosts[0].name}?" in page
    assert "is the next in the order who was free" in page


def test_a_meeting_that_no_rotation_decided_says_nothing(ada, office):
    office.link(office.ada)
    assert "Why " not in text(ada.get(f"/calendar/{office.book().id}"))


def test_the_report_counts_and_tries_other_terms(ada, office, team, link):
    for hours in range(4):
        office.book(start=TOMORROW + timedelta(hours=hours))
    path = f"{TEAM}/{team.id}/fairness"
    page = text(ada.get(f"{path}?first={NOW:%Y-%m}"))
    assert page.count("2 of 2<") == 2
    terms = {f"weight_{office.ada.id}": "9", f"weight_{office.cyd.id}": "1"}
    terms |= {f"level_{one.id}": "1" for one in (office.ada, office.cyd)}
    tried = text(
        ada.get(path, query_string={"first": f"{NOW:%Y-%m}", "method": "balanced"} | terms)
    )
    assert "1 of 4 meetings would have another host" in tried
    wrong = text(
        ada.get(path, query_string={"method": "balanced"} | terms | {next(iter(terms)): "0"})
    )
    assert f'id="f-weight_{office.ada.id}-error"' in wrong
    lines = text(ada.get(f"{path}.csv?first={NOW:%Y-%m}")).splitlines()
    assert [line.split(",")[5] for line in lines] == ["meetings", "2", "2"]
