"""How a delivery is signed and what follows from a try; where events have their turn."""

import hmac
from datetime import timedelta
from hashlib import sha256
from random import Random
from uuid import UUID

import pytest

from crm_bridge.domain import webhooks as rules
from crm_bridge.domain.placing import PATIENCE, Heard, Reached, order
from crm_bridge.domain.webhooks import Tried
from unit.crm_bridge.builders import NOW

HOUR = timedelta(hours=1)


def test_a_signature_covers_the_time_and_the_body():
    code = hmac.new(b"s", f"{NOW.timestamp():.0f}.".encode() + b"{}", sha256).hexdigest()
    assert rules.signature("s", b"{}", NOW) == f"t={NOW.timestamp():.0f},v1={code}"
    assert rules.signature("s", b"{}", NOW + timedelta(seconds=1)).partition("v1=")[2] != code


@pytest.mark.parametrize(
    ("status", "verdict", "problem"),
    [
        (204, "done", ""),
        (410, "gone", "It answered 410."),
        (500, "refused", "It answered 500."),
        (308, "refused", "It answered 308, a redirect, which is not followed."),
        (None, "away", "This server could not be reached."),
    ],
)
def test_what_a_try_comes_to(status, verdict, problem):
    tried = Tried(status, 5, "This server could not be reached." if status is None else "")
    assert (tried.verdict, tried.problem) == (verdict, problem)


def test_pauses_are_bounded_and_wishes_to_wait_are_kept_to():
    assert rules.pause(Tried(500, 1), HOUR) == rules.LONGEST_PAUSE
    assert rules.pause(Tried(503, 1, wait=2 * HOUR), HOUR) == 2 * HOUR
    assert rules.rest(Tried(None, 1), HOUR) == rules.LONGEST_REST
    assert rules.rest(Tried(429, 1, wait=HOUR), HOUR) == HOUR
    assert rules.rest(Tried(500, 1, wait=HOUR), HOUR) is None


def heard(chain, sequence, serial, **more):
    usual = {
        "id": UUID(int=serial + 1),
        "chain": UUID(int=chain),
        "serial": serial,
        "sequence": sequence,
        "version": 1,
        "needs": sequence - 1,
        "needs_approved": sequence > 0,
        "approves": True,
        "heard_at": NOW,
    }
    return Heard(**usual | more)


def test_chains_keep_their_order_however_they_are_heard():
    for seed in range(20):
        rng, serials = Random(seed), list(range(12))
        rng.shuffle(serials)
        events = [heard(n // 4, n % 4, serials[n]) for n in range(12)]
        placed, reached = order(events, {}, NOW)
        for chain in range(3):
            own = [one.sequence for one in placed if one.chain == UUID(int=chain)]
            assert own == [0, 1, 2, 3]
        assert {one.sequence for one in reached.values()} == {3}


def test_a_gap_is_waited_for_and_then_left_behind():
    first, third = heard(0, 0, 0), heard(0, 2, 1)
    placed, reached = order([third, first], {}, NOW)
    assert placed == [first]
    assert reached == {first.chain: Reached(0, approved=True)}
    placed, reached = order([third], reached, NOW + PATIENCE)
    assert placed == [third]
    late = heard(0, 1, 2)
    assert order([late], reached, NOW + PATIENCE)[0] == [late]
