"""The gateway over a fresh database, its services away."""

import pytest

from support.web import web


@pytest.fixture
def site(databases):
    with web(databases("gateway")) as made:
        yield made


@pytest.fixture(scope="module")
def whole(postgres, tmp_path_factory):
    """The gateway over the real services: one for all tests of a module."""
    from support.suite_web import suite  # noqa: PLC0415 - only where the services are needed

    with suite(postgres, tmp_path_factory.mktemp("mails")) as made:
        yield made
