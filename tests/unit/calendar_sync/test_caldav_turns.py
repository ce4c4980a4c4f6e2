"""How long the reading of one calendar may keep a processor."""

from time import thread_time

import pytest

from calendar_sync.adapters.provider import ProviderUnavailable
from calendar_sync.adapters.turns import Turn


def test_a_calendar_that_takes_too_long_is_left():
    turn, began = Turn(seconds=0), thread_time()
    while thread_time() == began:  # some clocks of threads go by steps
        sum(range(1000))
    with pytest.raises(ProviderUnavailable, match="too long"):
        turn.pause()


def test_what_went_before_a_turn_is_not_counted():
    turn = Turn(seconds=0.05)
    for _ in range(20):
        sum(range(200_000))
        turn.begin()
        turn.pause()
