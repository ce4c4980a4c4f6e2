"""On which pages a link's widget may stand: what a host types, and what a browser is told. Pure.

A source is one of `frame-ancestors` (CSP Level 3, "Source Lists").
"""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

MOST = 100
LONGEST = 253
ANY_SITE = "https:"
OURSELVES = "'self'"
LOCAL = ("http://localhost:*", "http://*.localhost:*", "http://127.0.0.1:*")
"""For trying it on one's own machine; only where the suite runs embedded."""

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = rf"(?:{_LABEL}\.)+{_LABEL}"
_ENTRY = re.compile(rf"(?:(?:\*\.)?{_HOST}|(?:\*\.)?localhost)(?::[0-9]{{1,5}})?", re.ASCII)
_IS_LOCAL = re.compile(r"(?:(?:\*\.)?(?:[a-z0-9-]+\.)*localhost|127\.0\.0\.1)(?::[0-9]+)?")


def is_entry(value: str) -> bool:
    """Whether it is `example.com` or `*.example.com`, with a port or without; no address."""
    return len(value) <= LONGEST and _ENTRY.fullmatch(value) is not None


def read(typed: str) -> tuple[tuple[str, ...], str]:
    """The entries in what was typed, each once, and what is wrong with it ("" if nothing is).

    An address pasted whole is taken for its domain; a domain in other letters becomes its ASCII
    form (RFC 5891).
    """
    entries = tuple(dict.fromkeys(_entry(word) for word in re.split(r"[\s,;]+", typed) if word))
    wrong = next((entry for entry in entries if not is_entry(entry)), None)
    if wrong is not None:
        return entries, f"“{wrong[:80]}” is no domain. Write example.com or *.example.com."
    return entries, f"At most {MOST} domains." if len(entries) > MOST else ""


def sources(entries: Sequence[str], *, local: bool) -> tuple[str, ...]:
    """Who may frame a link with these entries; without any, every https site."""
    if not entries:
        return (ANY_SITE, *(LOCAL if local else ()))
    found = [entry for entry in entries if is_entry(entry)]
    listed = [f"https://{entry}" for entry in found]
    if local:
        near = [entry for entry in found if _IS_LOCAL.fullmatch(entry)]
        listed += [f"http://{entry}" + ("" if ":" in entry else ":*") for entry in near]
    return tuple(listed)


def shared(lists: Sequence[Sequence[str]], *, local: bool) -> tuple[str, ...]:
    """Who may frame what shows several links: whom each of them lets in, so nobody where two lists
    have nothing in common. A link without a list lets everybody in.
    """
    first, *others = [entries for entries in lists if entries] or [()]
    if not first:
        return sources((), local=local)
    common = [entry for entry in first if all(entry in entries for entries in others)]
    return sources(common, local=local) if common else ()


def _entry(word: str) -> str:
    word = word.strip().lower()
    if word.startswith(("https://", "http://")):
        word = _split(word) or word
    star, rest = ("*.", word[2:]) if word.startswith("*.") else ("", word)
    return star + (rest if rest.isascii() else _ascii(rest))


def _split(address: str) -> str:
    """The domain of a plain address of a site; "" for one that says more."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    plain = parts.path in {"", "/"} and not parts.query and not parts.fragment
    return parts.netloc if plain else ""


def _ascii(host: str) -> str:
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host
