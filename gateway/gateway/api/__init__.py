"""The JSON API, version 1: what visitors' pages and widgets use, and the hosts' own programs.

`reading` takes requests apart strictly, `answers` builds what goes out, `seeing` says whose things
a key sees; `public` and `uploads` hold visitors' routes, a module each those of hosts; `openapi`
describes them from the same types.
"""

from flask import Blueprint

blueprint = Blueprint("api", __name__, url_prefix="/api")

from gateway.api import (  # noqa: E402 - they add their routes
    bookings,  # noqa: F401
    calendars,  # noqa: F401
    connectors,  # noqa: F401
    crm,  # noqa: F401
    events,  # noqa: F401
    explaining,  # noqa: F401
    links,  # noqa: F401
    members,  # noqa: F401
    notes,  # noqa: F401
    numbers,  # noqa: F401
    openapi,  # noqa: F401
    public,  # noqa: F401
    schedules,  # noqa: F401
    teams,  # noqa: F401
    uploads,  # noqa: F401
    what_if,  # noqa: F401
)
