"""What a zone is called, which weeks of a month are over, and months that nothing can lie in."""

from datetime import UTC, date, datetime

import pytest

from contracts.availability import Slots
from gateway.booking_pages import picking
from gateway.desk import zones as offered
from gateway.presenting import picker, zones
from gateway.presenting.picker import Context, Wish

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("Europe/Kiev", "Europe/Kyiv"),
        ("Asia/Saigon", "Asia/Ho_Chi_Minh"),
        ("US/Pacific", "America/Los_Angeles"),
    ],
)
def test_a_zone_goes_by_its_name_of_today(old, new):
    assert zones.canonical(old) == new


@pytest.mark.parametrize("zone", ["Europe/Oslo", "Europe/London", "Asia/Kolkata", "UTC"])
def test_a_city_that_shares_its_rules_with_another_keeps_its_name(zone):
    assert zones.canonical(zone) == zone


def test_a_list_offers_each_zone_once_by_its_name_of_today():
    names = [name for _, options in offered() for name, _ in options]
    assert len(names) == len(set(names))
    assert "Asia/Kolkata" in names
    assert "Asia/Calcutta" not in names


def test_weeks_without_a_day_left_are_counted():
    month = date(2026, 11, 1)
    wish = Wish(path="/book/x", zone="Europe/London", month=month)
    assert (
        picker.build(
            wish,
            Slots(timezone="Europe/London", duration=30, slots=(), valid_until=NOW),
            Context(now=NOW),
        ).over
        == 4
    )


@pytest.mark.parametrize(
    ("month", "shown"),
    [
        (date(2026, 12, 1), date(2026, 12, 1)),
        (date(2027, 3, 1), date(2026, 11, 1)),
        (date(2026, 1, 1), date(2026, 11, 1)),
    ],
)
def test_a_month_in_which_nothing_can_be_free_is_not_shown(month, shown):
    wish = Wish(path="/book/x", zone="Europe/London", month=month)
    surroundings = Context(now=NOW, last_day=date(2026, 12, 23))
    assert picking._month(wish, date(2026, 11, 1), surroundings) == shown
