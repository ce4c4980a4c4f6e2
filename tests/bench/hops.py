"""The floor of a booking: an empty nameko call that makes one more, as nameko itself does it.

`python -m bench.hops AMQP_URI NAME` runs `first` or `second` until it is ended.
"""

import eventlet

eventlet.monkey_patch()

import sys  # noqa: E402
from typing import Any  # noqa: E402

from nameko.containers import ServiceContainer  # noqa: E402
from nameko.rpc import RpcProxy, rpc  # noqa: E402


class First:
    """Asks the second."""

    name = "first"
    second = RpcProxy("second")

    @rpc
    def call(self, value: dict[str, Any]) -> dict[str, Any]:
        """Gives back what it was given."""
        answer: dict[str, Any] = self.second.call(value)
        return answer


class Second:
    """Answers."""

    name = "second"

    @rpc
    def call(self, value: dict[str, Any]) -> dict[str, Any]:
        """Gives back what it was given."""
        return value


def main(uri: str, name: str) -> None:
    """Serves."""
    kind = {"first": First, "second": Second}[name]
    container = ServiceContainer(kind, {"AMQP_URI": uri, "max_workers": 16})
    container.start()
    print("ready", flush=True)
    container.wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
