"""From what a host types to where their calendars are (RFC 6764, RFC 4791 section 6)."""

from dataclasses import replace
from urllib.parse import urljoin, urlsplit

from calendar_sync.adapters.caldav.listing import CAL, is_calendar
from calendar_sync.adapters.caldav.server import DAV, Item, Refused, Secret, Server, Unauthorized
from calendar_sync.adapters.means import Means
from calendar_sync.adapters.provider import InvalidAddress, ProviderUnavailable
from calendar_sync.domain.calendars import SignedIn
from servicekit.outgoing import Forbidden, same_server

SERVERS = {
    "icloud.com": "https://caldav.icloud.com",
    "me.com": "https://caldav.icloud.com",
    "mac.com": "https://caldav.icloud.com",
    "fastmail.com": "https://caldav.fastmail.com",
    "fastmail.fm": "https://caldav.fastmail.com",
    "mailbox.org": "https://dav.mailbox.org",
    "posteo.de": "https://posteo.de:8443",
    "yahoo.com": "https://caldav.calendar.yahoo.com",
    "gmx.net": "https://caldav.gmx.net",
    "web.de": "https://caldav.web.de",
    "zoho.com": "https://calendar.zoho.com",
}
"""Where providers of e-mail addresses keep calendars, if the domain itself does not lead there."""

SCHEMES = {"caldav": "http", "caldavs": "https", "webcal": "https", "webcals": "https"}
WELL_KNOWN = "/.well-known/caldav"
ASKED = (
    "<d:current-user-principal/><d:resourcetype/><c:calendar-home-set/>"
    "<c:calendar-user-address-set/><c:supported-calendar-component-set/>"
)


def find(means: Means, typed: str, secret: Secret) -> SignedIn:
    """The account whose calendars are there.

    Raises `AccessRefused`, `ProviderUnavailable`, or `InvalidAddress` for `url`.
    """
    start = address(typed or secret.user)
    refusal: Unauthorized | None = None
    for place in _places(start):
        try:
            return _signed_in(means, start, replace(secret, home=place))
        except Unauthorized as refused:
            refusal = refused
        except Forbidden as forbidden:
            raise InvalidAddress("url", str(forbidden)) from forbidden
        except Refused:
            continue
    if refusal is not None:
        raise refusal
    raise InvalidAddress("url", "There is no CalDAV server at this address.")


def address(typed: str) -> str:
    """The URL that is meant by a URL, a server's name or an e-mail address."""
    text = typed.strip()
    scheme, colon, rest = text.partition("://")
    if colon:
        return f"{SCHEMES.get(scheme.lower(), scheme)}://{rest}"
    if "@" in text and "/" not in text:
        domain = text.rpartition("@")[2].lower()
        return SERVERS.get(domain, f"https://{domain}")
    return SERVERS.get(text.lower(), f"https://{text}")


def _places(start: str) -> list[str]:
    """Where to ask, in order: a path that was typed is meant."""
    places = [urljoin(start, WELL_KNOWN), urljoin(start, "/")]
    return places if urlsplit(start).path in {"", "/"} else [start, *places]


def _signed_in(means: Means, start: str, secret: Secret) -> SignedIn:
    secret, here = _ask(means, start, secret)
    principal = here.href(f"{DAV}current-user-principal")
    if not here.href(f"{CAL}calendar-home-set") and principal:
        secret, here = _ask(means, start, replace(secret, home=principal))
    home = here.href(f"{CAL}calendar-home-set") or (here.url if is_calendar(here) else "")
    if not home:
        raise Refused(404, frozenset())
    _check_related(start, home)
    found = replace(secret, home=home, addresses=_addresses(here, secret.user))
    host = urlsplit(start).hostname
    name = secret.user if "@" in secret.user else f"{secret.user}@{host}"
    return SignedIn(name, found.write())


def _ask(means: Means, start: str, secret: Secret) -> tuple[Secret, Item]:
    """The resource at `secret.home`, wherever it has moved to, with the secret that opens it."""
    _check_related(start, secret.home)
    for _ in range(3):
        try:
            with Server(means, secret) as server:
                answer = server.propfind(secret.home, ASKED)
        except Unauthorized as refused:
            secret = _other_way(start, secret, refused)
            continue
        if not answer.items:
            raise Refused(404, frozenset())
        return replace(secret, home=answer.url), replace(answer.items[0], url=answer.url)
    raise ProviderUnavailable("The server sends us from one place to another.")


def _other_way(start: str, secret: Secret, refused: Unauthorized) -> Secret:
    """Where a redirect led to another server, the password did not go along: we ask there anew."""
    if not same_server(secret.home, refused.url):
        _check_related(start, refused.url)
        return replace(secret, home=refused.url)
    if refused.digest and not secret.digest:
        return replace(secret, digest=True)
    raise refused


def _check_related(start: str, url: str) -> None:
    """A password goes only to servers of the domain that was typed, and never from https to http.

    Raises `InvalidAddress`.
    """
    typed, led = urlsplit(start), urlsplit(url)
    if (typed.scheme, led.scheme) == ("https", "http") or not related(
        typed.hostname or "", led.hostname or ""
    ):
        raise InvalidAddress(
            "url", "This address leads to another server. Please type that server's address."
        )


def related(one: str, other: str) -> bool:
    """Whether two hosts belong to one owner: the same, one within the other, or both within one
    domain; in countries' domains, which sell at their second level too, one of three labels.
    """
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    if long.endswith(f".{short}"):
        return "." in short
    parent, second = one.partition(".")[2], other.partition(".")[2]
    labels = parent.split(".")
    return parent == second and len(labels) >= (3 if len(labels[-1]) == 2 else 2)


def _addresses(here: Item, user: str) -> tuple[str, ...]:
    listed = here.properties.get(f"{CAL}calendar-user-address-set")
    texts = [one.text or "" for one in listed.iter(f"{DAV}href")] if listed is not None else []
    lower = [text.strip().lower() for text in [*texts, f"mailto:{user}" if "@" in user else ""]]
    named = (text.removeprefix("mailto:") for text in lower if text.startswith("mailto:"))
    return tuple(dict.fromkeys(named))
