"""Partial answers: the `fields` parameter (https://developers.google.com/calendar/api/guides/performance).

`items(id,start/dateTime),nextPageToken`: what is not named is left out, as at Google, so that an
adapter which reads a field without asking for it is found out.
"""

import re
from typing import Any

from fakes.google.rules import JSON, Refusal

_TOKEN = re.compile(r"[A-Za-z_*][A-Za-z0-9_]*|[(),/]")


def masked(value: JSON, fields: str | None) -> JSON:
    """What of the answer was asked for. Raises `Refusal` for a selector that is none."""
    if not fields:
        return value
    tokens = _TOKEN.findall(fields)
    if "".join(tokens) != fields or tokens.count("(") != tokens.count(")"):
        raise _invalid(fields)
    tree, rest = _selectors(tokens)
    if rest:
        raise _invalid(fields)
    return dict(_pick(value, tree))


def _invalid(fields: str) -> Refusal:
    return Refusal(400, "invalidParameter", f"Invalid field selection {fields}", "fields")


def _selectors(tokens: list[str]) -> tuple[JSON, list[str]]:
    tree: JSON = {}
    while tokens:
        path, inner, tokens = _selector(tokens)
        here = tree
        for name in path[:-1]:
            here = here.setdefault(name, {})
        here.setdefault(path[-1], {}).update(inner)
        if not tokens or tokens[0] == ")":
            break
        tokens = tokens[1:]
    return tree, tokens


def _selector(tokens: list[str]) -> tuple[list[str], JSON, list[str]]:
    path, tokens = [tokens[0]], tokens[1:]
    while tokens and tokens[0] == "/":
        path.append(tokens[1])
        tokens = tokens[2:]
    inner: JSON = {}
    if tokens and tokens[0] == "(":
        inner, tokens = _selectors(tokens[1:])
        tokens = tokens[1:]
    return path, inner, tokens


def _pick(value: Any, tree: JSON) -> Any:
    if not tree or "*" in tree:
        return value
    if isinstance(value, list):
        return [_pick(one, tree) for one in value]
    return {key: _pick(value[key], inner) for key, inner in tree.items() if key in value}
