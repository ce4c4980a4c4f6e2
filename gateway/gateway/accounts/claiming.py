"""What idempotency keys were first used for, so that none stands for two requests."""

from uuid import UUID

from sqlalchemy import text

from contracts.errors import Conflict
from gateway.accounts.base import Base

_CLAIM = text("""
    INSERT INTO keyed_request (id, asked, at) VALUES (:id, :asked, :at)
    ON CONFLICT (id) DO UPDATE SET id = excluded.id
    RETURNING asked, xmax = 0 AS first
""")
_GIVE_UP = text("DELETE FROM keyed_request WHERE id = :id")


class Claiming(Base):
    """`number` is the id of what a key makes, `asked` a name of the request's content."""

    def claim(self, number: UUID, asked: str) -> bool:
        """Whether the key is new. Raises `Conflict` where it came with another request."""
        with self.single() as tx:
            known = tx.execute(_CLAIM, {"id": number, "asked": asked, "at": self.now()}).one()
        if known.asked != asked:
            raise Conflict("This idempotency key was used for another request.")
        return bool(known.first)

    def give_up(self, number: UUID) -> None:
        """The request was refused: the key is free for the one that mends it."""
        with self.single() as tx:
            tx.execute(_GIVE_UP, {"id": number})
