"""Fixtures for every test; each lives in a module of `support` named for what it starts."""

pytest_plugins = [
    "support.postgres",
]
