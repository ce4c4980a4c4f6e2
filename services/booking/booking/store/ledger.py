"""The ledger: every decision of a rotation, with its candidates and reasons. Only added to."""

from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from booking.store import tables as t
from booking.store.rows import Row
from booking.store.shares import Period
from contracts.booking import Candidate, Decision
from contracts.wire import convert, utc
from servicekit import Tx

_STORED = tuple(
    name for name in Decision.__struct_fields__ if name not in {"number", "host_name", "candidates"}
)
_OMITTED = {
    field.encode_name: field.default
    for field in msgspec.structs.fields(Candidate)
    if not field.required
}


def add(tx: Tx, workspace_id: UUID, decision: Decision, place: int) -> None:
    """Keeps a decision; the table gives it its number. `place`: the chosen host's."""
    values: dict[str, Any] = {name: getattr(decision, name) for name in _STORED}
    values |= {"workspace_id": workspace_id, "place": place}
    values["candidates"] = [_brief(candidate) for candidate in decision.candidates]
    tx.execute(insert(t.ledger).values(**values))


def _brief(candidate: Candidate) -> dict[str, Any]:
    """Without what is said by saying nothing: a large team writes much of it."""
    told: dict[str, Any] = msgspec.to_builtins(candidate)
    return {
        name: value
        for name, value in told.items()
        if name not in _OMITTED or value != _OMITTED[name]
    }


def _decision(row: Row) -> Decision:
    stored = row._asdict()
    fields = {name: stored[name] for name in (*_STORED, "number", "candidates")}
    return convert(fields | {"at": utc(row.at)}, Decision)


def of_root(tx: Tx, workspace_id: UUID, root_id: UUID) -> tuple[Decision, ...]:
    """A chain's decisions, oldest first."""
    mine = (t.ledger.c.root_id == root_id) & (t.ledger.c.workspace_id == workspace_id)
    query = sa.select(t.ledger).where(mine).order_by(t.ledger.c.number)
    return tuple(map(_decision, tx.execute(query)))


def standing(tx: Tx, period: Period) -> tuple[Decision, ...]:
    """The month's meetings that still count, each by its newest decision, in their order."""
    newest = (
        sa.select(sa.func.max(t.ledger.c.number))
        .where(t.ledger.c.pool_id == period.pool_id)
        .where(t.ledger.c.root_id.in_(_roots(period)))
        .group_by(t.ledger.c.root_id)
    )
    query = (
        sa.select(t.ledger)
        .where(t.ledger.c.number.in_(newest), t.ledger.c.month == period.month)
        .where(t.ledger.c.root_id.in_(_alive(period)))
        .order_by(t.ledger.c.number)
    )
    return tuple(map(_decision, tx.execute(query)))


def _roots(period: Period) -> sa.Select[tuple[UUID]]:
    mine = (t.ledger.c.pool_id == period.pool_id) & (t.ledger.c.month == period.month)
    return sa.select(t.ledger.c.root_id).where(mine)


def _alive(period: Period) -> sa.Select[tuple[UUID]]:
    return sa.select(t.booking.c.root_id).where(
        t.booking.c.root_id.in_(_roots(period)),
        t.booking.c.next_id.is_(None),
        t.booking.c.status.in_(("confirmed", "pending")),
    )
