"""Writes workestra_client/api.py out of the API's document: `python generate.py FILE-OR-URL`."""

import json
import re
import sys
import textwrap
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

API = Path(__file__).parent / "workestra_client" / "api.py"
HEAD = '''"""The API's types and operations. Written by generate.py, out of the document."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from urllib.parse import quote
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from workestra_client.asking import Asking, version
'''
KINDS = {"integer": "int", "number": "float", "boolean": "bool", "null": "None", "string": "str"}
FORMATS = {"uuid": "UUID", "date-time": "datetime", "date": "date"}
HEADERS = {"Idempotency-Key": "idempotency_key", "If-Match": "if_match"}
KEPT = "\n    "


def typed(schema: dict[str, Any]) -> str:
    """A schema as a type of Python."""
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if "anyOf" in schema:
        kinds = [typed(one) for one in schema["anyOf"]]
        return " | ".join(sorted(kinds, key="None".__eq__))
    if "enum" in schema:
        return f"Literal[{', '.join(map(repr, schema['enum']))}]".replace("'", '"')
    if schema.get("type") == "array":
        return f"tuple[{typed(schema['items']) if 'items' in schema else 'Any'}, ...]"
    if schema.get("type") == "object":
        return f"dict[str, {typed(schema.get('additionalProperties') or {})}]"
    return FORMATS.get(schema.get("format", ""), KINDS.get(schema.get("type", ""), "Any"))


def lenient(schema: dict[str, Any]) -> str:
    """The same, with any words where the document lists some."""
    return re.sub(r"Literal\[[^\]]*\]", "str", typed(schema))


def words(text: str, indent: str) -> str:
    """A docstring."""
    body = textwrap.fill(" ".join(text.split()), 93 - len(indent), break_on_hyphens=False)
    lines = textwrap.indent(body, indent).strip().replace("\\", "\\\\")
    return f'{indent}"""{lines}{KEPT[: len(indent) + 1] if chr(10) in lines else ""}"""\n'


def sent(document: dict[str, Any]) -> set[str]:
    """The names of the types that requests are made of."""
    bodies = [op.get("requestBody") for path in document["paths"].values() for op in path.values()]
    found: set[str] = set()
    waiting = re.findall(r"schemas/(\w+)", json.dumps(bodies))
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            shape = json.dumps(document["components"]["schemas"][name])
            waiting += re.findall(r"schemas/(\w+)", shape)
    return found


def structs(schemas: dict[str, Any], sent: set[str]) -> Iterator[str]:
    """A class for each schema. Lists of words grow: what comes is any."""
    for name, schema in schemas.items():
        kind = typed if name in sent else lenient
        yield f"\n\nclass {name}(Struct, frozen=True, kw_only=True):\n"
        yield words(schema.get("description", f"{name}."), "    ")
        fields = schema.get("properties", {})
        yield "\n" if fields else ""
        for field, shape in fields.items():
            needed = field in schema.get("required", ())
            said = kind(shape)
            if not needed:
                null = " | None" if said.endswith(" | None") else ""
                said = f"{said.removesuffix(' | None')} | UnsetType{null} = UNSET"
            yield f"    {field}: {said}\n"


def method(verb: str, path: str, operation: dict[str, Any]) -> str:
    """A method for an operation."""
    needed, named, parts = ["self"], [], []
    places: dict[str, list[str]] = {"query": [], "header": []}
    for one in operation["parameters"]:
        name = HEADERS.get(one["name"], re.sub(r"^(from)$", r"\1_", one["name"]))
        if one["in"] == "path":
            needed.append(f"{name}: {typed(one['schema'])}")
            if typed(one["schema"]) == "str":  # words of anybody's stay one piece of the path
                path = path.replace(f"{{{name}}}", f"{{quote({name}, safe='')}}")
        elif one["in"] == "query" or one["name"] in HEADERS:
            optional = "" if one["required"] else " | None = None"
            said = "int | str" if name == "if_match" else typed(one["schema"])
            value = "version(if_match)" if name == "if_match" else name
            named.append(f"{name}: {said}{optional}")
            places[one["in"]].append(f'"{one["name"]}": {value}')
    body = operation.get("requestBody")
    if body and "application/json" in body["content"]:
        optional = "" if body["required"] else " | None = None"
        needed.append(f"body: {typed(body['content']['application/json']['schema'])}{optional}")
        parts.append("body=body")
    elif body:
        needed += ["question: str", "file: tuple[str, bytes]"]
        parts += ['form={"question": question}', 'files={"file": file}']
    for place, key in (("query", "query"), ("header", "headers")):
        if places[place]:
            parts.append(f"{key}={{{', '.join(places[place])}}}")
    gives = given(operation)
    asked = [f'"{verb.upper()}"', f'{"f" if "{" in path else ""}"{path}"', gives or "type(None)"]
    called = f"self._ask({', '.join(asked + parts)})"
    keyed = ["*", *named] if named else []
    return (
        f"\n    def {operation['operationId']}({', '.join(needed + keyed)}) -> {gives or None}:\n"
        + words(f"{operation['summary']}. {operation['description']}", "        ")
        + f"        {'return ' if gives else ''}{called}\n"
    )


def given(operation: dict[str, Any]) -> str:
    """The type of the answer; empty for none."""
    for status, answer in operation["responses"].items():
        if status.startswith("2") and "content" in answer:
            return typed(answer["content"]["application/json"]["schema"])
    return ""


def source(document: dict[str, Any]) -> str:
    """The whole module, not yet formatted."""
    made = [HEAD, *structs(document["components"]["schemas"], sent(document))]
    made.append('\n\nclass Api(Asking):\n    """The operations, by their ids in the document."""\n')
    for path, methods in document["paths"].items():
        made += [method(verb, path, operation) for verb, operation in methods.items()]
    return "".join(made)


def main(place: str) -> None:
    """Reads the document, from a file or an address, and writes the module."""
    if place.startswith(("http://", "https://")):
        with urllib.request.urlopen(place) as answer:  # noqa: S310 - http(s) alone
            document = json.load(answer)
    else:
        document = json.loads(Path(place).read_text())
    API.write_text(source(document))


if __name__ == "__main__":
    main(sys.argv[1])
