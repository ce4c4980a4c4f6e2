"""Whatever anybody asks of the API, the answer is one that its document names.

Cases are made out of the document itself (schemathesis): as it allows, about things that exist and
things that do not, and as it does not allow. `API_CASES` is how many rounds each operation gets.
"""

import os
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from openapi_spec_validator import validate
from schemathesis import GenerationMode
from schemathesis.generation.feedback import FeedbackSources

from gateway.security import is_public
from support.document import KEPT, PATIENT, UNDESCRIBED, WANTED, Document
from support.web import Hands, Web

ROUNDS = int(os.environ.get("API_CASES", "1"))
LEARNT = None if ROUNDS > 1 else FeedbackSources()
"""A long run also tries the words that stand in the code, which take a while to collect."""
NOBODY: Any = SimpleNamespace(engine=None)
ROUTES = sorted(
    (
        (rule, method)
        for rule in Web(NOBODY, Hands(), []).app.url_map.iter_rules()
        if rule.endpoint.startswith("api.") and rule.endpoint not in UNDESCRIBED
        for method in rule.methods - {"HEAD", "OPTIONS"}
    ),
    key=lambda one: one[0].endpoint,
)
ASK_OUTSIDE = frozenset({"api.crm_mapping", "api.save_crm_mapping"})
PLAIN = settings(
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
    verbosity=Verbosity.quiet,
)


@pytest.fixture(scope="module")
def document(roles):
    return Document(roles.site.app)


@pytest.fixture(scope="module")
def keys(roles):
    """Headers of nobody, of a key with one scope, and of a key of each role."""
    people = [roles.key(who) for who in (roles.eve, roles.mia, roles.abe, roles.ada)]
    return [{}, roles.key(roles.ada, ("links:read",)), *people]


def test_the_document_is_openapi(roles):
    validate(roles.site.client().get("/api/v1/openapi.json").json)


def test_every_check_is_made():
    assert sorted(check.__name__ for check in KEPT) == sorted(WANTED)


@pytest.mark.parametrize(("rule", "method"), ROUTES, ids=[rule.endpoint for rule, _ in ROUTES])
def test_every_answer_is_in_the_document(roles, document, keys, rule, method):
    operation = document.operation(rule, method)
    who = keys[:1] if is_public(rule.endpoint) else keys
    checks = PATIENT if rule.endpoint in ASK_OUTSIDE else KEPT
    told = any(list(part) for part in (operation.query, operation.headers, operation.body))
    for number in range(ROUNDS):
        there = {part: str(roles._value(rule, part, method)) for part in rule.arguments}
        tried(operation.as_strategy(path_parameters=there, feedback=LEARNT), who, number, checks)
        if told:
            wrong = operation.as_strategy(
                GenerationMode.NEGATIVE, path_parameters=there, feedback=LEARNT
            )
            tried(wrong, who[-1:], number, checks)
        if rule.arguments and (ROUNDS > 1 or not told):
            tried(operation.as_strategy(feedback=LEARNT), who[-1:], number, checks)


def tried(cases, who, number, checks):
    """Sends the plainest such case with each of these keys; and one more, in a short run with the
    last of them alone.
    """
    waiting = [who, who if ROUNDS > 1 else who[-1:]]

    @seed(number)
    @settings(PLAIN, max_examples=2)
    @given(cases)
    def ask(case):
        for headers in waiting.pop(0) if waiting else who[-1:]:
            answer = case.call(headers=headers)
            case.validate_response(answer, checks=checks)

    ask()
