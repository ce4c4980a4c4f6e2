"""Configuration as YAML: what stands in words, and what a file would change. No installation."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import msgspec
import pytest

from configuring import applying, clocks, differing, document, entries
from configuring.document import Unreadable
from configuring.planning import Planner, exported
from configuring.state import State
from contracts.availability import DateOverride, Schedule, WeekdayHours, Window
from contracts.booking import (
    Condition,
    Host,
    Limits,
    Link,
    LinkHost,
    LinkSettings,
    Location,
    Question,
    Team,
    TeamMember,
)

NOW = datetime(2026, 12, 1, tzinfo=UTC)
WORKSPACE = UUID(int=1)
ADA, BEA = (
    Host(
        id=UUID(int=number), workspace_id=WORKSPACE, name=name, email=f"{name}@acme.test",
        timezone="Europe/London", slug=f"{name}-acme",
    )
    for number, name in ((2, "ada"), (3, "bea"))
)  # fmt: skip


def schedule(number, host, **changes):
    values = {
        "id": UUID(int=number), "workspace_id": WORKSPACE, "host_id": host.id, "version": 4,
        "name": "Working hours", "timezone": "Europe/London", "is_default": True,
        "hours": (WeekdayHours(weekday=1, windows=(Window(start=540, end=1020),)),),
    }  # fmt: skip
    return Schedule(**(values | changes))


def link(number, **settings):
    settings = {
        "title": "Call",
        "slug": f"call-{number}",
        "hosts": (LinkHost(host_id=ADA.id),),
    } | settings
    return Link(
        id=UUID(int=number), workspace_id=WORKSPACE, owner_id=ADA.id, version=7, created_at=NOW,
        settings=LinkSettings(**settings), workspace_timezone="Europe/London",
    )  # fmt: skip


SALES = Team(
    id=UUID(int=20), workspace_id=WORKSPACE, name="Sales", slug="sales", version=2,
    members=(TeamMember(host_id=ADA.id, weight=2), TeamMember(host_id=BEA.id, active=False)),
)  # fmt: skip
FORM = (
    Question(id="size", label="How many are you?", type="select", options=("1", "2", "more")),
    Question(
        id="who", label="Who else?", required=True,
        shown_if=Condition(question="size", values=("more",)),
    ),
)  # fmt: skip
STATE = State(
    workspace_id=WORKSPACE,
    timezone="Europe/London",
    hosts=(ADA, BEA),
    schedules=(
        schedule(10, ADA, overrides=(DateOverride(day=date(2026, 12, 24)),), holidays="GB"),
        schedule(11, BEA),
        schedule(12, BEA, name="Evenings", is_default=False, hours=(
            WeekdayHours(weekday=5, windows=(Window(start=1320, end=1560),)),
        )),
    ),
    teams=(SALES,),
    links=(
        link(30),
        link(
            31, slug="rich", limits=Limits(day=4), questions=FORM, description="One\n\nTwo: 2\n",
            location=Location(kind="phone", value="+44 20 7946 0000"), first_day=date(2026, 12, 1),
            last_day=date(2026, 12, 31), expires_at=NOW, schedule_id=UUID(int=10), colour="#112233",
        ),
        link(32, slug="sales-call", kind="round_robin", team_id=SALES.id, hosts=(
            LinkHost(host_id=ADA.id, weight=2),
        )),
        link(33, slug="panel", kind="collective", hosts=(
            LinkHost(host_id=BEA.id), LinkHost(host_id=ADA.id, position=1, weight=3),
        )),
    ),
)  # fmt: skip


def planned(text, state=STATE, **how):
    return Planner(state, document.read(text), **how).plan()


def edited(edit, state=STATE, **how):
    """The plan of an export that somebody has changed."""
    found = exported(state)
    edit(found)
    return planned(document.write(found), state, **how)


def by_slug(found, slug):
    return next(one for one in found.links if one["slug"] == slug)


def lines(plan):
    return {
        f"{one.mark} {one.name}": differing.lines(one.before, one.after) for one in plan.changes
    }


def test_what_was_exported_changes_nothing_and_is_the_same_text_again():
    text = document.write(exported(STATE))
    assert planned(text, remove=True).changes == ()
    shuffled = replace(STATE, links=STATE.links[::-1], schedules=STATE.schedules[::-1])
    assert document.write(exported(shuffled)) == text
    assert not any(str(one.id) in text for one in (*STATE.links, *STATE.schedules, SALES, ADA))


def test_an_export_says_only_what_is_not_usual_in_words():
    text = document.write(exported(STATE))
    plain = text[text.index("- slug: call-30") : text.index("- slug: panel")]
    assert plain.split("\n") == [
        "- slug: call-30", "  title: Call", "  owner: ada-acme", "  kind: one_on_one", "",
    ]  # fmt: skip
    for words in (
        "monday: ['09:00-17:00']", "friday: ['22:00-02:00']", "2026-12-24: []", "per_day: 4",
        "schedule: ada-acme/Working hours", "team: sales", "  description: |\n", "holidays: GB",
    ):  # fmt: skip
        assert words.replace("'", "") in text.replace("'", "")


def test_every_setting_of_a_link_has_a_place_in_the_file():
    settings = set(LinkSettings.__struct_fields__)
    assert {entries.RENAMED.get(name, name) for name in settings} <= set(entries.LINK_KEYS)


def test_changes_are_told_field_by_field():
    def edit(found):
        rich = by_slug(found, "rich")
        rich["notice"], rich["limits"] = 60, {"per_day": 4, "per_week": 9}
        rich["form"][1]["required"] = False
        rich["form"].append({"id": "new", "label": "New"})
        del rich["colour"]
        found.teams[0]["members"].reverse()
        found.schedules[0]["hours"]["tuesday"] = ["08:00-12:00"]

    assert lines(edited(edit)) == {
        "~ ada-acme/Working hours": ["hours.tuesday: (none) -> 08:00-12:00"],
        "~ sales": ["members (order): ada-acme, bea-acme -> bea-acme, ada-acme"],
        "~ rich": [
            "notice: 240 -> 60",
            "limits.per_week: (none) -> 9",
            "colour: #112233 -> #4f46e5",
            "form[who].required: true -> false",
            "form[new]: (none) -> id: new, label: New, type: text, required: false, max_mib: 10",
        ],
    }  # fmt: skip


def test_what_would_be_saved_carries_the_version_that_was_seen():
    plan = edited(lambda found: by_slug(found, "rich").update(notice=60))
    (change,) = plan.saved("links")
    rich = STATE.links[1]
    assert change.value == msgspec.structs.replace(
        rich, settings=msgspec.structs.replace(rich.settings, notice=60)
    )


def test_new_things_may_name_each_other_and_old_ones_be_renamed():
    text = """
    teams:
      - {slug: closers, was: sales, name: Closers, members: [bea-acme]}
    schedules:
      - {host: bea-acme, name: Early, timezone: Europe/London, hours: {monday: ["06:00-09:00"]}}
    links:
      - slug: early
        title: Early
        owner: ada-acme
        kind: round_robin
        team: closers
        schedule: bea-acme/Early
      - {slug: renamed, was: call-30, title: Call, owner: ada-acme}
    """
    plan = planned(text)
    assert not plan.problems
    assert [f"{one.mark} {one.name}" for one in plan.changes] == [
        "+ bea-acme/Early", "~ closers", "+ early", "~ renamed",
    ]  # fmt: skip
    early, renamed = (one.value for one in plan.saved("links"))
    assert (early.settings.team_id, early.version) == (SALES.id, 0)
    assert early.settings.schedule_id == plan.saved("schedules")[0].value.id
    assert (renamed.id, renamed.version) == (UUID(int=30), 7)


def test_nothing_is_removed_unless_it_is_asked_for_and_only_where_the_file_has_the_section():
    text = "links: [{slug: call-30, title: Call, owner: ada-acme}]"
    assert planned(text).changes == ()
    plan = planned(text, remove=True)
    assert [one.name for one in plan.removed("links")] == ["panel", "rich", "sales-call"]
    assert [one.section for one in plan.changes] == ["links"] * 3
    gone = planned("schedules: []\nlinks: []\nteams: []", remove=True)
    assert [one.name for one in gone.removed("schedules")] == ["bea-acme/Evenings"]


def test_what_is_still_in_use_is_not_removed():
    plan = planned("teams: []", remove=True)
    assert plan.problems == {"teams": "sales is used by sales-call."}


def test_another_default_schedule_takes_the_place_of_the_one_before():
    def edit(found):
        found.schedules[:] = [found.schedules[1] | {"default": True}]

    assert lines(edited(edit)) == {
        "~ bea-acme/Evenings": ["default: false -> true"],
        "~ bea-acme/Working hours": ["default: true -> false"],
    }
    (by_hand,) = edited(edit).saved("schedules")
    assert by_hand.name == "bea-acme/Evenings"


def test_a_default_schedule_that_is_removed_is_that_of_after_another_took_its_place():
    text = (
        "schedules: [{host: bea-acme, name: Evenings, timezone: UTC, default: true},"
        " {host: ada-acme, name: Working hours, timezone: Europe/London, default: true}]"
    )
    plan = planned(text, remove=True)
    (gone,) = plan.removed("schedules")
    assert gone.name == "bea-acme/Working hours"
    assert list(applying.steps(plan))[-1].value.version == gone.value.version + 1


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("links: [{slug: a-b, title: A, owner: ada-acme, notic: 3}]", "links[0].notic"),
        ("links: [{slug: a-b, title: A}]", "links[0].owner"),
        ("links: [{slug: a-b, title: A, owner: eve}]", "links[0].owner"),
        ("links: [{slug: a-b, title: A, owner: ada-acme, limits: {per_day: 0}}]", "links[0].limits.per_day"),
        ("links: [{slug: a-b, title: A, owner: ada-acme, limits: {day: 1}}]", "links[0].limits.day"),
        ("links: [{slug: a-b, title: A, owner: ada-acme, form: [{id: x}]}]", "links[0].form[0].label"),
        ("links: [{slug: a-b, title: A, owner: ada-acme, form: [{id: x, label: X, requird: 1}]}]", "links[0].form[0].requird"),
        ("links: [{slug: a-b, title: A, owner: ada-acme, durations: [30, 4]}]", "links[0].durations[1]"),
        ("links: [{slug: a-b, title: A, owner: ada-acme, team: none}]", "links[0].team"),
        ("links: [{slug: a-b, title: A, owner: ada-acme, schedule: bea-acme/Evenings}]", "links[0].schedule"),
        ("links: [{slug: rich, title: A, owner: bea-acme}]", "links[0].owner"),
        ("links: [{slug: rich, title: A, owner: ada-acme}, {slug: rich, title: B, owner: ada-acme}]", "links[1]"),
        ("teams: [{slug: tea-m, name: T, members: [{host: ada-acme, wait: 1}]}]", "teams[0].members[0].wait"),
        ("teams: [{slug: tea-m, name: T, members: [eve]}]", "teams[0].members[0].host"),
        ("schedules: [{host: ada-acme, name: X, timezone: UTC, hours: {mon: []}}]", "schedules[0].hours.mon"),
        ("schedules: [{host: ada-acme, name: X, timezone: UTC, hours: {monday: [9-5]}}]", "schedules[0].hours.monday[0]"),
        ("schedules: [{host: ada-acme, name: X, timezone: UTC, overrides: {xmas: []}}]", "schedules[0].overrides.xmas"),
        ("schedules: [{host: ada-acme, name: Working hours, timezone: UTC}]", "schedules[0].default"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_place_in_the_file(text, path):
    plan = planned(text)
    assert list(plan.problems) == [path]
    assert plan.problems[path].endswith(".")
    assert plan.changes == ()


@pytest.mark.parametrize(
    "text",
    ["- a", "links: {}", "links: [a]", "version: 2", "link: []", "links: [", "a: 1\na: 2", "x: 2026-02-30",
     "links: &itself [*itself]", "[" * 5000],
)  # fmt: skip
def test_a_file_that_is_no_such_document_is_refused(text):
    with pytest.raises(Unreadable):
        document.read(text)


@pytest.mark.parametrize(
    ("field", "path"),
    [
        ("slug", "links[2].slug"),
        ("questions.who", "links[2].form[1]"),
        ("questions", "links[2].form"),
        ("hosts.1.weight", "links[2].hosts[1].weight"),
        ("team_id", "links[2].team"),
        ("location.value", "links[2].location.value"),
        ("limits.day", "links[2].limits.per_day"),
    ],
)
def test_what_a_service_refuses_is_told_in_the_files_words(field, path):
    plan = edited(lambda found: by_slug(found, "rich").update(notice=60))
    assert plan.place(f"links[0].{field}") == path


@pytest.mark.parametrize("start", [0, 60, 1380, 1439])
@pytest.mark.parametrize("length", [1, 60, 600, 1380, 1440, 1441])
def test_every_window_is_read_as_it_was_written(start, length):
    window = Window(start=start, end=start + length)
    if window.end <= 2880:
        assert clocks.window(clocks.window_text(window), "") == window


def test_two_schedules_of_one_name_are_told_apart():
    twins = [schedule(50, BEA, is_default=False), schedule(51, BEA, is_default=False)]
    state = replace(STATE, schedules=(schedule(10, ADA), *twins), links=(link(30, hosts=(
        LinkHost(host_id=BEA.id),), schedule_id=twins[1].id),))  # fmt: skip
    assert edited(lambda found: None, state).changes == ()
    assert edited(lambda found: None, state).problems == {}


def test_a_plans_mark_is_that_of_its_changes_and_of_the_versions_it_saw():
    def edit(found):
        by_slug(found, "rich").update(notice=60)
        found.teams.append({"slug": "new", "name": "New", "members": [{"host": "ada-acme"}]})

    newer = replace(
        STATE, links=tuple(msgspec.structs.replace(one, version=8) for one in STATE.links)
    )
    assert edited(edit).mark == edited(edit, new_id=uuid4).mark
    assert edited(edit).mark != edited(edit, newer).mark
