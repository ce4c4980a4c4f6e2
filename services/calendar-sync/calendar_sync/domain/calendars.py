"""What passes between us and any provider of calendars. Instants are in UTC."""

from dataclasses import dataclass
from datetime import datetime


def shown_name(text: str) -> str:
    """A name that somebody else gave a calendar, fit to be shown in a line of ours."""
    return "".join(one for one in text if one.isprintable()).strip()[:100]


@dataclass(frozen=True)
class OwnedCalendar:
    """One calendar of an account. `writable`: our events can stand in it. `own` is false for a
    calendar of somebody else that the account only looks at: its events keep nobody busy here,
    unless the host says so.
    """

    id: str
    name: str
    writable: bool = True
    own: bool = True


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A period `[start, end)` of one event, as it stands at the provider.

    `id` is stable for one occurrence; `event_id` is the provider's id of the event, of the whole
    series where it recurs, by which ours are told apart. `blocks` is false for what is told only
    so that ours are recognised: free, cancelled, declined by the host. `declined`: an attendee
    other than the host declined it. `removed`: it is gone.
    """

    id: str
    event_id: str
    start: datetime
    end: datetime
    removed: bool = False
    blocks: bool = True
    declined: bool = False


@dataclass(frozen=True)
class Reading:
    """What changed since a cursor, and the next one.

    `complete`: this is all there is, and what is not listed is gone. `replaced`: ids of events of
    which all occurrences are listed, so that others known of them are gone; their occurrences'
    ids are the event's id, or that, `#` and something without `#`. `lost`: the provider itself
    lost what it had, so nobody deleted what a complete reading does not list.
    """

    occurrences: tuple[Occurrence, ...]
    cursor: str
    complete: bool
    replaced: tuple[str, ...] = ()
    lost: bool = False


@dataclass(frozen=True)
class Draft:
    """An event as it should stand in a calendar. Instants in UTC, texts plain.

    `id` is ours, 32 characters of base32hex in lower case, the same for the event's life.
    `provider_id` is what an earlier write returned, empty where that is not known. `transparent`:
    it does not block.
    """

    id: str
    start: datetime
    end: datetime
    title: str
    description: str = ""
    location: str = ""
    conference: bool = False
    provider_id: str = ""
    transparent: bool = False


@dataclass(frozen=True)
class Written:
    """An event as it stands: the provider's own id; `join_url` is empty without a conference."""

    id: str
    join_url: str = ""


@dataclass(frozen=True)
class Watch:
    """A push channel or subscription: its id, the provider's id of what is watched, its end."""

    id: str
    resource: str
    expires: datetime


@dataclass(frozen=True)
class SignedIn:
    """Who signed in, by e-mail address, and what opens their calendars (JSON text)."""

    account: str
    secret: str

    def __repr__(self) -> str:
        return f"SignedIn({self.account!r})"
