"""A calendar-sync on a migrated database, with practice calendars of its own."""

import pytest

from calendar_sync.adapters.practice import WORLD
from calendar_sync.service import CalendarSync
from integration.calendar_sync.surroundings import Surroundings
from servicekit.testing import FakeClock, Local
from unit.calendar_sync.builders import NOW


@pytest.fixture
def sync(databases):
    WORLD.clear()
    local = Local(databases, clock=FakeClock(NOW))
    return Surroundings(local, local.add(CalendarSync, call_seconds=0.2))
