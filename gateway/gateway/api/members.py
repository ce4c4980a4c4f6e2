"""Who belongs to the workspace, the workspace itself, and what was done to it."""

from uuid import UUID

from flask import Response

from contracts.wire import Language
from gateway import current, limits
from gateway.accounts import Profile
from gateway.api import blueprint, reading, seeing
from gateway.api.answers import reply
from gateway.api.describing import Operation, describes
from gateway.api.host_shapes import (
    Audit,
    InvitationAsked,
    Member,
    Members,
    NamedAsked,
    PageSize,
    RoleAsked,
    Workspace,
)
from gateway.security import scope


@blueprint.get("/v1/me")
@scope("members:read")
@describes(Operation("Whom the key acts for", gives=Member))
def me() -> Response:
    """What the key sees and may is what they do."""
    return reply(_member(current.account()))


@blueprint.put("/v1/me")
@scope("members:write")
@describes(Operation("Changes whom the key acts for", takes=NamedAsked, gives=Member))
def save_me() -> Response:
    """Their own name, zone and language."""
    asked = reading.body(NamedAsked)
    zone = reading.zone(asked.timezone, "timezone")
    accounts, account = current.accounts(), current.account()
    return reply(_member(accounts.update_profile(account, asked.name, zone, asked.language)))


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
    limits.check_account("invite")
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
    language = account.workspace_language
    return reply(_workspace(account.workspace_name, account.workspace_timezone, language))


@blueprint.put("/v1/workspace")
@scope("members:write")
@describes(Operation("Another name, zone or language", takes=NamedAsked, gives=Workspace))
def save_workspace() -> Response:
    """For admins."""
    seeing.admin()
    asked, account = reading.body(NamedAsked), current.account()
    zone = reading.zone(asked.timezone, "timezone")
    current.accounts().update_workspace(account, asked.name, zone, asked.language)
    language = asked.language or account.workspace_language
    return reply(_workspace(asked.name.strip(), zone, language))


def _workspace(name: str, timezone: str, language: Language) -> Workspace:
    number = current.account().workspace_id
    return Workspace(id=number, name=name, timezone=timezone, language=language)


@blueprint.get("/v1/audit")
@scope("members:read")
@describes(Operation("What was done, newest first", gives=Audit, query=PageSize))
def audit() -> Response:
    """For admins."""
    entries = current.accounts().audit(current.account(), reading.query(PageSize).limit)
    return reply(Audit(entries=entries))
