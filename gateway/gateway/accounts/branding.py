"""What a workspace looks like to its visitors: its logo, colour and language, its hosts' photos."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import CompoundSelect, Select, Text, cast, delete, literal, select, union_all
from sqlalchemy.dialects.postgresql import insert

from contracts.errors import Forbidden, NotFound
from gateway.accounts import pictures
from gateway.accounts import tables as t
from gateway.accounts.base import Base
from gateway.accounts.pictures import Picture
from gateway.accounts.values import Profile

LARGEST = 40 * 1024
"""Bytes: the booking page with it stays within what a phone fetches at once."""


@dataclass(frozen=True, slots=True)
class Brand:
    """`logo` and `photos` (by account) are digests; "" or none where there is no picture.

    `language` and `colour` are the workspace's own.
    """

    logo: str = ""
    language: str = "en"
    colour: str = ""
    photos: dict[UUID, str] = field(default_factory=dict)


class Branding(Base):
    """The part of `Accounts` about pictures."""

    def brand(self, workspace_id: UUID, account_ids: Collection[UUID] = ()) -> Brand:
        """All that a page of this workspace with these hosts shows, by one statement."""
        with self.single() as tx:
            rows = tx.execute(_brand(workspace_id, account_ids)).all()
        said = {row.kind: row.value for row in rows if row.kind != "photo"}
        photos = {row.id: row.value for row in rows if row.kind == "photo"}
        return Brand(**{name: value or "" for name, value in said.items()}, photos=photos)

    def logo(self, workspace_id: UUID, digest: str) -> Picture:
        """The picture. Raises `NotFound` for another than the present one."""
        wanted = select(t.logo).where(
            t.logo.c.workspace_id == workspace_id, t.logo.c.digest == digest
        )
        with self.single() as tx:
            row = tx.execute(wanted).one_or_none()
        if row is None:
            raise NotFound
        return Picture(row.digest, row.type, row.content)

    def set_logo(self, actor: Profile, content: bytes) -> Picture:
        """In the place of the one before; by an admin. Raises `Invalid`, `Forbidden`."""
        _must_be_admin(actor)
        made = pictures.kept(content, "logo", LARGEST)
        values = {"digest": made.digest, "type": made.type, "content": made.content}
        placed = insert(t.logo).values(workspace_id=actor.workspace_id, **values)
        with self.begin() as tx:
            tx.execute(placed.on_conflict_do_update(index_elements=["workspace_id"], set_=values))
            self.note(tx, actor, "logo_changed", actor.workspace_name)
        return made

    def remove_logo(self, actor: Profile) -> None:
        """By an admin; without one nothing happens."""
        _must_be_admin(actor)
        with self.begin() as tx:
            gone = delete(t.logo).where(t.logo.c.workspace_id == actor.workspace_id)
            if tx.execute(gone).rowcount:
                self.note(tx, actor, "logo_removed", actor.workspace_name)

    def photo(self, account_id: UUID, digest: str) -> Picture:
        """The picture. Raises `NotFound` for another than the present one."""
        wanted = select(t.photo.c.content).where(
            t.photo.c.account_id == account_id, t.photo.c.digest == digest
        )
        with self.single() as tx:
            content = tx.execute(wanted).scalar_one_or_none()
        if content is None:
            raise NotFound
        return Picture(digest, pictures.DRAWN, content)

    def set_photo(self, actor: Profile, content: bytes) -> Picture:
        """The actor's own, in the place of the one before. Raises `Invalid`."""
        made = pictures.drawn(content, "photo")
        values = {"digest": made.digest, "content": made.content}
        owner = {"account_id": actor.id, "workspace_id": actor.workspace_id}
        placed = insert(t.photo).values(**owner, **values)
        with self.begin() as tx:
            tx.execute(placed.on_conflict_do_update(index_elements=["account_id"], set_=values))
            self.note(tx, actor, "photo_changed", actor.email)
        return made

    def remove_photo(self, actor: Profile) -> None:
        """The actor's own; without one nothing happens."""
        with self.begin() as tx:
            if tx.execute(delete(t.photo).where(t.photo.c.account_id == actor.id)).rowcount:
                self.note(tx, actor, "photo_removed", actor.email)


def _brand(workspace_id: UUID, account_ids: Collection[UUID]) -> CompoundSelect[Any]:
    own, logo, photo = t.workspace.c, t.logo.c, t.photo.c
    colour = own.new_links["colour"].astext
    parts = [
        _part("language", own.id, own.language).where(own.id == workspace_id),
        _part("colour", own.id, colour).where(own.id == workspace_id),
        _part("logo", logo.workspace_id, logo.digest).where(logo.workspace_id == workspace_id),
    ]
    if account_ids:
        mine = (photo.workspace_id == workspace_id, photo.account_id.in_(account_ids))
        parts.append(_part("photo", photo.account_id, photo.digest).where(*mine))
    return union_all(*parts)


def _part(kind: str, identity: Any, value: Any) -> Select[Any]:
    return select(
        cast(literal(kind), Text).label("kind"), identity.label("id"), value.label("value")
    )


def _must_be_admin(actor: Profile) -> None:
    if not actor.is_admin:
        raise Forbidden
