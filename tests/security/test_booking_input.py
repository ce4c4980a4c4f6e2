"""What strangers may send to book, hold, look, move and cancel, over JSON and over forms.

Each wrong value is a 4xx that says what is wrong with which field, by the real services; nothing
of it is stored, and nothing is ever a 500.
"""

import json
import re
from uuid import uuid4

import pytest

from .desk import ANSWERS, ATTENDEE, OK, RIGHT, refused, said

pytestmark = pytest.mark.usefixtures("nothing_is_done")


# --- the start ---------------------------------------------------------------------------------

NOT_OFFERED = {
    "off the grid": ("2026-12-08T14:07:00Z", "Meetings do not start at this time."),
    "past": ("2026-11-30T14:00:00Z", "This time has passed."),
    "long past": ("2001-01-01T00:00:00Z", "This time has passed."),
    "out of hours": ("2026-12-08T18:00:00Z", "This is outside the host's working hours."),
    "ends out of hours": ("2026-12-08T16:45:00Z", "This is outside the host's working hours."),
    "weekend": ("2026-12-05T14:00:00Z", "This is outside the host's working hours."),
    "under notice": ("2026-12-01T14:30:00Z", "This is too soon: the host needs more notice."),
    "over the horizon": ("2027-03-01T14:00:00Z", "This is too far ahead to be booked."),
    "far over it": ("2199-03-01T14:00:00Z", "This time is too far ahead."),
    "second": ("2026-12-08T14:00:01Z", "Meetings start at a whole minute."),
}
UNREADABLE = {
    "naive": "2026-12-08T14:00:00",
    "part of a second, naive": "2026-12-08T14:00:00.5",
    "day": "2026-12-08",
    "month 13": "2026-13-08T14:00:00Z",
    "30 February": "2026-02-30T14:00:00Z",
    "hour 25": "2026-12-08T25:00:00Z",
    "minute 60": "2026-12-08T14:60:00Z",
    "offset of days": "2026-12-08T14:00:00+99:00",
    "before the calendar": "0001-01-01T00:00:00+14:00",
    "after the calendar": "9999-12-31T23:59:59-14:00",
    "year 1": "0001-01-01T00:00:00Z",
    "words": "tomorrow",
    "other digits": "\uff12\uff10\uff12\uff16-12-08T14:00:00Z",
    "NUL": "2026-12-08T14:00:00Z\x00",
    "SQL": "2026-12-08' OR 1=1 --",
    "long": "2" * 10_000,
}
NO_TEXT = {"number": 1765202400, "true": True, "null": None, "list": [RIGHT], "object": {"x": 1}}
STARTS = ("bookings", "holds", "reschedule")


@pytest.mark.parametrize("what", STARTS)
@pytest.mark.parametrize("case", NOT_OFFERED)
def test_a_start_that_is_not_offered(desk, what, case):
    start, words = NOT_OFFERED[case]
    answer = desk.json(what, OK | {"start": start})
    refused(answer, "start")
    assert answer.json["error"]["fields"]["start"] == words


@pytest.mark.parametrize("case", NOT_OFFERED)
def test_a_start_that_is_not_offered_by_form(desk, case):
    start, words = NOT_OFFERED[case]
    said(desk.book_form(start=start), words)
    said(desk.form("move form", start=start), words)


@pytest.mark.parametrize("what", STARTS)
@pytest.mark.parametrize("case", [*UNREADABLE, *NO_TEXT, "empty"])
def test_a_start_that_cannot_be_read(desk, what, case):
    refused(desk.json(what, OK | {"start": (UNREADABLE | NO_TEXT).get(case, "")}), "start")


@pytest.mark.parametrize("what", STARTS)
def test_a_start_that_is_not_there(desk, what):
    refused(desk.json(what, {name: OK[name] for name in ("attendee", "answers")}), "start")


@pytest.mark.parametrize("case", [*UNREADABLE, "part of a second"])
def test_a_start_that_cannot_be_read_by_form(desk, case):
    start = UNREADABLE.get(case, "2026-12-08T14:00:00.5Z")
    words = "This is no time that could be booked."
    said(desk.book_form(start=start), words)
    said(desk.form("move form", start=start), words)


