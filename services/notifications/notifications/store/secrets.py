"""What stands sealed in this database, to be sealed anew when keys rotate."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection as Tx
from sqlalchemy import select, update

from notifications.store import tables as t
from servicekit import resealing
from servicekit.sealing import Sealer

SEALED = "sealed_url"


def reseal(tx: Tx, sealer: Sealer) -> tuple[int, int]:
    """Seals the links of mails that wait with the first key; how many, and how many none opens."""
    query = select(t.delivery.c.id, t.delivery.c.payload).where(
        t.delivery.c.payload.has_key(SEALED)
    )
    payloads: dict[UUID, dict[str, Any]] = {
        row.id: row.payload for row in tx.execute(query.with_for_update())
    }

    def keep(identity: UUID, renewed: str) -> None:
        mine = update(t.delivery).where(t.delivery.c.id == identity)
        tx.execute(mine.values(payload=payloads[identity] | {SEALED: renewed}))

    kept = ((identity, payload[SEALED]) for identity, payload in payloads.items())
    return resealing.renew(sealer, kept, keep)
