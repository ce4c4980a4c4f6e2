"""How a disconnected account is left at its provider: as far as it answers, once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from calendar_sync.adapters.provider import (
    AccessRefused,
    Account,
    ProviderUnavailable,
    Pushes,
    SignsIn,
)
from calendar_sync.context import Context, counted
from calendar_sync.domain.calendars import Watch
from calendar_sync.store.connections import Opened


@dataclass(frozen=True)
class Leaving:
    """Outside any transaction, after all was forgotten here: what fails is logged, and over."""

    context: Context
    opened: Opened

    def leave(self, watched: Sequence[Watch], *, revoke: bool) -> None:
        """Ends the push channels, then gives the permission back."""
        provider = self.context.provider(self.opened.provider)
        try:
            account = self.context.account(self.opened)
        except (ProviderUnavailable, AccessRefused):
            return
        if isinstance(provider, Pushes):
            for one in watched:
                self._try("unwatch", _unwatching(provider, account, one))
        if revoke and isinstance(provider, SignsIn):
            self._try("revoke", lambda: provider.revoke(account))

    def _try(self, call: str, act: Callable[[], None]) -> None:
        try:
            counted(self.opened.provider, call, act)
        except (ProviderUnavailable, AccessRefused) as failure:
            self.context.log.warning("not_left", call=call, problem=str(failure))
        except Exception:  # the host has left in any case
            self.context.log.exception("not_left", call=call)


def _unwatching(provider: Pushes, account: Account, one: Watch) -> Callable[[], None]:
    return lambda: provider.unwatch(account, one)
