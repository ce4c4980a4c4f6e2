"""Events of a rush are gathered; the requests of the same service are answered meanwhile."""

import subprocess
import sys

PROBE = """
import servicekit.runner
import eventlet, os
from uuid import uuid4
from nameko.containers import ServiceContainer
from nameko.messaging import QueueConsumer
from nameko.rpc import rpc
from contracts import topology
from contracts.gateway import AccountChanged
from servicekit import bus
from servicekit.entrypoints import EventConsumer
from servicekit.rpc import RpcClient

{before}
heard = []

class Resting:
    name = "crm-bridge"
    rest = 60

    @EventConsumer.decorator
    def hear(self, envelopes):
        heard.extend(envelopes)

    @rpc
    def ping(self, request):
        return len(heard)

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

    publish(1)
    with eventlet.Timeout(30):
        while len(heard) < 1:
            eventlet.sleep(0.01)
    publish(40)
    answer = RpcClient(uri).call("crm-bridge", "ping", {{}}, int)
print("answered while", answer, "were heard", flush=True)
os._exit(0)
"""
SHARED = "EventConsumer.queue_consumer = QueueConsumer()"


def _probed(before=""):
    command = [sys.executable, "-W", "ignore", "-c", PROBE.format(before=before)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_a_request_is_answered_while_events_gather():
    done = _probed()
    assert done.stdout.strip() == "answered while 1 were heard", done.stderr


def test_with_one_consumer_for_both_it_would_wait_behind_them():
    assert "Unavailable" in _probed(SHARED).stderr
