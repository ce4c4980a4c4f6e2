"""What may run side by side (`pytest -n`): whole suites after one another, the rest by file."""

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

WHOLE = {"browser", "e2e"}
"""Rooms whose tests share running suites."""


class ByRoom(LoadScopeScheduling):  # type: ignore[misc]
    """Tests of one scope run in one process, in their order."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return "whole" if file.split("/")[1] in WHOLE else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByRoom:
    """Called by xdist."""
    return ByRoom(config, log)
