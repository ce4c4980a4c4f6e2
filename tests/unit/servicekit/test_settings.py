"""What a program can be told is what its config.yml lists, and what operators can read about."""

import re
from importlib import import_module

import msgspec
import pytest
import yaml

from servicekit.settings import _COMMON
from support.postgres import ROOT
from tool import places

ONLY_UP = {"gateway": {"embedded", "mail_dir"}}
"""Set by `./workestra up` alone: no variable may open the pages under /dev."""


def _settings(program):
    return import_module(f"{places.package(program)}.settings").Settings


@pytest.mark.parametrize("program", places.PROGRAMS)
def test_every_setting_is_listed_in_the_config_and_the_config_lists_no_other(program):
    config = yaml.safe_load((places.home(program) / "config.yml").read_text())
    known = {field.encode_name for field in msgspec.structs.fields(_settings(program))}
    assert known - config.keys() - _COMMON.keys() == ONLY_UP.get(program, set())
    assert config.keys() - known == set()


@pytest.mark.parametrize("name", sorted(_COMMON))
def test_what_every_program_can_be_told_is_in_the_operators_table(name):
    (variable,) = re.findall(r"\$\{([A-Z_]+)", _COMMON[name])
    assert f"`{variable}`" in (ROOT / "docs" / "operations.md").read_text()


@pytest.mark.parametrize("program", places.PROGRAMS)
def test_a_default_is_the_same_in_the_config_and_in_the_code(program):
    config = yaml.safe_load((places.home(program) / "config.yml").read_text())
    for field in msgspec.structs.fields(_settings(program)):
        said = re.fullmatch(r"\$\{[A-Z_]+:(.*)\}", str(config.get(field.encode_name, "")))
        if said:
            assert msgspec.convert(_split(field, said[1]), field.type, strict=False) == (
                field.default
            ), field.name


def _split(field, text):
    return text.split(",") if str(field.type).startswith("tuple") else text
