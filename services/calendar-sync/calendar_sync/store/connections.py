"""Hosts, their connections and the calendars in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection as Tx
from sqlalchemy import (
    Row,
    Select,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from calendar_sync.domain.busy import Part
from calendar_sync.domain.calendars import OwnedCalendar
from calendar_sync.store.tables import busy, calendar, connection, host
from contracts.calendar_sync import Calendar, Connection

LIVE = connection.c.state != "removed"
TRIES = ("attempts", "next_sync_at")


@dataclass(frozen=True)
class Opened:
    """A connection as a reader or writer needs it, its secret still sealed.

    `readings` and `version` tell whether it was read or changed by another meanwhile.
    """

    id: UUID
    workspace_id: UUID
    host_id: UUID
    provider: str
    account: str
    sealed_secret: str
    state: str
    synced_at: datetime | None
    attempts: int
    readings: int
    version: int
    not_before: datetime | None

    def unchanged(self, now: "Opened | None") -> bool:
        """Whether it is still as it was when this was read."""
        return now is not None and (now.state, now.readings, now.version) == (
            self.state,
            self.readings,
            self.version,
        )


@dataclass(frozen=True)
class Newcomer:
    """An account that is about to be connected."""

    workspace_id: UUID
    connection_id: UUID
    host_id: UUID
    provider: str
    account: str


@dataclass(frozen=True)
class ReadCalendar:
    """A calendar that is read, from `cursor` on. `checked`: its events block."""

    id: str
    cursor: str | None
    checked: bool


def lock_host(tx: Tx, workspace_id: UUID, host_id: UUID) -> Row[Any] | None:
    """The host's row, made if need be and locked: it orders all that is told about a host.

    `None` for a host of another workspace.
    """
    row = {"host_id": host_id, "workspace_id": workspace_id}
    fresh = {"busy_version": 0, "connection_version": 0, "state": "none"}
    tx.execute(insert(host).values(row | fresh).on_conflict_do_nothing())
    query = select(host).where(host.c.host_id == host_id, host.c.workspace_id == workspace_id)
    return tx.execute(query.with_for_update()).one_or_none()


def find(tx: Tx, workspace_id: UUID, connection_id: UUID) -> Connection | None:
    """One connection of this workspace, unless it was removed."""
    found = _listed(tx, _query(workspace_id).where(connection.c.id == connection_id))
    return found[0] if found else None


def was_removed(tx: Tx, workspace_id: UUID, connection_id: UUID) -> bool:
    """Whether there was such a connection: asking twice to remove it is no mistake."""
    query = select(connection.c.id).where(
        connection.c.id == connection_id, connection.c.workspace_id == workspace_id, ~LIVE
    )
    return tx.execute(query).one_or_none() is not None


def listed(tx: Tx, workspace_id: UUID, host_id: UUID | None) -> tuple[Connection, ...]:
    """A workspace's connections, or one host's, in the order they were made."""
    query = _query(workspace_id)
    if host_id is not None:
        query = query.where(connection.c.host_id == host_id)
    return _listed(tx, query)


def opened(tx: Tx, connection_id: UUID) -> Opened | None:
    """What it takes to call the provider."""
    names = Opened.__dataclass_fields__
    query = select(*(connection.c[name] for name in names)).where(connection.c.id == connection_id)
    row = tx.execute(query).one_or_none()
    return Opened(**row._mapping) if row else None  # noqa: SLF001 - SQLAlchemy's public name


def same_account(tx: Tx, new: Newcomer) -> UUID | None:
    """The host's connection to this very account, if there is one."""
    query = select(connection.c.id).where(
        LIVE,
        connection.c.workspace_id == new.workspace_id,
        connection.c.host_id == new.host_id,
        connection.c.provider == new.provider,
        connection.c.account == new.account,
    )
    return tx.execute(query).scalar_one_or_none()


def is_shared(tx: Tx, gone: Connection) -> bool:
    """Whether another host or workspace still uses the same account: giving the permission back
    would take it from them too.
    """
    query = select(connection.c.id).where(
        connection.c.state == "ok",
        connection.c.id != gone.id,
        connection.c.provider == gone.provider,
        connection.c.account == gone.account,
    )
    return tx.execute(query.limit(1)).first() is not None


