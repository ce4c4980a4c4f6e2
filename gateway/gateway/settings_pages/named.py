"""What has a name and a time zone, saved from a form: a person's profile, the workspace."""

from collections.abc import Callable

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from contracts.errors import Invalid
from contracts.languages import LANGUAGES
from gateway.settings_pages.inputs import Reader

LANGUAGE_OPTIONS = list(LANGUAGES.items())


def save_named(update: Callable[[str, str, str | None], object]) -> dict[str, str]:
    """Reads `name`, `timezone` and `language` (a form without it leaves it as it is), hands them to
    `update`; what is wrong, by field.
    """
    reader = Reader(request.form)
    name = reader.text("name", 200, required="A name is needed.")
    timezone = reader.zone("timezone")
    language = reader.choice("language", ("", *LANGUAGES), "")
    if not reader.errors:
        try:
            update(name, timezone, language or None)
        except Invalid as refusal:
            return refusal.fields or {"name": refusal.message}
    return reader.errors


def saved(endpoint: str) -> Answer:
    """Says so, and leads back to the page."""
    flash("Saved.", "")
    return redirect(url_for(endpoint))
