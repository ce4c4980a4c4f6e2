"""Links, as their owners see and change them. Members see their own, admins the workspace's."""

from typing import Any
from uuid import UUID

from flask import Response
from msgspec import UNSET, structs

from contracts.booking import (
    CreateLink,
    DeleteLink,
    Link,
    Links,
    LinkSettings,
    ListLinks,
    UpdateLink,
)
from contracts.errors import Changed, Invalid
from gateway import current, explaining
from gateway.api import blueprint, reading, seeing
from gateway.api.answers import reply, tagged
from gateway.api.describing import Operation, describes
from gateway.api.host_shapes import LinkAsked, LinkChange
from gateway.api.repeating import once
from gateway.security import scope


@blueprint.get("/v1/links")
@scope("links:read")
@describes(Operation("The links that the key sees", gives=Links))
def links() -> Response:
    """Members see their own, admins the workspace's."""
    asked = ListLinks(workspace_id=current.account().workspace_id, owner_id=seeing.limited_to())
    return reply(current.services().booking.list_links(asked))


@blueprint.post("/v1/links")
@scope("links:write")
@describes(
    Operation(
        "Makes a link",
        takes=LinkAsked,
        gives=Link,
        status=201,
        knows=("Idempotency-Key",),
        tagged=True,
        refuses=(409,),
    )
)
def create_link() -> Response:
    """409 `slug_taken` where the slug is in use anywhere in the installation.

    Members offer their own time, admins anybody's.
    """
    body, account = reading.body(LinkAsked), current.account()
    asked = _fields(body)
    owner_id = seeing.host(asked.pop("owner"))
    _own_time(asked.get("hosts", ()), asked.get("team_id"))
    with once("link", body) as number:
        made = CreateLink(
            workspace_id=account.workspace_id,
            link_id=number,
            owner_id=owner_id,
            settings=LinkSettings(**asked),
            actor=account.actor,
        )
        link = current.services().booking.create_link(made)
    return tagged(link, link.version, 201)


@blueprint.get("/v1/links/<uuid:link_id>/settings")
@scope("links:read")
@describes(
    Operation("One link with all its settings", gives=Link, tagged=True, knows=("If-None-Match",))
)
def link_settings(link_id: UUID) -> Response:
    """404 for one that the key does not see."""
    link = explaining.link(link_id)
    return tagged(link, link.version)


@blueprint.patch("/v1/links/<uuid:link_id>/settings")
@scope("links:write")
@describes(
    Operation(
        "Changes a link's settings",
        takes=LinkChange,
        gives=Link,
        knows=("If-Match",),
        tagged=True,
        refuses=(409,),
    )
)
def change_link(link_id: UUID) -> Response:
    """What is left out stays. A link's kind cannot be changed."""
    changes, account = _fields(reading.body(LinkChange)), current.account()
    link = explaining.link(link_id)
    known = {place.host_id for place in link.settings.hosts}
    others = tuple(each for each in changes.get("hosts", ()) if each.host_id not in known)
    team_id = changes.get("team_id")
    _own_time(others, None if team_id == link.settings.team_id else team_id)
    changed = UpdateLink(
        workspace_id=account.workspace_id,
        link_id=link_id,
        version=reading.seen_version(link.version),
        settings=structs.replace(link.settings, **changes),
        actor=account.actor,
    )
    with reading.matched():
        link = current.services().booking.update_link(changed)
    return tagged(link, link.version)


@blueprint.delete("/v1/links/<uuid:link_id>/settings")
@scope("links:write")
@describes(
    Operation("Deletes a link; what was booked through it stays", status=204, knows=("If-Match",))
)
def delete_link(link_id: UUID) -> Response:
    """Its slug is free again."""
    link, account = explaining.link(link_id), current.account()
    gone = DeleteLink(
        workspace_id=account.workspace_id,
        link_id=link.id,
        actor=account.actor,
        version=reading.seen_version(None),
    )
    with reading.matched(Changed):
        current.services().booking.delete_link(gone)
    return Response(status=204)


def _fields(asked: Any) -> dict[str, Any]:
    return {name: value for name, value in structs.asdict(asked).items() if value is not UNSET}


def _own_time(places: tuple[Any, ...], team_id: UUID | None) -> None:
    """Raises `Invalid` where a member offers a colleague's time, by name or as a team's."""
    account = current.account()
    if account.is_admin:
        return
    if team_id is not None:
        raise Invalid(fields={"team_id": "Only an admin can offer the time of a team."})
    if any(place.host_id != account.id for place in places):
        raise Invalid(fields={"hosts": "Only an admin can offer the time of a colleague."})
