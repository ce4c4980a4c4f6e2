"""How long a hold lives."""

from datetime import datetime, timedelta
from ipaddress import ip_address

LIFE = timedelta(minutes=10)
LONGEST = timedelta(minutes=30)
MOST_AN_ADDRESS = 5

WORTH_RENEWING = timedelta(seconds=30)
"""A renewal that gains less changes nothing: a page that asks at every key stroke would make each
reader of claims work for it.
"""


def expiry(placed_at: datetime, now: datetime) -> datetime:
    """Until when a hold lasts that is placed or renewed at `now`."""
    return min(now + LIFE, placed_at + LONGEST)


def is_counted(address: str) -> bool:
    """Whether the limit of open holds applies; loopback is a proxy or a test, not a visitor."""
    if not address:
        return False
    try:
        return not ip_address(address).is_loopback
    except ValueError:
        return True
