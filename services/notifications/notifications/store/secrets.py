"""What stands sealed in this database, to be sealed anew when keys rotate."""

from cryptography.fernet import InvalidToken
from sqlalchemy import Connection as Tx
from sqlalchemy import select, update

from notifications.store import tables as t
from servicekit.sealing import Sealer

SEALED = "sealed_url"


def reseal(tx: Tx, sealer: Sealer) -> tuple[int, int]:
    """Seals the links of mails that wait with the first key; how many, and how many none opens."""
    done = lost = 0
    query = select(t.delivery.c.id, t.delivery.c.payload).where(
        t.delivery.c.payload.has_key(SEALED)
    )
    for identity, payload in tx.execute(query.with_for_update()).all():
        try:
            renewed = sealer.renewed(payload[SEALED])
        except InvalidToken:
            lost += 1
            continue
        if renewed is not None:
            mine = update(t.delivery).where(t.delivery.c.id == identity)
            tx.execute(mine.values(payload=payload | {SEALED: renewed}))
            done += 1
    return done, lost
