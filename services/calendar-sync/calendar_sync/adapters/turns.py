"""How long the reading of one calendar may keep a processor, and how often it lets others work."""

from time import sleep, thread_time

from calendar_sync.adapters.provider import ProviderUnavailable

SECONDS = 30
"""Of a processor's time: ten thousand events take five."""


class Turn:
    """Processor time is counted from `begin`, or the last `pause`, to the next `pause`."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._left = seconds
        self.begin()

    def begin(self) -> None:
        """What went before, such as waiting for a server, is not counted."""
        self._since = thread_time()

    def pause(self) -> None:
        """Lets others work. Raises `ProviderUnavailable` when the time is used up."""
        self._left -= thread_time() - self._since
        if self._left < 0:
            raise ProviderUnavailable("This calendar takes too long to read.")
        sleep(0)
        self.begin()
