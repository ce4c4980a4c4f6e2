"""Addresses of the built style sheets and scripts: `asset("app.css")`."""

import json
from pathlib import Path

BUILD = Path(__file__).parent.parent / "static" / "build"


class Assets:
    """Names in the build's manifest, re-read when a new build replaces it."""

    def __init__(self, folder: Path = BUILD, base: str = "/static/build/") -> None:
        self._manifest = folder / "manifest.json"
        self._base = base
        self._read_at = -1.0
        self._names: dict[str, str] = {}

    def __call__(self, name: str) -> str:
        """The address of `name` with its content's hash. Raises `KeyError` if it was not built."""
        changed = self._manifest.stat().st_mtime
        if changed != self._read_at:
            self._names = json.loads(self._manifest.read_text())
            self._read_at = changed
        return self._base + self._names[name]
