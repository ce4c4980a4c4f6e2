"""Public holidays as days off of a schedule."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from availability.domain import checks, explain, holidays, listing
from availability.domain.facts import Ask, HostFacts, LinkFacts, Offer
from availability.domain.hours import Hours, runs
from availability.domain.minutes import DAY, Frame, day_number
from contracts.availability import DateOverride, Schedule, WeekdayHours, Window
from contracts.booking import Host, Link, LinkHost, LinkSettings
from contracts.errors import Invalid

CHRISTMAS = day_number(date(2026, 12, 25))  # a Friday
DAY_HOURS = (Window(start=540, end=1020),)
WEEK = tuple(WeekdayHours(weekday=day, windows=DAY_HOURS) for day in range(1, 8))
OPEN = tuple(WeekdayHours(weekday=day, windows=(Window(start=0, end=1440),)) for day in range(1, 8))


def schedule(region, hours=WEEK, **more):
    ids = {"id": uuid4(), "workspace_id": uuid4(), "host_id": uuid4()}
    values = {"name": "Usual", "timezone": "Europe/Berlin", "hours": hours, "is_default": True}
    return Schedule(**ids, **values, holidays=region, **more)


def days_with_hours(hours, first, last):
    return {start // DAY for start, _ in hours.windows(first, last)}


def test_a_holiday_has_no_hours_and_the_days_beside_it_do():
    hours = Hours(schedule("DE"))
    assert days_with_hours(hours, CHRISTMAS - 1, CHRISTMAS + 2) == {CHRISTMAS - 1, CHRISTMAS + 2}
    assert hours.holiday(CHRISTMAS) == "Christmas Day"


def test_an_override_gives_a_holiday_its_hours():
    override = DateOverride(day=date(2026, 12, 25), windows=DAY_HOURS)
    hours = Hours(schedule("DE", overrides=(override,)))
    assert CHRISTMAS in days_with_hours(hours, CHRISTMAS, CHRISTMAS + 1)
    assert hours.holiday(CHRISTMAS) == ""


def test_a_part_of_a_country_has_holidays_of_its_own():
    epiphany = day_number(date(2027, 1, 6))
    assert Hours(schedule("DE-BY")).holiday(epiphany) == "Epiphany"
    assert Hours(schedule("DE")).holiday(epiphany) == ""


def test_schedules_of_the_same_hours_and_other_holidays_differ():
    assert Hours(schedule("DE")) == Hours(schedule("DE"))
    assert Hours(schedule("DE")) != Hours(schedule("FR"))


def test_hours_that_never_close_but_on_holidays_start_after_the_last_one_from_wherever_asked():
    hours = Hours(schedule("DE", OPEN))
    may = day_number(date(2026, 5, 2)) * DAY - 120  # 00:00 in Berlin
    for day in (date(2026, 5, 4), date(2026, 5, 13)):
        frame = Frame.around(day_number(day), day_number(day))
        assert may == runs(hours, frame.start + 2 * DAY, frame.end)[0][0]


def offer(hours):
    host = Host(
        id=uuid4(), workspace_id=uuid4(), name="Ada", email="ada@acme.test",
        timezone="Europe/Berlin", slug="ada", version=1,
    )  # fmt: skip
    now = datetime(2026, 12, 20, tzinfo=UTC)
    settings = LinkSettings(title="Call", slug="call", hosts=(LinkHost(host_id=host.id),))
    link = Link(
        id=uuid4(), workspace_id=uuid4(), owner_id=host.id, settings=settings, created_at=now
    )
    return Offer(LinkFacts(link), (HostFacts(host, (hours,)),), Ask(now=now, duration=30))


def test_nothing_is_offered_on_a_holiday_and_the_explanation_names_it():
    asked = offer(Hours(schedule("DE")))
    found = listing.in_days(asked, "Europe/Berlin", CHRISTMAS - 1, CHRISTMAS + 2)
    assert {start.date() for start in found} == {date(2026, 12, 24), date(2026, 12, 27)}
    told = explain.explain(asked, datetime(2026, 12, 25, 10, tzinfo=UTC))
    failed = next(check for check in told.hosts[0].checks if check.rule == "hours")
    assert (told.rule, failed.passed) == ("hours", False)
    assert failed.facts["holiday"] == "Christmas Day"


def test_every_country_can_be_chosen_by_name_and_asked_for_a_year():
    regions = {each.region: each.name for each in holidays.countries()}
    assert (regions["DE"], regions["IM"], regions["US"]) == (
        "Germany",
        "Isle of Man",
        "United States",
    )
    assert len(regions) > 200
    for region in regions:
        holidays.of_year(region, 2026)
    assert "Bayern" in {each.name for each in holidays.parts("DE-BE")}


@pytest.mark.parametrize("region", ["XX", "DE-", "de", "DE-XX", "-", "DE-BY-"])
def test_a_region_that_is_not_known_is_refused_at_its_field(region):
    with pytest.raises(Invalid) as refused:
        checks.schedule(schedule(region))
    assert "holidays" in refused.value.fields
