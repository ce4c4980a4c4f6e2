"""Alembic's entry: this service's database alone."""

from servicekit.migrations import run

run()
