"""Money as people write and read it: whole minor units (ISO 4217) in, words out."""

import re

CURRENCIES = (
    "EUR", "USD", "GBP", "CHF", "AUD", "BRL", "CAD", "CNY", "CZK", "DKK", "HKD", "HUF", "ILS",
    "INR", "JPY", "KRW", "KWD", "MXN", "NOK", "NZD", "PLN", "RON", "SEK", "SGD", "THB", "TRY",
    "ZAR",
)  # fmt: skip
"""Those that are offered."""

_DIGITS = dict.fromkeys(
    ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND",
     "VUV", "XAF", "XOF", "XPF"), 0
) | dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3)  # fmt: skip
"""Digits after the point where they are not two (ISO 4217, the list of current currencies)."""

_TYPED = re.compile(r"(\d{1,3}([., '])\d{3}(?:\2\d{3})*|\d+)(?:([.,])(\d{1,3}))?", re.ASCII)
_TYPED_TO_THREE = re.compile(r"(\d{1,3}([, '])\d{3}(?:\2\d{3})*|\d+)(?:(\.)(\d{1,3}))?", re.ASCII)
"""Where three digits may follow the point, a point is never between thousands."""


def digits(currency: str) -> int:
    """Digits after the point."""
    return _DIGITS.get(currency, 2)


def shown(minor: int, currency: str) -> str:
    """`1,200 EUR`, `1,200.50 EUR`; empty for nothing."""
    return f"{plain(minor, currency)} {currency}" if minor else ""


def plain(minor: int, currency: str) -> str:
    """The same without the currency, as a field shows it; empty for nothing."""
    if not minor:
        return ""
    size = 10 ** digits(currency)
    whole, rest = divmod(minor, size)
    return f"{whole:,}" + (f".{rest:0{digits(currency)}d}" if rest else "")


def minor(text: str, currency: str) -> int:
    """What was typed, in minor units: `1200`, `1,200.50`, `1.200,50`, `1 200`; nothing is 0.

    Raises `ValueError` for what is no amount of this currency.
    """
    text = text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ").strip()
    if not text:
        return 0
    found = (_TYPED_TO_THREE if digits(currency) == 3 else _TYPED).fullmatch(text)
    if not found:
        raise ValueError(text)
    whole, group, point, rest = found.groups()
    rest = rest or ""
    if len(rest) > digits(currency) or (point and point == group):
        raise ValueError(text)
    return int(re.sub(r"\D", "", whole) + rest.ljust(digits(currency), "0"))
