"""A broadcast is heard while its listener runs, and never after it was stopped."""

import threading
from uuid import uuid4

import pytest

from contracts.availability import AvailabilityChanged
from contracts.wire import encode
from servicekit import bus
from servicekit.broadcast import BroadcastListener
from support.waiting import wait_for


@pytest.fixture(params=["memory", "rabbitmq"])
def uri(request):
    if request.param == "memory":
        return "memory://"
    return request.getfixturevalue("rabbitmq").vhost()


def announce(uri, slug):
    event = AvailabilityChanged(workspace_id=uuid4(), version=1, slugs=(slug,))
    with bus.connection(uri) as connection:
        connection.Producer(serializer=bus.SERIALIZER).publish(
            {"id": str(uuid4()), "name": "AvailabilityChanged", "body": encode(event).decode()},
            exchange=bus.exchange("availability"),
            routing_key="availability_changed",
        )


def test_a_listener_that_was_stopped_hears_no_more_and_leaves_no_thread(uri, tmp_path):
    heard, began = [], threading.Event()
    before = set(threading.enumerate())
    listener = BroadcastListener(uri, AvailabilityChanged, heard.append, began.set)
    listener.start()
    assert began.wait(20)
    announce(uri, "intro")
    wait_for(lambda: heard, "the broadcast", 60, tmp_path / "none")
    listener.stop()
    assert set(threading.enumerate()) - before == set()
    announce(uri, "intro")
    assert [event.slugs for event in heard] == [("intro",)]


def test_a_listener_that_never_began_can_be_stopped(uri):
    before = set(threading.enumerate())
    BroadcastListener(uri, AvailabilityChanged, list, list).stop()
    assert set(threading.enumerate()) - before == set()
