"""Times, zones, names and hostile text in words."""

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.domain import words
from notifications.domain.languages import language
from notifications.domain.text import (
    Undeliverable,
    mail_address,
    one_line,
    paragraph,
    web_address,
)
from unit.notifications.builders import START

ENGLISH = language("en")


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("Europe/London", "Tue 1 Dec 14:00 (London)"),
        ("America/New_York", "Tue 1 Dec 09:00 (New York)"),
        ("Asia/Kolkata", "Tue 1 Dec 19:30 (Kolkata)"),
        ("America/Argentina/Buenos_Aires", "Tue 1 Dec 11:00 (Buenos Aires)"),
        ("Pacific/Auckland", "Wed 2 Dec 03:00 (Auckland)"),
        ("UTC", "Tue 1 Dec 14:00 (UTC)"),
        ("Etc/GMT+5", "Tue 1 Dec 09:00 (UTC-5)"),
        ("No/Such", "Tue 1 Dec 14:00 (UTC)"),
        ("../../etc/passwd", "Tue 1 Dec 14:00 (UTC)"),
    ],
)
def test_a_subject_names_the_readers_city(zone, expected):
    assert words.short_time(START, zone, ENGLISH) == expected


@pytest.mark.parametrize(
    ("start", "minutes", "zone", "expected"),
    [
        (START, 30, "Europe/London", "Tuesday 1 December 2026, 14:00 to 14:30 (London, UTC+0)"),
        (START, 30, "Asia/Kolkata", "Tuesday 1 December 2026, 19:30 to 20:00 (Kolkata, UTC+5:30)"),
        (START, 30, "UTC", "Tuesday 1 December 2026, 14:00 to 14:30 (UTC)"),
        (
            datetime(2026, 12, 1, 23, 45, tzinfo=UTC),
            30,
            "Europe/London",
            "Tuesday 1 December 2026, 23:45 to Wednesday 2 December 2026, 00:15 (London, UTC+0)",
        ),
        # The hour that London repeats: the offset tells the two apart.
        (
            datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
            60,
            "Europe/London",
            "Sunday 25 October 2026, 01:30 to 01:30 UTC+0 (London, UTC+1)",
        ),
        (
            datetime(2026, 3, 29, 0, 45, tzinfo=UTC),
            30,
            "Europe/London",
            "Sunday 29 March 2026, 00:45 to 02:15 UTC+1 (London, UTC+0)",
        ),
    ],
)
def test_a_time_carries_its_day_and_offset_also_over_clock_changes(start, minutes, zone, expected):
    end = start + timedelta(minutes=minutes)
    assert words.time_range(start, end, zone, ENGLISH) == expected


@pytest.mark.parametrize(
    ("people", "expected"),
    [
        (["Ada"], "Ada"),
        (["Ada", "Bea"], "Ada and Bea"),
        (["Ada", "Bea", "Cyd"], "Ada, Bea and Cyd"),
        (["Ada", "Bea", "Cyd", "Dan", "Eve"], "Ada, Bea and 3 others"),
        ([], ""),
    ],
)
def test_names_are_joined_as_people_say_them(people, expected):
    assert words.names(people, ENGLISH) == expected


@pytest.mark.parametrize(
    ("colour", "ink"), [("#000000", "#ffffff"), ("#ffffff", "#000000"), ("#4f46e5", "#ffffff")]
)
def test_text_on_a_brand_colour_is_readable(colour, ink):
    assert words.ink_on(colour) == ink


def test_length_is_elapsed_time():
    assert words.length(START, START + timedelta(minutes=90), ENGLISH) == "1 h 30 min"
    assert words.length(START, START + timedelta(minutes=120), ENGLISH) == "2 h"
    assert words.length(START, START + timedelta(minutes=45), ENGLISH) == "45 min"


@given(st.text(max_size=400))
def test_any_text_becomes_one_header_line(text):
    line = one_line(text)
    message = EmailMessage(policy=SMTP)
    message["Subject"] = line
    assert len(line) <= 300
    assert len(line.splitlines()) <= 1
    line.encode("utf-8")


@given(st.text(max_size=400))
def test_any_text_becomes_a_printable_paragraph(text):
    clean = paragraph(text)
    assert all(
        character == "\n" or character.isprintable() or not character.isascii()
        for character in clean
    )
    clean.encode("utf-8")


def test_bidi_overrides_and_controls_are_taken_out():
    assert one_line("a\u202egnp.exe\x00\r\nBcc: x\ud800") == "agnp.exe Bcc: x"


@pytest.mark.parametrize("url", ["https://meet.example/a?b=c#d", "http://127.0.0.1:8800/x"])
def test_web_addresses_pass(url):
    assert web_address(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "https://",
        "https://a b",
        'https://a"onclick=x',
        "https://a\nb",
        "https://[::1",
        "https://a:99999/",
        "//host",
        "",
    ],
)
def test_anything_else_is_no_link(url):
    assert web_address(url) == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ada@acme.test", "ada@acme.test"),
        ("a.b+c@x.example", "a.b+c@x.example"),
        ("o'neil@x.example", "o'neil@x.example"),
        ("zoe@bücher.example", "zoe@xn--bcher-kva.example"),
    ],
)
def test_mail_addresses_pass(text, expected):
    assert mail_address(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ada",
        "ada@",
        "@x",
        "a@b@c",
        "a b@c",
        "a@b\r\nBcc: d@e",
        "a@b,c@d",
        "<a@b>",
        "a@b..c",
        "a\u202e@b",
    ],
)
def test_what_is_no_address_is_undeliverable(text):
    with pytest.raises(Undeliverable):
        mail_address(text)
