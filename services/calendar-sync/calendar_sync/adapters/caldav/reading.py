"""What takes a host's time in a CalDAV calendar: at first all, then what changed.

Where the server knows sync-collection (RFC 6578), it says what changed since a token; where it
does not, ETags are compared. Series are expanded up to a horizon beyond what links can reach, and
a calendar is read whole again when links have come near it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from urllib.parse import unquote, urlsplit
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

from structlog import get_logger

from calendar_sync.adapters.caldav.cursor import Cursor
from calendar_sync.adapters.caldav.listing import CAL
from calendar_sync.adapters.caldav.server import (
    DAV,
    TOO_LARGE,
    Answer,
    Item,
    Nonsense,
    Refused,
    Server,
)
from calendar_sync.adapters.caldav.writing import is_ours
from calendar_sync.adapters.provider import READ_AHEAD, AccessRefused, ProviderUnavailable
from calendar_sync.adapters.turns import Turn
from calendar_sync.domain.calendars import Occurrence, Reading
from calendar_sync.domain.recurrence import AT_MOST, BadCalendar, View, expand, zone_named
from servicekit.outgoing import Forbidden

BEYOND = timedelta(days=7)
"""How much further than links reach series are expanded: as rarely all is read again, and the
calendar's zone is looked at."""

BEHIND = timedelta(days=2)
"""Series are expanded from so long before now: what runs over midnight or has just ended."""

KEPT_SINGLE = timedelta(days=31)
"""Single events of the past are asked for as far back, so that one of ours that the host moved
there is not taken for deleted."""

PAGE = 100
"""Resources asked for at once."""

