"""Telephone numbers (ITU-T E.164), as people type them; by libphonenumber's rules."""

from functools import lru_cache
from importlib.resources import files

import phonenumbers

LONGEST = 60
PROBLEM = "This is not a telephone number. Start with the country's code, such as +44."


def international(value: str, timezone: str) -> str:
    """The number as it is dialled from anywhere, `+44 20 7946 0000`; "" where it is none.

    One without a country's code belongs to the country of the attendee's zone.
    """
    if len(value) > LONGEST:
        return ""
    try:
        number = phonenumbers.parse(value, _regions().get(timezone))
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


@lru_cache(maxsize=1)
def _regions() -> dict[str, str]:
    """ISO 3166 codes by zone, from tzdata's own table."""
    table = files("tzdata.zoneinfo").joinpath("zone.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
    return {row[2]: row[0] for row in rows}
