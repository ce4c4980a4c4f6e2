"""Why a start of a link is offered or not, for the hosts' own programs."""

from typing import Annotated
from uuid import UUID

from flask import Response
from msgspec import Meta

from contracts.availability import Explanation
from contracts.wire import Duration, Instant, Message
from gateway import explaining
from gateway.api import blueprint, reading
from gateway.api.answers import reply
from gateway.api.describing import Operation, describes
from gateway.security import scope


class StartOf(Message, frozen=True, kw_only=True):
    """Which start."""

    start: Annotated[Instant, Meta(description="RFC 3339 with an offset: 2026-12-01T10:00:00Z.")]
    duration: Annotated[Duration | None, Meta(description="Minutes; the link's first.")] = None


@blueprint.get("/v1/links/<uuid:link_id>/explain")
@scope("links:read")
@describes(Operation("Why a start is offered or not", gives=Explanation, query=StartOf))
def explain(link_id: UUID) -> Response:
    """Every rule, host by host, with the facts that it went by."""
    link, asked = explaining.link(link_id), reading.query(StartOf)
    start = reading.instant(asked.start, "start")
    return reply(explaining.explained(link, start, asked.duration))
