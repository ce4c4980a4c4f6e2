"""Worlds for the tests of booking: one for a few connections, one for a crowd of threads."""

import pytest

from integration.booking.world import World


@pytest.fixture
def world(databases):
    return World(databases)


@pytest.fixture
def crowd(databases):
    """The same with a connection for each of many threads."""
    return World(databases, pool_size=100)
