"""What was typed into a form, read field by field: a value or a sentence for that field.

Nothing here raises for a wrong value: the sentence is kept under the input's name, so that the
page can be shown again with everything that was typed. Pure: no request, no clock.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from werkzeug.datastructures import MultiDict

from contracts.errors import Invalid
from gateway.accounts.values import email_of

_BIDI = {*range(0x202A, 0x202F), *range(0x2066, 0x206A)}
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{1,62}[a-z0-9]")
_CLOCK = re.compile(r"^(\d{1,2})(?:[:.h]?(\d{2}))?\s*([ap])?\.?m?\.?$", re.IGNORECASE)
DAY = 1440
"""Minutes of a day without a clock change."""


Form = MultiDict[str, str]
"""What a form holds: each input's name with one value or several."""


def cleaned(value: str) -> str:
    """The text without control characters and direction overrides, which hide what is written."""
    kept = (c for c in value.replace("\r\n", "\n") if c in "\n\t" or _visible(c))
    return "".join(kept).strip()


def _visible(char: str) -> bool:
    code = ord(char)
    return code >= 32 and not 127 <= code < 160 and code not in _BIDI


def minutes_of(text: str) -> int:
    """Wall time as minutes after midnight: `9`, `09:30`, `0930`, `5 pm`, `24:00`.

    Raises `ValueError` for anything else.
    """
    found = _CLOCK.match(text.strip())
    if not found:
        raise ValueError(f"{text!r} is no time of a day")
    hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").lower()
    if half and not 1 <= hour <= 12:
        raise ValueError(f"{text!r} is no time of a day")
    hour = hour % 12 + (12 if half == "p" else 0) if half else hour
    total = hour * 60 + minute
    if minute > 59 or total > DAY:
        raise ValueError(f"{text!r} is no time of a day")
    return total


def clock_of(minutes: int) -> str:
    """`HH:MM` of minutes after midnight; past 24:00 it is the next day's wall time."""
    shown = minutes - DAY if minutes > DAY else minutes
    return f"{shown // 60:02d}:{shown % 60:02d}"


def hours_text(minutes: int) -> str:
    """Minutes as hours without superfluous digits: 240 is `4`, 90 is `1.5`."""
    return f"{Decimal(minutes) / 60:.4f}".rstrip("0").rstrip(".")


def in_zone(day: date, minutes: int, zone: str) -> datetime:
    """The instant (UTC) of a wall time. Raises `ValueError` where the clocks skip it.

    A wall time that comes twice is its first occurrence.
    """
    wall = datetime.combine(day, time()) + timedelta(minutes=minutes)
    local = wall.replace(tzinfo=ZoneInfo(zone))
    instant = local.astimezone(UTC)
    if instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != wall:
        raise ValueError(zone)
    return instant