def insert_connection(tx: Tx, new: Newcomer, sealed_secret: str, now: datetime) -> bool:
    """Whether it was new: an id is used once, also after its connection was removed."""
    row = {
        "id": new.connection_id,
        "workspace_id": new.workspace_id,
        "host_id": new.host_id,
        "provider": new.provider,
        "account": new.account,
        "sealed_secret": sealed_secret,
        "state": "ok",
        "problem": "",
        "next_sync_at": now,
        "attempts": 0,
        "readings": 0,
        "version": 1,
        "created_at": now,
        "trouble": "",
    }
    return tx.execute(insert(connection).values(row).on_conflict_do_nothing()).rowcount == 1


def mend(tx: Tx, connection_id: UUID, sealed_secret: str, now: datetime) -> None:
    """A connection that the host gave its permission again: what an older one still comes to
    counts no more.
    """
    fresh: dict[str, object] = {
        "sealed_secret": sealed_secret,
        "grants": connection.c.grants + 1,
        "version": connection.c.version + 1,
        "state": "ok",
        "problem": "",
        "trouble": "",
    }
    fresh |= {"attempts": 0, "not_before": None}
    _change(tx, connection_id, **fresh, next_sync_at=now)


def insert_calendars(
    tx: Tx, connection_id: UUID, found: Sequence[OwnedCalendar], *, checked: bool = True
) -> None:
    """The calendars that were not known; `checked`: its own ones are read for busy time."""
    rows = [
        {
            "connection_id": connection_id,
            "id": one.id,
            "name": one.name,
            "position": position,
            "writable": one.writable,
            "checked": one.own and checked,
            "written": False,
        }
        for position, one in enumerate(found)
    ]
    if rows:
        tx.execute(insert(calendar).values(rows).on_conflict_do_nothing())


def drop_missing(tx: Tx, connection_id: UUID, found: Sequence[OwnedCalendar]) -> set[str]:
    """Forgets the calendars that the account has no more, with what was read there; which."""
    gone = (calendar.c.connection_id == connection_id, calendar.c.id.not_in([x.id for x in found]))
    missing = set(tx.execute(select(calendar.c.id).where(*gone)).scalars())
    forget_periods(tx, connection_id, missing)
    tx.execute(delete(calendar).where(*gone))
    return missing


def write_to(tx: Tx, connection_id: UUID, calendar_id: str) -> None:
    """Has the host's events written there."""
    it = (calendar.c.connection_id == connection_id, calendar.c.id == calendar_id)
    tx.execute(update(calendar).where(*it).values(written=True))


def writable(tx: Tx, connection_id: UUID) -> set[str]:
    """The calendars of a connection in which events can stand."""
    query = select(calendar.c.id).where(
        calendar.c.connection_id == connection_id, calendar.c.writable
    )
    return set(tx.execute(query).scalars())


def choose(tx: Tx, chosen: Connection, checked: Sequence[str], written: str | None) -> None:
    """Which calendars are checked and which one is written; it becomes the host's only one.

    What was read from calendars that are checked no more is forgotten; newly checked ones make
    the copy unread.
    """
    before = {one.id for one in chosen.calendars if one.checked}
    of_it = calendar.c.connection_id == chosen.id
    if written is not None:
        mine = select(connection.c.id).where(connection.c.host_id == chosen.host_id)
        tx.execute(update(calendar).where(calendar.c.connection_id.in_(mine)).values(written=False))
    choice = {"checked": calendar.c.id.in_(checked), "written": calendar.c.id == (written or "")}
    tx.execute(update(calendar).where(of_it).values(choice))
    forget_periods(tx, chosen.id, before - set(checked))
    if added := set(checked) - before:
        tx.execute(update(calendar).where(of_it, calendar.c.id.in_(added)).values(cursor=None))
        _change(tx, chosen.id, synced_at=None)
    _change(tx, chosen.id, version=connection.c.version + 1)


def forget_periods(tx: Tx, connection_id: UUID, calendar_ids: set[str]) -> None:
    """Drops the mirror of some calendars of a connection."""
    if not calendar_ids:
        return
    whose = (busy.c.connection_id == connection_id, busy.c.calendar_id.in_(calendar_ids))
    tx.execute(delete(busy).where(*whose))
    of_it = (calendar.c.connection_id == connection_id, calendar.c.id.in_(calendar_ids))
    tx.execute(update(calendar).where(*of_it).values(cursor=None))


