"""The command `./workestra`: prepares its own environment, then runs, checks, tests the suite."""