@pytest.mark.parametrize("what", ["book form", "move form"])
def test_a_form_without_a_start_leads_back_to_the_times(desk, what):
    answer = desk.form(what, tz="Asia/Tokyo")
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith(desk.path(what))


# --- duration, host, hold ----------------------------------------------------------------------


@pytest.mark.parametrize("what", ["bookings", "holds"])
@pytest.mark.parametrize("minutes", [0, 4, 45, 481, -30, 30.5, 1e300, "30", True, [30], 10**30])
def test_a_duration_that_is_not_offered(desk, what, minutes):
    refused(desk.json(what, OK | {"duration": minutes}), "duration")


@pytest.mark.parametrize("minutes", ["0", "45", "481", "-30", "30.5", "x", "30\x00", "٣٠", "030"])
def test_a_duration_that_is_not_offered_by_form(desk, minutes):
    said(desk.book_form(duration=minutes), "This duration is not offered.")


@pytest.mark.parametrize("what", ["bookings", "holds"])
def test_a_host_whom_the_link_does_not_have(desk, what):
    for host in (desk.roles.max.id, desk.roles.eve.id, uuid4()):
        refused(desk.json(what, OK | {"host": str(host)}), "host")


@pytest.mark.parametrize("field", ["host", "hold"])
@pytest.mark.parametrize("value", ["x", "' OR 1=1 --", 1, {}, ["x"], "x" * 10_000, "\x00"])
def test_what_is_no_identifier(desk, field, value):
    refused(desk.json("bookings", OK | {field: value}), field)


# --- who ---------------------------------------------------------------------------------------

HIDDEN = {
    "control": "a\x07b",
    "NUL": "a\x00b",
    "escape": "a\x1b[31mb",
    "C1": "a\x85b",
    "bidi override": "a\u202eb",
    "bidi isolate": "a\u2066b",
    "line separator": "a\u2028b",
    "line end": "a\r\nBcc: y@z.test",
}
NAMES = HIDDEN | {"empty": "", "blank": "   ", "10,000": "x" * 10_000}
EMAILS = HIDDEN | {
    "empty": "",
    "no address": "zoe",
    "no domain": "zoe@",
    "two": "a@b.test, c@d.test",
    "header": "a@b.test\r\nBcc: y@z.test",
    "named": "Zoe <a@b.test>",
    "dots": "a..b@c.test",
    "10,000": f"{'x' * 10_000}@b.test",
}
ZONES = {
    "unknown": "Mars/Olympus",
    "path": "../../etc/passwd",
    "absolute": "/etc/localtime",
    "blank": " ",
    "NUL": "UTC\x00",
    "long": "x" * 10_000,
    "case": "europe/london",
    "offset": "+01:00",
}
LONE = '"a\\ud800b"'
"""JSON of a lone surrogate, which no Python client can write."""


def attendee(**values):
    return OK | {"attendee": ATTENDEE | values}


@pytest.mark.parametrize("case", NAMES)
def test_a_name_that_cannot_be(desk, case):
    refused(desk.json("bookings", attendee(name=NAMES[case])), "attendee.name")
    page = desk.book_form(**{"attendee.name": NAMES[case]})
    said(page, 'id="f-attendee-name-error"')


@pytest.mark.parametrize("case", EMAILS)
def test_an_address_that_cannot_be(desk, case):
    refused(desk.json("bookings", attendee(email=EMAILS[case])), "attendee.email")
    said(desk.book_form(**{"attendee.email": EMAILS[case]}), 'id="f-attendee-email-error"')


@pytest.mark.parametrize("case", ZONES)
def test_a_zone_that_is_none(desk, case):
    refused(desk.json("bookings", attendee(timezone=ZONES[case])), "attendee.timezone")
    said(desk.book_form(tz=ZONES[case]), "This time zone is not known.")
    refused(desk.get(tz=ZONES[case]), "tz")


@pytest.mark.parametrize("field", ["name", "email", "timezone", "language"])
@pytest.mark.parametrize("value", [1, None, True, [], {}, ["x"]])
def test_a_person_of_wrong_types(desk, field, value):
    refused(desk.json("bookings", attendee(**{field: value})), f"attendee.{field}")


