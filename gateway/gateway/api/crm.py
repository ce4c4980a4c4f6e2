"""Contacts and deals. Members see the deals they own, and the contacts of those."""

from typing import Annotated, Any
from uuid import UUID

from flask import Response
from msgspec import UNSET, Meta

from contracts.crm_bridge import (
    Board,
    ContactDetail,
    Contacts,
    Deal,
    DealDetail,
    Deals,
    EraseContact,
    GetBoard,
    ListContacts,
    ListDeals,
    MergeContacts,
    SetStage,
    SetValue,
    Stage,
)
from contracts.wire import Message
from gateway import current
from gateway.api import blueprint, reading, seeing
from gateway.api.answers import reply, tagged
from gateway.api.describing import Operation, describes
from gateway.api.host_shapes import DealChange, MergeAsked, PageOf
from gateway.security import scope


class DealsOf(PageOf, frozen=True, kw_only=True):
    """Which deals."""

    stage: Annotated[Stage | None, Meta(description="At one stage.")] = None
    search: Annotated[str, Meta(max_length=200, description="Names, addresses, titles.")] = ""


class ContactsOf(PageOf, frozen=True, kw_only=True):
    """Which contacts."""

    search: Annotated[str, Meta(max_length=200, description="Names and addresses.")] = ""


class BoardOf(Message, frozen=True, kw_only=True):
    """Which deals, how many of a stage."""

    search: Annotated[str, Meta(max_length=200, description="Names, addresses, titles.")] = ""
    limit: Annotated[int, Meta(ge=1, le=100, description="Deals of a stage.")] = 20


@blueprint.get("/v1/board")
@scope("crm:read")
@describes(Operation("Deals by stage, with their count and value", gives=Board, query=BoardOf))
def board() -> Response:
    """Of each stage the latest active ones. Members see the deals they own."""
    wanted = reading.query(BoardOf)
    asked = GetBoard(
        workspace_id=current.account().workspace_id,
        owner_id=seeing.limited_to(),
        search=wanted.search,
        limit=wanted.limit,
    )
    return reply(current.services().crm_bridge.get_board(asked))


@blueprint.get("/v1/deals")
@scope("crm:read")
@describes(Operation("A page of deals, newest first", gives=Deals, query=DealsOf))
def deals() -> Response:
    """Members see the deals they own."""
    wanted = reading.query(DealsOf)
    asked = ListDeals(
        workspace_id=current.account().workspace_id,
        owner_id=seeing.limited_to(),
        stage=wanted.stage,
        search=wanted.search,
        limit=wanted.limit,
        after=wanted.after,
    )
    return reply(current.services().crm_bridge.list_deals(asked))


@blueprint.get("/v1/deals/<uuid:deal_id>")
@scope("crm:read")
@describes(
    Operation("One deal with its timeline", gives=DealDetail, tagged=True, knows=("If-None-Match",))
)
def deal(deal_id: UUID) -> Response:
    """404 for one that the key does not see."""
    detail = seeing.deal(deal_id)
    return tagged(detail, detail.deal.version)


@blueprint.patch("/v1/deals/<uuid:deal_id>")
@scope("crm:write")
@describes(Operation("Sets a deal's stage and value", takes=DealChange, gives=Deal, refuses=(409,)))
def change_deal(deal_id: UUID) -> Response:
    """What is left out stays. The timeline keeps who did it."""
    asked, account = reading.body(DealChange), current.account()
    deal, crm = seeing.deal(deal_id).deal, current.services().crm_bridge
    common: dict[str, Any] = {
        "workspace_id": account.workspace_id,
        "deal_id": deal_id,
        "actor": account.actor,
    }
    if asked.stage is not UNSET:
        deal = crm.set_stage(SetStage(**common, stage=asked.stage))
    if asked.value_cents is not UNSET or asked.currency is not UNSET:
        value = deal.value_cents if asked.value_cents is UNSET else asked.value_cents
        currency = deal.currency if asked.currency is UNSET else asked.currency
        deal = crm.set_value(SetValue(**common, value_cents=value, currency=currency))
    return reply(deal)


@blueprint.get("/v1/contacts")
@scope("crm:read")
@describes(Operation("A page of contacts, newest first", gives=Contacts, query=ContactsOf))
def contacts() -> Response:
    """Members see the contacts of deals they own."""
    wanted = reading.query(ContactsOf)
    asked = ListContacts(
        workspace_id=current.account().workspace_id,
        owner_id=seeing.limited_to(),
        search=wanted.search,
        limit=wanted.limit,
        after=wanted.after,
    )
    return reply(current.services().crm_bridge.list_contacts(asked))


@blueprint.get("/v1/contacts/<uuid:contact_id>")
@scope("crm:read")
@describes(Operation("One contact with deals and timeline", gives=ContactDetail))
def contact(contact_id: UUID) -> Response:
    """Members see the contacts of deals they own, and of them no more than those deals."""
    return reply(seeing.contact(contact_id))


@blueprint.post("/v1/contacts/<uuid:contact_id>/merge")
@scope("crm:write")
@describes(
    Operation(
        "Merges another contact into this one",
        takes=MergeAsked,
        gives=ContactDetail,
        refuses=(409,),
    )
)
def merge_contacts(contact_id: UUID) -> Response:
    """For admins. With its deals, meetings and timeline; it cannot be undone."""
    seeing.admin()
    asked, account = reading.body(MergeAsked), current.account()
    wish = MergeContacts(
        workspace_id=account.workspace_id,
        contact_id=contact_id,
        merged_id=asked.contact,
        actor=account.actor,
    )
    return reply(current.services().crm_bridge.merge_contacts(wish))


@blueprint.post("/v1/contacts/<uuid:contact_id>/erase")
@scope("crm:write")
@describes(Operation("Forgets who a contact is", gives=ContactDetail, refuses=(409,)))
def erase_contact(contact_id: UUID) -> Response:
    """For admins. Here, in the feed, and in what webhooks have still to be sent; for good."""
    seeing.admin()
    account = current.account()
    wish = EraseContact(
        workspace_id=account.workspace_id, contact_id=contact_id, actor=account.actor
    )
    return reply(current.services().crm_bridge.erase_contact(wish))
