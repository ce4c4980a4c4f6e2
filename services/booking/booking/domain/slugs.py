"""Slugs: the one namespace of links and hosts. Shape and length: product.md, Links."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import count

RESERVED = frozenset({"reschedule", "cancel", "done", "api", "embed", "book", "team", "new"})
"""Words that stand in paths beside a slug."""

SHAPE = re.compile(r"[a-z0-9][a-z0-9-]{1,62}[a-z0-9]")

LONGEST = 64


def is_slug(value: str) -> bool:
    """Whether a slug can look like this at all; asked before the database is."""
    return SHAPE.fullmatch(value) is not None


def problem(slug: str) -> str:
    """Why this cannot be a slug, or ""."""
    if not is_slug(slug):
        return "Use 3 to 64 of a-z, 0-9 and hyphens, with a letter or digit at both ends."
    if slug in RESERVED:
        return "This address is reserved. Please choose another."
    return ""


def derive(title: str) -> str:
    """The slug nearest to a title: accents dropped, everything else a hyphen."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST].strip("-")
    return slug if len(slug) >= 3 else f"{slug}-page".strip("-")


def candidates(wish: str) -> Iterator[str]:
    """The wish, then `wish-2`, `wish-3`, … without end; reserved words are passed over."""
    base = derive(wish)
    if not problem(base):
        yield base
    for number in count(2):
        tail = f"-{number}"
        yield base[: LONGEST - len(tail)].rstrip("-") + tail
