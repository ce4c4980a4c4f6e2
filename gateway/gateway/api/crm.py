"""Contacts and deals. Members see the deals they own, and the contacts of those."""

from typing import Annotated
from uuid import UUID

from flask import Response
from msgspec import Meta

from contracts.crm_bridge import (
    ContactDetail,
    Deal,
    DealDetail,
    Deals,
    ListDeals,
    SetStage,
    Stage,
)
from gateway import current
from gateway.api import blueprint, reading, seeing
from gateway.api.answers import reply, tagged
from gateway.api.describing import Operation, describes
from gateway.api.host_shapes import PageOf, StageAsked
from gateway.security import scope


class DealsOf(PageOf, frozen=True, kw_only=True):
    """Which deals."""

    stage: Annotated[Stage | None, Meta(description="At one stage.")] = None
    search: Annotated[str, Meta(max_length=200, description="Names, addresses, titles.")] = ""


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
@describes(Operation("Sets a deal's stage", takes=StageAsked, gives=Deal, refuses=(409,)))
def set_stage(deal_id: UUID) -> Response:
    """The timeline keeps who did it."""
    asked, account = reading.body(StageAsked), current.account()
    seeing.deal(deal_id)
    wish = SetStage(
        workspace_id=account.workspace_id,
        deal_id=deal_id,
        stage=asked.stage,
        actor=account.actor,
    )
    return reply(current.services().crm_bridge.set_stage(wish))


@blueprint.get("/v1/contacts/<uuid:contact_id>")
@scope("crm:read")
@describes(Operation("One contact with deals and timeline", gives=ContactDetail))
def contact(contact_id: UUID) -> Response:
    """Members see the contacts of deals they own, and of them no more than those deals."""
    return reply(seeing.contact(contact_id))
