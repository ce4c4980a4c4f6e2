"""Times, zones and the month grid, as the attendee's pages show them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from contracts.availability import Slot, Slots
from gateway.presenting import times, words
from gateway.presenting.picker import Context, Wish, build, nearest

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


def slots(*starts: datetime, next_free: datetime | None = None) -> Slots:
    return Slots(
        timezone="Europe/London",
        duration=30,
        slots=tuple(Slot(start=start) for start in starts),
        valid_until=NOW,
        next_free=next_free,
    )


def wish(**asked) -> Wish:
    return Wish("/book/ada", **{"zone": "Europe/London", "month": date(2026, 12, 1), **asked})


def free_days(view) -> list[int]:
    return [day.number for week in view.weeks for day in week if day and day.href]


class TestTimes:
    def test_the_clock_follows_the_readers_zone(self):
        noon = datetime(2026, 12, 1, 12, tzinfo=UTC)

        assert times.clock(noon, "Asia/Kolkata") == "17:30"
        assert times.clock(noon, "America/New_York", twelve=True) == "7:00 am"

    @pytest.mark.parametrize(
        ("hour", "shown"), [(0, "12:00 am"), (12, "12:00 pm"), (13, "1:00 pm"), (23, "11:00 pm")]
    )
    def test_twelve_hours_have_no_zero(self, hour, shown):
        assert times.clock(datetime(2026, 12, 1, hour, tzinfo=UTC), "UTC", twelve=True) == shown

    @pytest.mark.parametrize(
        ("language", "twelve"),
        [
            ("en-US,en;q=0.9", True),
            ("en-GB", False),
            ("en", False),
            ("de-DE,en-US;q=0.5", False),
            ("hi", True),
            ("", False),
            ("*;q=x", False),
        ],
    )
    def test_the_first_language_decides_the_clock(self, language, twelve):
        assert times.twelve_hours(language) is twelve

    def test_a_zone_is_named_with_its_distance_on_that_day(self):
        winter, summer = datetime(2026, 12, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)

        assert times.zone_name(winter, "Europe/London") == "London (UTC+0)"
        assert times.zone_name(summer, "Europe/London") == "London (UTC+1)"
        assert times.zone_name(winter, "Asia/Kathmandu") == "Kathmandu (UTC+5:45)"
        assert times.zone_name(winter, "America/St_Johns") == "St Johns (UTC-3:30)"

    def test_a_meeting_past_midnight_names_its_last_day(self):
        start = datetime(2026, 12, 1, 23, 45, tzinfo=UTC)

        shown = times.span(start, start + timedelta(minutes=30), "UTC")

        assert shown.endswith("00:15 (Wed 2 December)")

    def test_a_clock_change_on_the_way_is_found_on_its_day(self):
        after = datetime(2027, 3, 29, 9, tzinfo=UTC)

        assert times.clock_change(NOW, after, "Europe/London") == date(2027, 3, 28)
        assert times.clock_change(NOW, after, "Asia/Kolkata") is None

    def test_months_go_over_the_years_edge(self):
        assert times.month_after(date(2026, 12, 1)) == date(2027, 1, 1)
        assert times.month_after(date(2026, 1, 1), -1) == date(2025, 12, 1)


class TestPicker:
    def test_the_first_day_with_times_is_chosen_already(self):
        early = datetime(2026, 12, 3, 9, tzinfo=UTC)

        view = build(wish(), slots(early, early + timedelta(days=1)), Context(NOW))

        assert view.day == "Thursday 3 December"
        assert [time.label for time in view.times] == ["09:00"]
        assert free_days(view) == [3, 4]

    def test_days_are_the_readers_days(self):
        late = datetime(2026, 12, 3, 20, tzinfo=UTC)

        view = build(wish(zone="Asia/Tokyo"), slots(late), Context(NOW))

        assert free_days(view) == [4]
        assert view.times[0].label == "05:00"

    def test_an_empty_month_leads_to_the_next_free_day(self):
        view = build(wish(), slots(next_free=datetime(2027, 1, 5, 9, tzinfo=UTC)), Context(NOW))

        assert view.times == []
        assert view.next_free_words == "Tue 5 January"
        assert "day=2027-01-05" in view.next_free

    def test_months_before_now_and_after_the_horizon_cannot_be_reached(self):
        now = datetime(2026, 12, 1, tzinfo=UTC)

        view = build(wish(), slots(), Context(now, last_day=date(2026, 12, 31)))

        assert (view.previous, view.next) == ("", "")

    def test_a_day_without_times_gives_way_to_the_first_with_some(self):
        view = build(
            wish(day=date(2026, 12, 9)), slots(datetime(2026, 12, 3, 9, tzinfo=UTC)), Context(NOW)
        )

        assert view.day == "Thursday 3 December"

    def test_addresses_keep_zone_duration_and_hold(self):
        view = build(
            wish(zone="Europe/Paris", duration=60, hold="h"),
            slots(datetime(2026, 12, 3, 9, tzinfo=UTC)),
            Context(NOW),
        )

        assert view.times[0].href == (
            "/book/ada?tz=Europe%2FParis&day=2026-12-03&duration=60&hold=h"
            "&start=2026-12-03T09%3A00%3A00Z"
        )

    def test_the_nearest_are_soonest_first_and_not_the_wanted_one(self):
        wanted = datetime(2026, 12, 3, 9, tzinfo=UTC)
        around = [Slot(start=wanted + timedelta(hours=h)) for h in (-5, -1, 0, 1, 2, 9)]

        found = nearest(around, wanted)

        assert found == [wanted + timedelta(hours=h) for h in (-1, 1, 2)]


class TestWords:
    @pytest.mark.parametrize(
        ("name", "letters"),
        [
            ("Ada Lovelace", "AL"),
            ("ada", "A"),
            ("Zoë van der Berg", "ZB"),
            ("  ", "?"),
            ("(x) 👋 yes", "XY"),
            ("王 小明", "王小"),
        ],
    )
    def test_initials_are_letters_of_the_name(self, name, letters):
        assert words.initials(name) == letters

    @pytest.mark.parametrize(
        ("minutes", "said"), [(5, "5 min"), (60, "1 hour"), (90, "1 h 30 min"), (480, "8 hours")]
    )
    def test_lengths_in_words(self, minutes, said):
        assert words.length(minutes) == said

    def test_names_are_listed_as_in_a_sentence(self):
        assert words.listed(["Ada", "Bea", "Cyd"]) == "Ada, Bea and Cyd"
        assert words.listed([]) == ""

    @pytest.mark.parametrize(("together", "word"), [(True, "and"), (False, "or")])
    def test_of_many_hosts_the_first_are_named(self, together, word):
        hosts = ["Ada", "Bea", "Cyd", "Dan"]
        assert words.named(hosts, together=together) == f"Ada, Bea, Cyd {word} Dan"
        five = words.named([*hosts, "Eve"], together=together)
        assert five == f"Ada, Bea {word} 3 others"
