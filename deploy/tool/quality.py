"""Lint, types, import rules, tests."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from tool.environment import PYTHON
from tool.places import ROOT

BIN = PYTHON.parent

CHECKS = (
    ("ruff", "check", "--no-cache", "--quiet", "."),  # a cache forgets which packages are ours
    ("ruff", "format", "--check", "--quiet", "."),
    ("mypy", "libs", "services", "gateway", "deploy", "clients", "tests/support", "tests/compose"),
    ("lint-imports", "--no-logo"),
)

DEBIAN = {"rabbitmq-server": "rabbitmqctl", "chromium": "chromium"}
"""Debian's packages that the tests need, and a command that each brings."""


Done = subprocess.CompletedProcess[str]

LAST = ("nice", "-n", "19")
"""Only with what is left of the processors."""


def check() -> int:
    """Runs every check, also after one has failed; 0 when all hold."""
    return _told(_held(check) for check in CHECKS)


def _held(check: tuple[str, ...], before: tuple[str, ...] = ()) -> Done:
    command = [*before, str(BIN / check[0]), *check[1:]]
    return subprocess.run(
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def _told(checks: Iterable[Done]) -> int:
    """Says what each found, as soon as it is known; 1 where one failed."""
    failed = []
    for done, check in zip(checks, CHECKS, strict=True):
        print("workestra:", *check, file=sys.stderr)
        print(done.stdout, end="", flush=True)
        failed += [check] if done.returncode else []
    for check in failed:
        print("failed:", *check, file=sys.stderr)
    return 1 if failed else 0


def machine() -> None:
    """Installs the programs that the tests start, where that is possible without asking."""
    missing = [package for package, command in DEBIAN.items() if not shutil.which(command)]
    if not missing or os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in (["update"], ["install", "-y", "--no-install-recommends", *missing]):
        command = ["apt-get", "-qq", *step]
        subprocess.run(command, check=True, env=environment, stdout=sys.stderr)


MOST = ["--numprocesses=2", "--no-loadscope-reorder", "--ignore=tests/faults"]
"""Two processes at once. In their folders' order: the quick ones come last, so that neither process
waits long for the other.
"""
ALONE = ["tests/faults"]
"""Those that kill servers under load."""


def test(arguments: list[str]) -> int:
    """Every check and every test; with arguments, only pytest with these."""
    machine()
    if arguments:
        return _pytest(arguments)
    with ThreadPoolExecutor(1) as beside:
        checks = [beside.submit(_held, check, LAST) for check in CHECKS]
        tested = _pytest(MOST)
    checked = _told(check.result() for check in checks)
    return max(checked, tested, _pytest(ALONE))


def _pytest(arguments: list[str]) -> int:
    same_order = {**os.environ, "PYTHONHASHSEED": "0"}  # of sets, in both processes
    command = [str(BIN / "pytest"), "-q", *arguments]
    return subprocess.run(command, cwd=ROOT, env=same_order, check=False).returncode
