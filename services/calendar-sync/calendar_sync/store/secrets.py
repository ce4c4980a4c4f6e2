"""Everything that stands sealed in this database, to be sealed anew when keys rotate."""

from cryptography.fernet import InvalidToken
from sqlalchemy import Column, Table, select, update
from sqlalchemy import Connection as Tx

from calendar_sync.store.tables import connection, sign_in
from servicekit.sealing import Sealer

SEALED = (
    (connection, connection.c.sealed_secret),
    (sign_in, sign_in.c.sealed_verifier),
)


def reseal(tx: Tx, sealer: Sealer) -> tuple[int, int]:
    """Seals with the first key what another one sealed; how many, and how many none can open.

    Whoever keeps a rotated token meanwhile waits for this, and then seals with the keys it has.
    """
    counts = [_column(tx, sealer, table, column) for table, column in SEALED]
    return sum(done for done, _ in counts), sum(lost for _, lost in counts)


def _column(tx: Tx, sealer: Sealer, table: Table, column: Column[str]) -> tuple[int, int]:
    key = next(iter(table.primary_key))
    done = lost = 0
    query = select(key, column).where(column != "").order_by(key).with_for_update()
    for identity, sealed in tx.execute(query).all():
        try:
            renewed = sealer.renewed(sealed)
        except InvalidToken:
            lost += 1
            continue
        if renewed is not None:
            tx.execute(update(table).where(key == identity).values({column.name: renewed}))
            done += 1
    return done, lost