@pytest.mark.parametrize("value", [1, None, "x", [], ["x"]])
def test_a_person_who_is_none(desk, value):
    refused(desk.json("bookings", OK | {"attendee": value}), "attendee")


@pytest.mark.parametrize("field", ["name", "email", "timezone", "language"])
def test_a_lone_surrogate_is_refused_at_its_field(desk, field):
    body = json.dumps(attendee(**{field: "LONE"})).replace('"LONE"', LONE)
    refused(desk.data("bookings", body), f"attendee.{field}")


@pytest.mark.parametrize("guest", ["zoe", "a@b.test\r\nBcc: y@z.test", "a\x00@b.test", "x" * 300])
def test_a_guest_who_cannot_be(desk, guest):
    refused(desk.json("bookings", OK | {"guests": [guest]}), "guests[0]")
    said(desk.book_form(guests=guest), 'id="f-guests-error"')


def test_more_than_ten_guests(desk):
    eleven = [f"a{n}@b.test" for n in range(11)]
    refused(desk.json("bookings", OK | {"guests": eleven}), "guests")
    said(desk.book_form(guests="\n".join(eleven)), "At most 10 guests")


# --- answers -----------------------------------------------------------------------------------

BAD_ANSWERS = [
    *(("topic", text) for text in HIDDEN.values()),
    ("topic", ""),
    ("topic", "   "),
    ("topic", "x" * 10_000),
    *(("more", text) for name, text in HIDDEN.items() if name != "line end"),
    ("more", "x" * 10_000),
    ("size", "huge"),
    ("size", "small\x00"),
    ("mail", "zoe"),
    ("mail", "a@b.test\r\nBcc: y@z.test"),
    ("site", "javascript:alert(1)"),
    ("site", "https://"),
    ("site", "https://me:pass@bank.test"),
    ("site", "data:text/html,x"),
    ("phone", "call me"),
    ("count", "many"),
    ("count", "1e9"),
]


def named(case):
    return re.sub(r"[^ -~]+", "_", f"{case[0]}-{case[1][:12]}")


@pytest.mark.parametrize("case", BAD_ANSWERS, ids=named)
def test_an_answer_that_cannot_be(desk, case):
    name, text = case
    answer = desk.json("bookings", OK | {"answers": ANSWERS | {name: text}})
    assert answer.status_code == 422
    assert list(answer.json["error"]["fields"]) == [f"answers.{name}"]
    page = desk.book_form(**{f"answers.{name}": text})
    said(page, f'id="f-answers-{name}-error"')


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("topic", True),
        ("topic", ["a"]),
        ("size", ["small"]),
        ("tags", "a"),
        ("tags", ["a", "a"]),
        ("tags", ["c"]),
        ("agreed", "yes"),
        ("agreed", ["x"]),
        ("mail", True),
        ("nowhere", "x"),
    ],
)
def test_an_answer_of_another_kind(desk, name, value):
    refused(desk.json("bookings", OK | {"answers": ANSWERS | {name: value}}), f"answers.{name}")


@pytest.mark.parametrize("value", [1, 1.5, None, {}, {"x": 1}, [1], [["a"]]])
def test_an_answer_that_is_none(desk, value):
    answer = desk.json("bookings", OK | {"answers": ANSWERS | {"more": value}})
    assert answer.status_code == 422
    assert next(iter(answer.json["error"]["fields"])).startswith("answers")


def test_a_lone_surrogate_in_an_answer(desk):
    body = json.dumps(OK | {"answers": {"topic": "LONE"}}).replace('"LONE"', LONE)
    refused(desk.data("bookings", body), "answers.topic")


@pytest.mark.parametrize("case", [name for name in HIDDEN if name != "line end"])
def test_a_reason_that_cannot_be(desk, case):
    refused(desk.json("cancel", {"reason": HIDDEN[case]}), "reason")
    said(desk.form("cancel form", reason=HIDDEN[case]), "characters that cannot be used")


@pytest.mark.parametrize("value", ["x" * 10_000, 1, None, [], {}])
def test_a_reason_of_another_kind(desk, value):
    refused(desk.json("cancel", {"reason": value}), "reason")
