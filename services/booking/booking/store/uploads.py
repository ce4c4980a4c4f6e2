"""The records of files: waiting for a booking, kept with one, due to be deleted."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from msgspec import structs
from sqlalchemy.dialects.postgresql import insert

from booking.store import tables as t
from booking.store.rows import Row
from contracts.booking import Booking, Link, Upload
from contracts.errors import Conflict
from contracts.wire import convert, utc
from servicekit import Tx


def _upload(row: Row) -> Upload:
    fields = {name: row._mapping[name] for name in Upload.__struct_fields__}  # noqa: SLF001 - SQLAlchemy's public name
    return convert(fields | {"expires_at": utc(row.expires_at)}, Upload)


def _all(tx: Tx, *where: sa.ColumnElement[bool]) -> tuple[Upload, ...]:
    return tuple(map(_upload, tx.execute(sa.select(t.upload).where(*where))))


def waiting(tx: Tx, link_id: UUID) -> int:
    """How many of a link no booking has taken."""
    mine = (t.upload.c.link_id == link_id) & t.upload.c.root_id.is_(None)
    return tx.execute(sa.select(sa.func.count()).where(mine)).scalar_one()


def add(tx: Tx, link: Link, upload: Upload, now: datetime) -> Upload:
    """A new one, or the one that the same call made before. Raises `Conflict` on another's id."""
    values = structs.asdict(upload) | {
        "workspace_id": link.workspace_id,
        "link_id": link.id,
        "created_at": now,
    }
    tx.execute(insert(t.upload).values(**values).on_conflict_do_nothing(index_elements=["id"]))
    same = (t.upload.c.id == upload.id) & (t.upload.c.link_id == link.id)
    found = _all(tx, same, t.upload.c.expires_at > now, t.upload.c.key == upload.key)
    if not found:
        raise Conflict("This file has been sent before. Please choose it again.")
    return found[0]


def for_link(tx: Tx, link_id: UUID, ids: Iterable[UUID], now: datetime) -> tuple[Upload, ...]:
    """Those of a link that wait for their booking."""
    free = (t.upload.c.link_id == link_id) & t.upload.c.root_id.is_(None)
    return _all(tx, t.upload.c.id.in_(list(ids)), free, t.upload.c.expires_at > now)


def take(tx: Tx, booking: Booking, until: datetime, now: datetime) -> bool:
    """Gives its files to a new booking; False where one was taken or ended meanwhile."""
    ids = [file.id for file in booking.files]
    free = t.upload.c.root_id.is_(None) & (t.upload.c.expires_at > now)
    statement = sa.update(t.upload).where(t.upload.c.id.in_(ids), free)
    done = tx.execute(statement.values(root_id=booking.root_id, expires_at=until))
    return done.rowcount == len(set(ids))


def of_booking(tx: Tx, booking: Booking, now: datetime) -> tuple[Upload, ...]:
    """A chain's files that are still there."""
    mine = t.upload.c.workspace_id == booking.workspace_id
    return _all(tx, t.upload.c.root_id == booking.root_id, mine, t.upload.c.expires_at > now)


def keep_until(tx: Tx, booking: Booking, until: datetime, now: datetime) -> None:
    """Its meeting was moved; what is due already stays so."""
    mine = (t.upload.c.root_id == booking.root_id) & (t.upload.c.expires_at > now)
    tx.execute(sa.update(t.upload).where(mine).values(expires_at=until))


_WITHOUT = sa.text(
    "UPDATE booking SET files = COALESCE((SELECT jsonb_agg(file) FROM jsonb_array_elements(files)"
    " AS file WHERE file->>'id' <> :file), '[]') WHERE root_id = :root"
)


def erase(tx: Tx, booking: Booking, upload_id: UUID, now: datetime) -> tuple[Upload, ...]:
    """Makes it due at once, and the chain forgets its name; empty where it is not there."""
    mine = (t.upload.c.root_id == booking.root_id) & (t.upload.c.id == upload_id)
    ended = sa.update(t.upload).where(mine, t.upload.c.expires_at > now).values(expires_at=now)
    found = tuple(map(_upload, tx.execute(ended.returning(t.upload))))
    if found:
        tx.execute(_WITHOUT, {"file": str(upload_id), "root": booking.root_id})
    return found


def due(tx: Tx, now: datetime, limit: int) -> tuple[Upload, ...]:
    """Whose time is over, longest first."""
    over = sa.select(t.upload).where(t.upload.c.expires_at <= now)
    return tuple(map(_upload, tx.execute(over.order_by(t.upload.c.expires_at).limit(limit))))


def drop(tx: Tx, ids: Iterable[UUID], now: datetime) -> None:
    """Forgets those of them that were due."""
    over = t.upload.c.id.in_(list(ids)) & (t.upload.c.expires_at <= now)
    tx.execute(sa.delete(t.upload).where(over))
