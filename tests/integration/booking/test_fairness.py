"""A crowd at a team: fair, never over a busy hour, never a deadlock, each decision explained.

`./workestra bench teams` does the same with 5,000 bookings.
"""

from integration.booking.fair import Floor, crowd


def test_everybody_is_within_one_meeting_of_their_weighted_share(databases):
    floor = Floor(databases, threads=12)
    told = crowd(floor, 140, threads=12)
    assert told.off <= 1.0
    assert (told.overlaps, told.busy, told.replayed) == (0, 0, 0)
    assert floor.count("claim") == 140
    assert told.decisions == 140 + told.moved + told.swaps["moved"]
    assert set(told.swaps) <= {"taken", "moved"}
