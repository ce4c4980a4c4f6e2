"""Everything that stands sealed in this database, to be sealed anew when keys rotate."""

from sqlalchemy import Connection

from crm_bridge.store.mirror_tables import connection, sign_in
from crm_bridge.store.tables import webhook
from servicekit import resealing
from servicekit.sealing import Sealer

SEALED = (webhook.c.sealed_secret, connection.c.sealed_secret, sign_in.c.sealed_verifier)


def reseal(tx: Connection, sealer: Sealer) -> tuple[int, int]:
    """Seals with the first key what another one sealed; how many, and how many none can open."""
    return resealing.columns(tx, sealer, SEALED)
