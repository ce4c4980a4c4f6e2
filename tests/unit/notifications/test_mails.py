"""What a mail looks like: words, HTML, calendar, headers; with the worst names too."""

from datetime import timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from email.policy import SMTP, SMTPUTF8, default
from email.utils import parseaddr
from html.parser import HTMLParser

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from contracts.booking import Attendee, Location
from notifications.domain import people
from notifications.domain.facts import ManageLinks, Subject
from notifications.domain.text import Undeliverable, one_line
from notifications.rendering import invitation, pages
from notifications.rendering.message import Envelope, Invitation, Sender, compose
from unit.notifications.builders import ADA, NOW, START, ZOE, ended, make_booking

KINDS = ["confirmed", "updated", "rescheduled", "cancelled", "reminder"]
JOIN = "https://meet.example/abc"
MANAGE = ManageLinks("https://h.test/book/reschedule/tok", "https://h.test/book/cancel/kot")
ORGANIZER = "no-reply@acme.test"
HOSTILE = '<script>alert(1)</script>"\r\nBcc: evil@x.test\u202e\x00;CN=x:mailto:y,\\n'


class Tags(HTMLParser):
    """Collects the elements and addresses of a page."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.links = set(), []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.links += [value for name, value in attrs if name in {"href", "src"}]


def subject(kind="confirmed", booking=None, role="attendee", **more):
    booking = booking or make_booking()
    reader = people.find(booking, role)
    manage = MANAGE if reader.is_attendee else ManageLinks()
    return Subject(kind, booking, reader, **({"join_url": JOIN, "manage": manage} | more))


def host_role():
    return f"host:{ADA.id}"


def mail(about):
    words = pages.booking(about)
    method = invitation.method(about)
    part = Invitation(method, invitation.calendar(about, ORGANIZER, NOW)) if method else None
    envelope = Envelope(
        Sender("Acme", ORGANIZER),
        about.reader.name,
        about.reader.email,
        "<id@acme.test>",
        NOW,
        (("Ada", ADA.email),),
        "<root@acme.test>",
    )
    return message_from_bytes(compose(envelope, words, part).as_bytes(), policy=default)


def part(message, content_type):
    return next(one for one in message.walk() if one.get_content_type() == content_type)


def test_the_subject_first_says_what():
    assert (
        pages.booking(subject()).subject
        == "Confirmed: Intro call with Ada, Tue 1 Dec 09:00 (New York)"
    )
    of_host = pages.booking(subject(role=host_role()))
    assert of_host.subject == "Confirmed: Intro call with Zoë, Tue 1 Dec 14:00 (London)"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("role", ["attendee", host_role()])
def test_text_and_html_say_the_same_facts(kind, role):
    words = pages.booking(subject(kind, role=role))
    times = {"attendee": "09:00 to 09:30 (New York, UTC-5)"}
    for body in (words.text, words.html):
        assert times.get(role, "14:00 to 14:30 (London, UTC+0)") in body
        assert "Intro call" in body
        assert (JOIN in body) == (kind != "cancelled")
        assert ("About the fountain" in body) == (role != "attendee")


@pytest.mark.parametrize("kind", ["confirmed", "updated", "rescheduled", "reminder"])
def test_only_the_attendee_gets_the_links_that_change_the_booking(kind):
    for body in (pages.booking(subject(kind)).text, pages.booking(subject(kind)).html):
        assert MANAGE.reschedule in body
        assert MANAGE.cancel in body
    of_host = pages.booking(subject(kind, role=host_role(), dashboard="https://h.test/calendar"))
    assert "https://h.test/calendar" in of_host.text
    assert "/book/" not in of_host.text + of_host.html


def test_a_move_names_the_old_time_too():
    words = pages.booking(subject("rescheduled", previous_start=START - timedelta(days=1)))
    assert "It was Monday 30 November 2026, 09:00 (New York, UTC-5)" in words.text


@pytest.mark.parametrize(
    ("by", "role", "sentence"),
    [
        ("attendee", "attendee", "You have cancelled your meeting with Ada."),
        ("attendee", host_role(), "Zoë has cancelled this meeting."),
        (f"host:{ADA.id}", "attendee", "Ada has cancelled this meeting."),
        (f"account:{ADA.id}", host_role(), "You have cancelled your meeting with Zoë."),
        ("system", "attendee", "Your meeting with Ada was cancelled."),
    ],
)
def test_a_cancellation_says_who_and_why(by, role, sentence):
    booking = ended(make_booking(), cancelled_by=by, cancel_reason="Down with a cold")
    text = pages.booking(subject("cancelled", booking, role)).text
    assert sentence in text
    assert "Reason: Down with a cold" in text


@pytest.mark.parametrize(
    ("location", "line"),
    [
        (Location(kind="phone", value="+44 1"), "Where: Phone: +44 1"),
        (Location(kind="address", value="1 High St"), "Where: 1 High St"),
        (Location(kind="url", value="https://own.example/r"), "Where: https://own.example/r"),
        (Location(kind="url", value="javascript:alert(1)"), "Where: javascript:alert(1)"),
    ],
)
def test_each_kind_of_place_is_named(location, line):
    words = pages.booking(subject(booking=make_booking(location=location)))
    assert line in words.text
    assert not [link for link in Tags(words.html).links if not link.startswith("https://")]


@pytest.mark.parametrize(
    ("role", "writes", "said"),
    [
        ("attendee", True, "The link to join follows"),
        ("attendee", False, "Ada will tell you how to join"),
        (host_role(), False, "please send one yourself"),
    ],
)
def test_a_conference_without_an_address_promises_only_what_will_come(role, writes, said):
    booking = make_booking(hosts=(msgspec.structs.replace(ADA, writes_calendar=writes),))
    assert said in pages.booking(subject("confirmed", booking, role, join_url="")).text


def test_a_colour_that_is_none_is_not_used():
    html = pages.booking(subject(booking=make_booking(link_colour="red;x:url(//evil)"))).html
    assert "evil" not in html


def hostile():
    return make_booking(
        link_title=HOSTILE,
        attendee=msgspec.structs.replace(ZOE, name=HOSTILE),
        hosts=(msgspec.structs.replace(ADA, name=HOSTILE),),
        answers={"note": HOSTILE},
        location=Location(kind="address", value=HOSTILE),
        workspace_name=HOSTILE,
        confirmation_text=HOSTILE,
        cancel_reason=HOSTILE,
        cancelled_by="attendee",
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("role", ["attendee", host_role()])
def test_hostile_text_breaks_nothing(kind, role):
    message = mail(subject(kind, hostile(), role))
    assert message["Bcc"] is None
    assert message["Subject"].startswith(kind[:3].capitalize() if kind != "rescheduled" else "Mov")
    assert len(message["To"].addresses) == 1
    html = part(message, "text/html").get_content()
    assert "script" not in Tags(html).tags
    text = part(message, "text/plain").get_content()
    assert "\u202e" not in text + html
    assert "\x00" not in text + html
    if kind != "reminder":
        (event,) = Calendar.from_ical(part(message, "text/calendar").get_content()).events
        assert len(event["attendee"]) == 2
        assert event["organizer"] == f"mailto:{ORGANIZER}"


@settings(max_examples=60)
@given(
    name=st.text(min_size=1, max_size=200),
    title=st.text(min_size=1, max_size=200),
    note=st.text(max_size=500),
)
def test_any_text_gives_a_mail_that_can_be_read_again(name, title, note):
    booking = make_booking(
        link_title=title, attendee=msgspec.structs.replace(ZOE, name=name), answers={"note": note}
    )
    message = mail(subject("confirmed", booking, host_role()))
    assert str(message["To"].addresses[0].addr_spec) == ADA.email
    (event,) = Calendar.from_ical(part(message, "text/calendar").get_content()).events
    assert event["uid"] == booking.uid
    assert len(event["attendee"]) == 2


WORDS = [
    "Ada",
    "Zoë",
    "O'Neil",
    "(sales)",
    "=?utf-8?q?x?=",
    "Straße",
    "さくら",
    "נועה",
    '"a"',
    "b,c",
]
"""Pieces of names, of every kind that a header writes in another way."""


def read(text):
    """As RFC 2047 reads it."""
    return str(make_header(decode_header(text)))


@settings(max_examples=30)
@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=9).map(" ".join))
def test_no_space_between_words_is_lost_or_won_on_the_way(name):
    booking = make_booking(link_title=name, hosts=(msgspec.structs.replace(ADA, name=name),))
    about = subject(booking=booking)
    words = pages.booking(about)
    envelope = Envelope(Sender(name, ORGANIZER), name, ZOE.email, "<id@acme.test>", NOW)
    sent = compose(envelope, words, None).as_bytes(policy=SMTP.clone(refold_source="none"))
    assert max(map(len, sent.splitlines())) <= 78
    raw = {name: value.replace("\r\n", "") for name, value in message_from_bytes(sent).items()}
    assert read(raw["Subject"]) == words.subject
    shown, address = parseaddr(raw["To"])
    assert (read(shown), address) == (one_line(name, 60), ZOE.email)
    assert message_from_bytes(sent, policy=default)["To"].addresses[0].addr_spec == ZOE.email


def test_long_texts_stay_whole_in_the_body_and_short_in_the_subject():
    booking = make_booking(link_title="T" * 200, answers={"note": "n" * 5000})
    words = pages.booking(subject(booking=booking, role=host_role()))
    assert len(words.subject) < 200
    assert "n" * 5000 in words.text


def test_the_mail_is_one_column_for_light_and_dark_without_tracking():
    html = pages.booking(subject()).html
    assert 'name="color-scheme" content="light dark"' in html
    assert "prefers-color-scheme: dark" in html
    assert "max-width:600px" in html
    assert "img" not in Tags(html).tags
    assert set(Tags(html).links) == {JOIN, MANAGE.reschedule, MANAGE.cancel}


def test_the_calendar_is_an_alternative_and_a_file_with_its_method():
    message = mail(subject())
    alternative = part(message, "text/calendar")
    assert alternative.get_param("method") == "REQUEST"
    assert alternative.get_content_charset() == "utf-8"
    (attachment,) = message.iter_attachments()
    assert attachment.get_filename() == "invite.ics"
    assert attachment.get_content() == invitation.calendar(subject_like(message), ORGANIZER, NOW)


def subject_like(message):
    """The subject whose calendar stands in a mail: told by its UID."""
    (event,) = Calendar.from_ical(part(message, "text/calendar").get_content()).events
    booking = make_booking(uid=str(event["uid"]))
    return subject(booking=booking)


def test_the_calendar_says_the_meeting():
    booking = make_booking()
    (event,) = Calendar.from_ical(
        invitation.calendar(subject(booking=booking), ORGANIZER, NOW)
    ).events
    assert event["dtstart"].dt == START
    assert event["dtend"].dt == START + timedelta(minutes=30)
    assert event["dtstamp"].dt == NOW
    assert (event["location"], event["url"]) == (JOIN, JOIN)
    assert event["organizer"].params["CN"] == "Ada"
    rsvp = {str(who): who.params["RSVP"] for who in event["attendee"]}
    assert rsvp == {f"mailto:{ZOE.email}": "TRUE", f"mailto:{ADA.email}": "FALSE"}
    assert MANAGE.cancel in event["description"]


def test_a_chain_keeps_its_uid_and_its_sequence_grows_with_every_mail():
    first = make_booking()
    second = msgspec.structs.replace(first, sequence=1)
    chain = [
        subject("confirmed", first),
        subject("updated", first),
        subject("rescheduled", second),
        subject("updated", second),
        subject("cancelled", ended(second)),
    ]
    events = [
        Calendar.from_ical(invitation.calendar(one, ORGANIZER, NOW)).events[0] for one in chain
    ]
    numbers = [event["sequence"] for event in events]
    assert numbers == sorted(set(numbers))
    assert {str(event["uid"]) for event in events} == {first.uid}


def test_a_cancellation_cancels():
    whole = Calendar.from_ical(
        invitation.calendar(subject("cancelled", ended(make_booking())), ORGANIZER, NOW)
    )
    assert whole["method"] == "CANCEL"
    assert whole.events[0]["status"] == "CANCELLED"


def test_no_calendar_part_for_reminders_nor_for_a_host_whose_calendar_is_written():
    written = make_booking(hosts=(msgspec.structs.replace(ADA, writes_calendar=True),))
    for about in (subject("reminder"), subject("confirmed", written, host_role())):
        types = {one.get_content_type() for one in mail(about).walk()}
        assert types == {"multipart/alternative", "text/plain", "text/html"}
    assert invitation.method(subject("confirmed", written)) == "REQUEST"


def test_headers_say_who_and_that_nobody_need_answer_by_machine():
    message = mail(subject())
    assert str(message["From"]) == f"Acme <{ORGANIZER}>"
    assert str(message["Reply-To"]) == f"Ada <{ADA.email}>"
    assert message["Message-ID"] == "<id@acme.test>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime == NOW


def test_an_international_address_stands_in_a_mail_for_any_server():
    """As itself where the server says that it takes such (RFC 6532), else in ASCII."""
    booking = make_booking(attendee=msgspec.structs.replace(ZOE, email="ада@почта.рф"))
    about = subject(booking=booking)
    who = ("Ада", about.reader.email)
    envelope = Envelope(Sender("Acme", ORGANIZER), *who, "<id@acme.test>", NOW, (who,))
    message = compose(envelope, pages.booking(about), None)
    as_itself = message.as_bytes(policy=SMTPUTF8.clone(refold_source="none"))
    assert "ада@xn--80a1acny.xn--p1ai" in as_itself.decode()
    assert message.as_bytes(policy=SMTP.clone(refold_source="none")).isascii()


def test_an_impossible_recipient_is_undeliverable():
    booking = make_booking(attendee=Attendee(name="Z", email="a@b\r\nBcc: c@d"))
    with pytest.raises(Undeliverable):
        mail(subject(booking=booking))


@pytest.mark.parametrize("message", ["account_invited", "password_reset"])
def test_account_mails_carry_their_link_and_its_end(message):
    about = pages.AccountMail(
        message, HOSTILE, "Asia/Kolkata", "https://h.test/x?t=1", NOW, HOSTILE, HOSTILE
    )
    words = pages.account(about)
    assert "https://h.test/x?t=1" in words.text
    assert "Monday 23 November 2026, 14:30 (Kolkata, UTC+5:30)" in words.text
    assert "script" not in Tags(words.html).tags
    assert Tags(words.html).links == ["https://h.test/x?t=1"]


@pytest.mark.parametrize(
    ("why", "says"), [("gone", "nothing at this address"), ("failing", "a day")]
)
def test_mails_about_webhooks_say_why_and_where(why, says):
    words = pages.webhook(
        pages.WebhookMail(HOSTILE, HOSTILE, why, "https://h.test/settings/webhooks")
    )
    assert says in words.text
    assert "https://h.test/settings/webhooks" in words.text
    assert "script" not in Tags(words.html).tags


def test_mails_about_other_crms_say_which_and_where():
    words = pages.crm(pages.CrmMail(HOSTILE, "HubSpot", "https://h.test/settings/crm"))
    assert words.subject == "HubSpot does not let us in any more"
    assert "written then" in words.text
    assert Tags(words.html).links == ["https://h.test/settings/crm"]
    assert "script" not in Tags(words.html).tags


@pytest.mark.parametrize("message", ["connection_broken", "connection_restored"])
def test_connection_mails_name_the_calendar(message):
    about = pages.ConnectionMail(
        message, "Ada", "google", "ada@g.test", HOSTILE, "https://h.test/settings/calendars", "Acme"
    )
    words = pages.connection(about)
    assert "Google Calendar" in words.subject
    assert "https://h.test/settings/calendars" in words.text
    assert "script" not in Tags(words.html).tags
