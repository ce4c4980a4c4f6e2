"""Mails in Japanese and in Hebrew, through a real server and back."""

from email.header import decode_header, make_header
from uuid import uuid4

from icalendar import Calendar

from contracts.crm_bridge import CrmSignedOut, WebhookAdmin, WebhookDisabled

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


def test_an_admin_is_told_of_a_webhook_in_the_language_of_their_account(office):
    """Who has no account any more is told in English."""
    office.reads("he", version=2)
    gone = "gone@acme.test"
    event = WebhookDisabled(
        workspace_id=office.workspace,
        version=1,
        webhook_id=uuid4(),
        server="hooks.test",
        why="gone",
        at=office.NOW,
        admins=(
            WebhookAdmin(id=office.ada, name="Ada", email=ADA),
            WebhookAdmin(id=uuid4(), name="Gone", email=gone),
        ),
    )
    office.hear(office.notifications, event)
    office.send()
    assert "הושבת" in office.mails(ADA)[-1]["Subject"]
    assert office.mails(gone)[-1]["Subject"] == "A webhook to hooks.test was disabled"


def test_every_admin_is_told_once_of_a_crm_that_lets_us_in_no_more(office):
    office.reads("he", version=3)
    told = CrmSignedOut(
        workspace_id=office.workspace,
        version=1,
        connection_id=uuid4(),
        provider="hubspot",
        name="HubSpot",
        at=office.NOW,
        admins=(
            WebhookAdmin(id=office.ada, name="Ada", email=ADA),
            WebhookAdmin(id=uuid4(), name="Gil", email="gil@acme.test"),
        ),
    )
    before = len(office.mails(ADA))
    office.hear(office.notifications, told)
    office.hear(office.notifications, told)
    office.send()
    assert len(office.mails(ADA)) == before + 1
    assert "גישה" in office.mails(ADA)[-1]["Subject"]
    (english,) = office.mails("gil@acme.test")
    assert english["Subject"] == "HubSpot does not let us in any more"
    assert "/settings/crm" in part(english, "text/plain").get_content()
