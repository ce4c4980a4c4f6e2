"""Why a start of a link is offered or not, for the hosts' own programs."""

from datetime import datetime
from uuid import UUID

from flask import Response, request

from contracts.availability import Explanation
from contracts.errors import Invalid
from gateway import explaining
from gateway.api import blueprint, reading
from gateway.api.answers import reply
from gateway.api.describing import Operation, describes
from gateway.security import scope

QUERY = (
    ("start", "The instant, RFC 3339 with its offset: 2026-12-01T10:00:00Z."),
    ("duration", "Minutes; the link's default unless said."),
)


@blueprint.get("/v1/links/<uuid:link_id>/explain")
@scope("links:read")
@describes(Operation("Why a start is offered or not", gives=Explanation, query=QUERY))
def explain(link_id: UUID) -> Response:
    """Every rule, host by host, with the facts that it went by."""
    link = explaining.link(link_id)
    start = reading.instant(_start(request.args.get("start", "")), "start")
    duration = reading.duration(request.args.get("duration"))
    return reply(explaining.explained(link, start, duration))


def _start(text: str) -> datetime:
    try:
        # A plus sign that was not escaped arrives as a space.
        found = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise Invalid(fields={"start": "Give an instant such as 2026-12-01T10:00:00Z."})
    return found
