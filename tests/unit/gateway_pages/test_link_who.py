"""Who takes a link's meetings: read from its form, and said in a line."""

from uuid import UUID

import pytest
from werkzeug.datastructures import MultiDict

from contracts.booking import LinkHost, LinkSettings
from gateway.settings_pages.link_form import read, to_values
from gateway.settings_pages.link_who import kinds, says

ADA, BEA, CYD, TEAM = (UUID(int=number) for number in range(1, 5))
ALONE = LinkSettings(title="Intro call", slug="intro", hosts=(LinkHost(host_id=ADA),))
SHARED = LinkSettings(
    title="Intro call",
    slug="intro",
    kind="round_robin",
    hosts=(
        LinkHost(host_id=ADA, weight=3, level=2),
        LinkHost(host_id=BEA, position=1, weight=2),
    ),
)
NAMES = {ADA: "Ada", BEA: "Bea", CYD: "Cyd"}


def typed(base=ALONE, *, others=True, **changes):
    return read(MultiDict(to_values(base, "UTC") | changes), base, "UTC", others=others)


@pytest.mark.parametrize("base", [ALONE, SHARED])
def test_what_is_shown_comes_back_as_it_was(base):
    assert typed(base).settings == base


def test_hosts_are_ticked_one_by_one_and_keep_their_terms():
    values = to_values(SHARED, "UTC") | {"hosts": [str(CYD), str(ADA)]}
    form = read(MultiDict(values), SHARED, "UTC", others=True)
    assert form.settings.hosts == (
        LinkHost(host_id=ADA, weight=3, level=2),
        LinkHost(host_id=CYD, position=1),
    )


def test_a_team_takes_the_place_of_hosts():
    form = typed(kind="round_robin", team_id=str(TEAM), hosts="")
    assert (form.settings.team_id, form.errors) == (TEAM, {})


def test_a_link_for_one_again_is_its_owners():
    assert typed(SHARED, kind="one_on_one").settings.hosts == ()


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("kind", {"kind": "solo"}),
        ("hosts", {"kind": "collective", "hosts": ""}),
        ("hosts", {"kind": "collective", "hosts": "ada"}),
        ("team_id", {"kind": "round_robin", "team_id": "sales"}),
        ("assignment", {"kind": "round_robin", "assignment": "dice"}),
        ("capacity", {"kind": "group", "capacity": "0"}),
        ("capacity", {"kind": "group", "capacity": "1001"}),
        ("grid_start", {"kind": "collective", "grid_start": "24:00"}),
        ("grid_timezone", {"kind": "collective", "grid_timezone": "Mars/Base"}),
    ],
)
def test_what_is_wrong_is_said_at_its_input(field, changes):
    form = typed(**changes)
    assert form.settings is None
    assert set(form.errors) == {field}


def test_inputs_of_another_kind_are_left_alone():
    assert typed(capacity="x", grid_start="x", assignment="x").settings == ALONE


def test_a_member_makes_a_group_alone_and_shares_nothing():
    assert kinds(ALONE, others=False) == ["one_on_one", "group"]
    assert kinds(SHARED, others=False) == ["round_robin"]
    assert typed(others=False, kind="group", capacity="9").settings.capacity == 9
    assert typed(SHARED, others=False, hosts=str(CYD)).settings == SHARED


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "Ada"),
        ({"kind": "group", "capacity": "9"}, "Ada, 9 places"),
        ({"approval": "1"}, "Ada, after approval"),
        (
            {"kind": "round_robin", "hosts": f"{ADA} {BEA}", "visitor_picks": "1"},
            "Ada and Bea: take turns, the visitor may pick",
        ),
        ({"kind": "collective", "team_id": str(TEAM)}, "Team Sales: all together"),
    ],
)
def test_the_section_says_what_it_is_set_to(changes, words):
    assert says(typed(**changes).settings, NAMES, {TEAM: "Sales"}) == words
