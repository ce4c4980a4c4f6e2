"""Golden samples: what once crossed the wire is read for ever. Samples are added, never edited:
`booking.Host@2.json` is one with the fields that came later.
"""

import json
from inspect import getmembers, isclass
from pathlib import Path

import pytest

from contracts import (
    availability,
    booking,
    calendar_sync,
    crm_bridge,
    gateway,
    notifications,
    topology,
    wire,
)

SAMPLES = Path(__file__).parent / "samples"
MODULES = (availability, booking, calendar_sync, crm_bridge, gateway, notifications)
MESSAGES = {
    f"{module.__name__.removeprefix('contracts.')}.{name}": kind
    for module in MODULES
    for name, kind in getmembers(module, isclass)
    if issubclass(kind, wire.Message) and f"{kind.__module__}.".startswith(f"{module.__name__}.")
}


def message_of(path):
    """The type of a sample."""
    return MESSAGES[path.stem.partition("@")[0]]


def contained(old, new):
    """Whether everything that `old` says stands in `new` too."""
    if isinstance(old, dict):
        return all(key in new and contained(value, new[key]) for key, value in old.items())
    if isinstance(old, list):
        return len(old) == len(new) and all(map(contained, old, new))
    return old == new


@pytest.mark.parametrize("name", sorted(MESSAGES))
def test_every_message_has_a_sample(name):
    assert (SAMPLES / f"{name}.json").exists()


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.json")), ids=lambda path: path.stem)
def test_a_sample_is_read_and_written_without_loss(path):
    message = wire.decode(path.read_text(), message_of(path))
    assert contained(json.loads(path.read_text()), json.loads(wire.encode(message)))


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.json")), ids=lambda path: path.stem)
def test_a_newer_message_is_still_understood(path):
    newer = json.loads(path.read_text()) | {"a_field_of_tomorrow": {"x": 1}}
    assert wire.convert(newer, message_of(path)) == wire.decode(path.read_text(), message_of(path))


def test_each_event_has_one_source_and_its_listeners_are_services():
    assert set(topology.LISTENS) <= set(topology.SERVICES)
    heard = {event for events in topology.LISTENS.values() for event in events}
    assert heard <= set(topology.EVENTS.values())
