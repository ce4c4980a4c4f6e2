"""What an operator can set; `config.yml` names the variables."""

from typing import get_args

import servicekit
from calendar_sync.adapters import MAKERS
from calendar_sync.adapters.means import Means
from contracts.calendar_sync import Provider

KNOWN: tuple[Provider, ...] = get_args(Provider)
REAL = tuple(one for one in KNOWN if one != "practice")


class Settings(servicekit.Settings, frozen=True, kw_only=True):
    """`calendar_providers`: those that hosts may connect, where they are configured.
    `poll_seconds`: how often each connection is read. The others are as `Means` has them.
    """

    calendar_providers: tuple[Provider, ...] = REAL
    poll_seconds: int = 120
    call_seconds: float = 10
    google_client_id: str = ""
    google_client_secret: str = ""
    google_base_url: str = Means.google_base_url
    google_oauth_url: str = Means.google_oauth_url
    microsoft_client_id: str = ""
    microsoft_client_secret: str = ""
    microsoft_tenant: str = Means.microsoft_tenant
    microsoft_login_url: str = Means.microsoft_login_url
    graph_base_url: str = Means.graph_base_url
    private_addresses: bool = False
    ca_bundle: str = ""

    @property
    def means(self) -> Means:
        """What the adapters are given."""
        return Means(**{name: getattr(self, name) for name in Means.__dataclass_fields__})

    @property
    def offered(self) -> tuple[Provider, ...]:
        """The providers that can be connected here."""
        known = (one for one in KNOWN if one in MAKERS and self.means.configured(one))
        return tuple(one for one in known if one in self.calendar_providers)
