"""Events of a rush are gathered, but never so many that the broker hands out no more."""

import subprocess
import sys

PROBE = """
import servicekit.runner
import eventlet
from uuid import uuid4
from nameko.containers import ServiceContainer
from contracts import topology
from contracts.gateway import AccountChanged
from servicekit import bus
from servicekit.entrypoints import EventConsumer

heard = []

class Resting:
    name = "crm-bridge"
    rest = 60

    @EventConsumer.decorator
    def hear(self, envelopes):
        heard.extend(envelopes)

uri = "memory://"
container = ServiceContainer(
    Resting, {{"AMQP_URI": uri, "serializer": bus.SERIALIZER, "ACCEPT": [bus.SERIALIZER],
              "max_workers": 16, "HEARTBEAT": 0}}
)
with bus.connection(uri) as conn:
    bus.declare(conn)
    container.start()
    producer = conn.Producer(serializer=bus.SERIALIZER)

    def publish(count):
        for _ in range(count):
            producer.publish(
                {{"id": str(uuid4()), "name": "AccountChanged", "body": "{{}}"}},
                exchange=bus.exchange(topology.source(AccountChanged)),
                routing_key=topology.event_name(AccountChanged),
            )

    with eventlet.Timeout({seconds}):
        publish(1)
        while len(heard) < 1:
            eventlet.sleep(0.01)
        publish({after})
        while len(heard) < 1 + {handled}:
            eventlet.sleep(0.01)
print("heard", len(heard))
import os
os._exit(0)
"""


def _probed(**counts):
    command = [sys.executable, "-W", "ignore", "-c", PROBE.format(**counts)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_a_rush_is_not_held_up_by_a_rest():
    """Only its end waits: fewer than half as many as there are workers."""
    done = _probed(after=40, handled=33, seconds=30)
    assert "heard" in done.stdout, done.stderr


def test_the_probe_can_fail():
    done = _probed(after=7, handled=7, seconds=2)
    assert "Timeout" in done.stderr
