"""The languages that attendees' pages and everybody's mails are written in."""

LANGUAGES: dict[str, str] = {
    "en": "English",
    "de": "Deutsch",
    "fr": "Français",
    "es": "Español",
    "pt": "Português",
    "ja": "日本語",
    "he": "עברית",
}
"""Codes (ISO 639-1), and the languages' own names."""

RIGHT_TO_LEFT = frozenset({"he"})

_FORMER = {"iw": "he"}
"""Codes that ISO 639 withdrew, and that browsers have sent."""


def supported(tag: str) -> str:
    """The language of ours that a language tag (RFC 5646, `_` for `-` too) asks for: `pt` for
    `pt-BR`; `en` for every other, for what is no tag, and for what older versions kept.
    """
    code = tag.strip().replace("_", "-").partition("-")[0].lower()
    code = _FORMER.get(code, code)
    return code if code in LANGUAGES else "en"
