"""Push channels: made, renewed before they end, and what they tell."""

from dataclasses import dataclass
from datetime import timedelta
from secrets import token_urlsafe

from calendar_sync.adapters.provider import AccessRefused, ProviderUnavailable, Pushes
from calendar_sync.context import Context
from calendar_sync.domain.calendars import Watch
from calendar_sync.store import connections, turns, watches
from calendar_sync.store.connections import Opened
from calendar_sync.store.watches import Unwatched
from contracts.calendar_sync import Notified

AT_ONCE = 16
"""Channels made in one turn."""

LEASE = timedelta(minutes=10)
MARGIN = timedelta(hours=12)
"""So long before its end a channel is renewed; of one that lives shortly, at half of its life."""

FAILED = timedelta(hours=1)
"""Until a channel that could not be made is tried again: polling goes on in any case."""

ENDED = frozenset({"subscriptionRemoved", "reauthorizationRequired"})
"""Lifecycle notifications of Microsoft Graph after which a subscription tells nothing more."""


@dataclass(frozen=True)
class Watcher:
    """Providers are asked for channels, never inside a transaction; a token is kept as a digest."""

    context: Context

    def renew(self) -> None:
        """Watches the calendars whose turn it is."""
        if not self.context.settings.public_url.startswith("https://"):
            return  # nobody could tell us anything here
        now = self.context.now()
        pushing = self._pushing()
        if not pushing:
            return
        with self.context.begin() as tx:
            due = watches.lease_due(tx, pushing, now, now + LEASE, AT_ONCE)
        for place in due:
            self._renew(place)

    def heard(self, told: Notified) -> bool:
        """Whether a connection is to be read at once for this; a wrong token changes nothing."""
        with self.context.begin() as tx:
            whose = watches.whose(tx, told.provider, told.channel_id, told.token)
            if whose is None:
                return False
            if told.lifecycle in ENDED:
                watches.drop(tx, whose, told.channel_id)
            return turns.read_soon(tx, whose, self.context.now())

    def _pushing(self) -> tuple[str, ...]:
        """Of the providers that somebody connected: the others' libraries are not even loaded."""
        with self.context.begin() as tx:
            used = {provider for provider, state, _, _ in turns.health(tx) if state == "ok"}
        return tuple(one for one in used if isinstance(self.context.provider(one), Pushes))

    def _renew(self, place: Unwatched) -> None:
        with self.context.begin() as tx:
            opened = connections.opened(tx, place.connection_id)
        if opened is None or opened.state != "ok":
            return
        try:
            self._watch(opened, place)
        except (ProviderUnavailable, AccessRefused) as failure:
            self._put_off(place, str(failure))
        except Exception:  # a fault over one channel must not stop the others
            self.context.log.exception("calendar_not_watched")
            self._put_off(place, "an unexpected failure")

    def _watch(self, opened: Opened, place: Unwatched) -> None:
        provider = self.context.provider(opened.provider)
        assert isinstance(provider, Pushes)
        account, token = self.context.account(opened), token_urlsafe(32)
        url = f"{self.context.settings.public_url}/hooks/{opened.provider}"
        now = self.context.now()
        made = self.context.call(
            opened, "watch", lambda: provider.watch(account, place.calendar_id, url, token, now)
        )
        life = made.expires - now
        with self.context.begin() as tx:
            kept = watches.put(tx, place, made, token, made.expires - min(MARGIN, life / 2))
        over = place.before if kept else made
        if over is not None and over.id != (made.id if kept else None):
            self._unwatch(provider, opened, over)

    def _unwatch(self, provider: Pushes, opened: Opened, over: Watch) -> None:
        account = self.context.account(opened)
        try:
            self.context.call(opened, "unwatch", lambda: provider.unwatch(account, over))
        except (ProviderUnavailable, AccessRefused) as failure:  # it ends by itself
            self.context.log.info("watch_left", problem=str(failure))

    def _put_off(self, place: Unwatched, problem: str) -> None:
        self.context.log.warning("calendar_not_watched", problem=problem)
        with self.context.begin() as tx:
            watches.put_off(tx, place, self.context.now() + FAILED)
