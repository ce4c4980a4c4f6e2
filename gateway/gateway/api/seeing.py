"""Whose things a key sees: members their own, admins the workspace. Others' ids are 404."""

from typing import TypeVar
from uuid import UUID

from contracts.availability import ListSchedules, Schedule, Schedules
from contracts.booking import BookingDetail, GetBooking, ListTeams, Team
from contracts.crm_bridge import ContactDetail, DealDetail, GetContact, GetDeal
from contracts.errors import Forbidden, NotFound
from gateway import current

T = TypeVar("T")


def limited_to() -> UUID | None:
    """The one account whose things the key sees; `None` is everyone's."""
    account = current.account()
    return None if account.is_admin else account.id


def admin() -> None:
    """Raises `Forbidden` for a member's key."""
    if not current.account().is_admin:
        raise Forbidden


def host(asked: UUID | None) -> UUID:
    """Whose hours are meant: the key's own, or for admins a colleague's. Raises `NotFound`."""
    account = current.account()
    if asked is None or asked == account.id:
        return account.id
    if not account.is_admin:
        raise NotFound
    return current.accounts().member(account.workspace_id, asked).id


def booking(booking_id: UUID) -> BookingDetail:
    """A booking that the key sees. Raises `NotFound`."""
    asked = GetBooking(workspace_id=current.account().workspace_id, booking_id=booking_id)
    detail = current.services().booking.get_booking(asked)
    mine = limited_to()
    if mine is not None and mine not in {each.id for each in detail.booking.hosts}:
        raise NotFound
    return detail


def schedules(host_id: UUID | None) -> Schedules:
    """A host's schedules and time off, or the workspace's."""
    asked = ListSchedules(workspace_id=current.account().workspace_id, host_id=host_id)
    return current.services().availability.list_schedules(asked)


def schedule(schedule_id: UUID) -> Schedule:
    """A schedule that the key sees. Raises `NotFound`."""
    found = schedules(limited_to()).schedules
    return _one(next((one for one in found if one.id == schedule_id), None))


def team(team_id: UUID) -> Team:
    """A team of the workspace. Raises `NotFound`."""
    asked = ListTeams(workspace_id=current.account().workspace_id)
    found = current.services().booking.list_teams(asked).teams
    return _one(next((one for one in found if one.id == team_id), None))


def deal(deal_id: UUID) -> DealDetail:
    """A deal that the key sees. Raises `NotFound`."""
    asked = GetDeal(workspace_id=current.account().workspace_id, deal_id=deal_id)
    detail = current.services().crm_bridge.get_deal(asked)
    if limited_to() not in {None, detail.deal.owner_id}:
        raise NotFound
    return detail


def contact(contact_id: UUID) -> ContactDetail:
    """A contact; members see those of deals they own, and of them no more than those deals: the
    timeline tells of every colleague's meetings with them. Raises `NotFound`.
    """
    asked = GetContact(workspace_id=current.account().workspace_id, contact_id=contact_id)
    detail = current.services().crm_bridge.get_contact(asked)
    mine = limited_to()
    if mine is None:
        return detail
    deals = tuple(one for one in detail.deals if one.owner_id == mine)
    if not deals:
        raise NotFound
    return ContactDetail(contact=detail.contact, deals=deals)


def _one(found: T | None) -> T:
    if found is None:
        raise NotFound
    return found
