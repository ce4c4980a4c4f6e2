"""The API's description, OpenAPI 3.1, made from the routes and their types; and a page of it."""

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import msgspec
from flask import Flask, Response, current_app, render_template
from werkzeug.routing import Rule

from contracts.wire import Slug, encode
from gateway.api import blueprint
from gateway.api.describing import Header, Operation
from gateway.api.shapes import Refusal
from gateway.errors import STATUS

REF = "#/components/schemas/{name}"
ABOUT = (
    "Instants are RFC 3339 in UTC; days and zones are named. Errors have one shape, with a code "
    "for programs and a sentence for people, in English unless `?lang=` names another language of "
    "the pages. Routes of hosts need an API key as bearer token; a key sees and may what its "
    "account does, within its scopes. Unknown fields are ignored, and new ones may come: version 1 "
    "only grows."
)
TAGS = {
    "public": "Visitors",
    "uploads": "Visitors",
    "links": "Links",
    "explaining": "Links",
    "what_if": "Links",
    "bookings": "Bookings",
    "numbers": "Bookings",
    "schedules": "Schedules and time off",
    "teams": "Hosts and teams",
    "members": "People and workspace",
    "calendars": "Calendars",
    "crm": "Contacts and deals",
    "notes": "Contacts and deals",
    "connectors": "Other CRMs",
    "events": "Events and webhooks",
}
"""A route's module to the heading that it stands under, in the order of the page."""

UUID = {"type": "string", "format": "uuid"}
ARGUMENTS: dict[str, dict[str, Any]] = {
    "slug": msgspec.json.schema(Slug),
    "token": {"type": "string", "pattern": "^[A-Za-z0-9_-]{43}$"},
}
"""Arguments of paths that are no ids."""

HEADERS: dict[Header, tuple[str, dict[str, Any]]] = {
    "Idempotency-Key": (
        "The same key never acts twice and gets the same answer.",
        {"type": "string", "maxLength": 200, "pattern": "^[!-~](?:[ -~]*[!-~])?$"},
    ),
    "If-Match": (
        "The ETag that you saw, or its `version` in quotes: 412 where it was changed since.",
        {"type": "string", "examples": ['"3-0f5c1a2b3c4d5e6f"', '"3"']},
    ),
    "If-None-Match": (
        "The ETag that you have: 304 where nothing changed.",
        {"type": "string", "examples": ['"3-0f5c1a2b3c4d5e6f"']},
    ),
}
SENT: dict[str, dict[str, Any]] = {
    "X-Request-ID": {
        "description": "This request in the log; one that you send is kept.",
        "required": True,
        "schema": {"type": "string", "pattern": "^[A-Za-z0-9_-]{8,64}$"},
    },
    "ETag": {
        "description": "Of this state of the thing.",
        "required": True,
        "schema": {"type": "string", "pattern": '^(?:W/)?".+"$'},
    },
    "Retry-After": {
        "description": "Seconds to wait.",
        "required": True,
        "schema": {"type": "integer", "minimum": 0},
    },
    "WWW-Authenticate": {
        "description": "RFC 9110, 11.6.1.",
        "required": True,
        "schema": {"const": 'Bearer realm="Workestra"'},
    },
}
WITH = {401: ("WWW-Authenticate",), 429: ("Retry-After",), 503: ("Retry-After",)}
REFUSALS = {status: kind for kind, status in reversed(STATUS.items())}
"""A status to the first class that has it."""


class Described(NamedTuple):
    """A route with what it says of itself; no `scope`: it needs no key."""

    rule: Rule
    operation: Operation
    scope: str
    tag: str
    doc: str


@blueprint.get("/v1/openapi.json")
def openapi() -> Response:
    """The document, for generators and clients."""
    response = Response(encode(_kept()), mimetype="application/json")
    response.headers["Cache-Control"] = "max-age=300"
    return response


@blueprint.get("/docs")
def docs() -> str:
    """The same, to be read."""
    described = _kept()
    return render_template("api/docs.html", document=described, tags=_by_tag(described))


