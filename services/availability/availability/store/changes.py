"""What has changed: a number a host or link that grows, and the slugs gateways must be told of.

Rows are always locked in the order of their keys, so that two changes cannot wait for each other.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import Uuid, bindparam, delete, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert

from availability.store.tables import dirty, generation, link
from contracts.booking import Limits
from contracts.wire import Message
from servicekit import Tx
from servicekit.preparing import prepared


class Touched(Message, frozen=True, kw_only=True):
    """What a change touches: `ids` of hosts and links, and the `slugs` to be told of."""

    ids: frozenset[UUID] = frozenset()
    slugs: frozenset[str] = frozenset()


def slugs_of(tx: Tx, host_ids: Iterable[UUID]) -> frozenset[str]:
    """The slugs of all links that name one of these hosts."""
    found = tx.execute(
        select(link.c.slug).where(link.c.host_ids.overlap(list(host_ids)), ~link.c.removed)
    )
    return frozenset(found.scalars())


TOLD = prepared(
    text("""
    SELECT slug, id, id = ANY (:links) AND body #> '{settings,limits}' <> :none AS counts
    FROM link WHERE (host_ids && :hosts OR id = ANY (:links)) AND NOT removed
""").bindparams(
        bindparam("hosts", type_=ARRAY(Uuid)),
        bindparam("links", type_=ARRAY(Uuid)),
        bindparam("none", type_=JSONB),
    )
)


def told_of(tx: Tx, host_ids: Iterable[UUID], link_ids: Iterable[UUID]) -> Touched:
    """What claims of these hosts on these links touch: slugs, and links whose limits count them."""
    known = {
        "hosts": list(host_ids),
        "links": list(link_ids),
        "none": msgspec.to_builtins(Limits()),
    }
    found = tx.execute(TOLD, known).all()
    return Touched(
        ids=frozenset(row.id for row in found if row.counts),
        slugs=frozenset(row.slug for row in found),
    )


def _growing(*names: str) -> Any:
    more = {name: generation.c[name] + 1 for name in names}
    return insert(generation).on_conflict_do_update(index_elements=["id"], set_=more)


_TOUCH = _growing("number")
_NUMBER = _growing("number", "claims").returning(generation.c.id, generation.c.number)


def touch(tx: Tx, ids: Iterable[UUID]) -> None:
    """Makes every process read these hosts and links again."""
    rows = [{"id": key, "number": 1} for key in sorted(set(ids))]
    if rows:
        tx.execute(_TOUCH, rows)


def number_claims(tx: Tx, host_ids: Iterable[UUID]) -> dict[UUID, int]:
    """Makes every process read these hosts' newer claims; the hosts' numbers from now on.

    The rows stay locked until the transaction ends, so a host's numbers are committed in order.
    """
    rows = [{"id": key, "number": 1, "claims": 1} for key in sorted(set(host_ids))]
    return {row.id: row.number for row in tx.execute(_NUMBER, rows)}


def _soiling() -> Any:
    statement = insert(dirty)
    same = {"workspace_id": statement.excluded.workspace_id}
    return statement.on_conflict_do_update(index_elements=["slug"], set_=same)


_SOIL = _soiling()


def soil(tx: Tx, workspace_id: UUID, slugs: Iterable[str]) -> None:
    """Notes slugs for the next announcement.

    The update of a row that is there already changes nothing, but waits for an announcement that
    is about to delete it.
    """
    rows = [{"slug": slug, "workspace_id": workspace_id} for slug in sorted(set(slugs))]
    if rows:
        tx.execute(_SOIL, rows)


_WAITING = select(dirty.c.slug).order_by(dirty.c.slug).with_for_update(skip_locked=True)
_TAKE = prepared(
    delete(dirty)
    .where(dirty.c.slug.in_(_WAITING.scalar_subquery()))
    .returning(dirty.c.workspace_id, dirty.c.slug)
)


_DIRTY = prepared(select(dirty.c.slug).limit(1000))


def dirty_slugs(tx: Tx) -> list[str]:
    """Some of the slugs to announce; none where there is nothing to tell."""
    return list(tx.execute(_DIRTY).scalars())


def take_dirty(tx: Tx) -> dict[UUID, list[str]]:
    """The slugs to announce, by workspace; those a transaction is just soiling wait."""
    found: dict[UUID, list[str]] = {}
    for workspace_id, slug in tx.execute(_TAKE):
        found.setdefault(workspace_id, []).append(slug)
    return found


def next_announcement(tx: Tx) -> int:
    """A number that grows with each announcement."""
    return int(tx.execute(select(func.nextval("announcement"))).scalar_one())


def number(tx: Tx, key: UUID) -> int:
    """How often a host or link has changed."""
    found = tx.execute(select(generation.c.number).where(generation.c.id == key))
    return int(found.scalar_one_or_none() or 0)


FIND = prepared(
    text("""
    SELECT found.id, found.host_ids::text AS host_ids, own.number, own.number - own.claims AS rest,
           hosts.numbers, hosts.rests
    FROM (
        SELECT id, host_ids FROM link
        WHERE slug = :slug AND NOT removed ORDER BY changed_at DESC LIMIT 1
    ) AS found
    LEFT JOIN generation AS own ON own.id = found.id
    CROSS JOIN LATERAL (
        SELECT array_agg(coalesce(generation.number, 0) ORDER BY place) AS numbers,
               array_agg(coalesce(generation.number - generation.claims, 0) ORDER BY place) AS rests
        FROM unnest(found.host_ids) WITH ORDINALITY AS host (id, place)
        LEFT JOIN generation ON generation.id = host.id
    ) AS hosts
""")
)
"""One row however many hosts: a thousand identifiers would take longer to read than the slots."""


class State(NamedTuple):
    """How often something changed, and how often not in its claims alone."""

    number: int
    rest: int


class States(NamedTuple):
    """The states of a link and of its hosts, as one value: equal means that nothing changed."""

    link_id: UUID
    link: State
    host_ids: str
    numbers: list[int]
    rests: list[int]

    def hosts(self) -> dict[UUID, State]:
        """The state of each host."""
        states = map(State, self.numbers, self.rests)
        return dict(zip(_identifiers(self.host_ids), states, strict=True))


@lru_cache(maxsize=256)
def _identifiers(array: str) -> tuple[UUID, ...]:
    """An array of identifiers as PostgreSQL writes it."""
    inner = array.strip("{}")
    return tuple(map(UUID, inner.split(","))) if inner else ()


def find(tx: Tx, slug: str) -> States | None:
    """The states of the link of a slug and of its hosts; one indexed query."""
    row: Any = tx.execute(FIND, {"slug": slug}).first()
    if row is None:
        return None
    own = State(row.number or 0, row.rest or 0)
    return States(row.id, own, row.host_ids, row.numbers or [], row.rests or [])