class Reader:
    """Reads inputs of one form; `errors` maps an input's name to a sentence."""

    def __init__(self, form: Form) -> None:
        self._form = form
        self.errors: dict[str, str] = {}

    def raw(self, name: str) -> str:
        """What was typed, cleaned."""
        return cleaned(self._form.get(name, "") or "")

    def rows(self, name: str) -> list[str]:
        """Every value of an input that stands several times."""
        return [cleaned(value) for value in self._form.getlist(name)]

    def flag(self, name: str) -> bool:
        """Whether a switch is on."""
        return self.raw(name) not in {"", "0", "off"}

    def say(self, name: str, sentence: str) -> None:
        """Keeps the first thing that is wrong with an input."""
        self.errors.setdefault(name, sentence)

    def text(self, name: str, most: int, *, required: str = "") -> str:
        """Text of at most `most` characters; `required` is the sentence for none."""
        value = self.raw(name)
        if required and not value:
            self.say(name, required)
        elif len(value) > most:
            self.say(name, f"At most {most:,} characters; this has {len(value):,}.")
        return value

    def email(self, name: str, *, required: str) -> str:
        """An e-mail address; `required` is the sentence for none."""
        value = self.text(name, 254, required=required)
        try:
            return email_of(value) if value else ""
        except Invalid:
            self.say(name, "This is no e-mail address.")
            return value

    def slug(self, name: str, *, required: str = "", folds: bool = False) -> str:
        """An address under one of ours; `required` is the sentence for none, `folds` takes large
        letters for small ones.
        """
        value = self.text(name, 64, required=required)
        value = value.lower() if folds else value
        if value and not _SLUG.fullmatch(value):
            self.say(name, "3 to 64 small letters, digits and hyphens; no hyphen at either end.")
        return value

    def whole(self, name: str, low: int, high: int, *, unit: str = "") -> int | None:
        """A whole number in `[low, high]`; None when the field is empty or wrong."""
        value = self.raw(name)
        if not value:
            return None
        if not re.fullmatch(r"[0-9]{1,9}", value) or not low <= int(value) <= high:
            self.say(name, f"A whole number from {low} to {high:,}{' ' + unit if unit else ''}.")
            return None
        return int(value)

    def needed(self, name: str, low: int, high: int, *, unit: str = "") -> int:
        """A whole number that must be there; `low` stands in for a wrong one."""
        value = self.whole(name, low, high, unit=unit)
        if value is None:
            self.say(name, f"A whole number from {low} to {high:,}{' ' + unit if unit else ''}.")
        return low if value is None else value

    def hours(self, name: str, most: int) -> int:
        """Hours as minutes, parts of an hour allowed; an empty field is 0."""
        value = self.raw(name).replace(",", ".") or "0"
        try:
            minutes = Decimal(value) * 60
        except ArithmeticError:
            minutes = Decimal(-1)
        # Seven minutes are shown as 0.1167 hours and must come back as seven.
        whole = round(minutes) if minutes.is_finite() and 0 <= minutes <= most * 60 else -1
        if whole < 0 or abs(minutes - whole) > Decimal("0.01"):
            self.say(name, f"Hours from 0 to {most:,}, such as 4 or 0.5.")
            return 0
        return whole

    def day(self, name: str) -> date | None:
        """A calendar day as `<input type="date">` sends it; None when empty or wrong."""
        value = self.raw(name)
        if not value:
            return None
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.say(name, "A day, such as 2026-12-01.")
            return None

    def clock(self, name: str) -> int | None:
        """Wall time as minutes after midnight; None when empty or wrong."""
        value = self.raw(name)
        if not value:
            return None
        try:
            return minutes_of(value)
        except ValueError:
            self.say(name, "A time, such as 09:30 or 24:00.")
            return None

    def instant(self, day: str, clock: str, zone: str) -> datetime | None:
        """Two inputs, a day and a wall time in `zone`, as one instant in UTC."""
        on, at = self.day(day), self.clock(clock)
        if on is None and at is None:
            return None
        if on is None or at is None:
            self.say(clock if on else day, "A day and a time are needed.")
            return None
        try:
            return in_zone(on, at, zone)
        except (ValueError, OverflowError):
            self.say(clock, "The clocks skip this time on that day. Choose another.")
            return None

    def choice(self, name: str, allowed: Iterable[str], fallback: str) -> str:
        """One of a list; anything else is said."""
        value = self.raw(name) or fallback
        if value not in set(allowed):
            self.say(name, "Choose one of the list.")
            return fallback
        return value

    def zone(self, name: str) -> str:
        """An IANA zone that exists."""
        value = self.raw(name)
        if value not in available_timezones():
            self.say(name, "Choose a time zone of the list.")
            return "UTC"
        return value

    def id(self, name: str) -> UUID | None:
        """An identifier; None when empty or wrong."""
        value = self.raw(name)
        try:
            return UUID(value) if value else None
        except ValueError:
            self.say(name, "Choose one of the list.")
            return None


def place(errors: Mapping[str, str], inputs: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """A refusal's fields, by contract names, put at the inputs that hold them.

    A field without an input is kept under `""`, to be said above the form.
    """
    placed: dict[str, str] = {}
    for field, sentence in errors.items():
        name = field.removeprefix("settings.")
        root = re.split(r"[.\[]", name)[0]
        names = inputs.get(name) or inputs.get(root) or ("",)
        for target in names[:1]:
            placed.setdefault(target, sentence)
    return placed
