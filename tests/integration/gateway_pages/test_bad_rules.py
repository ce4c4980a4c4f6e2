"""Rules that make no sense are refused at their field, and nothing of the form is kept."""

import re
from uuid import uuid4

import pytest

from contracts.availability import ListSchedules
from contracts.booking import ListLinks, ListTeams
from gateway.accounts.signing import SCOPES
from gateway.settings_pages.link_form import to_values

DAY = {"weekday": 0, "windows": [{"start": 540, "end": 540}]}


def kept(office):
    """All that these forms could have changed."""
    ours = {"workspace_id": office.ada.workspace_id}
    return (
        office.local.availability.list_schedules(ListSchedules(**ours)),
        office.local.booking.list_links(ListLinks(**ours)),
        office.local.booking.list_teams(ListTeams(**ours)),
    )


def said(answer):
    """At the fields of the page, or of the answer."""
    assert answer.status_code == 422, answer.text
    if answer.is_json:
        return answer.json["error"]["fields"]
    return re.findall(r'class="error"[^>]*><svg.*?</svg><span>(.*?)</span>', answer.text)


@pytest.fixture
def api(office):
    """Puts a body where the key's owner keeps it."""
    key = office.site.accounts.create_key(office.ada, "key", SCOPES)[1]
    headers = {"Authorization": f"Bearer {key}"}
    return lambda path, body: office.site.client().put(path, json=body, headers=headers)


@pytest.fixture
def schedule(office):
    found = office.local.availability.list_schedules(
        ListSchedules(workspace_id=office.ada.workspace_id, host_id=office.ada.id)
    )
    return found.schedules[0]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"start_1": "09:00", "end_1": "09:00"}, "The end must differ from the start."),
        ({"timezone": "Mars/Olympus"}, "Choose a time zone of the list."),
    ],
)
def test_of_a_schedule_by_its_form(ada, office, schedule, change, words):
    before = kept(office)
    typed = {"name": "Changed", "timezone": "Europe/Paris", "version": schedule.version}
    week = {"on_1": "1", "start_1": "08:00", "end_1": "12:00"}
    answer = ada.post(f"/settings/schedules/{schedule.id}", data=typed | week | change)
    assert said(answer) == [words]
    assert kept(office) == before


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"hours": [DAY]}, "hours"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"overrides": [{"day": "2026-12-24", "windows": DAY["windows"]}]}, "overrides"),
    ],
)
def test_of_a_schedule_by_the_api(office, api, schedule, change, field):
    before = kept(office)
    asked = {"name": "Changed", "timezone": "Europe/Paris", "version": schedule.version}
    answer = api(f"/api/v1/schedules/{schedule.id}", asked | change)
    assert [name.partition(".")[0].partition("[")[0] for name in said(answer)] == [field]
    assert kept(office) == before


@pytest.mark.parametrize("limit", ["limit_day", "limit_week", "limit_month"])
def test_of_a_link_by_its_form(ada, office, limit):
    link = office.link(office.ada)
    before = kept(office)
    typed = to_values(link.settings, "Europe/London") | {"title": "Changed", limit: "-1"}
    answer = ada.post(f"/settings/booking-links/{link.id}", data=typed | {"version": link.version})
    assert said(answer) == ["A whole number from 1 to 1,000 meetings."]
    assert kept(office) == before


@pytest.mark.parametrize(
    ("change", "words"),
    [("weight", "A whole number from 1 to 1,000."), ("nobody", "A team needs at least one host.")],
)
def test_of_a_team_by_its_form(ada, office, change, words):
    before, host = kept(office), office.ada.id
    typed = {"name": "Sales", "slug": f"sales-{uuid4().hex[:6]}"}
    rows = {"member": [host], f"weight_{host}": "0", f"level_{host}": "1", f"active_{host}": "1"}
    answer = ada.post("/settings/team/new", data=typed | (rows if change == "weight" else {}))
    assert said(answer) == [words]
    assert kept(office) == before
