"""Notes, merging and erasing."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from contracts.crm_bridge import (
    AddNote,
    DeleteNote,
    EraseContact,
    ListContacts,
    MergeContacts,
    TimelineEntry,
)
from contracts.errors import Conflict, Invalid, NotFound
from gateway import current, desk
from gateway.booking_pages.picking import uuid_of
from gateway.crm_pages import blueprint, seeing
from gateway.security import role as needs
from gateway.settings_pages.inputs import Reader, cleaned

NOTES = frozenset({"note", "delete_note"})
LONGEST = 5000
CANDIDATES = 20
"""Contacts that are offered to be merged; the search finds the others."""


def note(reader: Reader, timeline: tuple[TimelineEntry, ...], **whose: UUID) -> str:
    """Writes a note, or deletes one of this timeline; the words for it, none where it was wrong."""
    note_id, workspace_id = uuid_of(reader.raw("note_id")), current.account().workspace_id
    crm, actor = current.services().crm_bridge, desk.actor()
    if reader.raw("do") == "delete_note":
        if note_id and _is_theirs(note_id, timeline):
            crm.delete_note(DeleteNote(workspace_id=workspace_id, note_id=note_id, actor=actor))
        return "The note is deleted."
    text = reader.text("text", LONGEST, required="Please write something.")
    if reader.errors or note_id is None:
        return ""
    asked = AddNote(workspace_id=workspace_id, note_id=note_id, text=text, actor=actor, **whose)
    crm.add_note(asked)
    return "The note is kept."


def _is_theirs(note_id: UUID, timeline: tuple[TimelineEntry, ...]) -> bool:
    """Whether the reader may delete it: members what they wrote, admins every note."""
    found = next((one.detail for one in timeline if one.detail.get("note") == str(note_id)), None)
    return found is not None and (desk.sees_all() or found.get("by") == desk.actor())


@blueprint.route("/contacts/<uuid:contact_id>/merge", methods=["GET", "POST"])
@needs("admin")
def merge(contact_id: UUID) -> str | Answer:
    """Finds the other contact, asks once, and makes one of both."""
    kept = seeing.contact(contact_id)
    other = uuid_of(request.values.get("with", ""))
    if request.method == "POST":
        return _merge(kept.contact.id, other)
    words = cleaned(request.args.get("q", ""))[:200]
    wish = ListContacts(workspace_id=kept.contact.workspace_id, search=words, limit=CANDIDATES)
    found = current.services().crm_bridge.list_contacts(wish).contacts
    return render_template(
        "crm/merge.html",
        kept=kept,
        other=seeing.contact(other) if other else None,
        search=words,
        candidates=[one for one in found if one.contact.id != kept.contact.id],
        desk=desk,
    )


def _merge(kept: UUID, other: UUID | None) -> Answer:
    here = redirect(url_for("crm_pages.contact", contact_id=kept))
    if other is None:
        flash("Choose the contact to merge with.", "danger")
        return here
    try:
        asked = MergeContacts(
            workspace_id=current.account().workspace_id,
            contact_id=kept,
            merged_id=other,
            actor=desk.actor(),
        )
        current.services().crm_bridge.merge_contacts(asked)
        flash("The two contacts are one now.", "")
    except (Conflict, Invalid, NotFound) as refusal:
        desk.tell(refusal)
    return here


@blueprint.route("/contacts/<uuid:contact_id>/erase", methods=["GET", "POST"])
@needs("admin")
def erase(contact_id: UUID) -> str | Answer:
    """Asks once; then nothing says any more who it was."""
    found = seeing.contact(contact_id)
    if request.method != "POST":
        return render_template("crm/erase.html", contact=found.contact)
    asked = EraseContact(
        workspace_id=found.contact.workspace_id, contact_id=found.contact.id, actor=desk.actor()
    )
    current.services().crm_bridge.erase_contact(asked)
    flash("The contact's personal data is erased.", "")
    return redirect(url_for("crm_pages.contact", contact_id=found.contact.id))
