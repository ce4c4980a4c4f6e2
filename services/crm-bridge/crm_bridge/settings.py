"""What an operator can set; `config.yml` names the variables."""

import servicekit
from crm_bridge.connectors.base import Means


class Settings(servicekit.Settings, frozen=True, kw_only=True):
    """`private_addresses`: webhooks may be in private networks. `call_seconds`: the longest that
    one delivery may take. `feed_days`: how long the feed keeps events. `connectors`: the CRMs that
    may be connected, where they are configured. The `crm_` ones and the addresses are as `Means`
    has them.
    """

    private_addresses: bool = False
    feed_days: int = 90
    call_seconds: float = 10
    connectors: tuple[str, ...] = ("hubspot", "salesforce")
    crm_call_seconds: float = 15
    crm_private_addresses: bool = False
    crm_ca_bundle: str = ""
    hubspot_client_id: str = ""
    hubspot_client_secret: str = ""
    hubspot_base_url: str = Means.hubspot_base_url
    salesforce_client_id: str = ""
    salesforce_client_secret: str = ""
    salesforce_login_url: str = Means.salesforce_login_url

    @property
    def means(self) -> Means:
        """What the connectors are given."""
        return Means(
            call_seconds=self.crm_call_seconds,
            hubspot_client_id=self.hubspot_client_id,
            hubspot_client_secret=self.hubspot_client_secret,
            hubspot_base_url=self.hubspot_base_url.rstrip("/"),
            salesforce_client_id=self.salesforce_client_id,
            salesforce_client_secret=self.salesforce_client_secret,
            salesforce_login_url=self.salesforce_login_url.rstrip("/"),
            private_addresses=self.crm_private_addresses,
            ca_bundle=self.crm_ca_bundle,
        )
