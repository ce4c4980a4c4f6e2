"""A link on somebody's own site: the snippets to paste, how they look, and where they may stand."""

from dataclasses import dataclass
from uuid import UUID

import msgspec
from flask import flash, redirect, render_template, request, url_for
from markupsafe import Markup, escape
from werkzeug.wrappers import Response as Answer

from contracts.booking import Link
from contracts.errors import Conflict, Invalid
from gateway import current
from gateway.embed_pages import domains
from gateway.presenting import colours
from gateway.security import signed_in
from gateway.settings_pages import blueprint
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


@blueprint.route("/booking-links/<uuid:link_id>/embed", methods=["GET", "POST"])
@signed_in
def embed(link_id: UUID) -> str | Answer | tuple[str, int]:
    """GET shows, in the look that its address asks for; POST keeps the domains."""
    stored = find(link_id)
    typed = request.form.get("domains", "")
    if request.method != "POST":
        return _page(stored, "\n".join(stored.settings.embed_domains), "")
    entries, problem = domains.read(typed)
    problem = problem or _save(stored, entries)
    if problem:
        return _page(stored, typed, problem), 422
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


def _page(stored: Link, typed: str, problem: str) -> str:
    look, slug = _look(), stored.settings.slug
    return render_template(
        "settings/embed.html",
        link=stored,
        look=look,
        modes=MODES,
        snippets={mode: _snippet(look, slug, mode) for mode, _, _ in MODES},
        preview=look.attributes(slug, look.mode) | {"data-preview": "1"},
        colours=COLOURS,
        domains=typed,
        problem=problem,
        local=current.settings().embedded,
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
