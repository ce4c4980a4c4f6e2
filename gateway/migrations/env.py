"""Runs the gateway's migrations."""

from servicekit.migrations import run

run()
