"""The visitor's own calendar over the times: read from a file, in the browser alone."""

from datetime import UTC, date, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events
from playwright.sync_api import expect

from support.days import roomy_month

HOME = "Europe/Berlin"
RULES = (
    "FREQ=DAILY",
    "FREQ=DAILY;INTERVAL=3;COUNT=40",
    "FREQ=DAILY;UNTIL=20261210{}",
    "FREQ=DAILY;BYDAY=MO,WE",
    "FREQ=WEEKLY",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH",
    "FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=SU,MO",
    "FREQ=WEEKLY;COUNT=7;BYDAY=MO,FR",
    "FREQ=MONTHLY",
    "FREQ=MONTHLY;BYMONTHDAY=15,-1",
    "FREQ=MONTHLY;BYDAY=2TU",
    "FREQ=MONTHLY;BYDAY=-1FR;COUNT=5",
    "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
    "FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=31",
    "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
    "FREQ=YEARLY",
    "FREQ=YEARLY;BYMONTH=3,12;BYDAY=1SU",
)
STARTS = (
    "DTSTART;TZID=Europe/London:20260105T093000",
    "DTSTART:20260131T120000Z",
    "DTSTART;TZID=America/New_York:20251103T093000",
    "DTSTART;VALUE=DATE:20260228",
    "DTSTART;TZID=Asia/Kolkata:20240229T233000",
)
FIRST, LAST = datetime(2026, 10, 20, tzinfo=UTC), datetime(2026, 12, 20, tzinfo=UTC)
"""With both continents' autumn clock changes."""
READ = """async ([from, files, first, last, home]) => {
  const { busy, read } = await import(from);
  return files.map(text => busy(read(text, home), first, last)); }"""


def file(*events):
    body = "".join(
        f"BEGIN:VEVENT\r\nDTSTAMP:20250101T000000Z\r\n{event}\r\nEND:VEVENT\r\n" for event in events
    )
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{body}END:VCALENDAR\r\n"


def repeated(start, rule):
    day = "VALUE=DATE" in start
    lasts = "P1D" if day else "PT45M"
    return file(
        f"UID:1\r\n{start}\r\nDURATION:{lasts}\r\nRRULE:{rule.format('' if day else 'T100000Z')}"
    )


def ms(moment):
    if not isinstance(moment, datetime):
        moment = datetime(moment.year, moment.month, moment.day, tzinfo=ZoneInfo(HOME))
    return int(moment.timestamp() * 1000)


def expected(text):
    """As recurring-ical-events says."""
    found = recurring_ical_events.of(icalendar.Calendar.from_ical(text))
    spans = [
        [ms(each["DTSTART"].dt), ms(each.end)]
        for each in found.between(FIRST - timedelta(days=2), LAST + timedelta(days=2))
    ]
    return sorted(span for span in spans if span[0] < ms(LAST) and span[1] > ms(FIRST))


def ics_read(page, files):
    source = page.locator("[data-overlay]").get_attribute("data-overlay")
    return page.evaluate(READ, [source, files, ms(FIRST), ms(LAST), HOME])


@pytest.fixture(scope="module")
def page(browser, embedded_suite):
    context = browser.new_context(
        viewport={"width": 360, "height": 800},
        timezone_id=HOME,
        locale="en-GB",
        reduced_motion="reduce",
    )
    made = context.new_page()
    made.goto(f"{embedded_suite.url}/book/ada?month={roomy_month()}")
    yield made
    context.close()


def test_repeated_events_block_when_a_peer_says_so(page):
    files = [repeated(start, rule) for start, rule in product(STARTS, RULES)]
    found = ics_read(page, files)
    wrong = [text for text, spans in zip(files, found, strict=True) if spans != expected(text)]
    assert wrong == []
    assert sum(map(len, found)) > 500


