"""Who sees what: members the deals they own and the contacts of those, admins the workspace."""

from uuid import UUID

from msgspec.structs import replace

from contracts.crm_bridge import ContactDetail, DealDetail, GetContact, GetDeal
from contracts.errors import NotFound
from gateway import current, desk


def deal(deal_id: UUID) -> DealDetail:
    """Raises `NotFound`."""
    asked = GetDeal(workspace_id=current.account().workspace_id, deal_id=deal_id)
    found = current.services().crm_bridge.get_deal(asked)
    desk.mine_or_404(found.deal.owner_id)
    return found


def contact(contact_id: UUID) -> ContactDetail:
    """As far as the reader sees it. Raises `NotFound`."""
    asked = GetContact(workspace_id=current.account().workspace_id, contact_id=contact_id)
    found = current.services().crm_bridge.get_contact(asked)
    if desk.sees_all():
        return found
    mine = tuple(each for each in found.deals if each.owner_id == current.account().id)
    if not mine:
        raise NotFound
    ids = {each.id for each in mine}
    told = tuple(entry for entry in found.timeline if entry.deal_id in ids)
    return replace(found, deals=mine, timeline=told, meeting_next=None, meeting_last=None)
