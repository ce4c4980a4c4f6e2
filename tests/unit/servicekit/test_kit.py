"""Settings, sealing, pauses: what needs neither database nor broker."""

import random
from datetime import timedelta

import pytest
from cryptography.fernet import InvalidToken

from servicekit import Settings, settings
from servicekit.leases import backoff
from servicekit.sealing import Sealer, keyed_mac


def config(tmp_path, text):
    path = tmp_path / "config.yml"
    path.write_text(text)
    return path


def test_a_missing_variable_stops_the_start_and_is_named(tmp_path, monkeypatch):
    monkeypatch.delenv("SOME_URL", raising=False)
    with pytest.raises(SystemExit, match="SOME_URL"):
        settings.load(Settings, config(tmp_path, "database_url: ${SOME_URL}"))


def test_a_value_of_the_wrong_type_stops_the_start(tmp_path, monkeypatch):
    monkeypatch.setenv("POOL_SIZE", "many")
    with pytest.raises(SystemExit, match="pool_size"):
        settings.load(Settings, config(tmp_path, "database_url: x"))


def test_what_is_given_needs_no_variable_and_is_not_overruled_by_one(tmp_path, monkeypatch):
    monkeypatch.delenv("SOME_URL", raising=False)
    monkeypatch.setenv("POOL_SIZE", "9")
    given = {"database_url": "x", "pool_size": 3}
    found = settings.load(Settings, config(tmp_path, "database_url: ${SOME_URL}"), given)
    assert (found.database_url, found.pool_size) == ("x", 3)


def test_several_keys_stand_in_one_variable(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_KEYS", "new, old")
    found = settings.load(Settings, config(tmp_path, "secret_keys: ${SECRET_KEYS}"))
    assert found.secret_keys == ("new", "old")


def test_what_an_old_key_sealed_a_rotated_installation_opens():
    sealed = Sealer(["old"]).seal("https://h.test/x")
    assert "h.test" not in sealed
    assert Sealer(["new", "old"]).open(sealed) == "https://h.test/x"
    with pytest.raises(InvalidToken):
        Sealer(["new"]).open(sealed)


def test_parts_of_a_code_cannot_be_shifted():
    assert keyed_mac("k", "ab", "c") != keyed_mac("k", "a", "bc")
    assert len(keyed_mac("k", "x")) == 32


@pytest.mark.parametrize(("tries", "most"), [(1, 1), (2, 2), (5, 16), (40, 3600)])
def test_pauses_grow_to_an_hour(tries, most):
    pause = backoff(tries, random.Random(1))
    assert timedelta(seconds=most / 2) <= pause <= timedelta(seconds=most)
