"""A team's own page: the visitor picks what to book, and with whom; `Anyone` leaves it to turns.

It leads to the link's page, which asks for that host's times and books them.
"""

import unicodedata
from collections.abc import Sequence

from flask import g, make_response, render_template, request
from werkzeug.wrappers import Response as Answer

from contracts.booking import FindTeam, Host, Link, TeamPage
from gateway import current
from gateway.api import reading
from gateway.booking_pages import blueprint, branding

MANY = 12
"""A team with more hosts than this has a field to find one by name."""


@blueprint.get("/team/<slug>")
def team(slug: str) -> Answer:
    """The open links on which a host may be picked; of one, the hosts. Raises `NotFound`."""
    found = _found(slug)
    branding.speak(found.team.workspace_id)
    link = _chosen(found.links)
    hosts = found.hosts
    sought = request.args.get("q", "").strip()[:100] if len(hosts) > MANY else ""
    look = branding.of(found.team.workspace_id, {host.id for host in hosts})
    page = render_template(
        "booking/team.html",
        team=found.team,
        links=found.links,
        link=link,
        hosts=_called(hosts, sought),
        many=len(hosts) > MANY,
        sought=sought,
        workspace=hosts[0].workspace_name if hosts else "",
        **look.values | ({"colour": link.settings.colour} if link else {}),
        onward={"tz": request.args.get("tz", "")},
    )
    answer = make_response(page)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _found(slug: str) -> TeamPage:
    """The team's links and hosts; in a widget's frame they were asked for already."""
    known: TeamPage | None = g.get("team")
    return known or current.services().booking.find_team(FindTeam(slug=reading.slug(slug)))


def _called(hosts: Sequence[Host], sought: str) -> list[Host]:
    """Those whose name has it, with or without its accents."""
    return [host for host in hosts if _plain(sought) in _plain(host.name)]


def _plain(words: str) -> str:
    letters = unicodedata.normalize("NFKD", words.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _chosen(links: tuple[Link, ...]) -> Link | None:
    """The link that the address names; the only one needs no name."""
    if len(links) == 1:
        return links[0]
    asked = request.args.get("link", "")
    return next((link for link in links if link.settings.slug == asked), None)
