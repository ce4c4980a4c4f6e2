"""Addresses of the attendee's pages: on our own site, or inside the frame of a widget.

A widget's pages all lie under `/embed/<slug>`, so that each can say who may frame it. They carry
the widget's look along; every page of a link carries the UTM parameters it was reached with, and
the language that was chosen.
"""

import re
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from flask import g, request

from contracts.booking import Source
from contracts.errors import NotFound
from gateway import languages
from gateway.booking_pages import calls
from gateway.presenting import colours

MOST_UTM = 8
LONGEST_UTM = 200
THEMES = frozenset({"light", "dark"})
_UTM = re.compile(r"utm_[a-z_]{1,26}")


@dataclass(frozen=True, slots=True)
class Frame:
    """The widget in whose frame a page is shown.

    `link_id` is the link's (None for a host's page); `parents` are the sources (CSP) of the pages
    that may frame it; `colour` is the snippet's (""for the link's own); `theme` that of the page
    around it; `preview`: in our own settings.
    """

    slug: str
    link_id: UUID | None
    parents: tuple[str, ...]
    colour: str = ""
    theme: str = ""
    preview: bool = False

    @property
    def look(self) -> dict[str, str]:
        """What its addresses carry."""
        asked = {
            "color": self.colour.removeprefix("#"),
            "theme": self.theme,
            "preview": "1" if self.preview else "",
        }
        return {name: value for name, value in asked.items() if value}


def frame() -> Frame | None:
    """The frame that this request is for; None on a page of our own."""
    found: Frame | None = g.get("frame")
    return found


def framed(slug: str, link_id: UUID | None, parents: tuple[str, ...]) -> Frame:
    """The frame that the request's address describes; what cannot be read is left out."""
    colour = "#" + request.args.get("color", "").removeprefix("#").lower()
    theme = request.args.get("theme", "")
    return Frame(
        slug,
        link_id,
        parents,
        colour=colour if colours.is_colour(colour) else "",
        theme=theme if theme in THEMES else "",
        preview=request.args.get("preview") == "1",
    )


def require_of_frame(link_id: UUID) -> None:
    """Raises `NotFound` where a widget's page would show what belongs to another link."""
    around = frame()
    if around is not None and around.link_id != link_id:
        raise NotFound


def source() -> Source:
    """The UTM parameters of this request's address."""
    found = {
        name: value.strip()[:LONGEST_UTM]
        for name, value in request.args.items()
        if _UTM.fullmatch(name) and value.strip() and value.isprintable()
    }
    return dict(list(found.items())[:MOST_UTM])


def carried() -> tuple[tuple[str, str], ...]:
    """What every further address of this visit carries."""
    around = frame()
    look = around.look if around else {}
    language = languages.asked()
    chosen = {languages.PARAMETER: language} if language else {}
    return tuple((look | chosen | calls.carried() | source()).items())


def query(**more: str) -> str:
    """The same, and `more`, as the end of an address."""
    values = {name: value for name, value in more.items() if value} | dict(carried())
    return f"?{urlencode(values)}" if values else ""


def colour(own: str) -> str:
    """The snippet's colour, else the link's own."""
    around = frame()
    return around.colour if around and around.colour else own


def path(slug: str) -> str:
    """A link's or a host's page."""
    return f"/embed/{slug}" if frame() else f"/book/{slug}"


def link(slug: str, **more: str) -> str:
    """The same with what is carried."""
    return path(slug) + query(**more)


def team(slug: str, **more: str) -> str:
    """A team's own page."""
    return (f"/embed/team/{slug}" if frame() else f"/team/{slug}") + query(**more)


def done(token: str, *, go: bool = False) -> str:
    """The page after a booking or a move; `go`: on to the link's own page for it."""
    values = (*carried(), *((("go", "1"),) if go else ()))
    return _own(f"done/{token}") + (f"?{urlencode(values)}" if values else "")


def calendar_file(token: str) -> str:
    """The meeting as a file; nothing is carried by a download."""
    return _own(f"done/{token}.ics")


def reschedule(token: str) -> str:
    """The attendee's page to move a booking."""
    return _own(f"reschedule/{token}") + query()


def cancel(token: str) -> str:
    """The attendee's page to cancel a booking."""
    return _own(f"cancel/{token}") + query()


def kept() -> str:
    """Where "Keep it" leads."""
    return _own("cancel/kept") + query()


def _own(rest: str) -> str:
    around = frame()
    return f"/embed/{around.slug}/{rest}" if around else f"/book/{rest}"
