"""Where a name's machine is, asked anew each time: a broker that was moved is found at once."""

from typing import Any

from eventlet.support import greendns


class Resolver(greendns.ResolverProxy):
    """eventlet's own, without its cache.

    That keeps an address for its time to live, which container networks set from ten minutes to a
    day, and a container that is started again may have another.
    """

    _cached_resolver: Any

    def clear(self) -> None:
        """Reads the machine's configuration; called when the first name is asked for."""
        super().clear()
        self._cached_resolver.cache = None


def ask_anew() -> None:
    """From now on in this process, for every cooperative socket."""
    greendns.resolver = Resolver(hosts_resolver=greendns.HostsResolver())
