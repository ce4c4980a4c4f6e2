"""The gateway over a fresh database, its services away."""

import pytest

from support.web import web


@pytest.fixture
def site(databases):
    with web(databases("gateway")) as made:
        yield made


@pytest.fixture(scope="module")
def door(postgres):
    """One for a module whose tests leave nothing behind but used-up limits of strangers."""
    name = postgres.create("gateway")
    with web(postgres.url(name)) as made:
        yield made
    postgres.drop(name)
