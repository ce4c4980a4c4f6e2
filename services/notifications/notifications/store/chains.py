"""What is known of chains of bookings, and of hosts' connections."""

from uuid import UUID

from sqlalchemy import Connection as Tx
from sqlalchemy import Row, Uuid, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert

from notifications.domain.plan import Connected
from notifications.domain.thread import Thread
from notifications.store import tables as t
from servicekit.preparing import prepared

_THREAD = (
    "booking_id",
    "sequence",
    "version",
    "status",
    "start",
    "conference",
    "join_url",
    "join_version",
    "join_host",
)


def _thread(row: Row[tuple[object, ...]]) -> Thread:
    return Thread(
        **{column: getattr(row, column) for column in ("root_id", "workspace_id", *_THREAD)}
    )


_ROOT = t.thread.c.root_id == bindparam("root", type_=Uuid)
_NEW = insert(t.thread)
_LOCK = prepared(
    _NEW.on_conflict_do_update(
        index_elements=["root_id"], set_={"root_id": _NEW.excluded.root_id}
    ).returning(t.thread)
)
_SAVE = prepared(update(t.thread).where(_ROOT))
_JOIN_URL = prepared(select(t.thread.c.join_url).where(_ROOT))


def lock(tx: Tx, root_id: UUID, workspace_id: UUID) -> Thread:
    """The chain, locked until the transaction ends; an empty one is made for a new root."""
    blank = Thread(root_id, workspace_id)
    values = {"root_id": root_id, "workspace_id": workspace_id} | _values(blank)
    return _thread(tx.execute(_LOCK, values).one())


def join_url(tx: Tx, root_id: UUID) -> str:
    """The newest join URL heard of; empty when none was."""
    return tx.execute(_JOIN_URL, {"root": root_id}).scalar() or ""


def save(tx: Tx, thread: Thread) -> None:
    """Writes a chain that `lock` gave out."""
    tx.execute(_SAVE, {"root": thread.root_id} | _values(thread))


def _values(thread: Thread) -> dict[str, object]:
    return {column: getattr(thread, column) for column in _THREAD}


def lock_connection(tx: Tx, host_id: UUID, workspace_id: UUID) -> Connected:
    """The connection's last known state, locked; "none" for a host not heard of before."""
    blank = Connected()
    values = {
        "host_id": host_id,
        "workspace_id": workspace_id,
        "state": blank.state,
        "version": blank.version,
        "told_key": blank.told_key,
    }
    tx.execute(insert(t.connection).values(values).on_conflict_do_nothing())
    query = select(t.connection).where(t.connection.c.host_id == host_id).with_for_update()
    row = tx.execute(query).one()
    return Connected(row.state, row.version, row.told_key)


def save_connection(tx: Tx, host_id: UUID, known: Connected) -> None:
    """Writes what `lock_connection` gave out."""
    tx.execute(
        update(t.connection)
        .where(t.connection.c.host_id == host_id)
        .values(state=known.state, version=known.version, told_key=known.told_key)
    )


def connection_state(tx: Tx, host_id: UUID) -> str:
    """The connection's last known state."""
    query = select(t.connection.c.state).where(t.connection.c.host_id == host_id)
    return tx.execute(query).scalar() or "none"
