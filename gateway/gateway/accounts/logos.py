"""A workspace's logo: one small picture, shown on its booking pages."""

import hashlib
from dataclasses import dataclass
from uuid import UUID

import filetype
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from contracts.errors import Forbidden, Invalid, NotFound
from gateway.accounts import tables as t
from gateway.accounts.base import Base
from gateway.accounts.values import Profile

LARGEST = 40 * 1024
"""Bytes: the booking page with it stays within what a phone fetches at once."""
TYPES = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif"})
"""Pictures that hold no script, by their content."""


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture as it was given; `digest` names it."""

    digest: str
    type: str
    content: bytes


def read(content: bytes) -> Logo:
    """What was uploaded. Raises `Invalid` on the field `logo`."""
    if not content:
        raise Invalid(fields={"logo": "Choose a picture first."})
    if len(content) > LARGEST:
        words = f"At most {LARGEST // 1024} KB, so that your pages stay quick."
        raise Invalid(fields={"logo": words})
    kind = filetype.guess_mime(content)
    if kind not in TYPES:
        raise Invalid(fields={"logo": "A PNG, JPEG, WebP or GIF picture."})
    return Logo(hashlib.sha256(content).hexdigest()[:32], str(kind), content)


class Logos(Base):
    """The part of `Accounts` about logos."""

    def logo_digest(self, workspace_id: UUID) -> str:
        """Which logo the workspace has; "" for none."""
        wanted = select(t.logo.c.digest).where(t.logo.c.workspace_id == workspace_id)
        with self.begin() as tx:
            return tx.execute(wanted).scalar_one_or_none() or ""

    def logo(self, workspace_id: UUID, digest: str) -> Logo:
        """The picture. Raises `NotFound` for another than the present one."""
        wanted = select(t.logo).where(
            t.logo.c.workspace_id == workspace_id, t.logo.c.digest == digest
        )
        with self.begin() as tx:
            row = tx.execute(wanted).one_or_none()
        if row is None:
            raise NotFound
        return Logo(row.digest, row.type, row.content)

    def set_logo(self, actor: Profile, content: bytes) -> Logo:
        """In the place of the one before; by an admin. Raises `Invalid`, `Forbidden`."""
        _must_be_admin(actor)
        made = read(content)
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


def _must_be_admin(actor: Profile) -> None:
    if not actor.is_admin:
        raise Forbidden
