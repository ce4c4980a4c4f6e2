"""The dashboard's overview: bookings by week, link and host."""

from datetime import date
from typing import Annotated
from uuid import UUID

from flask import Response
from msgspec import Meta

from contracts.booking import GetOverview, Overview
from contracts.booking.dashboard import MOST_WEEKS
from contracts.wire import Message
from gateway import current
from gateway.api import blueprint, reading, seeing
from gateway.api.answers import reply
from gateway.api.describing import Operation, describes
from gateway.security import scope


class WeeksOf(Message, frozen=True, kw_only=True):
    """Which weeks, of whom."""

    first: Annotated[date, Meta(description="A day of the first week.")]
    weeks: Annotated[int, Meta(ge=1, le=MOST_WEEKS, description="How many weeks.")] = 12
    host: Annotated[UUID | None, Meta(description="One host's; admins see everyone's.")] = None
    link: Annotated[UUID | None, Meta(description="Of one link.")] = None


@blueprint.get("/v1/overview")
@scope("bookings:read")
@describes(Operation("Bookings in numbers", gives=Overview, query=WeeksOf))
def overview() -> Response:
    """By week, link and host; days are those of the key's owner. Members see their own."""
    wanted, account = reading.query(WeeksOf), current.account()
    asked = GetOverview(
        workspace_id=account.workspace_id,
        timezone=account.timezone,
        first=reading.day(wanted.first, "first"),
        weeks=wanted.weeks,
        host_id=seeing.limited_to() or wanted.host,
        link_id=wanted.link,
    )
    return reply(current.services().booking.overview(asked))
