"""What an operator can set; `config.yml` names the variables."""

from typing import get_args

import servicekit
from calendar_sync.adapters import MAKERS
from contracts.calendar_sync import Provider


class Settings(servicekit.Settings, frozen=True, kw_only=True):
    """`calendar_providers`: those that hosts may connect. `poll_seconds`: how often each
    connection is read. `call_seconds`: the longest that one call to a provider may take.
    """

    calendar_providers: tuple[Provider, ...] = ("practice",)
    poll_seconds: int = 120
    call_seconds: float = 10

    def __post_init__(self) -> None:
        """Raises `ValueError` for a provider that this version cannot connect."""
        unknown = set(self.calendar_providers) - (set(get_args(Provider)) & set(MAKERS))
        if unknown:
            known = ", ".join(sorted(MAKERS))
            raise ValueError(f"CALENDAR_PROVIDERS: {', '.join(sorted(unknown))} is none of {known}")
