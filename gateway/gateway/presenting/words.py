"""Small words that pages say: initials, lengths, lists of names, places."""

from babel.lists import format_list

from contracts.booking import Location
from gateway.presenting import speech
from gateway.presenting.speech import gettext, ngettext, noted

PLACES = {
    "conference": noted("Video call"),
    "phone": noted("Phone call"),
    "address": noted("In person"),
    "url": noted("Online"),
}


def initials(name: str) -> str:
    """One or two letters for a name: its first and last words' first, upper case; `?` for none."""
    words = [word for word in name.split() if any(mark.isalnum() for mark in word)]
    picked = words if len(words) < 2 else (words[0], words[-1])
    letters = [next(mark for mark in word if mark.isalnum()) for word in picked]
    return "".join(letters).upper()[:2] or "?"


def length(minutes: int) -> str:
    """Minutes in words: `45 min`, `1 hour`, `1 h 30 min`, `2 hours`."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return gettext("%(minutes)s min", minutes=minutes)
    if rest:
        return gettext("%(hours)s h %(minutes)s min", hours=hours, minutes=rest)
    return ngettext("%(num)s hour", "%(num)s hours", hours)


def listed(names: list[str]) -> str:
    """Names as a sentence has them: `Ada`, `Ada and Bea`, `Ada, Bea and Cyd`."""
    if len(names) < 2:
        return "".join(names)
    if speech.language() != "en":
        return format_list(names, locale=speech.locale())
    return f"{', '.join(names[:-1])} and {names[-1]}"


def either(names: list[str]) -> str:
    """Choices as a sentence has them: `A`, `A or B`, `A, B or C`."""
    if len(names) < 2:
        return "".join(names)
    if speech.language() != "en":
        return format_list(names, style="or", locale=speech.locale())
    return f"{', '.join(names[:-1])} or {names[-1]}"


def named(names: list[str], *, together: bool) -> str:
    """Hosts of a meeting: all of them (`and`), or one of them (`or`); of many, the first few."""
    if len(names) > 4:
        few = {"names": ", ".join(names[:2]), "rest": len(names) - 2}
        if together:
            return gettext("%(names)s and %(rest)s others", **few)
        return gettext("%(names)s or %(rest)s others", **few)
    return listed(names) if together else either(names)


def place(location: Location, join_url: str = "") -> str:
    """Where it is, in a line: the join link if there is one, else what the link says."""
    if join_url:
        return join_url
    if location.kind == "phone" and location.value:
        return gettext("Phone: %(number)s", number=location.value)
    return location.value or gettext(PLACES[location.kind])
