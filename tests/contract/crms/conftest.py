"""One server for each CRM; each test has an account of its own there."""

import pytest

from contract.crms.harness import HARNESSES


@pytest.fixture(params=sorted(HARNESSES))
def crm(request):
    kind, harness = HARNESSES[request.param]
    fake = kind()
    with fake.served() as url:
        yield harness(fake, url)
    assert fake.odd == []
