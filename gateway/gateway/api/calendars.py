"""Connected calendars: how they are, and what is read and written. Changes are for their host."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from flask import Response

from contracts.calendar_sync import (
    ChooseCalendars,
    Connect,
    Connection,
    Connections,
    Disconnect,
    ListConnections,
    Probe,
    Probed,
)
from contracts.errors import Invalid, NotFound
from gateway import access, current, limits
from gateway.api import blueprint, reading, seeing
from gateway.api.answers import reply
from gateway.api.describing import Operation, describes
from gateway.api.host_shapes import CalendarsChosen, ConnectionAsked
from gateway.api.repeating import once
from gateway.security import scope

PATIENCE = 25.0
"""Seconds for what waits for a provider."""
SIGN_IN = frozenset({"google", "microsoft"})


@blueprint.get("/v1/connections")
@scope("calendars:read")
@describes(Operation("Connected calendars that the key sees, and how they are", gives=Connections))
def connections() -> Response:
    """Members see their own, admins the workspace's; never what opens them."""
    return reply(_connections(seeing.limited_to()))


@blueprint.post("/v1/connections")
@scope("calendars:write")
@describes(
    Operation(
        "Connects a calendar, or mends the connection to it",
        takes=ConnectionAsked,
        gives=Connection,
        status=201,
        knows=("Idempotency-Key",),
        refuses=(409, 429),
    )
)
def connect() -> Response:
    """Of the key's own host. Google and Microsoft need a browser: 422 at `provider`."""
    asked, account = reading.body(ConnectionAsked), current.account()
    if asked.provider in SIGN_IN:
        raise Invalid(fields={"provider": "This one is connected by signing in, in a browser."})
    with once("connection", asked) as number, _asking():
        wish = Connect(
            workspace_id=account.workspace_id,
            connection_id=number,
            host_id=account.id,
            provider=asked.provider,
            account=asked.account,
            url=asked.url,
            secret=asked.secret,
        )
        return reply(current.services().calendar_sync.connect(wish), 201)


@blueprint.put("/v1/connections/<uuid:connection_id>/calendars")
@scope("calendars:write")
@describes(
    Operation(
        "Chooses what is checked, and where bookings are written",
        takes=CalendarsChosen,
        gives=Connection,
        refuses=(409, 429),
    )
)
def choose_calendars(connection_id: UUID) -> Response:
    """Of the key's own host."""
    asked, mine = reading.body(CalendarsChosen), _mine(connection_id)
    wish = ChooseCalendars(
        workspace_id=mine.workspace_id,
        connection_id=mine.id,
        checked=asked.checked,
        written=asked.written,
    )
    with _asking():
        return reply(current.services().calendar_sync.choose_calendars(wish))


@blueprint.post("/v1/connections/<uuid:connection_id>/check")
@scope("calendars:write")
@describes(Operation("Tries the whole way, step by step", gives=Probed, refuses=(409, 429)))
def check_connection(connection_id: UUID) -> Response:
    """An event is written, read back and deleted. Of the key's own host."""
    mine = _mine(connection_id)
    wish = Probe(workspace_id=mine.workspace_id, connection_id=mine.id)
    with _asking():
        return reply(current.services().calendar_sync.probe(wish))


@blueprint.delete("/v1/connections/<uuid:connection_id>")
@scope("calendars:write")
@describes(Operation("Disconnects a calendar", status=204, refuses=(429,)))
def disconnect(connection_id: UUID) -> Response:
    """Of the key's own host. Its busy times no longer block."""
    mine = _mine(connection_id)
    wish = Disconnect(workspace_id=mine.workspace_id, connection_id=mine.id)
    with _asking():
        current.services().calendar_sync.disconnect(wish)
    return Response(status=204)


def _connections(host_id: UUID | None) -> Connections:
    asked = ListConnections(workspace_id=current.account().workspace_id, host_id=host_id)
    return current.services().calendar_sync.list_connections(asked)


def _mine(connection_id: UUID) -> Connection:
    """One of the key's own host. Raises `NotFound`."""
    mine = _connections(current.account().id).connections
    found = next((one for one in mine if one.id == connection_id), None)
    if found is None:
        raise NotFound
    return found


@contextmanager
def _asking() -> Iterator[None]:
    """Around what makes the suite ask a provider: not too often, and with patience."""
    limits.check_account("calendar")
    access.allow(PATIENCE)
    yield
