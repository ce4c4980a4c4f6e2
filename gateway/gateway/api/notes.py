"""Notes on the timelines of deals and contacts."""

from typing import Any
from uuid import UUID

from flask import Response

from contracts.crm_bridge import AddNote, DeleteNote, TimelineEntry
from contracts.errors import Forbidden, NotFound
from gateway import current
from gateway.api import blueprint, reading, seeing
from gateway.api.answers import reply
from gateway.api.describing import Operation, describes
from gateway.api.host_shapes import NoteAsked, NoteMade
from gateway.api.repeating import once
from gateway.security import scope

ADDS = Operation(
    "Adds a note",
    takes=NoteAsked,
    gives=NoteMade,
    status=201,
    knows=("Idempotency-Key",),
    refuses=(409,),
)


@blueprint.post("/v1/deals/<uuid:deal_id>/notes")
@scope("crm:write")
@describes(ADDS)
def add_deal_note(deal_id: UUID) -> Response:
    """On the deal's timeline; the workspace's people read it, nobody else."""
    asked = reading.body(NoteAsked)
    return _added(asked, deal_id=seeing.deal(deal_id).deal.id)


@blueprint.post("/v1/contacts/<uuid:contact_id>/notes")
@scope("crm:write")
@describes(ADDS)
def add_contact_note(contact_id: UUID) -> Response:
    """On the contact's timeline, which only admins see."""
    asked = reading.body(NoteAsked)
    return _added(asked, contact_id=seeing.contact(contact_id).contact.id)


def _added(asked: NoteAsked, **about: Any) -> Response:
    account = current.account()
    with once("note", asked) as number:
        wish = AddNote(
            workspace_id=account.workspace_id,
            note_id=number,
            text=asked.text,
            actor=account.actor,
            **about,
        )
        current.services().crm_bridge.add_note(wish)
    return reply(NoteMade(note=number), 201)


@blueprint.delete("/v1/deals/<uuid:deal_id>/notes/<uuid:note_id>")
@scope("crm:write")
@describes(Operation("Deletes a note", status=204))
def delete_deal_note(deal_id: UUID, note_id: UUID) -> Response:
    """Members their own, admins every one."""
    return _deleted(seeing.deal(deal_id).timeline, note_id)


@blueprint.delete("/v1/contacts/<uuid:contact_id>/notes/<uuid:note_id>")
@scope("crm:write")
@describes(Operation("Deletes a note", status=204))
def delete_contact_note(contact_id: UUID, note_id: UUID) -> Response:
    """For admins, who alone see the contact's timeline."""
    return _deleted(seeing.contact(contact_id).timeline, note_id)


def _deleted(timeline: tuple[TimelineEntry, ...], note_id: UUID) -> Response:
    account, name = current.account(), str(note_id)
    found = next((one.detail for one in timeline if one.detail.get("note") == name), None)
    if found is None:
        raise NotFound
    if not account.is_admin and found.get("by") != account.actor:
        raise Forbidden
    wish = DeleteNote(workspace_id=account.workspace_id, note_id=note_id, actor=account.actor)
    current.services().crm_bridge.delete_note(wish)
    return Response(status=204)
