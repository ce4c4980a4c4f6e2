"""Which language a page is in, and where its words come from.

The attendee's pages speak the reader's language: the one that the address asks for (`lang`), else
the one in which the booking was made, else the first that the browser prefers and we have, else
the workspace's own, else English. Hosts' pages are in English; so are the API's sentences, unless
its address asks.

The catalogues are `translations/<language>/LC_MESSAGES/messages.po`. Each is read when it is first
needed; nothing has to be compiled beforehand.
"""

import io
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlencode

from babel import localedata
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, Response, g, request
from flask_babel import Babel, Domain, refresh

from contracts.languages import LANGUAGES, RIGHT_TO_LEFT, supported
from gateway.presenting import speech, times

PARAMETER = "lang"
ATTENDEES = ("/book/", "/embed/", "/team/")
CATALOGUES = Path(__file__).parent / "translations"
TERRITORIES = {"en": "GB", "de": "DE", "fr": "FR", "es": "ES", "pt": "BR", "ja": "JP", "he": "IL"}
"""Where each is read by most, for whoever names no country."""

_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")
_REGION = re.compile(r"-([A-Za-z]{2})(?:-|$)")


@dataclass(frozen=True, slots=True)
class Spoken:
    """What templates know of the page's language. `others`: code, own name and query of each."""

    code: str
    direction: str
    name: str
    others: tuple[tuple[str, str, str], ...]


class Catalogues(Domain):  # type: ignore[misc] # has no types of its own
    """The domain of Flask-Babel, from the catalogues as they are written."""

    def get_translations(self) -> NullTranslations:
        """Those of the language that is spoken just now; English needs none."""
        return catalogue(speech.language())


def register(app: Flask) -> None:
    """Installs gettext in views and templates, and says each page's language."""
    babel = Babel(app, locale_selector=_chosen)
    babel.domain_instance = Catalogues()
    app.context_processor(lambda: {"language": spoken()})
    app.after_request(say_language)


@lru_cache(maxsize=len(LANGUAGES))
def catalogue(language: str) -> NullTranslations:
    """Its translations, read once."""
    source = CATALOGUES / language / "LC_MESSAGES" / "messages.po"
    if language == "en" or not source.is_file():
        return NullTranslations()
    compiled = io.BytesIO()
    with source.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return Translations(compiled)


def asked() -> str:
    """The language that the request's address asks for; "" for none, or none of ours."""
    return _ours(request.args.get(PARAMETER, ""))


def prefer(tag: str) -> None:
    """Speaks this language on, unless the address asks for another: the booking's own."""
    g.preferred_language = supported(tag)
    refresh()


def is_undecided() -> bool:
    """Whether neither the address nor a booking nor the browser says a language of ours."""
    return not (asked() or g.get("preferred_language") or any(map(_ours, _accepted())))


def is_attendees() -> bool:
    """Whether the request is for a page that attendees see, errors included."""
    return request.path.startswith(ATTENDEES)


def twelve() -> bool:
    """Whether the reader writes 2:00 pm: as their browser says, in the language of the page."""
    tags = _accepted()
    code = speech.language()
    own = next((tag for tag in tags if _ours(tag) == code), "")
    if not own and not asked() and not any(map(_ours, tags)):
        own = next(iter(tags), "")  # a language that we do not have: its clock, at least
    return times.twelve_hours(own)


def spoken() -> Spoken:
    """The page's language, and where it is in others."""
    code = speech.language()
    others = tuple((each, name, _query(each)) for each, name in LANGUAGES.items() if each != code)
    direction = "rtl" if code in RIGHT_TO_LEFT else "ltr"
    return Spoken(code, direction, LANGUAGES[code], others if is_attendees() else ())


def say_language(answer: Response) -> Response:
    """On every page that could be in another one."""
    if is_attendees() and answer.mimetype == "text/html":
        answer.headers["Content-Language"] = speech.language()
        answer.vary.add("Accept-Language")
    return answer


def _chosen() -> str:
    """A locale's identifier (CLDR), for this request."""
    if not is_attendees():
        return _locale(asked() if request.path.startswith("/api/") else "")
    preferred = g.get("preferred_language", "")
    browsers = next(filter(None, map(_ours, _accepted())), "")
    return _locale(asked() or preferred or browsers)


def _locale(language: str) -> str:
    code = language or "en"
    own = next((tag for tag in _accepted() if _ours(tag) == code), "")
    region = _REGION.search(own)
    named = f"{code}_{region[1].upper()}" if region else ""
    return named if named and localedata.exists(named) else f"{code}_{TERRITORIES[code]}"


def _accepted() -> list[str]:
    """The browser's languages, the one that it likes best first (RFC 9110, 12.5.4)."""
    return [tag for tag, quality in request.accept_languages if quality > 0]


def _ours(tag: str) -> str:
    """The language of ours that a tag asks for; "" for any other."""
    if not _TAG.fullmatch(tag):
        return ""
    found = supported(tag)
    return found if found != "en" or tag[:3].lower() in {"en", "en-"} else ""


def _query(language: str) -> str:
    values = {**request.args.to_dict(), PARAMETER: language}
    return urlencode(values)
