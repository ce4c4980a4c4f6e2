"""What is different between two entries, field by field, in lines that people read."""

from collections.abc import Iterator
from typing import Any

from configuring.entries import Entry, list_of

KEYED = {"form": "id", "members": "host", "hosts": "host"}
"""Lists whose parts have names of their own; they are told apart by them."""
NOTHING = "(none)"
LONGEST = 80

Line = tuple[str, Any, Any]
"""Where, and what it was and would be; `None` is nothing."""


def fields(before: Entry, after: Entry) -> Iterator[Line]:
    """The fields that differ; those that are new or gone too."""
    for key in dict.fromkeys((*before, *after)):
        old, new = list_of(before.get(key)), list_of(after.get(key))
        if old != new:
            yield from _inside(key, old, new)


def _inside(path: str, old: Any, new: Any) -> Iterator[Line]:
    name = KEYED.get(path)
    if name and isinstance(old, list) and isinstance(new, list):
        yield from _parts(path, name, old, new)
    elif isinstance(old, dict) and isinstance(new, dict):
        for key, before, after in fields(old, new):
            yield f"{path}.{key}", before, after
    else:
        yield path, old, new


def _parts(path: str, name: str, old: list[Entry], new: list[Entry]) -> Iterator[Line]:
    before, after = ({part[name]: part for part in parts} for parts in (old, new))
    for key in dict.fromkeys((*before, *after)):
        if key in before and key in after:
            for field, was, is_now in fields(before[key], after[key]):
                yield f"{path}[{key}].{field}", was, is_now
        elif before.get(key) != after.get(key):
            yield f"{path}[{key}]", before.get(key), after.get(key)
    stay = [key for key in before if key in after]
    if stay != [key for key in after if key in before]:
        yield f"{path} (order)", list(before), list(after)


def said(value: Any) -> str:
    """A value as a line has room for."""
    if value is None or value in ("", [], {}):
        return NOTHING
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return _short(", ".join(said(one) for one in value))
    if isinstance(value, dict):
        parts = (f"{key}: {said(one)}" for key, one in value.items() if one not in (None, "", []))
        return _short(", ".join(parts))
    return _short(str(value).replace("\n", "⏎"))


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def lines(before: Entry | None, after: Entry | None) -> list[str]:
    """`notice: 240 -> 60`; of something new only what it says."""
    if before is None or after is None:
        whole = (after if before is None else before) or {}
        return [f"{key}: {said(list_of(value))}" for key, value in whole.items()]
    return [f"{path}: {said(old)} -> {said(new)}" for path, old, new in fields(before, after)]
