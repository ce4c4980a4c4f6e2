"""Schedule a call: a link's page, filled in with a contact; what is booked lands on their deal."""

from uuid import UUID

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from contracts.booking import Link, ListLinks
from contracts.crm_bridge import Deal
from contracts.errors import NotFound
from gateway import current
from gateway.booking_pages import calls
from gateway.crm_pages import blueprint, seeing
from gateway.security import signed_in


def links_for(deal: Deal | None) -> list[tuple[str, str]]:
    """The open links that may be called through, as (slug, title): the deal's own first, then its
    owner's and the reader's.
    """
    whose = {current.account().id, *([deal.owner_id] if deal and deal.owner_id else [])}
    own = deal.link_slug if deal else ""
    wish = ListLinks(workspace_id=current.account().workspace_id)
    found = [
        link
        for link in current.services().booking.list_links(wish).links
        if _open(link) and (link.owner_id in whose or link.settings.slug == own)
    ]
    found.sort(key=lambda link: (link.settings.slug != own, link.settings.title))
    return [(link.settings.slug, link.settings.title) for link in found]


@blueprint.get("/deals/<uuid:deal_id>/call")
@signed_in
def call_on_deal(deal_id: UUID) -> Answer:
    """To the link's page; nothing is changed by looking at it."""
    deal = seeing.deal(deal_id).deal
    return _to_page(deal, deal.contact.id)


@blueprint.get("/contacts/<uuid:contact_id>/call")
@signed_in
def call(contact_id: UUID) -> Answer:
    """The same for a contact; the deal is found as for any booking of theirs."""
    return _to_page(None, seeing.contact(contact_id).contact.id)


def _to_page(deal: Deal | None, contact_id: UUID) -> Answer:
    offered = [slug for slug, _ in links_for(deal)]
    if not offered:
        flash("You have no link that takes bookings: make one, then schedule the call.")
        return redirect(url_for("settings_pages.links"))
    asked = request.args.get("link") or next(iter(offered), "")
    if asked not in offered:
        raise NotFound("This link takes no bookings just now.")
    deal_id = deal.id if deal else None
    about = calls.Call(current.account().workspace_id, asked, contact_id, deal_id)
    return redirect(calls.address(about))


def _open(link: Link) -> bool:
    settings, now = link.settings, current.now()
    over = settings.expires_at is not None and settings.expires_at <= now
    return settings.active and not link.used and not over
