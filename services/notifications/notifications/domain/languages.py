"""The languages of mails: sentences from their catalogues, names that keep their own direction.

A catalogue is `translations/<language>/LC_MESSAGES/messages.po`; English is what stands in the
code. Like the zones' data, catalogues are read when they are first needed, and kept.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from gettext import NullTranslations
from importlib import resources
from io import BytesIO

from babel import Locale
from babel.core import get_global
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

from contracts.languages import RIGHT_TO_LEFT, supported
from notifications.domain.text import FIRST_STRONG, POP

_LOCALES = {"en": "en_GB"}
"""CLDR's data for those whose own differs: day before month, 24 hours."""


class Phrase(str):
    """Words of ours in their reader's language: they stand in other sentences as they are."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, eq=False)
class Language:
    """One language: its `code`, what CLDR knows of it, and our sentences in it."""

    code: str
    locale: Locale
    catalogue: NullTranslations

    @property
    def direction(self) -> str:
        """As HTML's `dir`: `ltr` or `rtl`."""
        return "rtl" if self.code in RIGHT_TO_LEFT else "ltr"

    def say(self, message: str, /, **values: str) -> Phrase:
        """`message` in this language, with each `%(value)s` isolated."""
        return Phrase(self.catalogue.gettext(message) % self._isolated(values))

    def count(self, one: str, more: str, number: int) -> Phrase:
        """The form that `number` needs; it stands at `%(num)s`."""
        return Phrase(self.catalogue.ngettext(one, more, number) % {"num": number})

    @property
    def gap(self) -> str:
        """What stands between two sentences."""
        return "" if self.code == "ja" else " "

    def listed(self, names: list[str]) -> Phrase:
        """`Ada, Bea and Cyd`."""
        parts = [self.isolated(name) for name in names]
        text = format_list(parts, style="standard", locale=self.locale)
        return Phrase(_spoken(self.code, text, parts[-1]) if len(parts) > 1 else text)

    def city(self, zone: str) -> Phrase | None:
        """The name of the zone's city, where CLDR knows it in this language."""
        return _cities(self.locale).get(zone)

    def isolated(self, text: str) -> str:
        """`text` so that it disturbs nothing around it, line by line; ours is as it should be."""
        if isinstance(text, Phrase) or not (self.direction == "rtl" or _has_right_to_left(text)):
            return text
        lines = text.split("\n")
        return "\n".join(f"{FIRST_STRONG}{line}{POP}" if line else "" for line in lines)

    def _isolated(self, values: dict[str, str]) -> dict[str, str]:
        return {name: self.isolated(value) for name, value in values.items()}


def _has_right_to_left(text: str) -> bool:
    return any(unicodedata.bidirectional(character) in {"R", "AL", "AN"} for character in text)


def _spoken(code: str, text: str, last: str) -> str:
    """The "and" before the last name, where CLDR's pattern does not know what follows it."""
    head, end = text[: -len(last)], last.strip(FIRST_STRONG + POP)
    if code == "he" and not re.match("[\u05d0-\u05ea]", end):
        return f"{head}-{last}"
    if code == "es" and re.match(r"h?[ií](?![aeouáéó])", end, re.IGNORECASE):
        return f"{head.removesuffix('y ')}e {last}"
    return text


@cache
def _cities(locale: Locale) -> dict[str, Phrase]:
    aliases = get_global("zone_aliases")
    known = locale.time_zones.items()
    named = {zone: Phrase(data["city"]) for zone, data in known if "city" in data}
    return {aliases.get(zone, zone): city for zone, city in named.items()} | named


def language(tag: str) -> Language:
    """The language of ours that a tag asks for."""
    return _language(supported(tag))


@cache
def _language(code: str) -> Language:
    locale = Locale.parse(_LOCALES.get(code, code))
    return Language(code, locale, _catalogue(code))


def _catalogue(code: str) -> NullTranslations:
    if code == "en":
        return NullTranslations()
    folder = resources.files("notifications") / "translations" / code / "LC_MESSAGES"
    with (folder / "messages.po").open("rb") as source:
        catalogue = read_po(source, locale=code)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)
