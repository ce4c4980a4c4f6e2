"""What an operator can set."""

import servicekit


class Settings(servicekit.Settings, frozen=True, kw_only=True):
    """Those of every service, and when a host's copy is read again before a booking."""

    refresh_after_seconds: int = 60
    """A copy older than this is refreshed before a booking."""
    refresh_pause_seconds: int = 30
    """After a refresh that failed, pages do without another for so long."""
