"""Days for tests that book by the suite's own clock, whatever the date."""

from datetime import UTC, datetime, timedelta


def roomy_month() -> str:
    """`2027-02`: a month in which many days can still be booked. This one's last days may be few."""
    today = datetime.now(UTC).date()
    month = today if today.day <= 10 else today.replace(day=1) + timedelta(days=32)
    return f"{month:%Y-%m}"
