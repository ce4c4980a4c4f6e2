"""The CRMs that can mirror the built-in one, by name.

A third one is a module here that keeps the rules of `base`, and a line in `KNOWN`; the same tests
hold for all of them (docs/connectors.md).
"""

from dataclasses import dataclass
from importlib import import_module

from crm_bridge.connectors.base import Connector, Means


@dataclass(frozen=True)
class About:
    """What is known of a connector before it is imported: nobody pays for the libraries of a CRM
    that is not connected. `registered`: of `Means`, what it takes to sign in there; `takes_token`:
    an admin can type a token in instead.
    """

    name: str
    place: str
    registered: tuple[str, ...]
    takes_token: bool = False

    def signs_in(self, means: Means) -> bool:
        """Whether admins can sign in there from here."""
        return all(getattr(means, one) for one in self.registered)

    def made(self, means: Means) -> Connector:
        """The connector."""
        module, _, kind = self.place.partition(":")
        found: Connector = getattr(import_module(f"{__name__}.{module}"), kind)(means)
        return found


KNOWN: dict[str, About] = {
    "hubspot": About(
        "HubSpot",
        "hubspot:HubSpot",
        ("hubspot_client_id", "hubspot_client_secret"),
        takes_token=True,
    ),
    "salesforce": About(
        "Salesforce",
        "salesforce:Salesforce",
        ("salesforce_client_id", "salesforce_client_secret"),
    ),
}
