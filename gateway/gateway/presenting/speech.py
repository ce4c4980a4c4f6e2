"""The language that is spoken just now: the page's in a request, English elsewhere.

`languages` chooses it; what writes words, dates and lists asks here.
"""

import flask_babel
from babel import Locale

ENGLISH = Locale("en", "GB")


def locale() -> Locale:
    """With the territory, which decides about clocks and weeks."""
    found: Locale | None = flask_babel.get_locale()
    return found or ENGLISH


def language() -> str:
    """Its code, one of `contracts.languages.LANGUAGES`."""
    return str(locale().language)


def gettext(words: str, **values: object) -> str:
    """The words in that language, with the values that they name."""
    return str(flask_babel.gettext(words, **values))


def ngettext(one: str, many: str, num: int, **values: object) -> str:
    """The same where the number decides about the words."""
    return str(flask_babel.ngettext(one, many, num, **values))


def noted(words: str) -> str:
    """The same words: marks them for the catalogues where they are translated later on."""
    return words
