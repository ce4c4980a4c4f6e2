"""What times the events of an iCalendar text take."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from calendar_sync.domain.recurrence import BadCalendar, View, expand, expand_all, zone_named

BERLIN = ZoneInfo("Europe/Berlin")
VIEW = View(
    BERLIN,
    datetime(2026, 12, 1, tzinfo=UTC),
    datetime(2028, 12, 1, tzinfo=UTC),
    frozenset({"ada@acme.test"}),
)
HEAD = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//A//B//EN\n"


def text(*events, before=""):
    bodies = (f"BEGIN:VEVENT\n{event.strip()}\nEND:VEVENT\n" for event in events)
    return (HEAD + before + "".join(bodies) + "END:VCALENDAR\n").replace("\n", "\r\n")


def event(lines="", start="DTSTART:20261202T100000Z", end="DTEND:20261202T110000Z"):
    return "\n".join(
        ["UID:u", "DTSTAMP:20261101T000000Z", start, *([end] if end else []), lines]
    ).strip()


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


def periods(*events, before=""):
    return sorted(
        (one.start, one.end)
        for one in expand(text(*events, before=before), "e", VIEW)
        if one.blocks
    )


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("DTSTART:20261202T100000Z", "DTEND:20261202T110000Z", (utc(2026, 12, 2, 10), utc(2026, 12, 2, 11))),
        ("DTSTART;TZID=America/New_York:20261202T100000", "DURATION:PT45M", (utc(2026, 12, 2, 15), utc(2026, 12, 2, 15, 45))),
        ("DTSTART:20261202T100000", "DTEND:20261202T110000", (utc(2026, 12, 2, 9), utc(2026, 12, 2, 10))),
        ("DTSTART;VALUE=DATE:20261202", "DTEND;VALUE=DATE:20261204", (utc(2026, 12, 1, 23), utc(2026, 12, 3, 23))),
        ("DTSTART;VALUE=DATE:20261202", "", (utc(2026, 12, 1, 23), utc(2026, 12, 2, 23))),
        ("DTSTART;VALUE=DATE:20261202", "DTEND;VALUE=DATE:20261202", (utc(2026, 12, 1, 23), utc(2026, 12, 2, 23))),
        ("DTSTART;VALUE=DATE:20270328", "DURATION:P1D", (utc(2027, 3, 27, 23), utc(2027, 3, 28, 22))),
        ("DTSTART;TZID=W. Europe Standard Time:20261202T100000", "DURATION:PT1H", (utc(2026, 12, 2, 9), utc(2026, 12, 2, 10))),
    ],
)  # fmt: skip
def test_an_event_blocks_from_its_start_to_its_end(start, end, expected):
    assert periods(event(start=start, end=end)) == [expected]


@pytest.mark.parametrize(
    "lines",
    [
        "STATUS:CANCELLED", "TRANSP:TRANSPARENT", "X-MICROSOFT-CDO-BUSYSTATUS:FREE",
        "ATTENDEE;PARTSTAT=DECLINED:mailto:Ada@Acme.test",
    ],
)  # fmt: skip
def test_what_does_not_block_is_told_all_the_same(lines):
    (one,) = expand(text(event(lines)), "e", VIEW)
    assert (one.event_id, one.blocks) == ("e", False)


@pytest.mark.parametrize(
    "lines", ["STATUS:TENTATIVE", "ATTENDEE;PARTSTAT=TENTATIVE:mailto:ada@acme.test"]
)
def test_what_is_tentative_blocks(lines):
    assert len(periods(event(lines))) == 1


def test_an_event_declined_by_somebody_else_blocks_and_says_so():
    (one,) = expand(text(event("ATTENDEE;PARTSTAT=DECLINED:mailto:sam@else.test")), "e", VIEW)
    assert (one.blocks, one.declined) == (True, True)


@pytest.mark.parametrize(
    "event", [event(end=""), event(end="DTEND:20261202T090000Z"), event(end="DURATION:PT0S")]
)
def test_what_takes_no_time_does_not_block(event):
    (one,) = expand(text(event), "e", VIEW)
    assert (one.blocks, one.start) == (False, one.end)


def test_a_single_event_is_told_wherever_it_is_and_a_series_within_the_window():
    long_ago = event(start="DTSTART:20200102T100000Z", end="DURATION:PT1H")
    assert len(expand(text(long_ago), "e", VIEW)) == 1
    assert expand(text(long_ago + "\nRRULE:FREQ=DAILY;COUNT=9"), "e", VIEW) == ()
    assert expand_all(text(long_ago), VIEW) == ()


WEEKLY = event(
    "RRULE:FREQ=WEEKLY;COUNT=4",
    "DTSTART;TZID=Europe/Berlin:20270315T090000",
    "DTEND;TZID=Europe/Berlin:20270315T100000",
)


def starts(*events):
    return [start for start, _ in periods(*events)]


def test_a_series_keeps_its_local_time():
    assert starts(WEEKLY) == [
        utc(2027, 3, 15, 8), utc(2027, 3, 22, 8), utc(2027, 3, 29, 7), utc(2027, 4, 5, 7),
    ]  # fmt: skip


def test_a_series_of_whole_days_keeps_to_midnight():
    daily = event("RRULE:FREQ=DAILY;COUNT=2", "DTSTART;VALUE=DATE:20270328", "")
    assert periods(daily) == [
        (utc(2027, 3, 27, 23), utc(2027, 3, 28, 22)), (utc(2027, 3, 28, 22), utc(2027, 3, 29, 22)),
    ]  # fmt: skip


def test_a_series_without_a_zone_is_in_the_calendars():
    floating = event("RRULE:FREQ=WEEKLY;COUNT=2", "DTSTART:20270322T090000", "DURATION:PT1H")
    assert starts(floating) == [utc(2027, 3, 22, 8), utc(2027, 3, 29, 7)]


def test_further_dates_join_a_series_and_dates_left_out_leave_it():
    changed = WEEKLY + (
        "\nRDATE;TZID=Europe/Berlin:20270316T090000"
        "\nEXDATE;TZID=Europe/Berlin:20270322T090000,20270329T090000"
    )
    assert starts(changed) == [utc(2027, 3, 15, 8), utc(2027, 3, 16, 8), utc(2027, 4, 5, 7)]


def override(lines, start="20270322T090000", more=""):
    return (
        f"UID:u\nDTSTAMP:20261101T000000Z\nRECURRENCE-ID;TZID=Europe/Berlin{more}:{start}\n{lines}"
    )


def test_an_occurrence_is_moved_or_cancelled_by_itself_and_keeps_its_id():
    moved = override("DTSTART:20270323T140000Z\nDTEND:20270323T150000Z")
    cancelled = override(
        "DTSTART;TZID=Europe/Berlin:20270329T090000\nDURATION:PT1H\nSTATUS:CANCELLED",
        "20270329T090000",
    )
    before = {one.id for one in expand(text(WEEKLY), "e", VIEW)}
    after = expand(text(WEEKLY, moved, cancelled), "e", VIEW)
    assert {one.id for one in after} == before
    assert sorted(one.start for one in after if one.blocks) == [
        utc(2027, 3, 15, 8), utc(2027, 3, 23, 14), utc(2027, 4, 5, 7),
    ]  # fmt: skip


def test_this_and_all_that_follow_can_be_moved():
    later = override(
        "DTSTART;TZID=Europe/Berlin:20270322T110000\nDTEND;TZID=Europe/Berlin:20270322T120000",
        more=";RANGE=THISANDFUTURE",
    )
    assert starts(WEEKLY, later) == [
        utc(2027, 3, 15, 8), utc(2027, 3, 22, 10), utc(2027, 3, 29, 9), utc(2027, 4, 5, 9),
    ]  # fmt: skip


def test_an_occurrence_whose_series_is_elsewhere_blocks():
    alone = override("DTSTART:20270323T140000Z\nDTEND:20270323T150000Z")
    assert starts(alone) == [utc(2027, 3, 23, 14)]


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=MINUTELY",
        "FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYSETPOS=2",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=2;INTERVAL=0",
        "FREQ=WEEKLY;BYHOUR=1,2,3,4,5;BYMINUTE=1,2,3,4,5",
        "FREQ=NEVER",
        "nonsense",
    ],
)
def test_a_rule_that_makes_no_sense_leaves_its_first_time_blocked(rule):
    assert starts(event(f"RRULE:{rule}")) == [utc(2026, 12, 2, 10)]


@pytest.mark.parametrize("start", ["DTSTART:nonsense", "X-NOTHING:1", "DTSTART:99991231T235959Z"])
def test_one_bad_event_does_not_hide_the_others(start):
    bad = event(start=start, end="").replace("UID:u", "UID:bad")
    found = [one.event_id for one in expand_all(text(bad, event()), VIEW)]
    assert found == ["u"]


def test_a_rule_of_a_day_in_the_year_is_followed():
    yearly = event("RRULE:FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=2")
    assert starts(yearly) == [utc(2026, 12, 2, 10), utc(2027, 12, 2, 10)]


def test_a_text_of_open_ends_takes_no_time_to_look_through():
    endless = HEAD + "BEGIN:VEVENT\nBEGIN:VALARM\n" * 100_000 + "END:VCALENDAR\n"
    assert expand_all(endless, VIEW) == ()


def test_a_line_of_blanks_takes_no_time_to_look_through():
    blanks = "X-WR-TIMEZONE:" + " " * 1_000_000 + "x\n"
    assert zone_named(HEAD + blanks + "END:VCALENDAR\n") is None


def test_others_have_their_turn_while_a_large_calendar_is_read():
    turns = []
    events = [event().replace("UID:u", f"UID:{number}") for number in range(301)]
    assert len(expand_all(text(*events), VIEW, lambda: turns.append(1))) == 301
    assert len(turns) >= 4


@pytest.mark.parametrize(
    "bad", ["", "<html>sign in</html>", "BEGIN:VCALENDAR\r\n", "BEGIN:VEVENT\r\nEND:VEVENT\r\n"]
)
def test_what_is_no_calendar_is_said_to_be_none(bad):
    with pytest.raises(BadCalendar):
        expand_all(bad, VIEW)


def test_events_without_uid_are_all_told():
    without = event().replace("UID:u\n", "")
    assert len(expand_all(text(without, without), VIEW)) == 2


def test_a_zone_of_the_calendars_own_is_followed():
    own = (
        "BEGIN:VTIMEZONE\nTZID:Our Zone\nBEGIN:STANDARD\nDTSTART:19700101T000000\n"
        "TZOFFSETFROM:+0530\nTZOFFSETTO:+0530\nEND:STANDARD\nEND:VTIMEZONE\n"
    )
    ours = event(start="DTSTART;TZID=Our Zone:20261202T100000", end="DURATION:PT1H")
    assert periods(ours, before=own) == [(utc(2026, 12, 2, 4, 30), utc(2026, 12, 2, 5, 30))]


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ("BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\n", "Europe/Berlin"),
        ("TZID:/citadel.org/2021/Europe/Paris\r\nX-LIC-LOCATION:Europe/Paris\r\n", "Europe/Paris"),
        ("X-WR-TIMEZONE:Asia/Kolkata\n", "Asia/Kolkata"),
        ("TZID:W. Europe Standard Time\r\n", "Europe/Berlin"),
    ],
)
def test_a_zone_is_known_by_its_name(named, expected):
    assert zone_named(named) == ZoneInfo(expected)


@pytest.mark.parametrize(
    "unknown", ["", "TZID:../../etc/passwd\r\n", "TZID:Nowhere\r\n", "TZID:\r\n"]
)
def test_an_unknown_zone_is_none(unknown):
    assert zone_named(unknown) is None


def test_ten_years_of_a_series_before_the_window_cost_nothing_after_it():
    daily = event(
        "RRULE:FREQ=DAILY", "DTSTART;TZID=Europe/Berlin:20160101T090000", "DURATION:PT30M"
    )
    found = periods(daily)
    assert VIEW.since <= found[0][0] < VIEW.since + timedelta(days=1)
    assert len(found) == 731
