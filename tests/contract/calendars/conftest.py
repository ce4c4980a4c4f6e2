"""Runs each test of the contract for every harness that can do what the test needs."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from contract.calendars.harness import Harness, Mirror

NAMES = sorted(path.stem[8:] for path in Path(__file__).parent.glob("harness_*.py"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`needs` is set by the decorator of that name in `needs.py`."""
    if "harness" in metafunc.fixturenames:
        needed = getattr(metafunc.function, "needs", frozenset())
        able = [name for name in NAMES if needed <= _module(name).CAN]
        metafunc.parametrize("harness", able, indirect=True)


@pytest.fixture
def harness(request: pytest.FixtureRequest) -> Iterator[Harness]:
    """A fresh account at one provider."""
    with _module(request.param).make(request) as made:
        yield made


@pytest.fixture
def mirror(harness: Harness) -> Mirror:
    """What a reader knows of its calendar: nothing yet."""
    return Mirror(harness)


def _module(name):
    return import_module(f"contract.calendars.harness_{name}")
