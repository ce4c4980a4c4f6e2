# ruff: noqa: RUF001 - letters of Hebrew and marks of Japanese are meant as they are
"""Mails in their reader's language: catalogues that are whole, dates as people write them, and
names that keep their own direction.
"""

import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import get_args

import msgspec
import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

import notifications
from contracts.booking import NOTE, Attendee, BookedFile, Location, Question
from contracts.languages import LANGUAGES
from contracts.notifications import MailKind
from notifications.domain import people, words
from notifications.domain.facts import AnswerLinks, ManageLinks, Subject
from notifications.domain.kinds import ASKS
from notifications.domain.languages import language
from notifications.rendering import invitation, pages
from unit.notifications.builders import ADA, BEA, NOW, START, make_booking

ROOT = Path(notifications.__file__).parent
OTHERS = sorted(set(LANGUAGES) - {"en"})
KINDS = get_args(MailKind)
ABOUT_OTHERS = {"account_invited", "password_reset", "connection_broken", "connection_restored"}
ABOUT_OTHERS |= {"calendar_differs", "webhook_disabled", "crm_signed_out"}
ABOUT_BOOKINGS = [kind for kind in KINDS if kind not in ABOUT_OTHERS]
HOSTILE = '<b>x</b>"\r\nBcc: evil@x.test\u202e\u2066\u05d0\x00;%(person)s'


@pytest.fixture(scope="module")
def messages():
    """Everything that templates and code say."""
    with (ROOT.parent / "babel.cfg").open() as file:
        methods, _ = parse_mapping_cfg(file)
    keywords = {"_": None, "say": None, "count": (1, 2)}
    return {found[2] for found in extract_from_dir(ROOT, methods, keywords=keywords)}


def places(text):
    return sorted(re.findall(r"%\(\w+\)\w?", text))


def catalogue(code):
    with (ROOT / "translations" / code / "LC_MESSAGES" / "messages.po").open("rb") as source:
        return read_po(source)


def test_there_is_a_catalogue_of_each_language():
    assert sorted(path.name for path in (ROOT / "translations").iterdir()) == OTHERS


@pytest.mark.parametrize("code", OTHERS)
def test_a_catalogue_says_everything_that_mails_say_and_nothing_else(code, messages):
    kept = catalogue(code)
    assert {message.id for message in kept if message.id} == messages
    assert not kept.obsolete
    assert [message.id for message in kept if message.fuzzy and message.id] == []
    for message in filter(lambda one: isinstance(one.id, str) and one.id, kept):
        assert places(message.string) == places(message.id), message.id
        assert message.string % dict.fromkeys(re.findall(r"%\((\w+)\)", message.id), "x")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("en", ["1 other", "2 others", "5 others"]),
        ("de", ["1 weitere Person", "2 weitere Personen", "5 weitere Personen"]),
        ("fr", ["1 autre", "2 autres", "5 autres"]),
        ("es", ["1 persona más", "2 personas más", "5 personas más"]),
        ("pt", ["mais 1 pessoa", "mais 2 pessoas", "mais 5 pessoas"]),
        ("ja", ["ほか1名", "ほか2名", "ほか5名"]),
        ("he", ["עוד אחד", "עוד שניים", "עוד 5"]),
    ],
)
def test_numbers_have_the_form_that_they_need(code, said):
    count = language(code).count
    assert [count("%(num)s other", "%(num)s others", number) for number in (1, 2, 5)] == said


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("de", "Dienstag, 1. Dezember 2026, 14:00 bis 14:30 Uhr (London, UTC+0)"),
        ("fr", "mardi 1er décembre 2026, de 14:00 à 14:30 (Londres, UTC+0)"),
        ("es", "martes, 1 de diciembre de 2026, de 14:00 a 14:30 (Londres, UTC+0)"),
        ("pt", "terça-feira, 1 de dezembro de 2026, das 14:00 às 14:30 (Londres, UTC+0)"),
        ("ja", "2026年12月1日火曜日 14:00～14:30（ロンドン, UTC+0）"),
        ("he", "יום שלישי, 1 בדצמבר 2026, 14:00 עד 14:30 (לונדון, UTC+0)"),
    ],
)
def test_a_time_is_written_as_its_readers_do(code, said):
    end = START + timedelta(minutes=30)
    assert words.time_range(START, end, "Europe/London", language(code)) == said


