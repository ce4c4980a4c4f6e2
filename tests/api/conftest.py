"""The whole suite behind the API, with somebody of each role and things that they own."""

import threading

import pytest
from werkzeug.serving import make_server


@pytest.fixture(scope="package")
def roles(postgres, tmp_path_factory):
    from support.roles import Roles  # noqa: PLC0415 - only where the services are needed
    from support.suite_web import suite  # noqa: PLC0415 - the same

    with suite(postgres, tmp_path_factory.mktemp("mails")) as made:
        yield Roles(made)


@pytest.fixture(scope="package")
def address(roles):
    """Where that gateway listens, over HTTP."""
    server = make_server("127.0.0.1", 0, roles.site.app)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
