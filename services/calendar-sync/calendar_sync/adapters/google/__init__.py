"""Google Calendar, by its v3 API. The errors that each module speaks of end here."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import uuid4

from calendar_sync.adapters.google import signing
from calendar_sync.adapters.google.api import JSON, Api, Missing, Rejected, Taken
from calendar_sync.adapters.google.reading import (
    FIELDS,
    Position,
    Window,
    caught_up,
    occurrences,
    zone_of,
)
from calendar_sync.adapters.google.tokens import Tokens
from calendar_sync.adapters.google.transport import Transport
from calendar_sync.adapters.google.writing import Desk
from calendar_sync.adapters.means import Means
from calendar_sync.adapters.provider import AccessRefused, Account, ProviderUnavailable
from calendar_sync.domain.calendars import (
    Draft,
    Occurrence,
    OwnedCalendar,
    Reading,
    SignedIn,
    Watch,
    Written,
)

T = TypeVar("T")

WRITERS = {"owner", "writer", "writerWithoutPrivateAccess"}
PAGE = 2500
"""The most events that Google gives at a time."""
LISTED = {"maxResults": 250}
MOST_PAGES = 400
NOT_SOON = timedelta(days=1)
"""When to ask again for what a calendar does not have."""
CHANNEL_LASTS = timedelta(days=7)


class Google:
    """The adapter: `Provider`, `SignsIn` and `Pushes`."""

    def __init__(self, means: Means) -> None:
        self._means = means

    def authorize_url(self, redirect_uri: str, state: str, challenge: str) -> str:
        """As `SignsIn.authorize_url`."""
        return signing.authorize_url(self._means, redirect_uri, state, challenge)

    def exchange(self, redirect_uri: str, code: str, verifier: str) -> SignedIn:
        """As `SignsIn.exchange`."""
        return signing.exchange(self._means, redirect_uri, code, verifier)

    def revoke(self, account: Account) -> None:
        """As `SignsIn.revoke`."""
        transport = Transport(self._means.call_seconds, self._means.ca_bundle)
        tokens = Tokens(self._means, account, transport)
        signing.revoke(self._means, tokens.refresh_token, transport)

    def calendars(self, account: Account) -> tuple[OwnedCalendar, ...]:
        """As `Provider.calendars`."""
        api = Api(self._means, account)

        def entries() -> list[JSON]:
            pages = _pages(api, lambda token: api.calendar_list.list(**LISTED, pageToken=token))
            return [entry for page in pages for entry in page.get("items", ())]

        found = sorted(_told(entries), key=lambda one: not one.get("primary"))
        return tuple(_owned(entry) for entry in found)

    def read(
        self, account: Account, calendar_id: str, cursor: str | None, now: datetime
    ) -> Reading:
        """As `Provider.read`."""
        lists = _Lists(Api(self._means, account), calendar_id, now)
        return _told(lambda: lists.read(Position.of(cursor)))

    def write(self, account: Account, calendar_id: str, draft: Draft) -> Written:
        """As `Provider.write`."""
        return _told(Desk(Api(self._means, account), calendar_id, draft).write)

    def move(self, account: Account, calendar_id: str, draft: Draft) -> Written:
        """As `Provider.move`."""
        return _told(Desk(Api(self._means, account), calendar_id, draft).move)

    def delete(self, account: Account, calendar_id: str, draft: Draft) -> None:
        """As `Provider.delete`."""
        _told(Desk(Api(self._means, account), calendar_id, draft).delete)

    def watch(
        self,
        account: Account,
        calendar_id: str,
        url: str,
        token: str,
        now: datetime,  # noqa: ARG002 - Google says when the channel ends
    ) -> Watch:
        """As `Pushes.watch`. A channel whose reply was lost ends by itself."""
        api = Api(self._means, account)
        body = {
            "id": str(uuid4()),
            "type": "web_hook",
            "address": url,
            "token": token,
            "params": {"ttl": str(int(CHANNEL_LASTS.total_seconds()))},
        }
        made = _told(lambda: _watch(api, calendar_id, body))
        expires = datetime.fromtimestamp(int(made["expiration"]) / 1000, UTC)
        return Watch(str(made["id"]), str(made["resourceId"]), expires)

    def unwatch(self, account: Account, watch: Watch) -> None:
        """As `Pushes.unwatch`."""
        api = Api(self._means, account)
        body = {"id": watch.id, "resourceId": watch.resource}
        try:
            api.ask(api.channels.stop(body=body))
        except Missing:
            return
        except Rejected as rejected:
            raise _rejected(rejected) from rejected


@dataclass(frozen=True)
class _Lists:
    """The events of one calendar, as a reading."""

    api: Api
    calendar_id: str
    now: datetime

    def read(self, position: Position | None) -> Reading:
        """What changed since; all of it where Google, the window or the zone wants that."""
        if position is None or not position.covers(self.now):
            return self._all()
        try:
            return self._changes(position) or self._all()
        except Rejected:  # a token that Google cannot read, or one of its pages that is over
            return self._all()
        except Missing as missing:
            if missing.status != 410:
                raise
            return self._all()

    def _all(self) -> Reading:
        window = Window.at(self.now)
        found: list[Occurrence] = []
        last: JSON = {}
        bounds = {"timeMin": window.start.isoformat(), "timeMax": window.end.isoformat()}
        for last in self._pages(bounds):
            found.extend(occurrences(last.get("items", ()), zone_of(last["timeZone"])))
        position = Position(last["nextSyncToken"], last["timeZone"], window.end.isoformat())
        return Reading(tuple(found), position.cursor, complete=True)

    def _changes(self, position: Position) -> Reading | None:
        """`None` when the calendar's zone is another now: its all-day events are elsewhere."""
        found: list[Occurrence] = []
        last: JSON = {}
        for last in self._pages({"syncToken": position.token}):
            if last["timeZone"] != position.zone:
                return None
            found.extend(occurrences(last.get("items", ()), zone_of(position.zone)))
        after = Position(last["nextSyncToken"], position.zone, position.until)
        return Reading(tuple(caught_up(found, position.end)), after.cursor, complete=False)

    def _pages(self, restricted: JSON) -> Iterator[JSON]:
        def page(token: str | None) -> object:
            return self.api.events.list(
                calendarId=self.calendar_id,
                singleEvents=True,
                maxResults=PAGE,
                fields=FIELDS,
                pageToken=token,
                **restricted,
            )

        return _pages(self.api, page)


