"""CalDAV (RFC 4791): Fastmail, iCloud, Nextcloud, Radicale and their kin.

Requests go through the caldav library, whose session is the guarded way out. Our events have no
attendees and no organizer, so a server that schedules (RFC 6638) has nobody to invite; that does
what `SCHEDULE-AGENT=CLIENT` asks for also at servers which do not know it.
"""

from datetime import datetime

from calendar_sync.adapters.caldav import discovery, listing, reading, writing
from calendar_sync.adapters.caldav.server import Secret, Server
from calendar_sync.adapters.means import Means
from calendar_sync.adapters.provider import Account
from calendar_sync.domain.calendars import Draft, OwnedCalendar, Reading, SignedIn, Written


class CalDav:
    """The adapter. A calendar's id is its path at the server; an event's the name of its resource,
    without `.ics`.
    """

    def __init__(self, means: Means) -> None:
        self._means = means

    def open(self, url: str, user: str, password: str) -> SignedIn:
        """As `OpensWithPassword.open`; `url` may also be an e-mail address or a server's name."""
        return discovery.find(self._means, url, Secret(user=user, password=password))

    def calendars(self, account: Account) -> tuple[OwnedCalendar, ...]:
        """As `Provider.calendars`."""
        with self._server(account) as server:
            return listing.calendars(server)

    def read(
        self, account: Account, calendar_id: str, cursor: str | None, now: datetime
    ) -> Reading:
        """As `Provider.read`."""
        with self._server(account) as server:
            return reading.read(server, calendar_id, cursor, now)

    def write(self, account: Account, calendar_id: str, draft: Draft) -> Written:
        """As `Provider.write`."""
        with self._server(account, whole=True) as server:
            return writing.write(server, calendar_id, draft)

    def move(self, account: Account, calendar_id: str, draft: Draft) -> Written:
        """As `Provider.move`."""
        with self._server(account, whole=True) as server:
            return writing.move(server, calendar_id, draft)

    def delete(self, account: Account, calendar_id: str, draft: Draft) -> None:
        """As `Provider.delete`."""
        with self._server(account, whole=True) as server:
            writing.delete(server, calendar_id, draft)

    def _server(self, account: Account, *, whole: bool = False) -> Server:
        return Server(self._means, Secret.read(account.secret), whole=whole)
