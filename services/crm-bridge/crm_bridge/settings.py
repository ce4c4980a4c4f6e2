"""What an operator can set; `config.yml` names the variables."""

import servicekit


class Settings(servicekit.Settings, frozen=True, kw_only=True):
    """`private_addresses`: webhooks may be in private networks. `call_seconds`: the longest that
    one delivery may take.
    """

    private_addresses: bool = False
    call_seconds: float = 10
