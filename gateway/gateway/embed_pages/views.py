"""The routes of the widget; each is a page of the attendee's, under the link that it belongs to."""

from flask import Response, request
from werkzeug.wrappers import Response as Answer

from gateway import compressing, manage_pages
from gateway.booking_pages import done, pages
from gateway.booking_pages import team as team_page
from gateway.embed_pages import blueprint
from gateway.presenting.assets import BUILD, Assets

SCRIPT_LASTS = 600
"""Seconds: a site's snippet names no version, so a new one must be seen soon."""

_assets = Assets(base="")


@blueprint.get("/embed.js")
def script() -> Response:
    """The one script of the snippet; any site may load it, also with `crossorigin`."""
    answer = compressing.send(BUILD, _assets("embed.js"), SCRIPT_LASTS)
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


@blueprint.get("/embed/<slug>")
def show(slug: str) -> Answer:
    """The booking page."""
    return pages.show(slug)


@blueprint.post("/embed/<slug>")
def book(slug: str) -> Answer:
    """Books."""
    return pages.book(slug)


@blueprint.get("/embed/team/<slug>")
def team(slug: str) -> Answer:
    """The team's page: the visitor picks what to book, and with whom."""
    return team_page.team(slug)


@blueprint.get("/embed/<slug>/done/<token>")
def booked(slug: str, token: str) -> Answer:  # noqa: ARG001 - `enter` has read it
    """What is booked."""
    return done.booked(token)


@blueprint.get("/embed/<slug>/done/<token>.ics")
def calendar_file(slug: str, token: str) -> Answer:  # noqa: ARG001 - as above
    """The meeting as a file."""
    return done.calendar_file(token)


@blueprint.route("/embed/<slug>/reschedule/<token>", methods=["GET", "POST"])
def reschedule(slug: str, token: str) -> Answer:  # noqa: ARG001 - as above
    """Moves a booking; GET shows."""
    if request.method == "POST":
        manage_pages.find(token, "reschedule")  # another link's is not there
        return manage_pages.move(token)
    return manage_pages.reschedule(token)


@blueprint.get("/embed/<slug>/cancel/kept")
def kept(slug: str) -> Answer:  # noqa: ARG001 - as above
    """Nothing was changed."""
    return manage_pages.kept()


@blueprint.route("/embed/<slug>/cancel/<token>", methods=["GET", "POST"])
def cancel(slug: str, token: str) -> Answer:  # noqa: ARG001 - as above
    """Cancels a booking; GET shows."""
    if request.method == "POST":
        manage_pages.find(token, "cancel")  # another link's is not there
        return manage_pages.cancel_now(token)
    return manage_pages.cancel(token)
