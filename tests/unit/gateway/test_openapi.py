"""The API's description agrees with itself and with the routes."""

import json
import re

import pytest

from support.web import web


@pytest.fixture(scope="module")
def site():
    with web("postgresql+psycopg2://nobody@/none") as made:
        yield made


@pytest.fixture(scope="module")
def document(site):
    return site.client().get("/api/v1/openapi.json").json


def test_every_route_of_the_api_is_described(site, document):
    described = {
        (method.upper(), path) for path, methods in document["paths"].items() for method in methods
    }
    for rule in site.app.url_map.iter_rules():
        if rule.endpoint.startswith("api.") and rule.endpoint not in {"api.openapi", "api.docs"}:
            path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
            for method in rule.methods - {"HEAD", "OPTIONS"}:
                assert (method, path) in described


def test_every_reference_leads_somewhere(document):
    schemas = document["components"]["schemas"]
    found = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(document)))
    assert found
    assert found <= set(schemas)


def test_every_path_names_its_parameters(document):
    for path, methods in document["paths"].items():
        for operation in methods.values():
            named = {p["name"] for p in operation["parameters"] if p["in"] == "path"}
            assert named == set(re.findall(r"{(\w+)}", path))


def test_ids_of_operations_are_unique(document):
    ids = [op["operationId"] for methods in document["paths"].values() for op in methods.values()]
    assert len(ids) == len(set(ids))
    assert document["openapi"].startswith("3.1")


def test_the_page_about_it_needs_nothing_from_elsewhere(site):
    page = site.client().get("/api/docs")
    assert page.status_code == 200
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page.text)
    assert "/api/v1/links/{slug}/slots" in page.text.replace("<wbr>", "")
