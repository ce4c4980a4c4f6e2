"""The command, its locks, and what operators read."""

import os
import re
import subprocess
import sys

import pytest
import yaml

from support.postgres import ROOT
from tool import environment, operate, places

LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
COMMANDS = [
    "up",
    "test",
    "check",
    "bench",
    "mcp",
    "run",
    "migrate",
    "workspace",
    "resync",
    "rotate-keys",
    "dead",
]


def _workestra(*arguments, **changes):
    command = [sys.executable, str(ROOT / "workestra"), *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, **changes}
    )


def _config(program):
    text = (places.home(program) / "config.yml").read_text()
    return re.sub(r"(^|\s)#.*", "", text, flags=re.MULTILINE)


def test_without_an_argument_it_lists_every_command():
    said = _workestra().stdout
    assert [c for c in COMMANDS if not re.search(rf"^    {c}\b", said, re.MULTILINE)] == []


def test_an_unknown_argument_is_refused_with_the_usage():
    done = _workestra("up", "--dmeo")
    assert (done.returncode, "--dmeo" in done.stderr) == (2, True)


def test_a_missing_database_url_is_named():
    done = _workestra("migrate", "crm-bridge", CRM_BRIDGE_DATABASE_URL="")
    assert done.returncode == 1
    assert "CRM_BRIDGE_DATABASE_URL is not set" in done.stderr


@pytest.mark.parametrize("program", places.PROGRAMS)
def test_every_variable_of_a_config_is_in_the_operators_table(program):
    table = (ROOT / "docs" / "operations.md").read_text()
    names = re.findall(r"\$\{([A-Z_]+)", _config(program))
    assert [name for name in names if f"`{name}`" not in table] == []


@pytest.mark.parametrize("program", places.PROGRAMS)
def test_the_containers_get_every_variable_that_has_no_default(program):
    composed = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"][program]
    given = "".join((ROOT / file).read_text() for file in composed["env_file"])
    needed = re.findall(r"\$\{([A-Z_]+)\}", _config(program))
    assert [name for name in needed if not re.search(rf"^{name}=.", given, re.MULTILINE)] == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_a_lock_pins_with_hashes_and_names_no_registry(lock):
    text = lock.read_text()
    pins = re.findall(r"^[a-z0-9].*$", text, re.MULTILINE)
    assert pins
    assert "://" not in text
    assert [pin for pin in pins if not re.fullmatch(r"[\w.-]+==\S+( ; .*)? \\", pin)] == []
    assert text.count("--hash=sha256:") >= len(pins)


def test_the_front_end_lock_names_no_registry():
    assert "://registry" not in (ROOT / "gateway/frontend/package-lock.json").read_text()


def test_every_lock_agrees_on_versions():
    pins = {}
    for lock in LOCKS:
        for name, version in re.findall(r"^([\w.-]+)==(\S+)", lock.read_text(), re.MULTILINE):
            pins.setdefault(name, set()).add(version)
    assert {name: versions for name, versions in pins.items() if len(versions) > 1} == {}


def test_a_changed_source_changes_the_digest(tmp_path, monkeypatch):
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    file = tmp_path / "a"
    missing = environment.digest([file])
    file.write_text("1")
    first = environment.digest([file])
    file.write_text("2")
    assert len({missing, first, environment.digest([file])}) == 3


def test_a_database_that_does_not_answer_has_no_revision():
    url = "postgresql+psycopg2://nobody@127.0.0.1:1/nothing"
    assert operate._revision(url) is None


def test_an_empty_database_has_revision_nothing(postgres):
    assert operate._revision(postgres.url("postgres")) == ""


@pytest.mark.parametrize("program", places.PROGRAMS)
def test_every_program_has_one_newest_revision(program):
    assert operate._newest(program)
