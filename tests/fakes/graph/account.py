"""An account that signed in at the fake, as the service holds it."""

from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from urllib.parse import parse_qs, urlsplit

from calendar_sync.adapters.means import Means
from calendar_sync.adapters.microsoft import Microsoft
from calendar_sync.adapters.provider import Account
from fakes.authority import ca_bundle
from fakes.graph import Graph

CALLBACK = "https://book.acme.test/oauth/microsoft"
VERIFIER = "v" * 43
CHALLENGE = urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).decode().rstrip("=")


@dataclass
class Kept:
    """`secrets`: each that was kept, the newest last."""

    name: str
    secrets: list[str] = field(default_factory=list)

    @property
    def account(self) -> Account:
        """As it is read from the store now."""
        return Account(self.name, self.secrets[-1], self.secrets.append)


def adapter(graph: Graph, url: str, call_seconds: float = 5, tenant: str = "common") -> Microsoft:
    """The adapter for the fake that is served at `url`."""
    return Microsoft(
        Means(
            call_seconds=call_seconds,
            microsoft_client_id=graph.signin.client_id,
            microsoft_client_secret=graph.signin.client_secret,
            microsoft_tenant=tenant,
            microsoft_login_url=url,
            graph_base_url=url,
            ca_bundle=ca_bundle(),
        )
    )


def consented(graph: Graph, microsoft: Microsoft, name: str) -> str:
    """The code with which the account's person comes back from the consent page."""
    query = urlsplit(microsoft.authorize_url(CALLBACK, "state", CHALLENGE)).query
    back = urlsplit(graph.signin.consent(query, name))
    return parse_qs(back.query)["code"][0]


def signed_in(graph: Graph, microsoft: Microsoft, name: str) -> Kept:
    """The account after a sign-in."""
    found = microsoft.exchange(CALLBACK, consented(graph, microsoft, name), VERIFIER)
    return Kept(found.account, [found.secret])
