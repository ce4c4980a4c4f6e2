"""A workspace's logo on its public pages."""

from uuid import UUID

from flask import Response, url_for

from contracts.errors import SchedulingError
from gateway import current
from gateway.booking_pages import blueprint


@blueprint.get("/logo/<uuid:workspace_id>/<digest>")
def logo(workspace_id: UUID, digest: str) -> Response:
    """The picture; the same for ever under this address. Raises `NotFound`."""
    found = current.accounts().logo(workspace_id, digest)
    answer = Response(found.content, mimetype=found.type)
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    answer.headers["Content-Security-Policy"] = (
        "sandbox; default-src 'none'; frame-ancestors 'none'"
    )
    return answer


def logo_of(workspace_id: UUID) -> str:
    """Its address; "" where there is none, or where nobody can say: a page goes without."""
    try:
        digest = current.accounts().logo_digest(workspace_id)
    except SchedulingError:
        return ""
    if not digest:
        return ""
    return url_for("booking_pages.logo", workspace_id=workspace_id, digest=digest)
