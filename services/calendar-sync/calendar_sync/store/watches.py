"""Push channels and subscriptions: what each provider promised to tell, and until when."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from hmac import compare_digest
from uuid import UUID

from sqlalchemy import ColumnElement, delete, or_, select, tuple_, update
from sqlalchemy import Connection as Tx
from sqlalchemy.dialects.postgresql import insert

from calendar_sync.domain.calendars import Watch
from calendar_sync.store.tables import calendar, connection, watch


@dataclass(frozen=True)
class Unwatched:
    """A calendar that is to be watched (again), and its watch until now."""

    connection_id: UUID
    calendar_id: str
    before: Watch | None


def of(tx: Tx, connection_id: UUID) -> list[Watch]:
    """A connection's watches."""
    query = select(watch).where(watch.c.connection_id == connection_id)
    return [Watch(row.id, row.resource, row.expires_at) for row in tx.execute(query)]


def remove(tx: Tx, connection_id: UUID) -> None:
    """Forgets a connection's watches: what they still tell changes nothing."""
    tx.execute(delete(watch).where(watch.c.connection_id == connection_id))


def lease_due(
    tx: Tx, providers: tuple[str, ...], now: datetime, until: datetime, limit: int
) -> list[Unwatched]:
    """Calendars that are to be watched now; nobody else takes them before `until`."""
    free = or_(connection.c.not_before.is_(None), connection.c.not_before <= now)
    due = or_(calendar.c.watch_at.is_(None), calendar.c.watch_at <= now)
    query = (
        select(calendar.c.connection_id, calendar.c.id)
        .join(connection, connection.c.id == calendar.c.connection_id)
        .where(connection.c.state == "ok", connection.c.provider.in_(providers), free, due)
        .where(or_(calendar.c.checked, calendar.c.written), connection.c.synced_at.is_not(None))
        .limit(limit)
        .with_for_update(of=calendar, skip_locked=True)
    )
    found = [(row[0], row[1]) for row in tx.execute(query)]
    if not found:
        return []
    mine = tuple_(calendar.c.connection_id, calendar.c.id).in_(found)
    tx.execute(update(calendar).where(mine).values(watch_at=until))
    query = select(watch).where(tuple_(watch.c.connection_id, watch.c.calendar_id).in_(found))
    before = {
        (row.connection_id, row.calendar_id): Watch(row.id, row.resource, row.expires_at)
        for row in tx.execute(query)
    }
    return [Unwatched(one[0], one[1], before.get(one)) for one in found]


def put_off(tx: Tx, place: Unwatched, until: datetime) -> None:
    """It could not be watched; polling goes on meanwhile."""
    tx.execute(update(calendar).where(*_there(place)).values(watch_at=until))


def put(tx: Tx, place: Unwatched, made: Watch, token: str, renew_at: datetime) -> bool:
    """Keeps a calendar's new watch, of its token a digest; False where the calendar is gone."""
    kept = update(calendar).where(*_there(place)).values(watch_at=renew_at)
    if tx.execute(kept).rowcount == 0:
        return False
    row = {
        "id": made.id,
        "resource": made.resource,
        "token_digest": _digest(token),
        "expires_at": made.expires,
    }
    key = {"connection_id": place.connection_id, "calendar_id": place.calendar_id}
    statement = insert(watch).values(key | row)
    tx.execute(statement.on_conflict_do_update(index_elements=list(key), set_=row))
    return True


def _there(place: Unwatched) -> tuple[ColumnElement[bool], ...]:
    of_it = calendar.c.connection_id == place.connection_id
    return (of_it, calendar.c.id == place.calendar_id)


def whose(tx: Tx, provider: str, channel_id: str, token: str) -> UUID | None:
    """The connection of that provider which the right token tells of."""
    query = (
        select(watch.c.connection_id, watch.c.token_digest)
        .join(connection, connection.c.id == watch.c.connection_id)
        .where(watch.c.id == channel_id, connection.c.provider == provider)
    )
    said = _digest(token)
    right = [row for row in tx.execute(query) if compare_digest(bytes(row.token_digest), said)]
    return right[0].connection_id if right else None


def drop(tx: Tx, connection_id: UUID, channel_id: str) -> None:
    """One that the provider says has ended: another is made soon."""
    mine = (watch.c.connection_id == connection_id, watch.c.id == channel_id)
    ended = tx.execute(delete(watch).where(*mine).returning(watch.c.calendar_id)).scalars().all()
    place = (calendar.c.connection_id == connection_id, calendar.c.id.in_(ended))
    tx.execute(update(calendar).where(*place).values(watch_at=None))


def _digest(token: str) -> bytes:
    return sha256(token.encode()).digest()
