"""What Google accepts, read from the discovery document that its Python client carries.

Every request is held against it: the parameters' names, types, enumerations and bounds, what is
required, and the body down to its last field. What does not fit is refused in Google's words.
"""

import json
import re
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import googleapiclient

JSON = dict[str, Any]

DOCUMENT: JSON = json.loads(
    Path(googleapiclient.__file__)
    .parent.joinpath("discovery_cache", "documents", "calendar.v3.json")
    .read_text()
)
SERVED = {
    "calendarList": ("list",),
    "events": ("list", "get", "insert", "patch", "update", "delete", "watch"),
    "channels": ("stop",),
}
EVENT_ID = re.compile(r"[a-v0-9]{5,1024}")
"""Ids that clients may make (Event.id: base32hex, 5 to 1,024 characters)."""
CHANNEL_ID = re.compile(r"[A-Za-z0-9\-_+/=]{1,64}")


class Refusal(Exception):
    """An error as Google words it."""

    def __init__(self, status: int, reason: str, message: str, location: str = "") -> None:
        super().__init__(message)
        self.status, self.reason, self.message, self.location = status, reason, message, location
        self.headers: list[tuple[str, str]] = []

    def body(self) -> JSON:
        """The JSON of the answer."""
        one = {"domain": _domain(self.reason), "reason": self.reason, "message": self.message}
        if self.location:
            one |= {"locationType": "parameter", "location": self.location}
        return {"error": {"errors": [one], "code": self.status, "message": self.message}}


def _domain(reason: str) -> str:
    if "imit" in reason:
        return "usageLimits"
    return "calendar" if reason in {"fullSyncRequired", "timeRangeEmpty"} else "global"


@dataclass(frozen=True)
class Method:
    """One method of the document."""

    id: str
    verb: str
    path: re.Pattern[str]
    parameters: JSON
    scopes: frozenset[str]
    body: str


@dataclass(frozen=True)
class Call:
    """A request that fits: its method, its parameters by name and type, its body."""

    method: str
    parameters: JSON
    body: JSON = field(default_factory=dict)
    scopes: frozenset[str] = frozenset()


def _method(resource: str, name: str) -> Method:
    found = DOCUMENT["resources"][resource]["methods"][name]
    path = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(found["path"]))
    return Method(
        id=f"{resource}.{name}",
        verb=found["httpMethod"],
        path=re.compile(f"/{DOCUMENT['servicePath']}{path}"),
        parameters=found.get("parameters", {}) | DOCUMENT["parameters"],
        scopes=frozenset(found["scopes"]),
        body=found.get("request", {}).get("$ref", ""),
    )


METHODS = [_method(resource, name) for resource, names in SERVED.items() for name in names]


def find(verb: str, path: str) -> tuple[Method, JSON] | None:
    """The method that is meant, and what its path names."""
    for method in METHODS:
        match = method.path.fullmatch(path)
        if match and method.verb == verb:
            return method, {key: unquote(value) for key, value in match.groupdict().items()}
    return None


def check(method: Method, named: JSON, query: dict[str, list[str]], body: bytes) -> Call:
    """The request, if it fits. Raises `Refusal`."""
    for key in query:
        if key not in method.parameters or method.parameters[key]["location"] != "query":
            raise _unknown_parameter(key)
    parameters = named | {
        key: _values(key, method.parameters[key], values) for key, values in query.items()
    }
    for key, rule in method.parameters.items():
        if rule.get("required") and key not in parameters:
            raise Refusal(400, "required", f"Required parameter: {key}", key)
    return Call(method.id, parameters, _body(method, body), method.scopes)


def _unknown_parameter(key: str) -> Refusal:
    message = f'Invalid JSON payload received. Unknown name "{key}": Cannot bind query parameter.'
    return Refusal(400, "badRequest", message, key)


