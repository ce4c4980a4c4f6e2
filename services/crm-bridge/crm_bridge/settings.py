"""What an operator can set; `config.yml` names the variables."""

import servicekit


class Settings(servicekit.Settings, frozen=True, kw_only=True):
    """Nothing beyond what every service has."""
