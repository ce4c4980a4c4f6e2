"""Addresses that webhooks may not have."""

from uuid import uuid4

import pytest

from contracts.crm_bridge import CreateWebhook
from contracts.errors import Invalid
from crm_bridge.service import CrmBridge
from integration.crm_bridge.conftest import SEALED
from servicekit.testing import FakeClock, Local
from unit.crm_bridge.builders import NOW


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/x",
        "http://0x7f000001/",
        "http://[::1]:80/",
        "http://169.254.169.254/latest",
        "http://10.0.0.7/",
        "https://me:word@93.184.215.14/",
        "ftp://93.184.215.14/",
        "https://",
        "nonsense",
        "http://93.184.215.14:99999/",
        "http://name.invalid/",
    ],
)
def test_addresses_that_may_not_be_asked_are_refused_at_their_field(strict, url):
    with pytest.raises(Invalid) as refused:
        strict.create_webhook(
            CreateWebhook(workspace_id=uuid4(), webhook_id=uuid4(), url=url, sealed_secret=SEALED)
        )
    assert refused.value.fields["url"].endswith(".")


@pytest.fixture(scope="module")
def strict(postgres):
    with postgres.lending() as databases:
        local = Local(databases, clock=FakeClock(NOW))
        local.add(CrmBridge)
        yield local.crm_bridge
