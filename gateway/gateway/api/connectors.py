"""Other CRMs that mirror ours: how they are, what failed, what is written where. For admins."""

from uuid import UUID

from flask import Response

from contracts.crm_bridge import (
    ConnectCrm,
    CrmConnection,
    CrmConnections,
    CrmFailures,
    CrmMapping,
    DisconnectCrm,
    GetCrmMapping,
    ListCrmConnections,
    ListCrmFailures,
    Replayed,
    RetryCrm,
    SaveCrmMapping,
)
from contracts.errors import NotFound
from gateway import access, current, hooking, limits
from gateway.api import blueprint, reading, seeing
from gateway.api.answers import reply
from gateway.api.calendars import PATIENCE
from gateway.api.describing import Operation, describes
from gateway.api.host_shapes import CrmMappingAsked, CrmTokenAsked, PageOf
from gateway.api.repeating import once
from gateway.security import scope


@blueprint.get("/v1/crm-connections")
@scope("crm:read")
@describes(Operation("Connected CRMs and how they are", gives=CrmConnections))
def crm_connections() -> Response:
    """And which could be connected."""
    seeing.admin()
    return reply(_seen())


@blueprint.post("/v1/crm-connections")
@scope("crm:write")
@describes(
    Operation(
        "Connects a CRM by a token",
        takes=CrmTokenAsked,
        gives=CrmConnection,
        status=201,
        knows=("Idempotency-Key",),
        refuses=(409, 429),
    )
)
def connect_crm() -> Response:
    """Those that sign in on their own pages need a browser."""
    seeing.admin()
    asked, account = reading.body(CrmTokenAsked), current.account()
    with once("crm", asked) as number:
        wish = ConnectCrm(
            workspace_id=account.workspace_id,
            connection_id=number,
            provider=asked.provider,
            token=asked.token,
            admins=hooking.admins(),
        )
        limits.check_account("calendar")
        access.allow(PATIENCE)
        made = current.services().crm_bridge.connect_crm(wish)
    current.accounts().record(account, "crm_connected", made.name)
    return reply(made, 201)


@blueprint.delete("/v1/crm-connections/<uuid:crm_id>")
@scope("crm:write")
@describes(Operation("Disconnects a CRM", status=204))
def disconnect_crm(crm_id: UUID) -> Response:
    """What was written there stays."""
    seeing.admin()
    account, gone = current.account(), _one(crm_id)
    access.allow(PATIENCE)
    wish = DisconnectCrm(workspace_id=account.workspace_id, connection_id=crm_id)
    current.services().crm_bridge.disconnect_crm(wish)
    current.accounts().record(account, "crm_disconnected", gone.name)
    return Response(status=204)


@blueprint.get("/v1/crm-connections/<uuid:crm_id>/failures")
@scope("crm:read")
@describes(Operation("What did not arrive there", gives=CrmFailures, query=PageOf))
def crm_failures(crm_id: UUID) -> Response:
    """The latest first."""
    seeing.admin()
    wanted = reading.query(PageOf)
    asked = ListCrmFailures(
        workspace_id=current.account().workspace_id,
        connection_id=_one(crm_id).id,
        limit=wanted.limit,
        after=wanted.after,
    )
    return reply(current.services().crm_bridge.list_crm_failures(asked))


@blueprint.post("/v1/crm-connections/<uuid:crm_id>/retry")
@scope("crm:write")
@describes(
    Operation("Tries again what failed or waits", gives=Replayed, status=202, refuses=(422,))
)
def retry_crm(crm_id: UUID) -> Response:
    """All of it."""
    seeing.admin()
    access.allow(PATIENCE)
    wish = RetryCrm(workspace_id=current.account().workspace_id, connection_id=_one(crm_id).id)
    return reply(current.services().crm_bridge.retry_crm(wish), 202)


@blueprint.get("/v1/crm-connections/<uuid:crm_id>/mapping")
@scope("crm:read")
@describes(Operation("What is written where", gives=CrmMapping, refuses=(409, 422)))
def crm_mapping(crm_id: UUID) -> Response:
    """Our fields and theirs, as they exist there just now."""
    seeing.admin()
    access.allow(PATIENCE)
    number = _one(crm_id).id
    asked = GetCrmMapping(workspace_id=current.account().workspace_id, connection_id=number)
    return reply(current.services().crm_bridge.get_crm_mapping(asked))


@blueprint.put("/v1/crm-connections/<uuid:crm_id>/mapping")
@scope("crm:write")
@describes(
    Operation(
        "Says what is written where", takes=CrmMappingAsked, gives=CrmConnection, refuses=(409,)
    )
)
def save_crm_mapping(crm_id: UUID) -> Response:
    """All of it; what is not named is written nowhere."""
    seeing.admin()
    asked = reading.body(CrmMappingAsked)
    access.allow(PATIENCE)
    wish = SaveCrmMapping(
        workspace_id=current.account().workspace_id,
        connection_id=_one(crm_id).id,
        fields=asked.fields,
        stages=asked.stages,
    )
    return reply(current.services().crm_bridge.save_crm_mapping(wish))


def _seen() -> CrmConnections:
    asked = ListCrmConnections(workspace_id=current.account().workspace_id)
    return current.services().crm_bridge.list_crm_connections(asked)


def _one(crm_id: UUID) -> CrmConnection:
    """One of the workspace's. Raises `NotFound`."""
    found = next((one for one in _seen().connections if one.id == crm_id), None)
    if found is None:
        raise NotFound
    return found
