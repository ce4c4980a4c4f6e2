"""Until when an answer stands: what is kept of many hosts says what a walk over each would."""

import random
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from availability.domain import engine, pulse
from availability.domain.facts import HostFacts
from contracts.booking import Claim, Host, LinkSettings, SeatHold

NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)
ZONES = ("UTC", "Asia/Tokyo", "America/New_York")


def moment(rng):
    return NOW + timedelta(minutes=rng.randint(-30, 30))


def claim(rng):
    holds = tuple(SeatHold(id=uuid4(), expires_at=moment(rng)) for _ in range(rng.randint(0, 2)))
    return Claim(
        id=uuid4(),
        meeting_id=uuid4(),
        host_id=uuid4(),
        link_id=uuid4(),
        state="hold",
        start=NOW,
        end=NOW,
        meeting_start=NOW,
        meeting_end=NOW,
        expires_at=rng.choice([None, moment(rng)]),
        seat_holds=holds,
    )


def host(rng):
    value = Host(
        id=uuid4(), workspace_id=uuid4(), name="A", email="a@acme.test", slug="ada", version=1,
        timezone=rng.choice(ZONES),
    )  # fmt: skip
    return HostFacts(
        value,
        claims=tuple(claim(rng) for _ in range(rng.randint(0, 3))),
        calendar=rng.choice(["none", "ok", "ok", "ok", "broken"]),
        synced_at=rng.choice([None, moment(rng), moment(rng), moment(rng)]),
    )


def walked(settings, hosts):
    """The earliest change, host by host."""
    found = []
    for each in hosts:
        found += [hold.expires_at for hold in each.holds]
        if settings.kind == "group":
            found += [seat.expires_at for c in each.claims for seat in c.seat_holds]
        if settings.open_when_stale or each.calendar == "none":
            continue
        ends = each.synced_at and each.synced_at + timedelta(minutes=settings.freshness)
        if engine.is_trusted(settings, each, NOW) and ends > NOW:
            found.append(ends)
        else:
            found.append(NOW + pulse.UNTRUSTED)
    return min((change for change in found if change > NOW), default=None)


@pytest.mark.parametrize("kind", ["round_robin", "group"])
@pytest.mark.parametrize("open_when_stale", [True, False])
def test_the_earliest_change_is_that_of_a_walk_over_all_hosts(kind, open_when_stale):
    rng = random.Random(f"{kind}{open_when_stale}")
    settings = LinkSettings(title="T", slug="tea", kind=kind, open_when_stale=open_when_stale)
    for _ in range(300):
        hosts = tuple(host(rng) for _ in range(rng.choice([1, 2, 40])))
        told = [change for change in pulse.changes(settings, hosts, NOW) if change > NOW]
        assert min(told, default=None) == walked(settings, hosts)
        assert pulse.stale(settings, hosts, NOW) == [
            each
            for each in hosts
            if each.calendar == "ok" and not engine.is_trusted(settings, each, NOW)
        ]
        assert pulse.zones(hosts) == {each.host.timezone for each in hosts}