def _kept() -> dict[str, Any]:
    kept: dict[str, Any] = current_app.extensions.setdefault("openapi", {})
    if not kept:
        kept.update(document(current_app))
    return kept


def _by_tag(described: dict[str, Any]) -> dict[str, list[tuple[str, str, dict[str, Any]]]]:
    """Method, path and operation of each, under their headings."""
    found: dict[str, list[tuple[str, str, dict[str, Any]]]] = {t: [] for t in TAGS.values()}
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            found[operation["tags"][0]].append((method.upper(), path, operation))
    return found


def document(app: Flask) -> dict[str, Any]:
    """OpenAPI 3.1 of every route that describes itself."""
    described = sorted(_described(app), key=lambda one: one.rule.rule)
    paths: dict[str, dict[str, Any]] = {}
    for one in described:
        paths.setdefault(_path(one.rule), {})[_method(one.rule)] = _entry(one)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Workestra Scheduling", "version": "1", "description": ABOUT},
        "servers": [{"url": "/"}],
        "tags": [{"name": name} for name in dict.fromkeys(TAGS.values())],
        "paths": paths,
        "components": {
            "schemas": _schemas([one.operation for one in described]),
            "headers": SENT,
            "responses": {
                kind.__name__: _response(kind.default, Refusal, WITH.get(status, ()))
                for status, kind in REFUSALS.items()
            },
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
    }


def _described(app: Flask) -> Iterator[Described]:
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if hasattr(view, "__operation__"):
            tag = TAGS[view.__module__.rpartition(".")[2]]
            doc = " ".join((view.__doc__ or "").split())
            yield Described(rule, view.__operation__, getattr(view, "__scope__", ""), tag, doc)


# --- an operation -------------------------------------------------------------------------------


def _entry(one: Described) -> dict[str, Any]:
    operation = one.operation
    entry: dict[str, Any] = {
        "operationId": one.rule.endpoint.rpartition(".")[2],
        "summary": operation.summary,
        "description": one.doc + (f" Scope: `{one.scope}`." if one.scope else ""),
        "tags": [one.tag],
        "parameters": [*_arguments(one.rule), *_queries(operation), *_headers(operation)],
        "responses": _responses(one),
    }
    if operation.takes is not None:
        needed = not operation.may_be_empty
        entry["requestBody"] = {"required": needed, "content": _json(operation.takes)}
    if operation.form:
        entry["requestBody"] = {"required": True, "content": _multipart(operation)}
    if one.scope:
        entry["security"] = [{"key": [one.scope]}]
    return entry


def _arguments(rule: Rule) -> Iterator[dict[str, Any]]:
    for name in sorted(rule.arguments):
        schema = ARGUMENTS.get(name, UUID)
        yield {"name": name, "in": "path", "required": True, "schema": schema}


def _queries(operation: Operation) -> Iterator[dict[str, Any]]:
    if operation.query is None:
        return
    _, schemas = msgspec.json.schema_components([operation.query], ref_template=REF)
    whole = schemas[operation.query.__name__]
    for name, typed in _plain(whole["properties"]).items():
        says, schema = _without_null(typed)
        needed = name in whole.get("required", ())
        yield {"name": name, "in": "query", "required": needed, "description": says} | {
            "schema": schema
        }


