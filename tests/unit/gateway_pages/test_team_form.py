"""A team's form: its members in order, moved by buttons, wrong terms said at their inputs."""

from uuid import UUID

import pytest
from werkzeug.datastructures import MultiDict

from contracts.booking import Host, Team, TeamMember
from gateway.settings_pages.inputs import Reader
from gateway.settings_pages.team_form import read, shown

WORKSPACE = UUID(int=99)
ADA, BEA, CYD = (UUID(int=number) for number in range(1, 4))


def host(host_id, name, **changes):
    return Host(
        id=host_id,
        workspace_id=WORKSPACE,
        name=name,
        email=f"{name.lower()}@acme.test",
        timezone="UTC",
        slug=f"{name.lower()}-acme",
        **changes,
    )


KNOWN = {ADA: host(ADA, "Ada"), BEA: host(BEA, "Bea"), CYD: host(CYD, "Cyd")}
MEMBERS = (TeamMember(host_id=BEA, weight=3, level=2), TeamMember(host_id=ADA, active=False))
TEAM = Team(id=UUID(int=7), workspace_id=WORKSPACE, name="Sales", slug="sales", members=MEMBERS)


def form(**changes):
    values = {"name": "Sales", "slug": "sales", "member": [str(BEA), str(ADA)]}
    values |= {f"weight_{BEA}": "3", f"level_{BEA}": "2", f"active_{BEA}": "1"}
    values |= {f"weight_{ADA}": "1", f"level_{ADA}": "1"}
    return read(Reader(MultiDict(values | changes)), KNOWN)


def order(typed):
    return [row.name for row in typed.rows]


def test_what_is_shown_comes_back_as_it_was():
    assert form().members() == MEMBERS
    assert shown(TEAM, KNOWN).rows == form().rows


def test_who_is_ticked_stands_last_on_plain_terms():
    assert form(add=str(CYD)).members()[-1] == TeamMember(host_id=CYD)
    assert [each.name for each in form().others] == ["Cyd"]


@pytest.mark.parametrize(
    ("wish", "names"),
    [
        (f"up:{ADA}", ["Ada", "Bea"]),
        (f"down:{BEA}", ["Ada", "Bea"]),
        (f"up:{BEA}", ["Bea", "Ada"]),
        (f"down:{ADA}", ["Bea", "Ada"]),
        (f"remove:{BEA}", ["Ada"]),
        (f"up:{CYD}", ["Bea", "Ada"]),
        ("nonsense", ["Bea", "Ada"]),
    ],
)
def test_buttons_move_rows(wish, names):
    assert order(form(do=wish)) == names


@pytest.mark.parametrize(
    ("place", "changes"),
    [
        ("name", {"name": ""}),
        (f"weight_{BEA}", {f"weight_{BEA}": "0"}),
        (f"weight_{BEA}", {f"weight_{BEA}": ""}),
        (f"level_{BEA}", {f"level_{BEA}": "101"}),
        ("members", {"member": []}),
        ("members", {f"active_{BEA}": ""}),
        ("members", {"add": "everybody"}),
    ],
)
def test_what_is_wrong_is_said_at_its_input(place, changes):
    assert set(form(**changes).errors) == {place}


def test_a_refusal_is_said_at_the_members_own_input():
    typed = form()
    typed.refused({"members.1.weight": "Too heavy.", "slug": "Reserved.", "members.9.level": "?"})
    assert typed.errors == {
        f"weight_{ADA}": "Too heavy.",
        "slug": "Reserved.",
        "members.9.level": "?",
    }


def test_who_left_the_workspace_is_marked():
    known = {BEA: KNOWN[BEA], ADA: host(ADA, "Ada", active=False)}
    assert [row.gone for row in shown(TEAM, known).rows] == [False, True]
    assert [row.gone for row in shown(TEAM, {}).rows] == [True, True]
