"""Runs this service's migrations; how is servicekit's business."""

from servicekit.migrations import run

run()
