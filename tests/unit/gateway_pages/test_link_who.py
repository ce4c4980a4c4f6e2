"""Who takes a link's meetings: read from its form, and said in a line."""

from uuid import UUID

import pytest
from msgspec.structs import replace
from werkzeug.datastructures import MultiDict

from contracts.booking import LinkHost, LinkSettings
from gateway.settings_pages.inputs import Reader
from gateway.settings_pages.link_form import read, to_values
from gateway.settings_pages.link_who import begin, kinds, says

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
    form = typed(SHARED, team_id=str(TEAM), hosts="")
    assert (form.settings.team_id, form.errors) == (TEAM, {})


@pytest.mark.parametrize(
    ("field", "kind", "changes"),
    [
        ("hosts", "collective", {"hosts": ""}),
        ("hosts", "collective", {"hosts": "ada"}),
        ("team_id", "round_robin", {"team_id": "sales"}),
        ("assignment", "round_robin", {"assignment": "dice"}),
        ("capacity", "group", {"capacity": "0"}),
        ("capacity", "group", {"capacity": "1001"}),
        ("grid_start", "collective", {"grid_start": "24:00"}),
        ("grid_timezone", "collective", {"grid_timezone": "Mars/Base"}),
    ],
)
def test_what_is_wrong_is_said_at_its_input(field, kind, changes):
    form = typed(replace(SHARED, kind=kind), **changes)
    assert form.settings is None
    assert set(form.errors) == {field}


def test_inputs_of_another_kind_are_left_alone():
    assert typed(capacity="x", grid_start="x", assignment="x", hosts=str(CYD)).settings == ALONE


def test_a_member_shares_nothing():
    assert [kind for kind, _, _ in kinds(others=False)] == ["one_on_one", "group"]
    assert typed(SHARED, others=False, hosts=str(CYD), team_id=str(TEAM)).settings == SHARED


def begun(*, others=True, **values):
    reader = Reader(MultiDict(values))
    return begin(reader, others=others), reader.errors


def test_a_new_link_is_one_on_one_unless_something_else_is_chosen():
    assert begun() == ({"kind": "one_on_one"}, {})
    assert begun(kind="one_on_one", hosts=str(CYD)) == ({"kind": "one_on_one"}, {})


def test_a_new_shared_link_needs_its_people():
    assert begun(kind="round_robin", team_id=str(TEAM))[0]["team_id"] == TEAM
    hosts = begun(kind="collective", hosts=[str(BEA), str(ADA)])[0]["hosts"]
    assert [place.host_id for place in hosts] == [BEA, ADA]
    assert set(begun(kind="round_robin")[1]) == {"hosts"}
    assert set(begun(kind="group", hosts=str(ADA))[1]) == {"capacity"}


def test_a_member_begins_a_group_alone():
    begin_group = begun(others=False, kind="group", capacity="9", hosts=str(CYD))
    assert begin_group == ({"kind": "group", "capacity": 9}, {})
    assert set(begun(others=False, kind="round_robin", hosts=str(CYD))[1]) == {"kind"}


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (ALONE, "Ada"),
        (replace(ALONE, kind="group", capacity=9), "Ada, 9 places"),
        (replace(ALONE, approval=True), "Ada, after approval"),
        (
            replace(SHARED, visitor_picks=True),
            "Ada and Bea: take turns, the visitor may pick",
        ),
        (replace(SHARED, kind="collective", team_id=TEAM), "Team Sales: all together"),
    ],
)
def test_the_section_says_what_it_is_set_to(settings, words):
    assert says(settings, NAMES, {TEAM: "Sales"}) == words
