"""Microsoft 365 and outlook.com: msal for signing in, Microsoft Graph v1.0 for calendars.

At most four requests at a time for one mailbox, and none before `Retry-After` is over, within
one process. The source of each rule is Microsoft's documentation of Graph, by page.
"""

import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from calendar_sync.adapters.means import Means
from calendar_sync.adapters.microsoft.graph import Graph, Missing, part
from calendar_sync.adapters.microsoft.login import Login
from calendar_sync.adapters.microsoft.mailbox import MAILBOXES, digest
from calendar_sync.adapters.microsoft.reading import read
from calendar_sync.adapters.microsoft.shapes import (
    Calendar,
    Calendars,
    Identified,
    User,
    clock,
    parse,
    stamp,
)
from calendar_sync.adapters.microsoft.transport import transport
from calendar_sync.adapters.microsoft.writing import Writer
from calendar_sync.adapters.provider import Account
from calendar_sync.domain.calendars import (
    Draft,
    OwnedCalendar,
    Reading,
    SignedIn,
    Watch,
    Written,
)

__all__ = ["MAILBOXES", "Microsoft"]

READING_CALLS = 20
"""How many times longer than one call a reading may take: it goes through many pages."""

LONGEST_WATCH = timedelta(minutes=10080 - 60)
"""An hour less than a subscription to events may last, for clocks that differ."""


@dataclass(frozen=True)
class Microsoft:
    """The adapter. It keeps nothing itself: one is made for each call."""

    means: Means

    def calendars(self, account: Account) -> tuple[OwnedCalendar, ...]:
        """As `Provider.calendars`: those in the host's mailbox. Those that colleagues share need a
        permission of their own, and are read in their owners' mailboxes. What the host cannot
        change, such as holidays, is a calendar that they only look at.
        """
        found = self._all_calendars(self._graph(account))
        main = next((one for one in found if one.is_default_calendar), None)
        mine = [one for one in found if main is None or one.owner in (None, main.owner)]
        mine.sort(key=lambda one: not one.is_default_calendar)
        return tuple(_owned(one) for one in mine)

    def read(
        self, account: Account, calendar_id: str, cursor: str | None, now: datetime
    ) -> Reading:
        """As `Provider.read`."""
        return read(self._graph(account, READING_CALLS), calendar_id, cursor, now)

    def write(self, account: Account, calendar_id: str, draft: Draft) -> Written:
        """As `Provider.write`."""
        return Writer(self._graph(account), calendar_id).put(draft)

    def move(self, account: Account, calendar_id: str, draft: Draft) -> Written:
        """As `Provider.move`."""
        return Writer(self._graph(account), calendar_id).put(draft)

    def delete(self, account: Account, calendar_id: str, draft: Draft) -> None:
        """As `Provider.delete`."""
        Writer(self._graph(account), calendar_id).delete(draft)

    def authorize_url(self, redirect_uri: str, state: str, challenge: str) -> str:
        """As `SignsIn.authorize_url`; nothing is asked of Microsoft for it."""
        return self._login(1).authorize_url(redirect_uri, state, challenge)

    def exchange(self, redirect_uri: str, code: str, verifier: str) -> SignedIn:
        """As `SignsIn.exchange`."""
        secret = self._login(1).exchange(redirect_uri, code, verifier)
        nameless = Account(digest(secret), secret, lambda _: None)
        try:
            found = self._graph(nameless).get("me", {"$select": "mail,userPrincipalName"})
        finally:
            MAILBOXES.forget(nameless.name)
        user = parse(found, User)
        return SignedIn(user.mail or user.user_principal_name or "", secret)

    def revoke(self, account: Account) -> None:
        """Forgets the tokens that are held here. Microsoft has no way to give back one
        application's: its `revokeSignInSessions` would sign the host out everywhere.
        """
        MAILBOXES.forget(account.name)

    def watch(
        self, account: Account, calendar_id: str, url: str, token: str, now: datetime
    ) -> Watch:
        """As `Pushes.watch`: a subscription. Graph asks `url`, and `url`/lifecycle, for an echo
        of a `validationToken` before it answers.
        """
        resource = f"me/calendars/{part(calendar_id)}/events"
        body = {
            "changeType": "created,updated,deleted",
            "notificationUrl": url,
            "lifecycleNotificationUrl": f"{url}/lifecycle",
            "resource": resource,
            "expirationDateTime": stamp(now + LONGEST_WATCH),
            "clientState": token,
        }
        made = parse(self._graph(account).ask("POST", "subscriptions", body), Identified)
        return Watch(made.id, resource, clock(made.expiration_date_time))

    def unwatch(self, account: Account, watch: Watch) -> None:
        """As `Pushes.unwatch`."""
        with suppress(Missing):
            self._graph(account).ask("DELETE", f"subscriptions/{part(watch.id)}")

    def _login(self, calls: int) -> Login:
        """With time for so many calls of the longest kind."""
        seconds = self.means.call_seconds
        until = time.monotonic() + calls * seconds
        return Login(self.means, transport(seconds, self.means.ca_bundle), until)

    def _graph(self, account: Account, calls: int = 1) -> Graph:
        return Graph(self.means.graph_base_url, self._login(calls), account)

    def _all_calendars(self, graph: Graph) -> tuple[Calendar, ...]:
        page = parse(graph.get("me/calendars", {"$top": "100"}), Calendars)
        found = page.value
        while page.next_link:
            page = parse(graph.follow(page.next_link), Calendars)
            found += page.value
        return found


def _owned(one: Calendar) -> OwnedCalendar:
    mine = one.can_edit is True
    return OwnedCalendar(one.id, one.name or "", writable=mine, own=mine)
