"""Pictures that people give: what they are by their content, and drawn anew where it is a photo."""

import hashlib
import io
from dataclasses import dataclass

import filetype

from contracts.errors import Invalid

TYPES = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif"})
"""Pictures that hold no script, by their content."""
UNKNOWN = "A PNG, JPEG, WebP or GIF picture."
LARGEST_PHOTO = 8 * 1024 * 1024
"""Bytes: what a phone's camera makes."""
MOST_POINTS = 50_000_000
"""Points of a picture that is drawn anew: more are a bomb."""
MOST_DRAWN = 16_000_000
"""Points of one that has to be held in memory whole: 64 MB, twice for a moment."""
SIDE = 160
"""Points: twice the largest size that a photo is shown in."""
DRAWN = "image/webp"


@dataclass(frozen=True, slots=True)
class Picture:
    """`digest` names it in its address; `type` is its media type."""

    digest: str
    type: str
    content: bytes


def kept(content: bytes, field: str, largest: int) -> Picture:
    """As it was given. Raises `Invalid` on `field`."""
    if len(content) > largest:
        words = f"At most {largest // 1024} KB, so that your pages stay quick."
        raise Invalid(fields={field: words})
    return _picture(content, _type(content, field))


def drawn(content: bytes, field: str) -> Picture:
    """Its middle as a small square: without the place, the camera and whatever else the file said.

    Raises `Invalid` on `field`.
    """
    if len(content) > LARGEST_PHOTO:
        raise Invalid(fields={field: f"At most {LARGEST_PHOTO // (1024 * 1024)} MB."})
    _type(content, field)
    return _picture(_square(content, field), DRAWN)


def _type(content: bytes, field: str) -> str:
    if not content:
        raise Invalid(fields={field: "Choose a picture first."})
    kind = filetype.guess_mime(content)
    if kind not in TYPES:
        raise Invalid(fields={field: UNKNOWN})
    return str(kind)


def _picture(content: bytes, media: str) -> Picture:
    return Picture(hashlib.sha256(content).hexdigest()[:32], media, content)


def _square(content: bytes, field: str) -> bytes:
    from PIL import Image, ImageOps  # noqa: PLC0415 - ten megabytes that few requests need

    made = io.BytesIO()
    try:
        with Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "WEBP", "GIF")) as found:
            if found.width * found.height > MOST_POINTS:
                raise Invalid(fields={field: "This picture has too many points. Make it smaller."})
            whole = found.info.get("progressive") or found.format != "JPEG"
            if whole and found.width * found.height > MOST_DRAWN:
                raise Invalid(fields={field: "This picture has too many points. Make it smaller."})
            found.draft("RGB", (2 * SIDE, 2 * SIDE))
            small = ImageOps.exif_transpose(ImageOps.fit(found.convert("RGBA"), (SIDE, SIDE)))
            ground = Image.new("RGBA", small.size, "white")
            Image.alpha_composite(ground, small).convert("RGB").save(made, "WEBP", quality=80)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise Invalid(fields={field: "This picture cannot be read. Try another."}) from None
    return made.getvalue()
