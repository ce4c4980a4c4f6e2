"""Who belongs to the workspace, the workspace itself, and what was done to it."""

from uuid import UUID

from flask import Response

from gateway import current
from gateway.accounts import Profile
from gateway.api import blueprint, reading, seeing
from gateway.api.answers import reply
from gateway.api.describing import Operation, describes
from gateway.api.host_shapes import (
    Audit,
    InvitationAsked,
    Member,
    Members,
    PageSize,
    RoleAsked,
    Workspace,
    WorkspaceAsked,
)
from gateway.security import scope


@blueprint.get("/v1/me")
@scope("members:read")
@describes(Operation("Whom the key acts for", gives=Member))
def me() -> Response:
    """What the key sees and may is what they do."""
    return reply(_member(current.account()))


@blueprint.get("/v1/members")
@scope("members:read")
@describes(Operation("Everybody of the workspace", gives=Members))
def members() -> Response:
    """Only admins see those who were deactivated."""
    account = current.account()
    everyone = current.accounts().members(account.workspace_id)
    shown = [one for one in everyone if account.is_admin or one.state != "deactivated"]
    return reply(Members(members=tuple(map(_member, shown))))


@blueprint.post("/v1/members")
@scope("members:write")
@describes(Operation("Invites somebody, by mail", takes=InvitationAsked, gives=Member, status=201))
def invite() -> Response:
    """For admins; only owners invite owners. Again for one who has not accepted: a new mail."""
    seeing.admin()
    asked = reading.body(InvitationAsked)
    email = reading.email(asked.email, "email")
    made = current.accounts().invite(current.account(), asked.name, email, asked.role)
    return reply(_member(made), 201)


@blueprint.put("/v1/members/<uuid:account_id>/role")
@scope("members:write")
@describes(Operation("Gives another role", takes=RoleAsked, gives=Member, refuses=(409,)))
def change_role(account_id: UUID) -> Response:
    """For admins. A workspace always keeps an owner."""
    seeing.admin()
    asked = reading.body(RoleAsked)
    return reply(_member(current.accounts().change_role(current.account(), account_id, asked.role)))


@blueprint.post("/v1/members/<uuid:account_id>/deactivate")
@scope("members:write")
@describes(Operation("Ends somebody's access", gives=Member, refuses=(409,)))
def deactivate(account_id: UUID) -> Response:
    """For admins. They can neither sign in nor be booked; their bookings stay."""
    seeing.admin()
    return reply(_member(current.accounts().deactivate(current.account(), account_id)))


@blueprint.post("/v1/members/<uuid:account_id>/reactivate")
@scope("members:write")
@describes(Operation("Lets somebody back in", gives=Member, refuses=(409,)))
def reactivate(account_id: UUID) -> Response:
    """For admins."""
    seeing.admin()
    return reply(_member(current.accounts().reactivate(current.account(), account_id)))


def _member(profile: Profile) -> Member:
    return Member(**{name: getattr(profile, name) for name in Member.__struct_fields__})


@blueprint.get("/v1/workspace")
@scope("members:read")
@describes(Operation("The workspace", gives=Workspace))
def workspace() -> Response:
    """Its name and zone."""
    account = current.account()
    return reply(_workspace(account.workspace_name, account.workspace_timezone))


@blueprint.put("/v1/workspace")
@scope("members:write")
@describes(Operation("Another name or zone", takes=WorkspaceAsked, gives=Workspace))
def save_workspace() -> Response:
    """For admins."""
    seeing.admin()
    asked = reading.body(WorkspaceAsked)
    zone = reading.zone(asked.timezone, "timezone")
    current.accounts().update_workspace(current.account(), asked.name, zone)
    return reply(_workspace(asked.name.strip(), zone))


def _workspace(name: str, timezone: str) -> Workspace:
    return Workspace(id=current.account().workspace_id, name=name, timezone=timezone)


@blueprint.get("/v1/audit")
@scope("members:read")
@describes(Operation("What was done, newest first", gives=Audit, query=PageSize))
def audit() -> Response:
    """For admins."""
    entries = current.accounts().audit(current.account(), reading.query(PageSize).limit)
    return reply(Audit(entries=entries))