BASE = "UID:1\r\nDTSTART;TZID=Europe/Berlin:20261102T100000\r\nDTEND;TZID=Europe/Berlin:20261102T110000\r\nRRULE:FREQ=WEEKLY;COUNT=3"
MONDAYS = [f"2026-11-{day:02}T09:00" for day in (2, 9, 16)]
SINGLE = "UID:2\r\nDTSTART:20261103T090000Z\r\nDTEND:20261103T100000Z"
ODD = {
    "as it stands": ((BASE,), MONDAYS),
    "one taken out": (
        (f"{BASE}\r\nEXDATE;TZID=Europe/Berlin:20261109T100000",),
        [MONDAYS[0], MONDAYS[2]],
    ),
    "one moved": (
        (
            BASE,
            "UID:1\r\nRECURRENCE-ID:20261109T090000Z\r\nDTSTART:20261110T120000Z\r\nDTEND:20261110T130000Z",
        ),
        [MONDAYS[0], "2026-11-10T12:00", MONDAYS[2]],
    ),
    "one cancelled": (
        (
            BASE,
            "UID:1\r\nSTATUS:CANCELLED\r\nRECURRENCE-ID:20261109T090000Z\r\nDTSTART:20261109T090000Z\r\nDTEND:20261109T100000Z",
        ),
        [MONDAYS[0], MONDAYS[2]],
    ),
    "an Outlook zone": ((BASE.replace("Europe/Berlin", '"W. Europe Standard Time"'),), MONDAYS),
    "a zone that nobody knows": ((BASE.replace("Europe/Berlin", "My own"),), MONDAYS),
    "no zone": ((BASE.replace(";TZID=Europe/Berlin", ""),), MONDAYS),
    "free": ((f"{SINGLE}\r\nTRANSP:TRANSPARENT", BASE), MONDAYS),
    "with an alarm and a folded line": (
        (
            f"{SINGLE}\r\nSUMMARY:long\r\n  er\r\nBEGIN:VALARM\r\nTRIGGER:-PT1H\r\nDURATION:PT5H\r\nEND:VALARM",
        ),
        ["2026-11-03T09:00"],
    ),
    "a rule that is not known": ((f"{SINGLE}\r\nRRULE:FREQ=HOURLY",), ["2026-11-03T09:00"]),
    "nonsense": (("UID:3\r\nDTSTART:soon", "BEGIN:VEVENT", SINGLE), ["2026-11-03T09:00"]),
}


def test_what_was_moved_taken_out_or_odd_is_read_as_it_is_meant(page):
    found = ics_read(page, [file(*events) for events, _ in ODD.values()])
    starts = [
        [f"{datetime.fromtimestamp(start / 1000, UTC):%Y-%m-%dT%H:%M}" for start, _ in spans]
        for spans in found
    ]
    assert dict(zip(ODD, starts, strict=True)) == {
        name: wanted for name, (_, wanted) in ODD.items()
    }


def test_a_dropped_calendar_marks_the_times_and_goes_nowhere(page, examiner):
    sent = []
    page.on("request", lambda request: sent.append((request.method, request.post_data)))
    first = page.locator("a.slot[data-start]").first
    start = datetime.fromisoformat(first.get_attribute("data-start"))
    day = date.fromisoformat(page.locator("a[data-day][aria-current]").get_attribute("data-day"))
    stamp = f"{start:%Y%m%dT%H%M%SZ}"
    own = file(f"UID:1\r\nDTSTART:{stamp}\r\nDURATION:PT10M\r\nRRULE:FREQ=DAILY\r\nSUMMARY:Secret")
    page.get_by_text("Compare with my calendar").click()
    page.get_by_label("A calendar file (.ics)").set_input_files(
        {"name": "me.ics", "mimeType": "text/calendar", "buffer": own.encode()}
    )
    expect(first).to_contain_text("busy")
    expect(page.get_by_text("you are busy at 1 of these")).to_be_visible()
    assert examiner.faults(page, "book-overlay") == {}
    # The next day's times are marked too, without the file being asked for again.
    page.locator(f"a[data-day]:not([data-day='{day}'])").first.click()
    expect(page.locator("a[data-day][aria-current]")).not_to_have_attribute("data-day", str(day))
    expect(page.locator(".slot.clash")).to_have_count(1)
    page.get_by_label("A calendar file (.ics)").set_input_files(
        {"name": "me.txt", "mimeType": "text/plain", "buffer": b"<script>"}
    )
    expect(page.get_by_text("This is no calendar file.")).to_be_visible()
    assert {method for method, _ in sent} == {"GET"}
    assert not any("Secret" in (body or "") for _, body in sent)