@pytest.mark.parametrize(
    ("code", "short", "length"),
    [
        ("de", "Di., 1. Dez., 19:30 (Kalkutta)", "1 Std. 30 Min."),
        ("fr", "mar. 1er déc. à 19:30 (Calcutta)", "1 h 30 min"),
        ("es", "mar, 1 dic, 19:30 (Calcuta)", "1 h 30 min"),
        ("pt", "ter., 1 de dez., 19:30 (Calcutá)", "1 h 30 min"),
        ("ja", "12月1日(火) 19:30（コルカタ）", "1時間30分"),
        ("he", "יום ג׳, 1 בדצמ׳, 19:30 (קולקטה)", "1 שע׳ 30 דק׳"),
    ],
)
def test_a_subject_and_a_length_are_short(code, short, length):
    assert words.short_time(START, "Asia/Kolkata", language(code)) == short
    assert words.length(START, START + timedelta(minutes=90), language(code)) == length


@pytest.mark.parametrize("code", OTHERS)
def test_a_meeting_over_midnight_or_a_clock_change_names_both_ends(code):
    start = datetime(2026, 10, 24, 21, 30, tzinfo=UTC)
    said = words.time_range(start, start + timedelta(hours=5), "Europe/Paris", language(code))
    for part in ("23:30", "3:30", "24", "25", "UTC+1", "UTC+2"):
        assert part in said


@pytest.mark.parametrize(
    ("code", "names", "said"),
    [
        ("de", ["Ada", "Bea", "Cyd"], "Ada, Bea und Cyd"),
        ("es", ["Ada", "Ignacio"], "Ada e Ignacio"),
        ("es", ["Ada", "Iolanda"], "Ada y Iolanda"),
        ("ja", ["Ada", "Bea"], "Ada、Bea"),
        ("he", ["Ada", "Bea"], "\u2068Ada\u2069 ו-\u2068Bea\u2069"),
        ("he", ["אדה", "בעז"], "\u2068אדה\u2069 ו\u2068בעז\u2069"),
        ("fr", ["Ada", "Bea", "Cyd", "Dan"], "Ada, Bea et 2 autres"),
    ],
)
def test_names_are_joined_as_their_readers_do(code, names, said):
    assert words.names(names, language(code)) == said


def test_a_name_of_the_other_direction_is_isolated_and_ours_is_not():
    english, hebrew = language("en"), language("he")
    assert english.say("With") + english.isolated("Ada") == "WithAda"
    assert english.isolated("אדה") == "\u2068אדה\u2069"
    assert hebrew.isolated("+44 20\nAda") == "\u2068+44 20\u2069\n\u2068Ada\u2069"
    assert hebrew.isolated(hebrew.say("With")) == "עם"


# --- whole mails -------------------------------------------------------------------------------

LINK = "https://h.test/1"
GREEK = "Ωμέγα"
"""A name in letters of no language of ours: what is left in Latin letters was not translated."""


def meeting(code, name=GREEK, **more):
    hosts = tuple(msgspec.structs.replace(one, name=name, language=code) for one in (ADA, BEA))
    box = Question(id="box", label=name, type="checkbox")
    file = BookedFile(question="doc", id=ADA.id, name=name, type="image/png", size=1)
    return make_booking(
        **{
            "attendee": Attendee(name=name, email="1@2.3", timezone="Europe/London", language=code),
            "hosts": hosts,
            "link_title": name,
            "workspace_name": name,
            "confirmation_text": name,
            "cancelled_by": "attendee",
            "cancel_reason": name,
            "guests": ("4@5.6",),
            "questions": (NOTE, box, Question(id="doc", label=name, type="file")),
            "answers": {"note": name, "box": True},
            "files": (file,),
        }
        | more
    )


def about(kind, booking, role):
    asks = kind == "approval_asked"
    return Subject(
        kind,
        booking,
        people.find(booking, role),
        join_url=LINK,
        previous_start=START - timedelta(days=1),
        manage=ManageLinks(LINK, LINK) if role == "attendee" else ManageLinks(),
        dashboard="" if role == "attendee" else LINK,
        answer=AnswerLinks(LINK, LINK, START) if asks else AnswerLinks(),
        previous_hosts=f"{GREEK}\n{GREEK}",
    )


