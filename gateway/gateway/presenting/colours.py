"""A brand colour made safe to read: fill, hover, tint and text for light and for dark.

Contrast and relative luminance as WCAG 2.2 defines them (success criteria 1.4.3 and 1.4.11).
"""

import re
from dataclasses import dataclass
from functools import lru_cache

Rgb = tuple[int, int, int]

DEFAULT = "#4f46e5"
TEXT_RATIO = 4.5
SHAPE_RATIO = 3.0
WHITE: Rgb = (255, 255, 255)
BLACK: Rgb = (0, 0, 0)
LIGHT_GROUNDS: tuple[Rgb, ...] = (WHITE, (246, 247, 250))
DARK_GROUNDS: tuple[Rgb, ...] = ((24, 28, 38), (15, 18, 25))
_HEX = re.compile(r"#?[0-9a-f]{6}")


@dataclass(frozen=True, slots=True)
class Accent:
    """One theme's tokens, each `#rrggbb`. `text` and `on` keep 4.5:1 on what they lie on."""

    fill: str
    hover: str
    on: str
    text: str
    tint: str
    tint_strong: str


def is_colour(value: str) -> bool:
    """Whether `value` is six lower-case hexadecimal digits, with or without `#`."""
    return _HEX.fullmatch(value) is not None


def parse(value: str) -> Rgb:
    """`#rrggbb` as three bytes. Raises `ValueError` for anything else."""
    if not is_colour(value):
        raise ValueError("a colour is six hexadecimal digits")
    digits = value.removeprefix("#")
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)


def luminance(colour: Rgb) -> float:
    """Relative luminance, 0 for black to 1 for white."""
    red, green, blue = (_linear(channel / 255) for channel in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Rgb, other: Rgb) -> float:
    """The contrast ratio, 1 to 21, in either order."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def mix(colour: Rgb, other: Rgb, part: float) -> Rgb:
    """`colour` with `part` (0 to 1) of `other` in it."""
    red, green, blue = (
        round(own + (new - own) * part) for own, new in zip(colour, other, strict=True)
    )
    return red, green, blue


@lru_cache(maxsize=512)
def accent(value: str, *, dark: bool = False) -> Accent:
    """The tokens that follow from a brand colour. Raises `ValueError` unless it is a colour."""
    grounds = DARK_GROUNDS if dark else LIGHT_GROUNDS
    away = WHITE if dark else BLACK
    fill = _until(parse(value), away, grounds, SHAPE_RATIO)
    tint = mix(grounds[0], fill, 0.16 if dark else 0.08)
    strong = mix(grounds[0], fill, 0.28 if dark else 0.16)
    on = _readable_on(fill)
    # The hover moves away from its text, so it never reads worse than the fill.
    hover = mix(fill, BLACK if on == WHITE else WHITE, 0.14)
    text = _until(fill, away, (*grounds, tint, strong), TEXT_RATIO)
    return Accent(*(_hex(colour) for colour in (fill, hover, on, text, tint, strong)))


def stylesheet(value: str) -> str:
    """The style sheet of one accent, for both themes. Raises `ValueError` unless a colour."""
    light, dark = _declarations(accent(value)), _declarations(accent(value, dark=True))
    return (
        f":root,[data-theme=light]{{{light}}}"
        f"@media (prefers-color-scheme:dark){{:root:not([data-theme=light]){{{dark}}}}}"
        f"[data-theme=dark]{{{dark}}}"
    )


def _declarations(tokens: Accent) -> str:
    return (
        f"--accent:{tokens.fill};--accent-hover:{tokens.hover};--on-accent:{tokens.on};"
        f"--accent-text:{tokens.text};--accent-tint:{tokens.tint};"
        f"--accent-tint-strong:{tokens.tint_strong}"
    )


def _until(colour: Rgb, away: Rgb, grounds: tuple[Rgb, ...], ratio: float) -> Rgb:
    for step in range(51):
        candidate = mix(colour, away, step / 50)
        if all(contrast(candidate, ground) >= ratio for ground in grounds):
            return candidate
    return away


def _readable_on(fill: Rgb) -> Rgb:
    return WHITE if contrast(fill, WHITE) >= TEXT_RATIO else BLACK


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)


def _hex(colour: Rgb) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