def _pages(api: Api, page: Callable[[str | None], object]) -> Iterator[JSON]:
    """Each page of a list, to the last."""
    token: str | None = None
    for _ in range(MOST_PAGES):
        api.transport.start_again()
        answer = api.ask(page(token))
        yield answer
        token = answer.get("nextPageToken")
        if token is None:
            return
    raise ProviderUnavailable("a list without end")


def _told(act: Callable[[], T]) -> T:
    """What a method of the adapter may raise, and nothing else."""
    try:
        return act()
    except Missing as missing:
        raise AccessRefused("the calendar is gone") from missing
    except Taken as taken:
        raise ProviderUnavailable("Google answered 409") from taken
    except Rejected as rejected:
        raise _rejected(rejected) from rejected
    except KeyError as error:
        raise ProviderUnavailable(f"an answer without {error}") from error


def _watch(api: Api, calendar_id: str, body: JSON) -> JSON:
    try:
        return api.ask(api.events.watch(calendarId=calendar_id, body=body))
    except Rejected as rejected:  # some calendars cannot be watched, as those of holidays
        raise ProviderUnavailable(rejected.message, NOT_SOON) from rejected


def _rejected(rejected: Rejected) -> ProviderUnavailable:
    return ProviderUnavailable(f"Google answered 400: {rejected.message}")


def _owned(entry: JSON) -> OwnedCalendar:
    return OwnedCalendar(
        id=str(entry["id"]),
        name=str(entry.get("summaryOverride") or entry.get("summary") or entry["id"]),
        writable=entry.get("accessRole") in WRITERS,
        own=bool(entry.get("primary")) or entry.get("accessRole") == "owner",
    )
