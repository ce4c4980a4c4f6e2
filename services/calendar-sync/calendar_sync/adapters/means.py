"""What an adapter needs to know of this installation."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Means:
    """`call_seconds`: the longest that one call may take. The addresses are the providers' own
    unless an emulator or a proxy stands in. `private_addresses`: hosts may name servers in private
    networks. `ca_bundle`: a file of certificates to trust instead of the system's.
    """

    call_seconds: float = 10
    google_client_id: str = ""
    google_client_secret: str = ""
    google_base_url: str = "https://www.googleapis.com"
    google_oauth_url: str = "https://oauth2.googleapis.com"
    microsoft_client_id: str = ""
    microsoft_client_secret: str = ""
    microsoft_tenant: str = "common"
    microsoft_login_url: str = "https://login.microsoftonline.com"
    graph_base_url: str = "https://graph.microsoft.com"
    private_addresses: bool = False
    ca_bundle: str = ""

    def __repr__(self) -> str:
        return f"Means(call_seconds={self.call_seconds})"

    def configured(self, provider: str) -> bool:
        """Whether accounts of that provider can be connected: the big two want us registered."""
        needs = {"google": self.google_client_id, "microsoft": self.microsoft_client_id}
        return bool(needs.get(provider, "nothing"))
