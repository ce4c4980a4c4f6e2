"""Hypothesis, the same for everybody: no example is told from another by its time, and a run
repeats the run before it. `CASES_AT_RANDOM=1` looks for examples that nobody has seen yet.
"""

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "steady",
    deadline=None,
    derandomize=not os.environ.get("CASES_AT_RANDOM"),
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("steady")
