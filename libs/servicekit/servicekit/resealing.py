"""Seals anew what a database keeps sealed, when keys rotate: how many, and how many none opens."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import sqlalchemy as sa
from cryptography.fernet import InvalidToken

from servicekit.database import Tx
from servicekit.sealing import Sealer

Key = TypeVar("Key")
Counts = tuple[int, int]
"""Sealed anew, and lost: opened by none of the keys."""


def renew(
    sealer: Sealer, kept: Iterable[tuple[Key, str]], keep: Callable[[Key, str], object]
) -> Counts:
    """Gives `keep` each that the first key did not seal, sealed by it."""
    done = lost = 0
    for key, sealed in kept:
        try:
            renewed = sealer.renewed(sealed)
        except InvalidToken:
            lost += 1
            continue
        if renewed is not None:
            keep(key, renewed)
            done += 1
    return done, lost


def columns(tx: Tx, sealer: Sealer, sealed: Iterable[sa.Column[Any]]) -> Counts:
    """The same of whole columns, empty values apart; their tables have a key of one column.

    Whoever writes such a row meanwhile waits for this, and then seals with the keys it has.
    """
    counts = [_column(tx, sealer, column) for column in sealed]
    return sum(done for done, _ in counts), sum(lost for _, lost in counts)


def _column(tx: Tx, sealer: Sealer, column: sa.Column[Any]) -> Counts:
    (key,) = column.table.primary_key

    def keep(identity: object, renewed: str) -> None:
        mine = sa.update(column.table).where(key == identity)
        tx.execute(mine.values({column.name: renewed}))

    query = sa.select(key, column).where(column != "").order_by(key).with_for_update()
    return renew(sealer, ((row[0], row[1]) for row in tx.execute(query).all()), keep)
