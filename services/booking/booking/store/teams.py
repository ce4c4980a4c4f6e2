"""Teams, and the links that name them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from msgspec import to_builtins
from sqlalchemy.dialects.postgresql import insert

from booking.domain import slugs
from booking.store import rows
from booking.store import tables as t
from contracts.booking import Link, Team
from contracts.errors import NotFound, SlugTaken
from contracts.wire import convert
from servicekit import Tx

_LIVE = t.team.c.deleted_at.is_(None)


def _team(row: rows.Row) -> Team:
    stored = row._asdict()
    return convert({name: stored[name] for name in Team.__struct_fields__}, Team)


def _mine(workspace_id: UUID, team_id: UUID) -> sa.ColumnElement[bool]:
    return sa.and_(t.team.c.id == team_id, t.team.c.workspace_id == workspace_id)


def by_id(tx: Tx, workspace_id: UUID, team_id: UUID) -> Team | None:
    """One live team of this workspace."""
    query = sa.select(t.team).where(_mine(workspace_id, team_id), _LIVE)
    row = tx.execute(query).first()
    return None if row is None else _team(row)


def lock(tx: Tx, workspace_id: UUID, team_id: UUID) -> Team | None:
    """The same, locked against changes of the team and of the links that name it.

    First of all locks: before those of links, pools and hosts.
    """
    query = sa.select(t.team).where(_mine(workspace_id, team_id), _LIVE)
    row = tx.execute(query.with_for_update()).first()
    return None if row is None else _team(row)


def was(tx: Tx, workspace_id: UUID, team_id: UUID) -> bool:
    """Whether this workspace has or had it."""
    query = sa.select(sa.literal(1)).where(_mine(workspace_id, team_id))
    return tx.execute(query).first() is not None


def owners(tx: Tx, wished: Iterable[str]) -> dict[str, UUID]:
    """The installation's live team that has each of these, where one has."""
    query = sa.select(t.team.c.slug, t.team.c.id).where(t.team.c.slug.in_(list(wished)), _LIVE)
    return {row.slug: row.id for row in tx.execute(query)}


def by_slug(tx: Tx, slug: str) -> Team:
    """Raises `NotFound`."""
    if not slugs.is_slug(slug):
        raise NotFound
    row = tx.execute(sa.select(t.team).where(t.team.c.slug == slug, _LIVE)).first()
    if row is None:
        raise NotFound
    return _team(row)


def of_workspace(tx: Tx, workspace_id: UUID) -> tuple[Team, ...]:
    """By name."""
    query = sa.select(t.team).where(t.team.c.workspace_id == workspace_id, _LIVE)
    return tuple(map(_team, tx.execute(query.order_by(t.team.c.name, t.team.c.id))))


def _columns(team: Team) -> dict[str, Any]:
    return {"name": team.name, "slug": team.slug, "members": to_builtins(team.members)}


def _require_free(tx: Tx, team: Team) -> None:
    # Two at once are told apart by the unique index, which the second waits for.
    taken = sa.select(sa.literal(1)).where(
        t.team.c.slug == team.slug, t.team.c.id != team.id, _LIVE
    )
    if tx.execute(taken).first() is not None:
        raise _slug_taken()


def _slug_taken() -> SlugTaken:
    return SlugTaken(fields={"slug": SlugTaken.default})


def make(tx: Tx, team: Team, now: datetime) -> bool:
    """Stores a new one; False where the id is in use. Raises `SlugTaken`."""
    _require_free(tx, team)
    values = _columns(team) | {"id": team.id, "workspace_id": team.workspace_id}
    statement = insert(t.team).values(created_at=now, version=team.version, **values)
    try:
        made = tx.execute(statement.on_conflict_do_nothing(index_elements=[t.team.c.id]))
    except sa.exc.IntegrityError:
        raise _slug_taken() from None
    return made.rowcount == 1


def save(tx: Tx, team: Team) -> None:
    """A locked one's new settings and version. Raises `SlugTaken`; then roll back."""
    _require_free(tx, team)
    changed = sa.update(t.team).where(t.team.c.id == team.id)
    try:
        tx.execute(changed.values(version=team.version, **_columns(team)))
    except sa.exc.IntegrityError:
        raise _slug_taken() from None


def delete(tx: Tx, team_id: UUID, now: datetime) -> None:
    """Its decisions stay, and its slug is free again."""
    gone = sa.update(t.team).where(t.team.c.id == team_id)
    tx.execute(gone.values(deleted_at=now, version=t.team.c.version + 1))


def _naming(team_id: UUID) -> sa.ColumnElement[bool]:
    return sa.and_(
        t.link.c.settings["team_id"].astext == str(team_id), t.link.c.deleted_at.is_(None)
    )


def links(tx: Tx, team_id: UUID) -> tuple[Link, ...]:
    """The live links that name the team, oldest first."""
    query = rows.LINK.where(_naming(team_id)).order_by(t.link.c.created_at, t.link.c.id)
    return tuple(map(rows.link, tx.execute(query)))


def lock_links(tx: Tx, team_id: UUID) -> tuple[Link, ...]:
    """The same, locked in the order of their ids against bookings and other changes."""
    query = rows.LINK.where(_naming(team_id)).order_by(t.link.c.id)
    return tuple(map(rows.link, tx.execute(query.with_for_update(of=t.link, key_share=True))))
