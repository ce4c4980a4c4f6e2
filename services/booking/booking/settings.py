"""What the environment decides; filled from config.yml."""

import servicekit


class Settings(servicekit.Settings, frozen=True, kw_only=True):
    """`file_days`: a booking's files are deleted so many days after the meeting."""

    file_days: int = 30
