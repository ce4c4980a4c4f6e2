"""Small words that pages say: initials, lengths, lists of names, places."""

from contracts.booking import Location

PLACES = {
    "conference": "Video call",
    "phone": "Phone call",
    "address": "In person",
    "url": "Online",
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
        return f"{minutes} min"
    if rest:
        return f"{hours} h {rest} min"
    return "1 hour" if hours == 1 else f"{hours} hours"


def listed(names: list[str]) -> str:
    """Names as a sentence has them: `Ada`, `Ada and Bea`, `Ada, Bea and Cyd`."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def either(names: list[str]) -> str:
    """Choices as a sentence has them: `A`, `A or B`, `A, B or C`."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} or {names[-1]}"


def named(names: list[str], *, together: bool) -> str:
    """Hosts of a meeting: all of them (`and`), or one of them (`or`); of many, the first few."""
    if together or len(names) < 2:
        return listed(names)
    if len(names) > 4:
        return f"{', '.join(names[:2])} or {len(names) - 2} others"
    return either(names)


def place(location: Location, join_url: str = "") -> str:
    """Where it is, in a line: the join link if there is one, else what the link says."""
    if join_url:
        return join_url
    if location.kind == "phone" and location.value:
        return f"Phone: {location.value}"
    return location.value or PLACES[location.kind]
