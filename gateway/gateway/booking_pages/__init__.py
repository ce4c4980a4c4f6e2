"""The pages on which an attendee books: a link's page, a host's own page, the page after it.

`picking` reads what an address wishes for, `forms` what was typed; `pages` and `done` hold the
routes. Each works without JavaScript and acts on nothing but what it is sent: no session.
"""

from flask import Blueprint, Response, request

blueprint = Blueprint("booking_pages", __name__)


@blueprint.after_app_request
def keep_built_files(answer: Response) -> Response:
    """Built files carry their content's hash in their name: a browser may keep them for ever."""
    if request.path.startswith("/static/build/") and answer.status_code in {200, 304}:
        answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return answer


from gateway.booking_pages import ways  # noqa: E402 - nothing but what stands above


@blueprint.app_context_processor
def addresses() -> dict[str, object]:
    """What templates need to lead on: in a widget's frame elsewhere than on our own pages."""
    return {"ways": ways, "frame": ways.frame()}


from gateway.booking_pages import branding, done, pages, team  # noqa: E402, F401 - they add their routes
