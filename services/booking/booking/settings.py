"""What the environment decides; filled from config.yml."""

import servicekit


class Settings(servicekit.Settings):
    """Nothing beyond what every service has."""
