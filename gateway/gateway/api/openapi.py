"""The API's description, OpenAPI 3.1, made from the routes and their types; and a page of it."""

import re
from typing import Any

import msgspec
from flask import Flask, Response, current_app, jsonify, render_template
from werkzeug.routing import Rule

from gateway.api import blueprint
from gateway.api.describing import Operation
from gateway.api.shapes import Refusal
from gateway.errors import STATUS

REF = "#/components/schemas/{name}"
ABOUT = (
    "Instants are RFC 3339 in UTC; days and zones are named. Errors have one shape, with a code "
    "for programs and a sentence for people. Routes of hosts need an API key as bearer token."
)


@blueprint.get("/v1/openapi.json")
def openapi() -> Response:
    """The document, for generators and clients."""
    response = jsonify(document(current_app))
    response.headers["Cache-Control"] = "max-age=300"
    return response


@blueprint.get("/docs")
def docs() -> str:
    """The same, to be read."""
    described = document(current_app)
    schemas = described["components"]["schemas"]

    def schema(holder: dict[str, Any]) -> Any:
        shape = next(iter(holder["content"].values()))["schema"]
        if "$ref" not in shape:
            return shape
        reference = shape["$ref"]
        return schemas[reference.rpartition("/")[2]]

    return render_template("api/docs.html", document=described, schema=schema)


def document(app: Flask) -> dict[str, Any]:
    """OpenAPI 3.1 of every route that describes itself."""
    described = [
        (rule, view.__operation__)
        for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule)
        if hasattr(view := app.view_functions[rule.endpoint], "__operation__")
    ]
    types = {kind for _, op in described for kind in (op.takes, op.gives) if kind} | {Refusal}
    ordered = sorted(types, key=lambda kind: str(kind.__name__))
    _, schemas = msgspec.json.schema_components(ordered, ref_template=REF)
    paths: dict[str, dict[str, Any]] = {}
    for rule, operation in described:
        scope = getattr(app.view_functions[rule.endpoint], "__scope__", "")
        entry = _entry(rule, operation, scope)
        paths.setdefault(_path(rule), {})[_method(rule)] = entry
    return {
        "openapi": "3.1.0",
        "info": {"title": "Workestra Scheduling", "version": "1", "description": ABOUT},
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
    }


def _entry(rule: Rule, operation: Operation, scope: str) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "operationId": rule.endpoint.rpartition(".")[2],
        "summary": operation.summary,
        "tags": ["Host" if scope else "Public"],
        "parameters": _parameters(rule, operation),
        "responses": _responses(operation, scope),
    }
    if operation.takes is not None:
        entry["requestBody"] = {"required": True, "content": _json(operation.takes)}
    if operation.form:
        entry["requestBody"] = {"required": True, "content": _multipart(operation)}
    if scope:
        entry["security"] = [{"key": []}]
        entry["description"] = f"Scope: `{scope}`."
    return entry


def _parameters(rule: Rule, operation: Operation) -> list[dict[str, Any]]:
    needed = {"from", "to", "tz", "start"}
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in sorted(rule.arguments)
    ]
    for place, words in (("query", operation.query), ("header", operation.headers)):
        parameters += [
            {
                "name": name,
                "in": place,
                "description": says,
                "required": name in needed or (place == "header" and operation.status == 201),
                "schema": {"type": "string"},
            }
            for name, says in words
        ]
    return parameters


def _responses(operation: Operation, scope: str) -> dict[str, Any]:
    done: dict[str, Any] = {"description": "Done."}
    if operation.gives is not None:
        done["content"] = _json(operation.gives)
    codes = (
        {400, 404, 409, 413, 415, 422, 429, 503}
        if operation.takes or operation.form
        else {404, 422, 503}
    )
    codes |= ({401, 403} if scope else set()) | set(operation.refuses)
    kinds = {status: kind for kind, status in STATUS.items()}
    refusals = {
        str(code): {"description": kinds[code].default, "content": _json(Refusal)}
        for code in sorted(codes)
    }
    return {str(operation.status): done} | refusals


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
