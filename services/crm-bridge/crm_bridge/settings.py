"""What an operator can set; `config.yml` names the variables."""

import servicekit


class Settings(servicekit.Settings):
    """Nothing beyond what every service has."""
