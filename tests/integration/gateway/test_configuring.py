"""`./workestra config` against a gateway over HTTP, in front of the real services."""

import argparse
import re
from pathlib import Path
from threading import Thread
from uuid import uuid4

import pytest
import yaml
from msgspec.structs import replace
from werkzeug.serving import make_server

from configuring import document, program
from configuring.document import Document
from configuring.installation import Installation
from contracts.availability import SaveSchedule, Schedule
from contracts.booking import (
    Attendee,
    Book,
    LinkHost,
    LinkSettings,
    SaveTeam,
    Team,
    TeamMember,
    UpdateLink,
)
from gateway.accounts.signing import SCOPES

EVENING = {"monday": ["18:00-21:00"], "saturday": ["22:00-02:00"]}


class Office:
    """A workspace of two hosts with a link and a meeting, and its file in a folder."""

    def __init__(self, suite, url, folder, name):
        self.suite, self.url, self.folder = suite, url, folder
        site = suite.site
        self.ada, self.name = site.workspace(name), name.lower()
        self.bea = site.member(self.ada, f"bea{name.lower()}")
        suite.hear()
        self.keys = {
            who.id: site.accounts.create_key(who, "k", SCOPES)[1] for who in (self.ada, self.bea)
        }
        self.link = suite.link(
            self.ada, f"call-{self.name}", hosts=(LinkHost(host_id=self.ada.id),)
        )
        self.book()
        self.file = Path(folder / f"{self.name}.yaml")
        self.run("export")
        self.words = document.read(self.file.read_text())

    def book(self):
        slug = self.link.settings.slug
        slots = self.slots(slug)
        attendee = Attendee(name="Zoë", email="zoe@x.test")
        self.suite.local.booking.book(
            Book(slug=slug, start=sorted(slots)[9], idempotency_key=slug, attendee=attendee)
        )
        self.suite.hear()

    def run(self, action, *, who=None, **options):
        """The command's exit status."""
        options = {"remove": False, "expect": "", "exit_code": False} | options
        key = self.keys[(who or self.ada).id]
        named = argparse.Namespace(action=action, file=self.file, url=self.url, **options)
        status = program.main(named, key)
        self.suite.hear()
        return status

    def write(self, **sections):
        self.file.write_text(document.write(Document(**sections)))

    def slots(self, slug):
        path = f"/api/v1/links/{slug}/slots?from=2026-12-01&to=2026-12-30&tz=Europe/London"
        answer = self.suite.site.client().get(path)
        return (
            {slot["start"] for slot in answer.json["slots"]} if answer.status_code == 200 else set()
        )


