"""A real browser: the system's Chromium, driven by Playwright."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from support.postgres import ROOT
from support.skips import need

OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
"""What Chromium needs as root and in a closed network."""

expect.set_options(timeout=30_000)
"""Milliseconds; it would be five seconds, which a busy machine may well take. As everywhere else."""


@pytest.fixture(scope="session")
def artifacts() -> Path:
    """Where pictures go; kept after the run, not in the repository."""
    folder = ROOT / "artifacts"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's path."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    need(path, "chromium")
    return str(path)


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """One browser a session; every test has contexts of its own."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=OPTIONS)
        yield started
        started.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A visitor without cookies, on a desktop in London."""
    made = browser.new_context(
        viewport={"width": 1280, "height": 900}, timezone_id="Europe/London", locale="en-GB"
    )
    yield made
    made.close()


@pytest.fixture
def page(
    context: BrowserContext, artifacts: Path, request: pytest.FixtureRequest
) -> Iterator[Page]:
    """A page of it. An error on its console fails the test; a failure leaves a picture."""
    made = context.new_page()
    errors: list[str] = []
    made.on("pageerror", lambda error: errors.append(str(error)))
    yield made
    if _failed(request.node):
        name = re.sub(r"\W+", "-", request.node.nodeid).strip("-")[-120:]
        made.screenshot(path=artifacts / f"{name}.png", full_page=True)
    assert errors == []


_REPORT = pytest.StashKey[Any]()


def _failed(node: pytest.Item) -> bool:
    report = node.stash.get(_REPORT, None)
    return bool(report and report.failed)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """Keeps the outcome where a fixture's end can read it."""
    report = yield
    if report.when == "call":
        item.stash[_REPORT] = report
    return report
