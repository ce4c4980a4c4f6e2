"""The API's document as a judge: does an answer stand in it? By schemathesis."""

import re
from typing import Any

import schemathesis
from flask import Flask
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.schemas import APIOperation
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

load_all_checks()
WANTED = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
KEPT: list[Any] = [check for check in CHECKS.get_all() if check.__name__ in WANTED]
PATIENT: list[Any] = [check for check in KEPT if check.__name__ != "not_a_server_error"]
"""For routes that ask somebody outside: a 503 stands in the document, a 500 does not."""
UNDESCRIBED = frozenset({"api.docs", "api.openapi"})


class Document:
    """Of this application."""

    def __init__(self, app: Flask) -> None:
        self._schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)

    def operation(self, rule: Rule, method: str) -> APIOperation[Any, Any, Any, Any]:
        """What the document says of a route."""
        return self._schema[path_of(rule)][method]

    def judge(self, rule: Rule, method: str, answer: TestResponse) -> None:
        """Raises what does not fit: status, headers, content type, body."""
        operation = self.operation(rule, method)
        case = operation.Case(path_parameters=dict.fromkeys(rule.arguments, "x"))
        case.validate_response(answer, checks=PATIENT)


def path_of(rule: Rule) -> str:
    """A route's path as the document spells it."""
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
