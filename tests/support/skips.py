"""With CI=true nothing is skipped: what would be is a failure that says why."""

import os
from collections.abc import Generator
from typing import Any

import pytest

STRICT = os.environ.get("CI") == "true"


def _refuse(report: Any) -> None:
    if STRICT and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"nothing may be skipped in CI: {report.longrepr}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, Any, Any]:
    """A skipped test, refused."""
    report = yield
    _refuse(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, Any, Any]:
    """A module that skips itself, refused."""
    report = yield
    _refuse(report)
    return report


def need(found: object, package: str) -> None:
    """Skips a test whose program this machine lacks, saying what to install."""
    if not found:
        pytest.skip(f"needs {package}: apt install {package}")