CTAG = "{http://calendarserver.org/ns/}getctag"
STATE = "<d:sync-token/><s:getctag/><c:calendar-timezone/><c:calendar-timezone-id/>"
_UID = re.compile(r"^UID:([0-9a-v]{32})\r?$", re.MULTILINE)
"""An id as we make them."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def read(server: Server, calendar_id: str, cursor: str | None, now: datetime) -> Reading:
    """As `Provider.read`."""
    calendar = _Calendar(server, server.at(calendar_id), now)
    known = Cursor.read(cursor)
    try:
        if known is None or known.until < now + READ_AHEAD:
            return calendar.all()
        return calendar.since(known) if known.token else calendar.compared(known)
    except Forbidden as forbidden:
        raise ProviderUnavailable(str(forbidden)) from forbidden
    except Refused as refused:
        if refused.status in {404, 410}:
            raise AccessRefused("This calendar is no longer there.") from refused
        raise ProviderUnavailable(str(refused)) from refused


class _Calendar:
    """One calendar at one moment."""

    def __init__(self, server: Server, url: str, now: datetime) -> None:
        self._server, self._url, self._now = server, url, now

    def all(self) -> Reading:
        """Everything that is not long past. The token is older than what is listed, so a change in
        between is told again rather than missed.
        """
        state = self._state()
        cursor = Cursor(
            until=self._now + READ_AHEAD + BEYOND,
            zone=_zone(state).key,
            token=state.text(f"{DAV}sync-token"),
            ctag=state.text(CTAG),
        )
        if not cursor.token:
            cursor = replace(cursor, tags=self._tags())
        try:
            listed = self._listed(cursor.until)
        except Refused:  # it knows no ranges of time, or is gone, which asking again will tell
            listed = list(self._tags())
        each = (one for _, some in self._entries(listed, cursor) for one in some or ())
        found = tuple(islice(each, AT_MOST + 1))
        if len(found) > AT_MOST:
            raise ProviderUnavailable("This calendar has too many events.")
        return Reading(found, cursor.write(), complete=True)

    def since(self, known: Cursor) -> Reading:
        """What changed since the token; everything, if the server accepts it no more."""
        try:
            items, token = self._synced(known.token)
        except Refused:
            return self.all()
        gone = [one.url for one in items if one.status == 404]
        changed = [one.url for one in items if one.status != 404]
        return self._changes(changed, gone, replace(known, token=token))

    def compared(self, known: Cursor) -> Reading:
        """What changed since ETags were looked at."""
        state = self._state()
        ctag = state.text(CTAG)
        if ctag and ctag == known.ctag:
            return Reading((), known.write(), complete=False)
        tags = self._tags()
        changed = [path for path, tag in tags.items() if known.tags.get(path) != tag]
        gone = [path for path in known.tags if path not in tags]
        return self._changes(changed, gone, replace(known, ctag=ctag, tags=tags))

    def _changes(self, changed: Sequence[str], gone: Iterable[str], cursor: Cursor) -> Reading:
        """What cannot be read stays as it was: somebody wrote it, so it is not gone."""
        found = dict(self._entries(changed, cursor))
        names = dict.fromkeys(_name(url) for url in (*changed, *gone))
        told = [one for some in found.values() for one in some or ()]
        known = dict.fromkeys(name for name in names if found.get(name, ()) is not None)
        there = dict.fromkeys(one.event_id for one in told)
        told += [_removed(name) for name in known if not found.get(name) and name not in there]
        replaced = tuple(known | there)
        return Reading(tuple(told), cursor.write(), complete=False, replaced=replaced)

    def _state(self) -> Item:
        answer = self._server.propfind(self._url, STATE)
        if not answer.items:
            raise ProviderUnavailable("The server's answer makes no sense.")
        return answer.items[0]

    def _synced(self, token: str) -> tuple[list[Item], str]:
        """What changed, page after page (507 says that there is more), and the next token."""
        items: dict[str, Item] = {}
        while True:
            inner = (
                f"<d:sync-token>{escape(token)}</d:sync-token><d:sync-level>1</d:sync-level>"
                "<d:prop><d:getetag/></d:prop>"
            )
            answer = self._server.report(self._url, "sync-collection", inner)
            items |= {one.url: one for one in answer.items if not self._is_self(one)}
            if not answer.token or answer.token == token or not self._has_more(answer):
                return list(items.values()), answer.token or token
            token = answer.token

    def _has_more(self, answer: Answer) -> bool:
        return any(self._is_self(one) and one.status == 507 for one in answer.items)

    def _is_self(self, item: Item) -> bool:
        return _path(item.url).rstrip("/") == _path(self._url).rstrip("/")

    def _tags(self) -> dict[str, str]:
        answer = self._server.propfind(self._url, "<d:getetag/>", depth=1)
        return {
            _path(one.url): one.text(f"{DAV}getetag")
            for one in answer.items
            if not self._is_self(one)
        }

    def _listed(self, until: datetime) -> list[str]:
        """Where the events between some time ago and the horizon are."""
        since = self._now - KEPT_SINGLE
        window = f'<c:time-range start="{_stamp(since)}" end="{_stamp(until)}"/>'
        events = f'<c:comp-filter name="VEVENT">{window}</c:comp-filter>'
        inner = (
            "<d:prop><d:getetag/></d:prop>"
            f'<c:filter><c:comp-filter name="VCALENDAR">{events}</c:comp-filter></c:filter>'
        )
        answer = self._server.report(self._url, "calendar-query", inner, depth=1)
        return [one.url for one in answer.items if one.status == 200]

    def _entries(
        self, urls: Sequence[str], cursor: Cursor
    ) -> Iterator[tuple[str, tuple[Occurrence, ...] | None]]:
        """The occurrences of each event by its name; a page at a time, so that the texts of a
        large calendar are never all in memory.
        """
        view = View(
            zone=ZoneInfo(cursor.zone),
            since=self._now - BEHIND,
            until=cursor.until,
            owner=frozenset(self._server.secret.addresses),
        )
        turn = Turn()
        for first in range(0, len(urls), PAGE):
            for item in self._fetched(urls[first : first + PAGE]):
                turn.begin()
                occurrences = _expanded(item, view)
                turn.pause()  # a page of series takes a second, and others wait
                yield _name(item.url), occurrences

    def _fetched(self, urls: Sequence[str]) -> Iterator[Item]:
        """Those that are there; fewer at once where together they are too large, or one of them
        makes an answer that cannot be read.
        """
        try:
            yield from self._fetched_at_once(urls)
        except (Refused, Nonsense) as failure:
            if isinstance(failure, Refused) and failure.status != TOO_LARGE:
                raise
            if len(urls) == 1:
                yield Item(urls[0], TOO_LARGE, {})
                return
            half = len(urls) // 2
            yield from self._fetched(urls[:half])
            yield from self._fetched(urls[half:])

    def _fetched_at_once(self, urls: Sequence[str]) -> list[Item]:
        hrefs = "".join(f"<d:href>{escape(_path(url))}</d:href>" for url in urls)
        inner = f"<d:prop><d:getetag/><c:calendar-data/></d:prop>{hrefs}"
        answer = self._server.report(self._url, "calendar-multiget", inner, depth=1)
        return [one for one in answer.items if one.status == 200]


def _expanded(item: Item, view: View) -> tuple[Occurrence, ...] | None:
    """An entry that cannot be read at all is named in the log, and hides no other. One of ours is
    known by its mark, if the host's client gave it another name.
    """
    text = item.text(f"{CAL}calendar-data")
    uid = _UID.search(text)
    ours = uid is not None and is_ours(text, uid[1])
    try:
        return expand(text, uid[1] if uid and ours else _name(item.url), view)
    except BadCalendar:
        get_logger().warning("calendar_entry_not_read", entry=_name(item.url))
        return None


def _removed(name: str) -> Occurrence:
    return Occurrence(name, name, EPOCH, EPOCH, removed=True)


def _name(url: str) -> str:
    """The name of a resource, without `.ics`: of one of ours the id that we gave it."""
    name = unquote(_path(url).rstrip("/").rpartition("/")[2])
    return name.removesuffix(".ics") if name.endswith(".ics") else f"{name}/"


def _path(url: str) -> str:
    return urlsplit(url).path


def _stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _zone(state: Item) -> ZoneInfo:
    """The calendar's own (RFC 7809, RFC 4791 section 5.2.2), else UTC."""
    named = state.text(f"{CAL}calendar-timezone-id")
    found = zone_named(f"TZID:{named}") if named else None
    return found or zone_named(state.text(f"{CAL}calendar-timezone")) or ZoneInfo("UTC")
