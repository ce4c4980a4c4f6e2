"""Locks what the packages depend on: pinned, hashed, without a registry's address.

`python deploy/tool/lock.py` with `uv` on the PATH writes requirements/*.txt anew, keeping the
versions that are there; `--upgrade` takes the newest.
"""

import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tool.places import EMBEDDED, REQUIREMENTS, folders

OURS = "workestra-"

LOCKS = {
    "test": ("production", "local", "test"),
    "local": ("production", "local"),
    "production": ("production",),
    "mailbox": ("mailbox",),
    "frontend": ("frontend",),
}
"""Each lock, and the .in files that it covers; the widest first, the others follow its pins."""


def dependencies() -> list[str]:
    """What our packages ask for, less each other; the images run without `embedded`."""
    found: set[str] = set()
    for folder in folders():
        if folder == EMBEDDED:
            continue
        project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
        found.update(d for d in project.get("dependencies", ()) if not d.startswith(OURS))
    return sorted(found)


def lock(name: str, sources: list[Path], *, upgrade: bool) -> None:
    """Writes requirements/<name>.txt; the widest lock binds the others."""
    widest = REQUIREMENTS / "test.txt"
    bound = ["--constraint", str(widest)] if name in {"local", "production", "mailbox"} else []
    subprocess.run(
        [
            "uv",
            "pip",
            "compile",
            "--quiet",
            "--generate-hashes",
            "--no-emit-index-url",
            "--no-header",
            "--no-annotate",
            "--python-version=3.11",
            *(["--upgrade"] if upgrade else []),
            *bound,
            "--output-file",
            str(REQUIREMENTS / f"{name}.txt"),
            *map(str, sources),
        ],
        check=True,
    )


def main(arguments: list[str]) -> None:
    """Writes every lock."""
    with tempfile.TemporaryDirectory() as folder:
        ours = Path(folder) / "packages.in"
        ours.write_text("\n".join(dependencies()))
        for name, parts in LOCKS.items():
            sources = [REQUIREMENTS / f"{part}.in" for part in parts]
            if "production" in parts:
                sources.append(ours)
            lock(name, sources, upgrade="--upgrade" in arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
