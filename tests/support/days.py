"""Days for tests that book by the suite's own clock, whatever the date."""

from datetime import UTC, datetime, timedelta

from playwright.sync_api import FrameLocator, expect


def roomy_month() -> str:
    """`2027-02`: a month in which many days can still be booked. This one's last days may be few."""
    today = datetime.now(UTC).date()
    month = today if today.day <= 10 else today.replace(day=1) + timedelta(days=32)
    return f"{month:%Y-%m}"


def roomy_day() -> str:
    """`2027-02-09`: a Tuesday, a week or two ahead; all its times can still be booked."""
    later = datetime.now(UTC).date() + timedelta(days=8)
    return f"{later + timedelta(days=(1 - later.weekday()) % 7)}"


def turn_to_later_day(frame: FrameLocator) -> None:
    """In a widget: to the last day of a month with many, which is not the one that others look at."""
    days = frame.locator("a[data-day]")
    if str(days.first.get_attribute("data-day")) < roomy_month():
        frame.get_by_role("link", name="The month after").click()
        expect(frame.locator("a[data-month=left]")).to_be_visible()
    days.last.click()
    expect(days.last).to_have_attribute("aria-current", "true")
