"""The JSON API, version 1: what visitors' pages and widgets use, and the hosts' own programs.

`reading` takes requests apart strictly, `answers` builds what goes out, `public` and `host` hold
the routes, `openapi` describes them from the same types.
"""

from flask import Blueprint

blueprint = Blueprint("api", __name__, url_prefix="/api")

from gateway.api import (  # noqa: E402 - they add their routes
    events,  # noqa: F401
    explaining,  # noqa: F401
    host,  # noqa: F401
    openapi,  # noqa: F401
    public,  # noqa: F401
    uploads,  # noqa: F401
)
