"""Makes users' text safe to stand in a header, a line or a paragraph, and addresses in a header."""

import re
import unicodedata
from urllib.parse import urlsplit

_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
"""Marks that reorder what follows them: a name could make an address read as another."""

FIRST_STRONG, POP = "\u2068", "\u2069"
"""FSI and PDI (Unicode UAX #9): what stands between them has a direction of its own. We set them
around names whose own marks are gone.
"""

_ADDRESS = re.compile(r'[^\s@<>()\[\]\\,;:"\x00-\x1f\x7f]+@[^\s@<>()\[\]\\,;:"\x00-\x1f\x7f]+')


class Undeliverable(ValueError):
    """The address cannot stand in a header: no server could deliver to it."""


def _visible(character: str) -> bool:
    if character in _BIDI:
        return False
    return unicodedata.category(character) not in {"Cc", "Cs"}


def one_line(text: str, most: int = 300, *, keep: str = "") -> str:
    """`text` as one line without control, bidi or surrogate characters, `most` characters long.

    `keep`: marks of ours that stay.
    """
    spaced = re.sub(r"[\s\u2028\u2029]+", " ", text)
    clean = "".join(c for c in spaced if c in keep or _visible(c)).strip()
    return clean if len(clean) <= most else clean[: most - 1].rstrip() + "…"


def paragraph(text: str, most: int = 6000) -> str:
    """`text` with its line breaks, each line as `one_line`; never two empty lines in a row."""
    lines = [one_line(line, most) for line in re.split(r"\r\n|[\n\r\v\f\u2028\u2029]", text)]
    joined = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    return joined if len(joined) <= most else joined[: most - 1].rstrip() + "…"


def web_address(text: str) -> str:
    """`text` if it is an http(s) address without odd characters, else empty."""
    if not text.isascii() or re.search(r"[\s\"'<>\\^`{|}\x00-\x1f\x7f]", text):
        return ""
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018 - read for its check
    except ValueError:
        return ""
    return text if parts.scheme in {"http", "https"} and parts.hostname else ""


def mail_address(text: str) -> str:
    """`text` if it can stand as one address in a header (RFC 5322 addr-spec without quoting).

    An international domain is written in its ASCII form. Raises `Undeliverable`.
    """
    if not _ADDRESS.fullmatch(text) or not all(map(_visible, text)):
        raise Undeliverable("the address is not one that mail can be sent to")
    local, _, domain = text.partition("@")
    try:
        return f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError as error:
        raise Undeliverable("the domain of the address is not valid") from error
