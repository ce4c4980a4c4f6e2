"""What a file is: by its content, never by its name or by what its sender calls it.

Markup that a browser would run is no kind at all; nor is a file that begins as something else than
it goes on. What is taken is given out as an attachment, sniffed and opened by nobody (`serving`).
"""

import re
import zipfile
from typing import IO, NamedTuple

import filetype

from contracts.booking import FileKind
from contracts.errors import Invalid
from gateway.presenting.speech import noted

HEAD = 8192
TEXT = 1024 * 1024
"""Bytes of a text that are looked at."""

DIRECTORY = 1024 * 1024
"""Bytes that the list of an archive's entries may have: about ten thousand of them."""

UNKNOWN = "A file of this kind is not taken here."
ACTIVE = "This file holds code for a browser, so it is not taken."
MACROS = "This document holds macros. Please save it without them."

_OPEN = "application/vnd.openxmlformats-officedocument"
_ODF = "application/vnd.oasis.opendocument"
KINDS: dict[str, tuple[FileKind, tuple[str, ...]]] = {
    "application/pdf": ("pdf", (".pdf",)),
    "image/jpeg": ("image", (".jpg", ".jpeg")),
    "image/png": ("image", (".png",)),
    "image/gif": ("image", (".gif",)),
    "image/webp": ("image", (".webp",)),
    "image/heic": ("image", (".heic",)),
    "image/avif": ("image", (".avif",)),
    "image/tiff": ("image", (".tiff", ".tif")),
    "image/bmp": ("image", (".bmp",)),
    f"{_OPEN}.wordprocessingml.document": ("document", (".docx",)),
    "application/msword": ("document", (".doc",)),
    f"{_ODF}.text": ("document", (".odt",)),
    "application/rtf": ("document", (".rtf",)),
    f"{_OPEN}.spreadsheetml.sheet": ("sheet", (".xlsx",)),
    "application/vnd.ms-excel": ("sheet", (".xls",)),
    f"{_ODF}.spreadsheet": ("sheet", (".ods",)),
    f"{_OPEN}.presentationml.presentation": ("slides", (".pptx",)),
    "application/vnd.ms-powerpoint": ("slides", (".ppt",)),
    f"{_ODF}.presentation": ("slides", (".odp",)),
    "text/plain": ("text", (".txt", ".csv", ".md", ".log")),
    "audio/mpeg": ("audio", (".mp3",)),
    "audio/mp4": ("audio", (".m4a",)),
    "audio/x-wav": ("audio", (".wav",)),
    "audio/ogg": ("audio", (".ogg",)),
    "audio/x-flac": ("audio", (".flac",)),
    "video/mp4": ("video", (".mp4", ".m4v")),
    "video/quicktime": ("video", (".mov",)),
    "video/webm": ("video", (".webm",)),
    "video/x-matroska": ("video", (".mkv",)),
    "application/zip": ("zip", (".zip",)),
}
"""Types that are taken, the kind of each, and the endings that its name may have."""

WORDS: dict[FileKind, str] = {
    "pdf": noted("PDF"),
    "image": noted("picture"),
    "document": noted("text document"),
    "sheet": noted("spreadsheet"),
    "slides": noted("slides"),
    "text": noted("plain text"),
    "audio": noted("sound"),
    "video": noted("video"),
    "zip": noted("ZIP archive"),
}

_ACTIVE = re.compile(
    rb"<\s*(?:!doctype|html|head|body|script|svg|iframe|object|embed|meta|link|style|math)\b"
    rb"|<\?(?:php|xml-stylesheet)|javascript:",
    re.IGNORECASE,
)
_XML = re.compile(rb"^[\s\xef\xbb\xbf]*<(?:\?xml|[a-z!])", re.IGNORECASE)
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
_INSIDE = (
    ("word/document.xml", f"{_OPEN}.wordprocessingml.document"),
    ("xl/workbook.xml", f"{_OPEN}.spreadsheetml.sheet"),
    ("ppt/presentation.xml", f"{_OPEN}.presentationml.presentation"),
)


class Kind(NamedTuple):
    """A file's kind, and its media type (RFC 6838)."""

    kind: FileKind
    type: str


def find(content: IO[bytes]) -> Kind:
    """Raises `Invalid` on `file` where it is none that is taken."""
    content.seek(0)
    head = content.read(HEAD)
    guessed = filetype.guess(head)
    media = _text(head + content.read(TEXT)) if guessed is None else str(guessed.mime)
    if _ACTIVE.search(head):
        raise _refused(ACTIVE)
    if head.startswith(b"PK"):
        media = _packed(content)
    if media not in KINDS:
        raise _refused(UNKNOWN)
    return Kind(KINDS[media][0], media)


def _refused(words: str) -> Invalid:
    return Invalid(words, fields={"file": words})


def _text(data: bytes) -> str:
    """Plain text, or nothing that is known; UTF-8 without controls and without markup."""
    if _XML.match(data) or _ACTIVE.search(data):
        raise _refused(ACTIVE)
    try:
        words = data.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(data) - 3:  # not a character that is cut off where the look ends
            return ""
        words = data[: error.start].decode("utf-8")
    return "" if _CONTROLS.search(words) else "text/plain"


def _packed(content: IO[bytes]) -> str:
    """What a ZIP archive is, by what lies in it. Raises `Invalid` on programs and macros."""
    if not _has_small_directory(content):
        return ""
    try:
        content.seek(0)
        with zipfile.ZipFile(content) as archive:
            names = set(archive.namelist())
            named = archive.read("mimetype")[:100] if _has_type(archive) else b""
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError):
        return ""
    if {"META-INF/MANIFEST.MF", "AndroidManifest.xml"} & names:
        return ""
    if any(name.rpartition("/")[2].lower() == "vbaproject.bin" for name in names):
        raise _refused(MACROS)
    if named:
        return named.decode("ascii", "replace").strip()
    return next((media for name, media in _INSIDE if name in names), "application/zip")


def _has_small_directory(content: IO[bytes]) -> bool:
    """Whether its list of entries can be read without filling the memory (APPNOTE 4.3.16).

    Archives that need ZIP64 are larger than any file that is taken.
    """
    content.seek(max(0, content.seek(0, 2) - 66_000))
    tail = content.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 16 or b"PK\x06\x07" in tail:
        return False
    return int.from_bytes(tail[at + 12 : at + 16], "little") <= DIRECTORY


def _has_type(archive: zipfile.ZipFile) -> bool:
    """OpenDocument says its type in a small file that is stored as it is."""
    try:
        entry = archive.getinfo("mimetype")
    except KeyError:
        return False
    return entry.file_size <= 100 and entry.compress_type == zipfile.ZIP_STORED
