"""Which calendars an account has."""

from urllib.parse import urlsplit

from calendar_sync.adapters.caldav.server import DAV, Item, Refused, Server
from calendar_sync.adapters.provider import ProviderUnavailable
from calendar_sync.domain.calendars import OwnedCalendar, shown_name
from servicekit.outgoing import Forbidden

CAL = "{urn:ietf:params:xml:ns:caldav}"
ASKED = (
    "<d:displayname/><d:resourcetype/><d:current-user-privilege-set/><d:owner/>"
    "<d:current-user-principal/>"
    "<c:supported-calendar-component-set/>"
)
WRITES = {f"{DAV}{name}" for name in ("all", "write", "write-content", "bind")}


def calendars(server: Server) -> tuple[OwnedCalendar, ...]:
    """Those that hold events, the ones that can be written first, else in the server's order."""
    try:
        answer = server.propfind(server.secret.home, ASKED, depth=1)
    except (Refused, Forbidden) as refused:
        raise ProviderUnavailable(str(refused)) from refused
    found = [_owned(item) for item in answer.items if is_calendar(item)]
    return tuple(sorted(found, key=lambda one: not one.writable))


def is_calendar(item: Item) -> bool:
    """Whether a resource is a calendar of events, rather than of tasks, or an inbox."""
    kind = item.properties.get(f"{DAV}resourcetype")
    if kind is None or kind.find(f"{CAL}calendar") is None:
        return False
    parts = item.properties.get(f"{CAL}supported-calendar-component-set")
    names = {one.get("name") for one in parts} if parts is not None else set()
    return not names or "VEVENT" in names


def _owned(item: Item) -> OwnedCalendar:
    path = urlsplit(item.url).path
    name = shown_name(item.text(f"{DAV}displayname")) or path.rstrip("/").rpartition("/")[2]
    return OwnedCalendar(id=path, name=name, writable=_is_writable(item), own=_is_own(item))


def _is_own(item: Item) -> bool:
    """Whether nobody else is named as its owner (RFC 3744, 5.1): not a calendar shared with us."""
    owner, user = item.href(f"{DAV}owner"), item.href(f"{DAV}current-user-principal")
    return not (owner and user) or owner.rstrip("/") == user.rstrip("/")


def _is_writable(item: Item) -> bool:
    """Where a server does not say (RFC 3744), a calendar in the user's own home is theirs."""
    granted = item.properties.get(f"{DAV}current-user-privilege-set")
    return granted is None or any(one.tag in WRITES for one in granted.iter())
