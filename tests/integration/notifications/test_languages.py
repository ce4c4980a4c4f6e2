"""Mails in Japanese and in Hebrew, through a real server and back."""

from email.header import decode_header, make_header

from icalendar import Calendar

ADA, ZOE = "ada@acme.test", "zoe@example.org"


def part(mail, content_type):
    return next(one for one in mail.walk() if one.get_content_type() == content_type)


def test_each_reads_every_mail_in_their_own_language(office):
    """The attendee's is the booking's, for a whole chain; the host's is their account's."""
    office.reads("he", version=2)
    booked = office.move(office.book(name="さくら", language="ja"), office.START + office.DAY)
    office.send()
    office.later(days=8, hours=6)
    office.cancel(booked)
    office.send()
    kinds = [["日時変更：", "リマインダー：", "キャンセル："], ["מועד חדש:", "תזכורת:", "בוטלה:"]]  # noqa: RUF001
    for who, words in zip((ZOE, ADA), kinds, strict=True):
        subjects = [str(mail["Subject"]) for mail in office.mails(who)]
        assert [word for word in words if any(one.startswith(word) for one in subjects)] == words
        assert not [one for one in subjects if "Moved" in one or "with" in one]


def test_japanese_and_hebrew_arrive_as_they_were_written(office):
    office.reads("he", version=2)
    office.book(name="さくら", language="ja")
    office.send()
    (japanese,), (hebrew,) = office.mails(ZOE), office.mails(ADA)
    for mail in (japanese, hebrew):
        (raw,) = (value for name, value in mail.raw_items() if name == "Subject")
        assert raw.isascii()
        assert str(make_header(decode_header(raw))) == mail["Subject"]
    said = "予約確定：Adaさんとの「Intro call」、12月1日(火) 9:00（ニューヨーク）"  # noqa: RUF001
    assert japanese["Subject"] == said
    assert hebrew["Subject"] == (
        "אושרה: \u2068Intro call\u2069 עם \u2068さくら\u2069, יום ג׳, 1 בדצמ׳, 14:00 (לונדון)"  # noqa: RUF001
    )
    assert str(hebrew["Reply-To"].addresses[0].display_name) == "さくら"
    assert '<html lang="he" dir="rtl">' in part(hebrew, "text/html").get_content()
    (event,) = Calendar.from_ical(part(japanese, "text/calendar").get_content()).events
    assert event["description"].startswith("内容：Intro call、30分")  # noqa: RUF001
