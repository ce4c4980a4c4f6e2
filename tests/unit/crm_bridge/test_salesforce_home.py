"""Where a Salesforce account may be: its tokens go to Salesforce's own servers alone."""

import pytest

from crm_bridge.connectors.base import Means
from crm_bridge.connectors.salesforce import Salesforce


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.test\\.salesforce.com",
        "https://evil.test/.salesforce.com",
        "https://evil.test?.salesforce.com",
        "https://x@acme.my.salesforce.com",
        "https://acme.my.salesforce.com:99999",
        "https://acme.my.salesforce.com:8443",
        "https://acme.my.salesforce.com.evil.test",
        "http://acme.my.salesforce.com",
        "",
    ],
)
def test_another_server_gets_no_token(address):
    assert not Salesforce(Means())._is_theirs(address)


def test_their_own_does():
    assert Salesforce(Means())._is_theirs("https://acme.my.salesforce.com")
