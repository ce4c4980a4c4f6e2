"""A link, or a team, on somebody's own site: what to paste, how it looks, where it may stand."""

from dataclasses import dataclass
from uuid import UUID

import msgspec
from flask import flash, redirect, render_template, request, url_for
from markupsafe import Markup, escape
from werkzeug.wrappers import Response as Answer

from contracts.booking import FindTeam, Link
from contracts.errors import Conflict, Invalid
from gateway import current
from gateway.embed_pages import domains
from gateway.presenting import colours
from gateway.security import role as needs
from gateway.security import signed_in
from gateway.settings_pages import blueprint, new_links, teams
from gateway.settings_pages.link_form import COLOURS
from gateway.settings_pages.links import find, update

MODES = (
    ("inline", "In the page", "The calendar stands where you paste this."),
    ("popup", "Behind your own button", "A button that opens it over the page."),
    ("float", "A floating button", "In the corner of every page that has this."),
)
LABEL = "Book a time"
LONGEST_LABEL = 40


@dataclass(frozen=True)
class Look:
    """What the snippets say: `colour` is "" for the link's own."""

    mode: str
    colour: str
    label: str

    def attributes(self, slug: str, mode: str) -> dict[str, str]:
        """The element's attributes, for the snippet and for the preview alike."""
        asked = {
            "data-workestra": slug,
            "data-mode": "" if mode == "inline" else mode,
            "data-color": self.colour,
            "data-label": self.label if mode == "float" and self.label != LABEL else "",
        }
        return {name: value for name, value in asked.items() if value}


@dataclass(frozen=True)
class Subject:
    """What is put on a site: `slug` as the snippet names it, `page` its own page here."""

    title: str
    slug: str
    page: str
    colour: str
    back: str
    back_label: str


@blueprint.route("/booking-links/<uuid:link_id>/embed", methods=["GET", "POST"])
@signed_in
def embed(link_id: UUID) -> str | Answer | tuple[str, int]:
    """GET shows, in the look that its address asks for; POST keeps the domains."""
    stored = find(link_id)
    typed = request.form.get("domains", "")
    if request.method != "POST":
        return _of_link(stored, "\n".join(stored.settings.embed_domains), "")
    entries, problem = domains.read(typed)
    problem = problem or _save(stored, entries)
    if problem:
        return _of_link(stored, typed, problem), 422
    flash("Saved. New visits follow it at once.", "")
    return redirect(url_for("settings_pages.embed", link_id=link_id))


def _save(stored: Link, entries: tuple[str, ...]) -> str:
    """Why it could not be kept, or ""."""
    settings = msgspec.structs.replace(stored.settings, embed_domains=entries)
    try:
        update(stored, settings, stored.version)
    except (Conflict, Invalid) as refusal:
        return next(iter(refusal.fields.values()), refusal.message)
    return ""


@blueprint.get("/team/<uuid:team_id>/embed")
@needs("admin")
def embed_team(team_id: UUID) -> str:
    """The same of a team's own page; it may stand where all of its links may."""
    team = teams.find(team_id)
    found = current.services().booking.find_team(FindTeam(slug=team.slug))
    subject = Subject(
        title=team.name,
        slug=f"team/{team.slug}",
        page=f"/team/{team.slug}",
        colour=found.links[0].settings.colour if found.links else new_links.kept().colour,
        back=url_for("settings_pages.edit_team", team_id=team_id),
        back_label="The team",
    )
    lists = [link.settings.embed_domains for link in found.links]
    allowed = domains.shared(lists, local=False)
    return _page(subject, links=found.links, allowed=allowed, anywhere=domains.ANY_SITE in allowed)


def _of_link(stored: Link, typed: str, problem: str) -> str:
    settings = stored.settings
    subject = Subject(
        title=settings.title,
        slug=settings.slug,
        page=f"/book/{settings.slug}",
        colour=settings.colour,
        back=url_for("settings_pages.link", link_id=stored.id),
        back_label="The link",
    )
    return _page(subject, domains=typed, problem=problem)


def _page(subject: Subject, **more: object) -> str:
    look = _look()
    return render_template(
        "settings/embed.html",
        it=subject,
        look=look,
        modes=MODES,
        snippets={mode: _snippet(look, subject.slug, mode) for mode, _, _ in MODES},
        preview=look.attributes(subject.slug, look.mode) | {"data-preview": "1"},
        colours=COLOURS,
        local=current.settings().embedded,
        **more,
    )


def _look() -> Look:
    """The look that the address asks for; what cannot be read is left out."""
    colour = request.args.get("color", "").lower()
    label = "".join(filter(str.isprintable, request.args.get("label", ""))).strip()
    mode = request.args.get("mode", "")
    return Look(
        mode=mode if mode in {name for name, _, _ in MODES} else "inline",
        colour=colour if colours.is_colour(colour) and colour.startswith("#") else "",
        label=label[:LONGEST_LABEL] or LABEL,
    )


def _snippet(look: Look, slug: str, mode: str) -> str:
    """The HTML to paste, complete: a page may hold the script's line several times."""
    home = current.settings().public_url.rstrip("/")
    tag = "button" if mode == "popup" else "div"
    values = look.attributes(slug, mode).items()
    said = Markup("").join(Markup(' {}="{}"').format(name, value) for name, value in values)
    typed = ' type="button"' if tag == "button" else ""
    words = escape(look.label) if tag == "button" else ""
    script = Markup('<script async src="{}/embed.js"></script>').format(home)
    return f"{script}\n<{tag}{typed}{said}>{words}</{tag}>"
