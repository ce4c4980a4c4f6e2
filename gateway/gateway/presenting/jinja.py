"""Installs what templates use: `asset`, and the filters of this package."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Flask
from markupsafe import Markup

from gateway.files.names import size_words
from gateway.presenting import questions, refusals
from gateway.presenting.assets import Assets
from gateway.presenting.cities import city
from gateway.presenting.colours import DEFAULT, is_colour
from gateway.presenting.words import initials, length
from gateway.presenting.zones import areas


def install(app: Flask) -> None:
    """Adds the globals and filters to an application's templates."""
    app.jinja_env.globals.update(asset=Assets(), areas=areas)
    app.jinja_env.filters.update(
        accepts=questions.accepts,
        city=city,
        initials=initials,
        length_words=length,
        only_if=questions.only_if,
        isolated=isolated,
        pairs=pairs,
        refusal=refusals.refusal,
        safe_colour=safe_colour,
        size_words=size_words,
        takes=questions.takes,
        web_address=web_address,
        without_type=without_type,
    )


def safe_colour(value: str) -> str:
    """The colour itself if it is `#rrggbb`, else the default: it stands inside an attribute."""
    return value if is_colour(value) and value.startswith("#") else DEFAULT


def without_type(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """A macro's further attributes without `type`, which the macro itself has written."""
    return {name: value for name, value in attributes.items() if name != "type"}


def isolated(words: str) -> Markup:
    """What somebody typed, within a sentence: its direction is its own, whatever the page's."""
    return Markup("<bdi>{}</bdi>").format(words) if words else Markup()


def pairs(options: Iterable[str]) -> list[tuple[str, str]]:
    """Options whose value is what they say."""
    return [(option, option) for option in options]


def web_address(value: str) -> str:
    """An address that may stand in a link: http(s) alone, else `#`."""
    return value if value.lower().startswith(("https://", "http://")) else "#"
