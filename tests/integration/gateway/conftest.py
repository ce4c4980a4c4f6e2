"""The gateway over a fresh database, its services away."""

import pytest

from support.web import web


@pytest.fixture
def site(databases):
    with web(databases("gateway")) as made:
        yield made
