"""What a process remembers is what it would read: however claims come, move and go."""

import random
from datetime import timedelta
from uuid import uuid4

import msgspec
import pytest
import sqlalchemy as sa

from availability.store.memory import Memory
from contracts.booking import HostChanged, Limits, LinkHost

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


def test_a_page_of_twenty_hosts_costs_one_statement_and_after_a_booking_two(world):
    hosts = [
        msgspec.structs.replace(world.host, id=uuid4(), slug=f"host-{number}")
        for number in range(19)
    ]
    events = [HostChanged(workspace_id=world.workspace, version=1, host=host) for host in hosts]
    world.hear(*events)
    places = tuple(LinkHost(host_id=host.id) for host in (world.host, *hosts))
    world.relink(2, kind="round_robin", hosts=places)
    statements = []
    sa.event.listen(
        world.service.db.engine, "before_cursor_execute", lambda *args: statements.append(args[2])
    )

    def asked():
        statements.clear()
        return world.starts(), len(statements)

    asked()
    assert asked()[1] == 1
    world.hear(world.claims_changed(world.claim(NOW + timedelta(hours=2))))
    before, first = asked()
    assert (first, asked()) == (2, (before, 1))
    world.hear(world.claims_changed(world.claim(NOW + timedelta(hours=3))))
    world.service.announce_changes()  # which works ahead of whoever asks now
    assert asked()[1] == 1


def test_a_link_that_gets_another_host_is_read_anew(world):
    bea = msgspec.structs.replace(world.host, id=uuid4(), slug="bea-acme")
    world.hear(HostChanged(workspace_id=world.workspace, version=1, host=bea))
    memory = Memory()

    def hosts():
        with world.service.db.begin() as tx:
            return [host.host.id for host in memory.find(tx, "call", NOW)[1]]

    assert hosts() == [world.host.id]
    world.relink(2, hosts=(LinkHost(host_id=bea.id), LinkHost(host_id=world.host.id)))
    assert hosts() == [bea.id, world.host.id]
    world.relink(3, hosts=(LinkHost(host_id=bea.id),))
    assert hosts() == [bea.id]
