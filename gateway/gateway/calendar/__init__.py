"""The dashboard: meetings by tab, everything about one booking, and what a host can do with it.

Members see their own bookings, admins and owners everybody's; another's is not found.
"""

from importlib import import_module

from flask import Blueprint

blueprint = Blueprint("calendar", __name__, url_prefix="/calendar")

for _part in (
    "filtering",
    "listing",
    "detail",
    "files",
    "moving",
    "deciding",
    "exporting",
    "feed",
    "overview",
):
    import_module(f"{__name__}.{_part}")
