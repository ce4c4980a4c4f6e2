"""Everything that stands sealed in this database, to be sealed anew when keys rotate."""

from sqlalchemy import Connection as Tx

from calendar_sync.store.tables import connection, sign_in
from servicekit import resealing
from servicekit.sealing import Sealer

SEALED = (connection.c.sealed_secret, sign_in.c.sealed_verifier)


def reseal(tx: Tx, sealer: Sealer) -> tuple[int, int]:
    """Seals with the first key what another one sealed; how many, and how many none can open."""
    return resealing.columns(tx, sealer, SEALED)
