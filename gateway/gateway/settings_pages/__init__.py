"""The settings behind the sign-in: booking links, schedules, calendars, team, profile, workspace.

Every view checks whose thing it is (`desk.mine_or_404`) or the reader's role; every form works
without JavaScript and keeps what was typed when something in it is wrong.
"""

from importlib import import_module

from flask import Blueprint

blueprint = Blueprint("settings_pages", __name__, url_prefix="/settings")

PARTS = (
    "links",
    "embed",
    "why",
    "schedules",
    "time_off",
    "calendars",
    "calendars_adding",
    "team",
    "teams",
    "fairness",
    "profile",
    "keys",
    "webhooks",
    "crm",
    "workspace",
)

for _part in PARTS:
    import_module(f"{__name__}.{_part}")
