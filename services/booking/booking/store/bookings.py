"""Bookings: made, found, and changed by compare-and-swap."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from booking.domain import statuses
from booking.domain.keys import Key
from booking.domain.tokens import Action, Minted, digest
from booking.store import binds, claims, history, rows
from booking.store import tables as t
from contracts.booking import Booking, Claim, Status
from contracts.errors import Conflict, NotFound
from servicekit import Tx
from servicekit.preparing import prepared


@dataclass(frozen=True)
class Made:
    """What is stored beside a new booking: its request's key, and its tokens by action with how
    they were made.
    """

    key: Key
    minted: Minted
    tokens: Mapping[Action, str]
    actor: str
    action: str


_NEW = (
    insert(t.booking)
    .values(binds.of(t.booking, (*rows.BOOKING_COLUMNS, "request_key", "request_content")))
    .on_conflict_do_nothing(index_elements=["workspace_id", "request_key"])
    .returning(t.booking.c.id)
)


def _beside(table: sa.Table, shared: tuple[str, ...], own: tuple[str, ...]) -> Any:
    """Rows of another table that are stored with a booking."""
    new = binds.each_row(table, own).add_columns(*binds.of(table, shared).values())
    return insert(table).from_select((*own, *shared), new)


_TOKENS = _beside(t.manage_token, ("booking_id", "generation", "key_id"), ("digest", "action"))
_PLACES = _beside(
    t.booking_host, ("booking_id", "workspace_id", "status", "start_at", "end_at"), ("host_id",)
)
_BESIDE = (_TOKENS.cte("new_tokens"), _PLACES.cte("new_places"), history.ADD.cte("new_entry"))


def _with_claims() -> Any:
    claimed = claims.INSERT.cte("new_claims")
    new = sa.select(sa.func.count()).select_from(_NEW.cte("new_booking")).scalar_subquery()
    both = sa.select(claimed, new.label("stored"))
    return both.add_cte(claims.MEETING.cte("new_meeting"), *_BESIDE)


_NEW_WITH_CLAIMS = prepared(_with_claims())
_NEW = prepared(_NEW.add_cte(*_BESIDE))


def insert_new(tx: Tx, booking: Booking, made: Made) -> None:
    """One statement for the booking, its tokens and its history. Raises `Conflict` where the key
    has made another booking meanwhile; then roll back.
    """
    if tx.execute(_NEW, _values(booking, made)).first() is None:
        raise Conflict


def insert_with_claims(
    tx: Tx, new: tuple[Booking, Made], wanted: Sequence[Claim], keys: claims.Keys, capacity: int
) -> tuple[Claim, ...] | None:
    """The same, with a new meeting and its claims; None where the time of any is not free."""
    values = _values(*new) | claims.taking(wanted, new[0], keys, capacity)
    found = tx.execute(_NEW_WITH_CLAIMS, values).all()
    if len(found) < len(wanted):
        return None
    if not found[0].stored:
        raise Conflict
    return tuple(map(rows.claim, found))


def _values(booking: Booking, made: Made) -> dict[str, Any]:
    columns = rows.from_booking(booking) | {
        "request_key": made.key.digest,
        "request_content": made.key.content,
    }
    return (
        binds.given(t.booking, columns)
        | binds.given(t.manage_token, _tokens(made.minted, made.tokens))
        | binds.given(t.booking_host, rows.from_places(booking))
        | history.booked(booking, made.actor, made.action)
    )


def _tokens(minted: Minted, tokens: Mapping[Action, str]) -> dict[str, Any]:
    """The columns of `manage_token`; those that differ from row to row as lists."""
    return {
        "digest": [digest(token) for token in tokens.values()],
        "action": list(tokens),
        "booking_id": minted.booking_id,
        "generation": minted.generation,
        "key_id": minted.key_id,
    }


def _one(tx: Tx, *where: sa.ColumnElement[bool]) -> Booking | None:
    row = tx.execute(rows.BOOKING.where(*where)).first()
    return None if row is None else rows.booking(row)


_GET = prepared(
    rows.BOOKING.where(
        t.booking.c.id == sa.bindparam("booking", type_=sa.Uuid),
        t.booking.c.workspace_id == sa.bindparam("workspace", type_=sa.Uuid),
    )
)


def get(tx: Tx, workspace_id: UUID, booking_id: UUID) -> Booking:
    """One booking of this workspace. Raises `NotFound`."""
    row = tx.execute(_GET, {"booking": booking_id, "workspace": workspace_id}).first()
    if row is None:
        raise NotFound("There is no such booking.")
    return rows.booking(row)


def latest(tx: Tx, booking: Booking) -> Booking:
    """The newest of its chain."""
    if booking.next_id is None:
        return booking
    newest = _one(tx, t.booking.c.root_id == booking.root_id, t.booking.c.next_id.is_(None))
    return newest or booking


def by_key(tx: Tx, workspace_id: UUID, key: Key) -> Booking | None:
    """What this key has made. Raises `Conflict` where it came with other content."""
    mine = (t.booking.c.workspace_id == workspace_id) & (t.booking.c.request_key == key.digest)
    row = tx.execute(rows.BOOKING.where(mine)).first()
    if row is None:
        return None
    if bytes(row.request_content) != key.content:
        raise Conflict("This idempotency key was used for another request.")
    return rows.booking(row)


def by_token(tx: Tx, token: str, action: str) -> Booking:
    """Whose token this is. Raises `NotFound`."""
    theirs = sa.select(t.manage_token.c.booking_id).where(
        t.manage_token.c.digest == digest(token), t.manage_token.c.action == action
    )
    found = _one(tx, t.booking.c.id == theirs.scalar_subquery())
    if found is None:
        raise NotFound("This link leads nowhere. Please use the one in your newest mail.")
    return found


def change(tx: Tx, booking: Booking, status: Status, **columns: object) -> Booking:
    """The status, by compare-and-swap. Raises the refusal of what it has become meanwhile.

    Its hosts must be the same still: it is their locks that the caller holds.
    """
    statuses.require_possible(booking.status, status)
    statement = (
        sa.update(t.booking)
        .where(t.booking.c.id == booking.id, t.booking.c.status == booking.status)
        .where(t.booking.c.host_ids == [host.id for host in booking.hosts])
        .values(status=status, version=t.booking.c.version + 1, **columns)
    )
    swapped = tx.execute(statement).rowcount == 1
    now = get(tx, booking.workspace_id, booking.id)
    if not swapped:
        raise statuses.refusal(now) or Conflict()
    return now


def reassign(tx: Tx, booking: Booking, host_id: UUID) -> Booking:
    """To one host, by compare-and-swap. Raises what the booking has become meanwhile."""
    before = [host.id for host in booking.hosts]
    statement = (
        sa.update(t.booking)
        .where(t.booking.c.id == booking.id, t.booking.c.status == booking.status)
        .where(t.booking.c.host_ids == before)
        .values(
            host_ids=[host_id], sequence=t.booking.c.sequence + 1, version=t.booking.c.version + 1
        )
    )
    place = sa.update(t.booking_host).where(t.booking_host.c.booking_id == booking.id)
    swapped = tx.execute(statement).rowcount == 1
    if swapped:
        tx.execute(place.values(host_id=host_id))
    now = get(tx, booking.workspace_id, booking.id)
    if not swapped:
        raise statuses.refusal(now) or Conflict()
    return now


def unanswered(tx: Tx, asked_before: datetime, now: datetime, limit: int) -> tuple[Booking, ...]:
    """Requests for approval that were made long ago, or whose start has come."""
    over = (t.booking.c.created_at <= asked_before) | (t.booking.c.start_at <= now)
    pending = t.booking.c.status == sa.literal_column("'pending'")  # the partial index's own words
    query = rows.BOOKING.where(pending, over).order_by(t.booking.c.created_at).limit(limit)
    return tuple(map(rows.booking, tx.execute(query)))


def set_join_url(tx: Tx, event: tuple[UUID, UUID], join_url: str, version: int) -> bool:
    """Keeps the URL that the meeting's first host's calendar made, and bumps its open bookings;
    False where it is late. `event`: the meeting and the host.
    """
    meeting_id, host_id = event
    newer = sa.and_(
        t.meeting.c.id == meeting_id,
        t.meeting.c.event_version < version,
        t.meeting.c.host_ids[1] == host_id,
    )
    if tx.execute(sa.select(t.meeting.c.id).where(newer)).first() is None:
        return False
    # Bookings before their meeting, the order in which a cancellation locks them.
    theirs = (t.booking.c.meeting_id == meeting_id) & t.booking.c.status.in_(statuses.OPEN)
    tx.execute(sa.update(t.booking).where(theirs).values(version=t.booking.c.version + 1))
    kept = sa.update(t.meeting).where(newer).values(join_url=join_url, event_version=version)
    return tx.execute(kept).rowcount == 1


_MINTED = sa.select(t.manage_token).limit(1)
_MINTED = prepared(
    _MINTED.where(t.manage_token.c.booking_id == sa.bindparam("booking", type_=sa.Uuid))
)


def minted(tx: Tx, booking_id: UUID) -> Minted:
    """How its tokens were made."""
    row = tx.execute(_MINTED, {"booking": booking_id}).one()
    return Minted(row.booking_id, row.generation, row.key_id)


def renew_tokens(tx: Tx, minted: Minted, tokens: Mapping[Action, str]) -> bool:
    """Other tokens in place of those whose key is gone; False where it was done meanwhile."""
    older = (t.manage_token.c.booking_id == minted.booking_id) & (
        t.manage_token.c.generation < minted.generation
    )
    if tx.execute(sa.delete(t.manage_token).where(older)).rowcount == 0:
        return False
    tx.execute(_TOKENS, binds.given(t.manage_token, _tokens(minted, tokens)))
    return True
