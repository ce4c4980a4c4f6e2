"""The service answers exactly what its contract says, and hears exactly what the bus says."""

import inspect
from typing import get_type_hints

from calendar_sync.service import CalendarSync
from contracts import topology
from contracts.calendar_sync import CalendarSyncRpc

OFFERED = [name for name in vars(CalendarSyncRpc) if not name.startswith("_") and name != "ping"]


def test_every_request_of_the_contract_has_its_entrypoint_with_the_same_types():
    for name in OFFERED:
        told, made = (get_type_hints(getattr(one, name)) for one in (CalendarSyncRpc, CalendarSync))
        assert (name, made) == (name, told)


def test_every_event_of_the_bus_has_its_listener():
    heard = {
        get_type_hints(method)["event"]
        for name, method in inspect.getmembers(CalendarSync, inspect.isfunction)
        if name.startswith("on_")
    }
    assert heard == set(topology.LISTENS["calendar-sync"])