def remove(tx: Tx, gone: Connection) -> None:
    """Forgets a connection's secret, calendars and periods; its id stays taken."""
    tx.execute(delete(busy).where(busy.c.connection_id == gone.id))
    tx.execute(delete(calendar).where(calendar.c.connection_id == gone.id))
    _change(tx, gone.id, state="removed", sealed_secret="", synced_at=None)


def break_(tx: Tx, connection_id: UUID, version: int, problem: str) -> bool:
    """Marks a connection as broken; whether it was not before, and is still the one that was."""
    query = update(connection).where(
        connection.c.id == connection_id,
        connection.c.state == "ok",
        connection.c.version == version,
    )
    changes = {"state": "broken", "problem": problem, "version": connection.c.version + 1}
    return tx.execute(query.values(changes)).rowcount == 1


def sealed(tx: Tx, connection_id: UUID) -> str:
    """What opens the account now, sealed; empty where it was forgotten."""
    query = select(connection.c.sealed_secret).where(connection.c.id == connection_id)
    return tx.execute(query).scalar_one_or_none() or ""


def granted(tx: Tx, connection_id: UUID) -> tuple[str, int]:
    """The same, and how often the host has given its permission."""
    columns = connection.c.sealed_secret, connection.c.grants
    row = tx.execute(select(*columns).where(connection.c.id == connection_id)).one_or_none()
    return (row.sealed_secret, row.grants) if row else ("", 0)


def keep_secret(tx: Tx, connection_id: UUID, sealed_secret: str, grants: int) -> bool:
    """A token that the provider rotated; false where it is of an older permission than the last."""
    query = update(connection).where(
        LIVE, connection.c.id == connection_id, connection.c.grants == grants
    )
    return tx.execute(query.values(sealed_secret=sealed_secret)).rowcount == 1


def read_calendars(tx: Tx, connection_id: UUID) -> list[ReadCalendar]:
    """Those that are read: for busy time, or for what becomes of our events in them."""
    query = select(calendar.c.id, calendar.c.cursor, calendar.c.checked).where(
        calendar.c.connection_id == connection_id, or_(calendar.c.checked, calendar.c.written)
    )
    return [ReadCalendar(*row) for row in tx.execute(query.order_by(calendar.c.position))]


def set_cursor(tx: Tx, connection_id: UUID, calendar_id: str, cursor: str) -> None:
    """From where the next reading goes on."""
    query = update(calendar).where(
        calendar.c.connection_id == connection_id, calendar.c.id == calendar_id
    )
    tx.execute(query.values(cursor=cursor))


def parts(tx: Tx, host_id: UUID) -> list[Part]:
    """A host's connections, as their freshness goes."""
    read = (
        select(calendar.c.id)
        .where(calendar.c.connection_id == connection.c.id, calendar.c.checked)
        .exists()
    )
    query = select(connection.c.state, connection.c.synced_at, read.label("checked"))
    rows = tx.execute(query.where(LIVE, connection.c.host_id == host_id))
    return [Part(row.state == "ok", row.checked, row.synced_at) for row in rows]


def _change(tx: Tx, connection_id: UUID, **values: object) -> None:
    tx.execute(update(connection).where(connection.c.id == connection_id).values(values))


def _query(workspace_id: UUID) -> Select[Any]:
    names = ("id", "workspace_id", "host_id", "provider", "account", "state")
    columns = (connection.c[name] for name in (*names, "synced_at", "version", *TRIES))
    words = func.coalesce(func.nullif(connection.c.problem, ""), connection.c.trouble)
    return select(*columns, words.label("problem")).where(
        LIVE, connection.c.workspace_id == workspace_id
    )


def _listed(tx: Tx, query: Select[Any]) -> tuple[Connection, ...]:
    rows = tx.execute(query.order_by(connection.c.created_at, connection.c.id)).all()
    inside: dict[UUID, list[Calendar]] = {row.id: [] for row in rows}
    wanted = calendar.c.connection_id.in_(inside)
    for one in tx.execute(select(calendar).where(wanted).order_by(calendar.c.position)):
        inside[one.connection_id].append(
            Calendar(
                id=one.id,
                name=one.name,
                checked=one.checked,
                written=one.written,
                writable=one.writable,
            )
        )
    return tuple(
        Connection(**row._mapping, calendars=tuple(inside[row.id]))  # noqa: SLF001 - public name
        for row in rows
    )
