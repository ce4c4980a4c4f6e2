"""Values as a spreadsheet may open them: never as a formula, whatever a stranger typed. Pure."""

import csv
import io
from collections.abc import Iterable

MARK = "\ufeff"
"""Tells spreadsheets that the file is UTF-8."""
_FORMULA = frozenset("=+-@\t\r\n|\uff1d\uff0b\uff0d\uff20")
"""What a cell may not begin with, in full width too. Source: OWASP, CSV injection."""
LONGEST = 32_000
"""Characters that a cell of every spreadsheet holds."""


def harmless(value: str) -> str:
    """The value; what a spreadsheet would take for a formula is marked as text by an apostrophe."""
    plain = "".join(c for c in value if c in "\n\t" or ord(c) >= 32)
    kept = plain if len(plain) <= LONGEST else plain[:LONGEST]
    begins = kept.lstrip(" \u00a0\u200b\ufeff")[:1] or kept[:1]
    return f"'{kept}" if begins in _FORMULA and begins else kept


def line(values: Iterable[str]) -> str:
    """A record as RFC 4180 has it, each value harmless."""
    out = io.StringIO()
    csv.writer(out).writerow([harmless(value) for value in values])
    return out.getvalue()
