"""An account that signed in at the fake, as the service holds it."""

from base64 import urlsafe_b64encode
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from urllib.parse import parse_qs, urlsplit

from calendar_sync.adapters.means import Means
from calendar_sync.adapters.microsoft import MAILBOXES, Microsoft
from calendar_sync.adapters.provider import Account
from calendar_sync.domain.calendars import Draft, Reading, Written
from fakes.authority import ca_bundle
from fakes.graph import Book, Graph

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


def adapter(graph: Graph, url: str, call_seconds: float = 10, tenant: str = "common") -> Microsoft:
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


@dataclass
class Office:
    """One account at a fake of its own, and the adapter that it is connected with."""

    graph: Graph
    microsoft: Microsoft
    kept: Kept
    book: Book

    @property
    def account(self) -> Account:
        """The account as the service holds it now."""
        return self.kept.account

    def hasty(self) -> None:
        """From now on, calls have a second."""
        self.microsoft = Microsoft(replace(self.microsoft.means, call_seconds=1))

    def patient(self) -> None:
        """From now on, calls have a minute."""
        self.microsoft = Microsoft(replace(self.microsoft.means, call_seconds=60))

    def read(self, cursor: str | None, now: datetime) -> Reading:
        """One reading of the main calendar."""
        return self.microsoft.read(self.account, self.book.id, cursor, now)

    def write(self, draft: Draft) -> Written:
        """Writes in the main calendar."""
        return self.microsoft.write(self.account, self.book.id, draft)

    def asked(self, name: str) -> int:
        """How many requests of that name came."""
        return len(self.graph.moods.of(name))


@contextmanager
def opened() -> Generator[Office]:
    """An account that has just signed in, the journal still empty."""
    MAILBOXES.clear()
    graph = Graph()
    with graph.served() as url:
        book = graph.account("ada@acme.test", "W. Europe Standard Time")
        microsoft = adapter(graph, url)
        kept = signed_in(graph, microsoft, "ada@acme.test")
        graph.moods.journal.clear()
        yield Office(graph, microsoft, kept, book)
