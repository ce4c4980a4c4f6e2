"""A workspace beside a HubSpot that can misbehave."""

import pytest

from crm_bridge.service import CrmBridge
from fakes.authority import ca_bundle
from fakes.hubspot import HubSpot
from integration.crm_bridge.acme import Acme
from servicekit.testing import FakeClock, Local
from unit.crm_bridge.builders import NOW


@pytest.fixture(scope="module")
def hubspot():
    made = HubSpot()
    with made.served():
        yield made


@pytest.fixture(scope="module")
def local(postgres, hubspot):
    with postgres.lending() as databases:
        local = Local(databases, clock=FakeClock(NOW))
        local.add(
            CrmBridge,
            hubspot_base_url=hubspot.url,
            hubspot_client_id=hubspot.login.client_id,
            hubspot_client_secret=hubspot.login.client_secret,
            crm_private_addresses=True,
            crm_ca_bundle=ca_bundle(),
        )
        yield local


@pytest.fixture
def acme(local, hubspot):
    hubspot.reset()
    made = Acme(local, "hubspot", hubspot)
    yield made
    made.disconnect()
    assert hubspot.odd == []


@pytest.fixture
def connected(acme):
    acme.connect()
    return acme
