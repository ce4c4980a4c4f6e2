"""The file: YAML in, YAML out, in one order, so that two exports of the same are the same text."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import yaml

from configuring.entries import Entry

VERSION = 1
SECTIONS = ("schedules", "teams", "links")
HEADING = """\
# Links, schedules, teams and forms of a workspace, as `./workestra config export` writes them.
# What is not said is as usual. docs/configuration.md says what each name means.
"""
WIDTH = 100
DAY_LENGTH = len("2026-12-24")


class Unreadable(ValueError):
    """The file is no such document; says what is wrong, and where."""


@dataclass(frozen=True)
class Document:
    """The entries of each section; `None` is a section that the file leaves out."""

    schedules: list[Entry] | None = None
    teams: list[Entry] | None = None
    links: list[Entry] | None = None

    def section(self, name: str) -> list[Entry] | None:
        """By its name."""
        found: list[Entry] | None = getattr(self, name)
        return found


class _Loader(yaml.SafeLoader):
    """Refuses a key that stands twice, which YAML's own reader silently takes the last of."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 - PyYAML's own
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for number, key in enumerate(keys):
            if key in keys[:number]:
                line = node.value[number][0].start_mark.line + 1
                raise Unreadable(f"line {line}: {key} stands twice.")
        found: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return found


def read(text: str) -> Document:
    """Raises `Unreadable`."""
    try:
        loaded = yaml.load(text, _Loader)  # noqa: S506 - a SafeLoader
        found = _plain({} if loaded is None else loaded)
    except RecursionError:
        raise Unreadable("Something in it holds itself, or is too deep.") from None
    except yaml.YAMLError as error:
        raise Unreadable(str(error)) from None
    except ValueError as error:  # 2026-02-30 looks like a date
        raise error if isinstance(error, Unreadable) else Unreadable(str(error)) from None
    if not isinstance(found, dict):
        raise Unreadable("The file must have the sections schedules, teams and links.")
    _check(found)
    return Document(**{name: found.get(name) for name in SECTIONS})


def _check(found: Mapping[str, Any]) -> None:
    version = found.get("version", VERSION)
    if version != VERSION:
        raise Unreadable(f"version: This program reads version {VERSION}, not {version!r}.")
    for name, value in found.items():
        if name not in (*SECTIONS, "version") and not str(name).startswith("x-"):
            raise Unreadable(f"{name}: Sections are {', '.join(SECTIONS)}.")
        if name in SECTIONS and not isinstance(value, list):
            raise Unreadable(f"{name}: Write a list here.")
    for name in SECTIONS:
        for number, entry in enumerate(found.get(name) or ()):
            if not isinstance(entry, dict):
                raise Unreadable(f"{name}[{number}]: Write names and values here.")


def _plain(value: Any) -> Any:
    """Dates and instants as JSON writes them, keys as text."""
    if isinstance(value, dict):
        return {str(_plain(key)): _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        return aware.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else value


class _Dumper(yaml.SafeDumper):
    """Texts of several lines as blocks, dates without quotes, short lists on one line."""

    def ignore_aliases(self, data: Any) -> bool:
        """The same twice is written twice."""
        del data
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> Any:
    if len(value) == DAY_LENGTH and _is_day(value):
        return dumper.represent_scalar("tag:yaml.org,2002:timestamp", value)
    style = "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _sequence(dumper: yaml.SafeDumper, value: list[Any]) -> Any:
    flow = all(isinstance(one, str | int) for one in value)
    return dumper.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=flow)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(list, _sequence)


def write(document: Document) -> str:
    """With a heading that says what it is."""
    given = {name: one for name in SECTIONS if (one := document.section(name)) is not None}
    text: str = yaml.dump(
        {"version": VERSION} | given,
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        width=WIDTH,
    )
    return HEADING + text
