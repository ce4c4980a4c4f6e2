"""What the environment decides; filled from config.yml."""

import servicekit


class Settings(servicekit.Settings, frozen=True, kw_only=True):
    """Nothing beyond what every service has."""
