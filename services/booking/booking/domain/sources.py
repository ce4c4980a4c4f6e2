"""Where an attendee came from, as the page that brought them says it."""

from booking.domain import text
from contracts.booking import Source
from contracts.errors import Invalid


def checked(source: Source) -> Source:
    """Trimmed, without empty ones. Raises `Invalid` on text that no address has."""
    if any(text.problem(value) for value in source.values()):
        raise Invalid(fields={"source": "This contains characters that cannot be used."})
    return {name: value.strip() for name, value in source.items() if value.strip()}
