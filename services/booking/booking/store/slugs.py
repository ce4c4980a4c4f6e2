"""The namespace that links and hosts share."""

from collections.abc import Iterable
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from booking.domain import slugs
from booking.store.tables import slug as table
from contracts.errors import SlugTaken
from servicekit import Tx


def _take(tx: Tx, slug: str, owner: dict[str, UUID]) -> bool:
    statement = insert(table).values(slug=slug, **owner).on_conflict_do_nothing()
    return tx.execute(statement).rowcount == 1


def take_for_link(tx: Tx, slug: str, workspace_id: UUID, link_id: UUID) -> bool:
    """False where somebody has it."""
    return _take(tx, slug, {"workspace_id": workspace_id, "link_id": link_id})


def take_for_host(tx: Tx, wish: str, workspace_id: UUID, host_id: UUID) -> str:
    """The wish, or the next free one after it."""
    owner = {"workspace_id": workspace_id, "host_id": host_id}
    return next(slug for slug in slugs.candidates(wish) if _take(tx, slug, owner))


def change(tx: Tx, old: str, new: str) -> None:
    """Renames in place. Raises `SlugTaken`; the transaction is then to be given up."""
    if old == new:
        return
    free = sa.select(sa.literal(1)).where(table.c.slug == new).limit(1)
    if tx.execute(free).first() is not None:
        raise SlugTaken(fields={"slug": SlugTaken.default})
    try:
        tx.execute(sa.update(table).where(table.c.slug == old).values(slug=new))
    except sa.exc.IntegrityError:  # somebody took it since we looked
        raise SlugTaken(fields={"slug": SlugTaken.default}) from None


def free(tx: Tx, slug: str) -> None:
    """Gives it back to everyone."""
    tx.execute(sa.delete(table).where(table.c.slug == slug))


def owners(tx: Tx, wished: Iterable[str]) -> dict[str, UUID]:
    """The link or host that has each of these, where one has."""
    query = sa.select(table).where(table.c.slug.in_(list(wished)))
    return {row.slug: row.link_id or row.host_id for row in tx.execute(query)}


def owner(tx: Tx, slug: str) -> tuple[UUID | None, UUID | None]:
    """The link or the host that has it; (None, None) where nobody has."""
    if not slugs.is_slug(slug):
        return None, None
    row = tx.execute(sa.select(table.c.link_id, table.c.host_id).where(table.c.slug == slug))
    found = row.first()
    return (None, None) if found is None else (found.link_id, found.host_id)
