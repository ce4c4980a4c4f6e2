"""What a process remembers is what it would read: however claims come, move and go."""

import random
from datetime import timedelta
from uuid import uuid4

import msgspec
import pytest

from availability.store.memory import Memory
from contracts.booking import HostChanged, Limits

from .conftest import NOW


def facts(world, memory):
    """The claims that each memory would answer from: of the link's limits, and of its hosts."""
    with world.service.db.begin() as tx:
        link, hosts = memory.find(tx, "call", world.clock.now())
    return set(link.claims), {host.host.id: set(host.claims) for host in hosts}


def change(world, rng, known, hosts):
    """One of: a new claim, one that moves in time or to the other host, a tombstone, a late one."""
    version = rng.randint(1, 1000)
    start = NOW + timedelta(minutes=30 * rng.randint(-100, 500))
    ids = [*known, uuid4()] if len(known) < 12 else known
    claim_id = rng.choice(ids)
    if claim_id not in known:
        known.append(claim_id)
    return world.claim(
        start,
        version,
        claim_id=claim_id,
        host_id=rng.choice(hosts),
        state=rng.choice(["confirmed", "hold"]),
        expires_at=rng.choice([None, NOW + timedelta(minutes=rng.randint(-5, 5))]),
        removed=rng.random() < 0.2,
    )


@pytest.mark.parametrize("limits", [Limits(), Limits(day=3)], ids=["no limits", "limits"])
@pytest.mark.parametrize("seed", range(3))
def test_newer_claims_alone_are_read_and_nothing_is_missed(world, seed, limits):
    rng = random.Random(seed)
    bea = msgspec.structs.replace(world.host, id=uuid4(), name="Bea", slug="bea-acme")
    world.hear(HostChanged(workspace_id=world.workspace, version=1, host=bea))
    link = world.make_link(version=2, limits=limits)
    both = (*link.settings.hosts, msgspec.structs.replace(link.settings.hosts[0], host_id=bea.id))
    settings = msgspec.structs.replace(link.settings, hosts=both)
    world.hear(world.link_changed(msgspec.structs.replace(link, settings=settings)))
    memory, known = Memory(), []
    for _ in range(25):
        changes = [change(world, rng, known, [world.host.id, bea.id]) for _ in range(2)]
        world.hear(world.claims_changed(*changes), repeat=rng.randint(1, 2))
        assert facts(world, memory) == facts(world, Memory())
