"""Whose mails come in which language, and what a workspace's new links begin with."""

import pytest

from contracts.booking import ListLinks
from contracts.gateway import AccountChanged, AccountInvited, PasswordResetAsked

PROFILE, WORKSPACE = "/settings/profile", "/settings/workspace"
NAMED = {"name": "Ada", "timezone": "Europe/London"}
BEGIN = {
    "durations": "45, 90",
    "location_kind": "phone",
    "location_value": "+44 20 7946 0000",
    "buffer_before": "5",
    "buffer_after": "10",
    "notice_hours": "12",
    "colour": "#0f766e",
}


def last(office, kind):
    return [event for event in office.site.said if isinstance(event, kind)][-1]


def test_the_language_of_a_profile_is_announced_and_kept(office, ada):
    assert ada.post(PROFILE, data=NAMED | {"language": "ja"}).status_code == 302
    assert last(office, AccountChanged).language == "ja"
    ada.post(PROFILE, data=NAMED)  # a page of the release before asks for none
    assert last(office, AccountChanged).language == "ja"
    office.site.accounts.ask_reset(office.ada.email)
    assert last(office, PasswordResetAsked).language == "ja"
    assert '<option value="ja" selected>' in ada.get(PROFILE).text


@pytest.mark.parametrize("path", [PROFILE, WORKSPACE])
def test_another_language_is_refused_at_its_field(office, ada, path):
    answer = ada.post(path, data=NAMED | {"language": "tlh"})
    assert answer.status_code == 422
    assert 'id="f-language-error"' in answer.text
    assert office.site.said == []


def test_who_is_invited_reads_the_workspaces_language(office, ada):
    ada.post(WORKSPACE, data={"name": "Acme", "timezone": "Europe/Paris", "language": "fr"})
    email = f"flo@{office.slug}.test"
    ada.post("/settings/team/invite", data={"name": "Flo", "email": email})
    assert last(office, AccountInvited).language == "fr"
    assert office.site.accounts.brand(office.ada.workspace_id).language == "fr"


def links(office):
    wanted = ListLinks(workspace_id=office.ada.workspace_id)
    return {
        link.settings.title: link.settings for link in office.local.booking.list_links(wanted).links
    }


def test_new_links_begin_as_the_workspace_says_and_old_ones_stay(office, ada):
    office.link(office.ada)
    assert ada.post(f"{WORKSPACE}/new-links", data=BEGIN).status_code == 302
    assert 'value="45, 90"' in ada.get("/settings/booking-links/new").text
    ada.post("/settings/booking-links/new", data={"title": "Second", "length": "15"})
    begun, before = links(office)["Second"], links(office)["Intro call"]
    assert (begun.durations, begun.notice, begun.colour) == ((15,), 720, "#0f766e")
    assert (begun.buffer_before, begun.buffer_after) == (5, 10)
    assert (begun.location.kind, begun.location.value) == ("phone", BEGIN["location_value"])
    assert (before.durations, before.notice, before.colour) == ((30,), 240, "#4f46e5")
    assert "/style/accent/0f766e.css" in ada.get(f"/book/{office.page}").text


WRONG = {
    "durations": "never",
    "location_value": "",
    "buffer_after": "1000",
    "notice_hours": "soon",
    "colour": "red",
}


@pytest.mark.parametrize("name", WRONG)
def test_what_no_link_could_be_is_said_at_its_input(office, ada, name):
    wish = BEGIN | {"location_kind": "url", "location_value": "https://call.test"}
    answer = ada.post(f"{WORKSPACE}/new-links", data=wish | {name: WRONG[name]})
    assert answer.status_code == 422
    assert f'href="#f-{name}"' in answer.text
    assert 'value="12"' in answer.text or name == "notice_hours"
    assert office.site.accounts.new_links(office.ada.workspace_id).durations == (30,)


def test_members_change_nothing_of_the_workspace(office, cyd):
    assert cyd.post(f"{WORKSPACE}/new-links", data=BEGIN).status_code == 403
