"""A batch of events is acknowledged with one word; none of them comes again, and more come on."""

import subprocess
import sys

import pytest

from servicekit import bus
from support.waiting import wait_for

PROBE = """
import servicekit.runner
import eventlet, os, sys
from eventlet import tpool
from uuid import uuid4
from nameko.containers import ServiceContainer
from contracts import topology
from contracts.gateway import AccountChanged
from servicekit import bus
from servicekit.entrypoints import EventConsumer, EventQueueConsumer

uri = sys.argv[1]
heard = []

class Reader:
    name = "crm-bridge"
    rest = 0

    @EventConsumer.decorator
    def hear(self, envelopes):
        heard.extend(envelopes)

config = {"AMQP_URI": uri, "serializer": bus.SERIALIZER, "ACCEPT": [bus.SERIALIZER],
          "max_workers": 16, "HEARTBEAT": 0}
more = 2 * EventQueueConsumer.prefetch_count + 50
with bus.connection(uri) as conn:
    bus.declare(conn)
    container = ServiceContainer(Reader, config)
    producer = conn.Producer(serializer=bus.SERIALIZER)
    for _ in range(more):
        producer.publish(
            {"id": str(uuid4()), "name": "AccountChanged", "body": "{}"},
            exchange=bus.exchange(topology.source(AccountChanged)),
            routing_key=topology.event_name(AccountChanged),
        )
    container.start()
    with eventlet.Timeout(60):
        while len(heard) < more:
            eventlet.sleep(0.01)
print(len({one.id for one in heard}) == len(heard) == more, flush=True)
with eventlet.Timeout(60):
    tpool.execute(sys.stdin.readline)
    container.stop()
with bus.connection(uri) as conn:
    queue = bus.listener_queue("crm-bridge").bind(conn.channel())
    print(queue.queue_declare(passive=True).message_count, flush=True)
os._exit(0)
"""


@pytest.fixture
def reader():
    """Starts it at a broker; True once it has heard everything once."""
    started = []

    def start(uri):
        command = [sys.executable, "-W", "ignore", "-c", PROBE, uri]
        pipe = subprocess.PIPE
        started.append(subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True))
        assert started[-1].stdout.readline().strip() == "True"
        return started[-1]

    yield start
    for program in started:
        program.kill()
        program.communicate()


def test_the_broker_inside_the_process_has_none_of_them_again(reader):
    program = reader("memory://")
    assert program.communicate("\n", timeout=60)[0].strip() == "0"


def test_rabbitmq_waits_for_no_word_about_any_of_them(reader, rabbitmq):
    uri = rabbitmq.vhost()
    reader(uri)
    asked = ("list_queues", "-q", "-p", uri.rpartition("/")[2], "name", "messages")

    def left():
        lines = [line.split() for line in rabbitmq.control(*asked).splitlines()]
        return {name: int(count) for name, count in lines if count.isdecimal()}

    queue = bus.listener_queue("crm-bridge").name
    wait_for(lambda: left()[queue] == 0, "all acknowledged")