def _values(key: str, rule: JSON, values: list[str]) -> Any:
    if rule.get("repeated"):
        return [_parameter(key, rule, value) for value in values]
    if len(values) > 1:
        raise Refusal(400, "invalidParameter", f"Repeated parameter: {key}", key)
    return _parameter(key, rule, values[0])


def _parameter(key: str, rule: JSON, text: str) -> Any:
    value: Any = text
    try:
        if rule["type"] == "boolean":
            value = {"true": True, "false": False}[text]
        elif rule["type"] == "integer":
            value = _bounded(int(text), rule)
        elif rule.get("format") == "date-time":
            value = instant(text)
        elif "enum" in rule and text not in rule["enum"]:
            raise ValueError(text)  # noqa: TRY301 - one answer for all of them
    except (KeyError, ValueError):
        message = f"Invalid value '{text}'. Values must match the following: {_words(rule)}"
        raise Refusal(400, "invalidParameter", message, key) from None
    return value


def _bounded(value: int, rule: JSON) -> int:
    if not int(rule.get("minimum", value)) <= value <= int(rule.get("maximum", value)):
        raise ValueError(value)
    return value


def _words(rule: JSON) -> str:
    return str(rule.get("enum") or rule.get("format") or rule["type"])


def instant(text: str) -> datetime:
    """An RFC 3339 instant with its offset. Raises `ValueError`."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None or "T" not in text:
        raise ValueError(text)
    return found


def _body(method: Method, raw: bytes) -> JSON:
    if not method.body:
        if raw:
            raise Refusal(400, "badRequest", "This request takes no body.")
        return {}
    try:
        body = json.loads(raw)
    except ValueError:
        raise Refusal(400, "parseError", "Parse Error") from None
    _object(DOCUMENT["schemas"][method.body], body, "", patching=method.verb == "PATCH")
    for key, rule in DOCUMENT["schemas"][method.body]["properties"].items():
        if f"calendar.{method.id}" in rule.get("annotations", {}).get("required", ()):
            _required(key, body)
    return dict(body)


def _required(key: str, body: JSON) -> None:
    if not body.get(key):
        words = {"start": "Missing start time.", "end": "Missing end time."}
        raise Refusal(400, "required", words.get(key, f"Required: {key}"))


def _object(rule: JSON, value: Any, at: str, *, patching: bool) -> None:
    if not isinstance(value, dict):
        raise _wrong(at, value)
    known, others = rule.get("properties", {}), rule.get("additionalProperties")
    for key, inner in value.items():
        expected = known.get(key, others)
        if expected is None:
            where = f" at '{at}'" if at else ""
            message = (
                f'Invalid JSON payload received. Unknown name "{key}"{where}: Cannot find field.'
            )
            raise Refusal(400, "badRequest", message)
        if not (inner is None and patching):
            _field(expected, inner, f"{at}.{key}" if at else key, patching=patching)


def _field(rule: JSON, value: Any, at: str, *, patching: bool) -> None:
    if "$ref" in rule:
        rule = DOCUMENT["schemas"][rule["$ref"]]
    kind = rule["type"]
    if kind == "object":
        _object(rule, value, at, patching=patching)
    elif kind == "array":
        if not isinstance(value, list):
            raise _wrong(at, value)
        for number, one in enumerate(value):
            _field(rule["items"], one, f"{at}[{number}]", patching=patching)
    else:
        _scalar(rule, value, at)


def _scalar(rule: JSON, value: Any, at: str) -> None:
    kinds = {"string": str, "boolean": bool, "integer": int, "number": float}
    right = type(value) is kinds[rule["type"]]
    try:
        if right and rule.get("format") == "date":
            date.fromisoformat(value)
        elif right and rule.get("format") == "date-time":
            datetime.fromisoformat(value)
        elif right and rule.get("format") == "int64":
            int(value)
    except ValueError:
        right = False
    if not right:
        raise _wrong(at, value)


def _wrong(at: str, value: Any) -> Refusal:
    return Refusal(400, "invalid", f"Invalid value at '{at}': {value!r}")
