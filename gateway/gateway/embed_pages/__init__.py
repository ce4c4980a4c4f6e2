"""The widget: its script `/embed.js`, and under `/embed/<slug>` the attendee's pages in a frame.

They are the pages of `booking_pages` and `manage_pages`, with addresses of their own, because each
answer names who may frame it: the link's domains. No cookie is read or set, and none is needed.
"""

from flask import Blueprint, g, request
from werkzeug.wrappers import Response as Answer

from contracts.booking import FindPage, FindTeam, Page
from gateway import current
from gateway.api import reading
from gateway.booking_pages import done, ways
from gateway.embed_pages import domains

blueprint = Blueprint("embed_pages", __name__)


@blueprint.before_request
def enter() -> None:
    """Finds the link first: without one nothing here can be framed. Raises `NotFound`."""
    slug = (request.view_args or {}).get("slug")
    if slug is None:
        return
    g.frame = _of_team(slug) if request.endpoint == "embed_pages.team" else _of_page(slug)
    allowed = (domains.OURSELVES,) if g.frame.preview else g.frame.parents
    # A list without one sound entry allows nobody.
    g.framed_by = " ".join(allowed) or "'none'"


@blueprint.after_request
def keep_secret(answer: Answer) -> Answer:
    """Tokens stand in addresses here; also where the answer is an error."""
    return done.private(answer) if "frame" in g else answer


def _of_page(slug: str) -> ways.Frame:
    """A link's, or a host's own."""
    g.page = current.services().booking.find_page(FindPage(slug=reading.slug(slug)))
    return ways.framed(slug, g.page.link.id if g.page.link else None, parents(g.page))


def _of_team(slug: str) -> ways.Frame:
    """A team's: it shows all of its links, and leads on to each."""
    g.team = current.services().booking.find_team(FindTeam(slug=reading.slug(slug)))
    lists = [link.settings.embed_domains for link in g.team.links]
    allowed = domains.shared(lists, local=current.settings().embedded)
    return ways.framed(f"team/{slug}", None, allowed)


def parents(page: Page) -> tuple[str, ...]:
    """The sources that may frame a page; a host's own page has no list."""
    listed = page.link.settings.embed_domains if page.link else ()
    return domains.sources(listed, local=current.settings().embedded)


from gateway.embed_pages import views  # noqa: E402, F401 - it adds its routes