@pytest.fixture(scope="module")
def url(whole):
    server = make_server("127.0.0.1", 0, whole.site.app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def office(whole, url, tmp_path, request):
    name = re.sub(r"\W", "", request.node.name.rpartition("_")[2].title())
    return Office(whole, url, tmp_path, name)


def printed(capsys):
    """What the command said; the gateway's log stands on the same standard output."""
    said = capsys.readouterr()
    log = re.compile(r"^\d{4}-\d\d-\d\d \d\d:.*\n", re.MULTILINE)
    return log.sub("", said.out), log.sub("", said.err)


def counts(text):
    """What a plan says of each link's slots: those that appear, that vanish, that there are."""
    found = re.findall(
        r"link (\S+).*(?:\n    .*)*?\n    slots .*: \+(\d+) -(\d+) \(of (\d+)\)", text
    )
    return {slug: tuple(map(int, numbers)) for slug, *numbers in found}


def test_the_key_is_sent_whatever_the_users_netrc_says_of_the_host(office, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("default login somebody password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    assert office.run("plan") == 0


def test_an_edited_export_is_planned_to_the_slot_and_applied_once(office, capsys):
    words, call, more = office.words, office.link.settings.slug, f"{office.name}-desk"
    assert office.run("plan", exit_code=True, remove=True) == 0
    assert printed(capsys)[0] == "Nothing would change.\n"
    words.links[0].update(durations=[45], notice=0, limits={"per_day": 3})
    words.links[0]["form"] = [{"id": "size", "label": "How many are you?", "required": True}]
    words.teams.append(
        {"slug": more, "name": "Desk", "members": [one["host"] for one in words.schedules]}
    )
    words.links.append({
        "slug": more, "title": "Desk", "owner": words.schedules[1]["host"], "kind": "round_robin",
        "team": more,
    })  # fmt: skip
    words.schedules[0]["hours"] = words.schedules[0]["hours"] | EVENING
    office.write(schedules=words.schedules, teams=words.teams, links=words.links)

    assert office.run("plan", exit_code=True) == program.DIFFERS
    told = printed(capsys)[0]
    before = {slug: office.slots(slug) for slug in (call, more)}
    assert office.run("apply", expect=re.search("Plan (.*?):", told)[1]) == 0
    after = {slug: office.slots(slug) for slug in (call, more)}
    assert counts(told) == {
        slug: (len(after[slug] - old), len(old - after[slug]), len(old))
        for slug, old in before.items()
    }
    assert min(counts(told)[call]) > 0
    capsys.readouterr()
    assert office.run("apply") == 0
    assert printed(capsys)[0] == "Nothing would change.\n"
    applied = office.file.read_text()
    office.run("export")
    assert yaml.safe_load(office.file.read_text())["links"][1]["team"] == more
    assert document.read(office.file.read_text()) == document.read(applied)
    assert office.run("plan", exit_code=True) == 0


def test_what_services_refuse_is_told_in_the_files_words_and_nothing_is_done(office, capsys):
    words = office.words
    words.links[0].update(durations=[30, 30], notice=1)
    words.links.append({"slug": "api", "title": "X", "owner": words.schedules[0]["host"]})
    words.schedules[1]["timezone"] = "Mars/Olympus"
    office.write(schedules=words.schedules, links=words.links)
    for action in ("plan", "apply"):
        assert office.run(action) == 1
        told = printed(capsys)[1]
        assert re.findall(r"^  (\S+): ", told, re.MULTILINE) == [
            "links[0].durations", "links[1].slug", "schedules[1].timezone",
        ]  # fmt: skip
    office.run("export")
    assert document.read(office.file.read_text()).links[0].get("notice") is None


def test_a_plan_that_is_no_longer_true_is_not_applied(office, capsys):
    words, link = office.words, office.link
    words.links[0]["notice"] = 30
    office.write(links=words.links)
    office.run("plan")
    mark = re.search("Plan (.*?):", printed(capsys)[0])[1]
    newer = UpdateLink(
        workspace_id=link.workspace_id, link_id=link.id, version=link.version,
        settings=LinkSettings(**{name: getattr(link.settings, name) for name in link.settings.__struct_fields__} | {"title": "New"}),
    )  # fmt: skip
    office.suite.local.booking.update_link(newer)
    assert office.run("apply", expect=mark) == 1
    assert "something was changed since" in printed(capsys)[1]


def test_a_refusal_on_the_way_says_what_was_done_and_what_was_not(office, capsys, monkeypatch):
    """A colleague changes a link between the check and its turn."""
    words, link = office.words, office.link
    words.links[0]["notice"] = 30
    words.schedules[0]["hours"] = EVENING
    office.write(schedules=words.schedules, links=words.links)
    checked = Installation.try_out

    def meanwhile(self, *asked):
        found = checked(self, *asked)
        office.suite.local.booking.update_link(UpdateLink(
            workspace_id=link.workspace_id, link_id=link.id, version=link.version,
            settings=link.settings,
        ))  # fmt: skip
        return found

    monkeypatch.setattr(Installation, "try_out", meanwhile)
    assert office.run("apply") == 1
    applied, refused, _ = printed(capsys)[1].splitlines()
    assert applied.startswith("applied:     ~ schedule ")
    assert refused == f"not applied: ~ link {link.settings.slug}: It was changed meanwhile."


@pytest.mark.parametrize("section", ["links", "teams", "schedules"])
def test_what_was_changed_since_it_was_looked_at_is_not_removed(
    office, capsys, monkeypatch, section
):
    local, here = office.suite.local, {"workspace_id": office.ada.workspace_id}
    schedule = Schedule(id=uuid4(), **here, host_id=office.ada.id, name="Late", timezone="UTC")
    members = (TeamMember(host_id=office.ada.id),)
    team = Team(id=uuid4(), **here, name="Late", slug=f"late-{office.name}", members=members)
    schedule = local.availability.save_schedule(SaveSchedule(schedule=schedule))
    team = local.booking.save_team(SaveTeam(team=team))
    link = {"link_id": office.link.id, "version": office.link.version}
    change = {
        "links": lambda: local.booking.update_link(
            UpdateLink(**here, **link, settings=office.link.settings)
        ),
        "teams": lambda: local.booking.save_team(SaveTeam(team=replace(team, name="Later"))),
        "schedules": lambda: local.availability.save_schedule(
            SaveSchedule(schedule=replace(schedule, name="Later"))
        ),
    }
    office.write(**{section: office.words.schedules if section == "schedules" else []})
    checked = Installation.try_out

    def meanwhile(self, *asked):
        found = checked(self, *asked)
        change[section]()
        return found

    with monkeypatch.context() as patched:
        patched.setattr(Installation, "try_out", meanwhile)
        assert office.run("apply", remove=True) == 1
    assert "It was changed meanwhile." in printed(capsys)[1]
    assert office.run("apply", remove=True) == 0
    assert "0 to add, 0 to change, 1 to remove" in printed(capsys)[0]


def test_removals_free_slugs_first_and_a_members_key_may_not_plan(office, capsys):
    words = office.words
    again = words.links[0] | {"kind": "collective"}
    office.write(
        links=[{"slug": f"{office.name}-b", "title": "B", "owner": again["owner"]}], teams=[]
    )
    assert office.run("plan", who=office.bea) == 1
    assert office.run("apply", remove=True) == 0
    assert "1 to add, 0 to change, 1 to remove" in printed(capsys)[0]
    assert office.slots(f"{office.name}-b")
    office.run("export")
    assert [one["slug"] for one in document.read(office.file.read_text()).links] == [
        f"{office.name}-b"
    ]