def _without_null(schema: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The description, and the rest: a query has no null, it leaves the name out."""
    rest = dict(schema)
    says = rest.pop("description", "")
    if rest.get("default", ...) is None:
        del rest["default"]
    if "anyOf" in rest:
        kinds = [kind for kind in rest["anyOf"] if kind.get("type") != "null"]
        says = says or kinds[0].get("description", "")
        rest = {**kinds[0]} if len(kinds) == 1 else rest | {"anyOf": kinds}
        rest.pop("description", None)
    if None in rest.get("enum", ()):
        rest["enum"] = [value for value in rest["enum"] if value is not None]
    return says, rest


def _headers(operation: Operation) -> Iterator[dict[str, Any]]:
    for name in (*operation.needs, *operation.knows):
        says, schema = HEADERS[name]
        needed = name in operation.needs
        yield {"name": name, "in": "header", "required": needed, "description": says} | {
            "schema": schema
        }


def _responses(one: Described) -> dict[str, Any]:
    operation = one.operation
    tag = ("ETag",) if operation.tagged else ()
    found = {str(operation.status): _response("Done.", operation.gives, tag)}
    if "If-None-Match" in operation.knows:
        found["304"] = _response("You have it already.", None, tag)
    for status in sorted(_refusals(one)):
        found[str(status)] = {"$ref": f"#/components/responses/{REFUSALS[status].__name__}"}
    return found


def _refusals(one: Described) -> set[int]:
    """What follows from what a route takes, and what it says beyond."""
    operation, known = one.operation, {*one.operation.needs, *one.operation.knows}
    taken = operation.takes is not None or bool(operation.form)
    because = {
        400: operation.takes is not None or "Idempotency-Key" in known,
        401: bool(one.scope),
        403: bool(one.scope),
        404: bool(one.rule.arguments),
        412: "If-Match" in known,
        413: taken,
        415: taken,
        422: taken or operation.query is not None,
        503: True,
    }
    return {status for status, said in because.items() if said} | set(operation.refuses)


def _response(says: str, kind: Any, headers: Iterable[str]) -> dict[str, Any]:
    names = ("X-Request-ID", *headers)
    found: dict[str, Any] = {
        "description": says,
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in names},
    }
    return found | ({"content": _json(kind)} if kind is not None else {})


def _json(kind: Any) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": REF.format(name=kind.__name__)}}}


def _multipart(operation: Operation) -> dict[str, Any]:
    fields = {name: {"type": "string", "description": says} for name, says in operation.form}
    fields["file"]["contentMediaType"] = "application/octet-stream"
    schema = {"type": "object", "properties": fields, "required": list(fields)}
    return {"multipart/form-data": {"schema": schema}}


def _path(rule: Rule) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)


def _method(rule: Rule) -> str:
    return next(iter((rule.methods or {"GET"}) - {"HEAD", "OPTIONS"})).lower()


# --- types --------------------------------------------------------------------------------------


def _schemas(operations: list[Operation]) -> dict[str, Any]:
    """Of all types. What is only ever given always has all its fields, and says so."""
    takes = _named(operation.takes for operation in operations)
    gives = [Refusal, *_named(operation.gives for operation in operations)]
    _, taken = msgspec.json.schema_components(takes, ref_template=REF)
    _, schemas = msgspec.json.schema_components({*takes, *gives}, ref_template=REF)
    for info in _structs(msgspec.inspect.multi_type_info(gives)):
        name = info.cls.__name__
        if name not in taken and not info.cls.__struct_config__.omit_defaults:
            schemas[name]["required"] = list(schemas[name]["properties"])
            for field in schemas[name]["properties"].values():
                field.pop("default", None)
    return _plain({name: schemas[name] for name in sorted(schemas)})


def _plain(schemas: dict[str, Any]) -> dict[str, Any]:
    """As JSON has it: defaults among them are values of our own types."""
    return msgspec.json.decode(msgspec.json.encode(schemas), type=dict[str, Any])


def _named(types: Iterable[Any]) -> list[Any]:
    return sorted({kind for kind in types if kind is not None}, key=lambda kind: kind.__name__)


def _structs(infos: Iterable[Any]) -> list[msgspec.inspect.StructType]:
    """Every struct type that these lead to, each once."""
    found: dict[Any, msgspec.inspect.StructType] = {}
    waiting = list(infos)
    while waiting:
        info = waiting.pop()
        if isinstance(info, msgspec.inspect.StructType):
            if info.cls not in found:
                found[info.cls] = info
                waiting += [field.type for field in info.fields]
            continue
        waiting += getattr(info, "types", ())  # of a union
        for name in ("type", "item_type", "key_type", "value_type"):
            if hasattr(info, name):
                waiting.append(getattr(info, name))
    return list(found.values())
