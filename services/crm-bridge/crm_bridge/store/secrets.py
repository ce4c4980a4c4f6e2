"""Everything that stands sealed in this database, to be sealed anew when keys rotate."""

from sqlalchemy import Connection

from crm_bridge.store import connections, webhooks
from servicekit.sealing import Sealer


def reseal(tx: Connection, sealer: Sealer) -> tuple[int, int]:
    """Seals with the first key what another one sealed; how many, and how many none can open."""
    counts = [store.reseal(tx, sealer) for store in (webhooks, connections)]
    return sum(done for done, _ in counts), sum(lost for _, lost in counts)
