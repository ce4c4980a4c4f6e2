"""Links: by id for their owners, by slug for the public."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from msgspec import to_builtins
from sqlalchemy.dialects.postgresql import insert

from booking.domain import slugs
from booking.domain.drafts import Offer
from booking.store import rows
from booking.store import tables as t
from contracts.booking import Link, LinkSettings
from contracts.errors import NotFound
from servicekit import Tx
from servicekit.preparing import prepared

_LIVE = t.link.c.deleted_at.is_(None)


def by_id(tx: Tx, workspace_id: UUID, link_id: UUID) -> Link | None:
    """One live link of this workspace."""
    mine = (t.link.c.id == link_id) & (t.link.c.workspace_id == workspace_id)
    row = tx.execute(rows.LINK.where(mine, _LIVE)).first()
    return None if row is None else rows.link(row)


def get(tx: Tx, workspace_id: UUID, link_id: UUID) -> Link:
    """The same. Raises `NotFound`."""
    link = by_id(tx, workspace_id, link_id)
    if link is None:
        raise NotFound("There is no such link.")
    return link


def was(tx: Tx, workspace_id: UUID, link_id: UUID) -> bool:
    """Whether this workspace has or had it."""
    mine = (t.link.c.id == link_id) & (t.link.c.workspace_id == workspace_id)
    return tx.execute(sa.select(sa.literal(1)).where(mine)).first() is not None


def of_workspace(tx: Tx, workspace_id: UUID, owner_id: UUID | None) -> tuple[Link, ...]:
    """The live links, oldest first; of one owner, or everyone's."""
    query = rows.LINK.where(t.link.c.workspace_id == workspace_id, _LIVE)
    if owner_id is not None:
        query = query.where(t.link.c.owner_id == owner_id)
    return tuple(map(rows.link, tx.execute(query.order_by(t.link.c.created_at, t.link.c.id))))


def of_host(tx: Tx, workspace_id: UUID, host_id: UUID) -> tuple[Link, ...]:
    """The live links on which this host takes meetings, oldest first."""
    theirs = t.link.c.host_ids.contains([host_id])
    query = rows.LINK.where(t.link.c.workspace_id == workspace_id, _LIVE, theirs)
    return tuple(map(rows.link, tx.execute(query.order_by(t.link.c.created_at, t.link.c.id))))


def make(tx: Tx, link: Link) -> bool:
    """Stores a new one; False where the id is in use, in whatever workspace."""
    statement = insert(t.link).values(
        id=link.id,
        workspace_id=link.workspace_id,
        owner_id=link.owner_id,
        created_at=link.created_at,
        used=False,
        version=link.version,
        **_columns(link.settings),
    )
    return tx.execute(statement.on_conflict_do_nothing()).rowcount == 1


def _columns(settings: LinkSettings) -> dict[str, object]:
    host_ids = [place.host_id for place in settings.hosts]
    return {"settings": to_builtins(settings), "host_ids": host_ids}


def save(tx: Tx, link_id: UUID, version: int, settings: LinkSettings) -> bool:
    """Replaces the settings of this version by the next; False where it was changed meanwhile.

    A link that is for one meeting no longer forgets that it was used.
    """
    statement = sa.update(t.link).where(t.link.c.id == link_id, t.link.c.version == version, _LIVE)
    used = t.link.c.used if settings.single_use else False
    values = _columns(settings) | {"version": version + 1, "used": used}
    return tx.execute(statement.values(**values)).rowcount == 1


def mark_used(tx: Tx, link_id: UUID) -> None:
    """A single-use link has been booked."""
    statement = sa.update(t.link).where(t.link.c.id == link_id)
    tx.execute(statement.values(used=True, version=t.link.c.version + 1))


def delete(tx: Tx, link_id: UUID, now: datetime) -> None:
    """Its bookings stay, and keep pointing at it. The caller has locked it."""
    statement = sa.update(t.link).where(t.link.c.id == link_id)
    tx.execute(statement.values(deleted_at=now, version=t.link.c.version + 1))


_ID = sa.bindparam("link", type_=sa.Uuid)
_LOCK = rows.LINK.where(t.link.c.id == _ID, _LIVE).with_for_update(of=t.link, key_share=True)


def lock(tx: Tx, link_id: UUID) -> Link | None:
    """The link as it is now, locked against every other booking through it and every change."""
    row = tx.execute(_LOCK, {"link": link_id}).first()
    return None if row is None else rows.link(row)


_OFFER = rows.LINK.add_columns(rows.HOSTS_OF_LINK.label("hosts")).where(_LIVE)
_BY_ID = _OFFER.where(t.link.c.id == _ID)
_BY_SLUG = _OFFER.join(t.slug, t.slug.c.link_id == t.link.c.id)
_BY_SLUG = prepared(_BY_SLUG.where(t.slug.c.slug == sa.bindparam("named", type_=sa.Text)))


def offer(tx: Tx, slug: str) -> Offer:
    """A public link with its active hosts. Raises `NotFound`."""
    if not slugs.is_slug(slug):
        raise NotFound
    return _offer(tx.execute(_BY_SLUG, {"named": slug}).first())


def offer_of(tx: Tx, link_id: UUID) -> Offer:
    """The same of a link's id. Raises `NotFound` where the link was deleted."""
    return _offer(tx.execute(_BY_ID, {"link": link_id}).first())


def _offer(row: rows.Row | None) -> Offer:
    if row is None:
        raise NotFound
    link = rows.link(row)
    known = {host.id: host for host in rows.hosts(row.hosts)}
    team = [known[one.host_id] for one in link.settings.hosts if one.host_id in known]
    name = team[0].workspace_name if team else ""
    return Offer(link, tuple(host for host in team if host.active), name)


def reannounced(tx: Tx, workspace_id: UUID) -> tuple[Link, ...]:
    """Every live link of a workspace in its next version, for its zone has changed."""
    changed = sa.update(t.link).where(t.link.c.workspace_id == workspace_id, _LIVE)
    tx.execute(changed.values(version=t.link.c.version + 1))
    return of_workspace(tx, workspace_id, None)
