"""Contacts: the list, and one with their deals and everything that happened."""

from typing import Any
from uuid import UUID, uuid4

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from contracts.crm_bridge import ContactDetail, ListContacts
from contracts.errors import Conflict, Invalid
from gateway import current, desk
from gateway.crm_pages import blueprint, calling, changing, seeing, words
from gateway.crm_pages.deals import PAGE, owner, sought
from gateway.security import signed_in
from gateway.settings_pages.inputs import Reader


@blueprint.get("/contacts")
@signed_in
def contacts() -> str:
    """Newest first: by words, page by page."""
    wish = ListContacts(
        workspace_id=current.account().workspace_id,
        owner_id=owner(),
        search=sought(),
        limit=PAGE,
        after=request.args.get("after", "")[:500],
    )
    found = desk.part(lambda: current.services().crm_bridge.list_contacts(wish))
    args: dict[str, Any] = {"q": wish.search or None, "who": request.args.get("who") or None}
    cursor = found.value.cursor if found.value else ""
    return render_template(
        "crm/contacts.html",
        found=found,
        search=wish.search,
        who="mine" if wish.owner_id else "all",
        may_see_all=desk.sees_all(),
        more=url_for("crm_pages.contacts", **args, after=cursor) if cursor else "",
        first=url_for("crm_pages.contacts", **args) if wish.after else "",
        words=words,
        links=url_for("settings_pages.links"),
    )


@blueprint.route("/contacts/<uuid:contact_id>", methods=["GET", "POST"])
@signed_in
def contact(contact_id: UUID) -> str | Answer | tuple[str, int]:
    """Somebody who booked; notes are written here. One that was merged leads to who it is now."""
    found = seeing.contact(contact_id)
    here = url_for("crm_pages.contact", contact_id=found.contact.id)
    if request.method != "POST":
        return redirect(here) if found.contact.id != contact_id else _page(found, {})
    reader = Reader(request.form)
    done = _noted(found, reader)
    if reader.errors:
        return _page(found, reader.errors), 422
    if done:
        flash(done, "")
    return redirect(here)


def _noted(found: ContactDetail, reader: Reader) -> str:
    if reader.raw("do") not in changing.NOTES:
        return ""
    whose = {"contact_id": found.contact.id}
    if not desk.sees_all():  # on what they see of the contact
        whose = {"deal_id": found.deals[0].id}
    try:
        return changing.note(reader, found.timeline, **whose)
    except (Conflict, Invalid) as refusal:
        desk.tell(refusal)
        return ""


def _page(found: ContactDetail, errors: dict[str, str]) -> str:
    return render_template(
        "crm/contact.html",
        contact=found.contact,
        also=found.also,
        found=found,
        deals=found.deals,
        timeline=words.newest(found.timeline),
        zone=words.zone(),
        words=words,
        desk=desk,
        errors=errors,
        typed={"text": request.form.get("text", "") if errors else ""},
        note_id=uuid4(),
        callable=desk.part(lambda: calling.links_for(None)).value or [],
        may_merge=desk.sees_all(),
    )
