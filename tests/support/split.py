"""What may run side by side (`pytest -n`): whole suites after one another, the rest by file."""

from collections.abc import Generator
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
WHOLE = {"browser", "e2e", "faults"}
"""Rooms whose tests share running suites, and load the machine by themselves."""


@pytest.hookimpl(wrapper=True, tryfirst=True)  # xdist reads the groups in this hook, too
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Generator[None]:
    """Tests of one group run in one process, in their order."""
    for item in items:
        room = item.path.relative_to(TESTS).parts[0]
        item.add_marker(pytest.mark.xdist_group("whole" if room in WHOLE else str(item.path)))
    yield