def other_mails(code, name=GREEK):
    zone = "Europe/London"
    for kind in ("account_invited", "password_reset"):
        yield pages.account(pages.AccountMail(kind, name, zone, LINK, NOW, name, name, code))
    for kind in ("connection_broken", "connection_restored"):
        for why, provider in (("refused", "ics"), ("silent", "practice"), ("", "")):
            mail = pages.ConnectionMail(kind, name, provider, name, name, LINK, name, why, code)
            yield pages.connection(mail)
    for why in ("gone", "failing"):
        yield pages.webhook(pages.WebhookMail(name, name, why, LINK, code))
    yield pages.crm(pages.CrmMail(name, name, LINK, code))
    booking = meeting(code, name)
    for what, why in (("moved", "policy"), ("deleted", "taken"), ("declined", "impossible")):
        yield pages.difference(
            pages.DifferenceMail(name, zone, booking, what, why, START, LINK, code)
        )


def subjects(code, name=GREEK):
    booking = meeting(code, name)
    request = meeting(code, name, approved=False, status="pending", cancelled_by="system")
    elsewhere = meeting(code, name, location=Location(kind="phone"), cancelled_by="system")
    for kind in ABOUT_BOOKINGS:
        for one in (booking, request, elsewhere):
            yield about(kind, one, "attendee")
            yield about(kind, one, f"host:{ADA.id}")


class Seen(HTMLParser):
    """What a page shows, and the attributes of its elements."""

    def __init__(self, html):
        super().__init__()
        self.words, self.tags, self.attributes, self.hidden = [], set(), [], False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.hidden = tag == "style"
        self.tags.add(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.words += [] if self.hidden else [data]


@pytest.mark.parametrize("code", ["ja", "he"])
def test_nothing_of_ours_is_left_in_english(code):
    """Seen where letters tell; what is said is the same in every language."""
    latin = r"https://h\.test/1|UTC|webhooks?|CalDAV|1@2\.3|4@5\.6"
    for subject in subjects(code):
        mail = pages.booking(subject)
        said = [mail.subject, mail.text, *Seen(mail.html).words, invitation.description(subject)]
        assert not re.findall("[A-Za-z]+", re.sub(latin, "", " ".join(said))), subject.kind
    for mail in other_mails(code):
        said = [mail.subject, mail.text, *Seen(mail.html).words]
        assert not re.findall("[A-Za-z]+", re.sub(latin, "", " ".join(said), flags=re.IGNORECASE))


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_page_says_its_language_and_direction(code):
    direction = "rtl" if code == "he" else "ltr"
    page = Seen(pages.booking(about("confirmed", meeting(code), "attendee")).html)
    assert [value for name, value in page.attributes if name == "lang"] == [code, code]
    assert {value for name, value in page.attributes if name == "dir"} == {direction}


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_hostile_name_stays_within_itself(code):
    """Nothing but our own isolates turns the text round, each line closes those that it opens; no
    element and no header can be made of a name.
    """
    mails = [pages.booking(subject) for subject in subjects(code, HOSTILE)]
    for mail in [*mails, *other_mails(code, HOSTILE)]:
        page = Seen(mail.html)
        assert "b" not in page.tags
        shown = "".join(page.words)
        assert not re.search("[\u202a-\u202e\u2066\u2067\x00]", mail.subject + mail.text + shown)
        for line in [mail.subject, *mail.text.splitlines(), *shown.splitlines()]:
            assert line.count("\u2068") == line.count("\u2069")
        assert len(mail.subject.splitlines()) == 1


def test_a_request_is_asked_in_the_hosts_language_and_confirmed_in_the_attendees():
    booking = meeting("fr", "Zoé")
    ada = msgspec.structs.replace(ADA, language="de")
    booking = msgspec.structs.replace(booking, hosts=(ada,), link_title="Kaffee")
    asked = pages.booking(about("approval_asked", booking, f"host:{ADA.id}"))
    assert asked.subject.startswith("Bitte antworten: Kaffee mit Zoé, Di., 1. Dez., 14:00")
    (guest,) = people.guests(booking)
    told = pages.booking(about("confirmed", booking, guest.role))
    assert told.subject.startswith("Confirmé : Kaffee avec Ada, mar. 1er déc. à 14:00")
    assert set(ASKS) < set(ABOUT_BOOKINGS)
