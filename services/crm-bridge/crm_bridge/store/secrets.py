"""Everything that stands sealed in this database, to be sealed anew when keys rotate."""

from crm_bridge.store.webhooks import reseal

__all__ = ["reseal"]
