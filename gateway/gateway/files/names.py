"""A file's name, made harmless for pages, mails, headers and every file system. Pure."""

import re
import unicodedata

from babel.numbers import format_decimal

from gateway.files.kinds import KINDS
from gateway.presenting import speech
from gateway.presenting.speech import gettext

LONGEST = 120
_RESERVED = re.compile(r"^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)", re.IGNORECASE)
_UNSAFE = re.compile(r'[<>:"|?*%;\\/]+')


def safe(name: str, media: str) -> str:
    """The last part of `name` without controls, direction marks and signs that some system reads
    as more than a letter, with an ending that suits what the file is.
    """
    last = re.split(r"[/\\]", name)[-1]
    shown = "".join(mark if _is_plain(mark) else " " for mark in unicodedata.normalize("NFC", last))
    clean = re.sub(r"\s+", " ", _UNSAFE.sub("_", shown)).strip(" .")
    stem, ending = _parts(clean, KINDS[media][1])
    if _RESERVED.match(stem):
        stem = f"_{stem}"
    return f"{stem[: LONGEST - len(ending)].rstrip(' .') or 'file'}{ending}"


def _is_plain(mark: str) -> bool:
    return unicodedata.category(mark)[0] not in "CZ" or mark == " "


def _parts(name: str, endings: tuple[str, ...]) -> tuple[str, str]:
    """What is before the ending, and the ending that belongs to the type."""
    lower = name.lower()
    fitting = next((ending for ending in endings if lower.endswith(ending)), None)
    if fitting is None and f".{lower}" in endings:  # a name that was nothing but its ending
        return "", f".{lower}"
    if fitting is None:
        return name, endings[0]
    return name[: -len(fitting)], fitting


def size_words(size: int) -> str:
    """Bytes for people: `12 KB`, `3.4 MB`."""
    mega = size >= 1024 * 1024
    value = f"{size / (1024 * 1024):.1f}" if mega else str(max(1, round(size / 1024)))
    written = format_decimal(value, "0.#" if mega else "0", locale=speech.locale())
    return gettext("%(size)s MB", size=written) if mega else gettext("%(size)s KB", size=written)
