"""What a string typed by somebody may hold before it is stored, mailed or shown."""

import unicodedata

from contracts.errors import Invalid

BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that reorder the text around them (Unicode TR 36): a name must not rewrite its page."""

_LINES = frozenset("\t\n\r")


def problem(value: str, *, lines: bool = False) -> str:
    """What is wrong with `value`, or "". `lines` allows tabs and line ends (a text area)."""
    if any(_forbidden(character, lines=lines) for character in value):
        return "This contains characters that cannot be used."
    return ""


def _forbidden(character: str, *, lines: bool) -> bool:
    if lines and character in _LINES:
        return False
    # Cc: controls, NUL among them. Cs: lone surrogates, which no UTF-8 can hold. Zl, Zp: line and
    # paragraph separators, which split a header as CR and LF do.
    return character in BIDI or unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}


def checked(value: str, field: str, *, lines: bool = False) -> str:
    """`value` trimmed. Raises `Invalid` on `field`."""
    wrong = problem(value, lines=lines)
    if wrong:
        raise Invalid(fields={field: wrong})
    return value.strip()


def folded(value: str) -> str:
    """For matching only: case and surrounding space do not count."""
    return value.strip().casefold()
