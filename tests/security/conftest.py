"""The gateway alone, over a fresh database; or over the real services, with somebody of each role."""

import pytest

from support.web import web

from .desk import Desk


@pytest.fixture
def site(databases):
    with web(databases("gateway")) as made:
        yield made


@pytest.fixture(scope="module")
def door(postgres):
    """One for a module whose tests leave nothing behind but used-up limits of strangers."""
    with postgres.lending() as databases, web(databases("gateway")) as made:
        yield made


@pytest.fixture(scope="package")
def roles(postgres, tmp_path_factory):
    """The whole suite, embedded, with a workspace of every role: one for all tests here."""
    from support.roles import Roles  # noqa: PLC0415 - only where the services are needed
    from support.suite_web import suite  # noqa: PLC0415 - the same

    mails = tmp_path_factory.mktemp("mails")
    for box in ("new", "cur", "tmp"):
        (mails / box).mkdir()
    (mails / "new" / "1.host").write_bytes(b"Subject: Hi\n\nHello\n")
    with suite(postgres, mails, embedded=True) as made:
        made.site.app.config["WTF_CSRF_ENABLED"] = False
        yield Roles(made)


@pytest.fixture(scope="package")
def desk(roles):
    return Desk(roles)


@pytest.fixture
def nothing_is_done(desk):
    before = desk.roles.marks()
    yield
    assert desk.roles.marks() == before
