"""Lint, types, import rules, tests."""

import os
import shutil
import subprocess
import sys

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


def check() -> int:
    """Runs every check, also after one has failed; 0 when all hold."""
    failed = [check for check in CHECKS if not _holds(check)]
    for check in failed:
        print("failed:", *check, file=sys.stderr)
    return 1 if failed else 0


def _holds(check: tuple[str, ...]) -> bool:
    print("workestra:", *check, file=sys.stderr, flush=True)
    return subprocess.run([BIN / check[0], *check[1:]], cwd=ROOT, check=False).returncode == 0


def machine() -> None:
    """Installs the programs that the tests start, where that is possible without asking."""
    missing = [package for package, command in DEBIAN.items() if not shutil.which(command)]
    if not missing or os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in (["update"], ["install", "-y", "--no-install-recommends", *missing]):
        command = ["apt-get", "-qq", *step]
        subprocess.run(command, check=True, env=environment, stdout=sys.stderr)


ALL = (["--numprocesses=2", "--ignore=tests/faults"], ["tests/faults"])
"""Every test: two processes at once, then, alone, those that kill servers under load."""


def test(arguments: list[str]) -> int:
    """Every check and every test; with arguments, only pytest with these."""
    machine()
    checked = 0 if arguments else check()
    tested = [_pytest(wanted) for wanted in ([arguments] if arguments else ALL)]
    return checked or max(tested)


def _pytest(arguments: list[str]) -> int:
    same_order = {**os.environ, "PYTHONHASHSEED": "0"}  # of sets, in both processes
    command = [str(BIN / "pytest"), "-q", *arguments]
    return subprocess.run(command, cwd=ROOT, env=same_order, check=False).returncode
