"""Which of our fields goes where, in what form, and what of it is news to the other side."""

from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.booking import Attendee, Question
from contracts.crm_bridge import TimelineEntry
from crm_bridge.domain import mapping as rules
from crm_bridge.domain import mirror
from crm_bridge.domain.mapping import Choice, Mapping, Offer, Theirs
from crm_bridge.domain.mirror import Push, Thing
from unit.crm_bridge.builders import NOW, booked

NAME = Theirs("LastName", "Last name", required=True, longest=10)
TITLE = Theirs("Name", "Name")
AMOUNT = Theirs("Amount", "Amount", "number")
OFFER = Offer({"contact": (NAME,), "deal": (TITLE, AMOUNT)}, (Choice("a/new", "New"),))
GOOD = Mapping({"contact": {"last_name": NAME}, "deal": {"title": TITLE}}, {"new": "a/new"})


@pytest.mark.parametrize(
    ("shape", "text", "shown"),
    [
        ("text", "two\r\nlines\t here", "two lines here"),
        ("long", "two\r\nlines", "two\nlines"),
        ("html", "<b>&\nnext", "&lt;b&gt;&amp;<br>next"),
        ("long", "a\x00b\x1b[0m\u202e\u2066c\x85", "ab[0mc"),
        ("text", "  ", ""),
    ],
)
def test_texts_are_made_to_fit(shape, text, shown):
    assert rules.fitted(text, Theirs("x", "X", shape)) == shown


@given(st.text(alphabet=st.characters(), max_size=60), st.sampled_from(["text", "long", "html"]))
def test_no_text_of_a_stranger_breaks_out(text, shape):
    shown = rules.fitted(text, Theirs("x", "X", shape, longest=20))
    assert shown.isprintable() or set("\n\t") & set(shown) or not shown.isascii()
    assert "\x00" not in shown
    assert shape != "html" or "<" not in shown.replace("<br>", "")
    assert shape == "html" or len(shown) <= 20
    shown.encode()


def test_numbers_are_words_where_they_go_into_words():
    assert rules.fitted(120.5, AMOUNT) == 120.5
    assert rules.fitted(120.5, TITLE) == "120.50"


def test_what_is_too_long_ends_in_an_ellipsis():
    assert rules.fitted("Hohenzollern", NAME) == "Hohenzoll…"


def test_a_good_mapping_has_no_problems_and_survives_being_kept():
    assert rules.problems(GOOD, OFFER) == {}
    assert rules.restored(rules.stored(GOOD)).of("deal") == GOOD.of("deal")
    assert rules.restored({}).of("deal") == {}


@pytest.mark.parametrize(
    ("fields", "stages", "key"),
    [
        ({"contact": {}}, {}, "contact."),
        ({"contact": {"last_name": NAME, "name": NAME}}, {}, "contact.name"),
        ({"contact": {"last_name": NAME}, "deal": {"link": AMOUNT}}, {}, "deal.link"),
        ({"contact": {"last_name": NAME}, "deal": {"title": NAME}}, {}, "deal.title"),
        ({"contact": {"last_name": NAME, "answer:": TITLE}}, {}, "contact.answer:"),
        ({"contact": {"last_name": NAME}}, {"won": "gone"}, "stage.won"),
    ],
)
def test_a_wrong_mapping_is_told_at_its_field(fields, stages, key):
    assert list(rules.problems(Mapping(fields, stages), OFFER)) == [key]


def test_the_usual_mapping_takes_only_what_is_there():
    wishes = {"deal": {"title": "Name", "value": "Missing"}}
    made = rules.usual(OFFER, wishes, {"new": ("b/x", "a/new"), "won": ("b/won",)})
    assert made.of("deal") == {"title": TITLE}
    assert made.stages == {"new": "a/new"}


def test_only_news_is_told_and_times_go_together():
    thing = Thing({"title": "A", "value": 3.0}, stage="new", start=NOW, end=NOW)
    full = Mapping({"deal": {"title": TITLE, "value": AMOUNT}}, {"new": "a/new"})
    first = mirror.shown(thing, full, "deal", "7")
    assert mirror.changes({}, first) == first
    assert mirror.changes(first, first) == {}
    later = mirror.shown(Thing({"title": "B"}, start=NOW, end=NOW + timedelta(1)), full, "deal", "")
    news = mirror.changes(first, later)
    assert news == {"fields": {"Name": "B"}, "start": first["start"], "end": later["end"]}
    push = mirror.push_of(Push("deal", uuid4(), "1"), news)
    assert (push.fields, push.start, push.stage) == ({"Name": "B"}, NOW, "")
    assert not mirror.push_of(Push("deal", uuid4(), "1"), {}).says_something


def test_a_single_name_is_a_last_name():
    sam = mirror.person("Sam", "sam@example.org", {}, ()).values
    doe = mirror.person("Sam van Doe", "sam@example.org", {}, ()).values
    assert (sam["first_name"], sam["last_name"]) == ("", "Sam")
    assert (doe["first_name"], doe["last_name"]) == ("Sam van", "Doe")


def test_answers_are_found_by_their_questions_label_whatever_its_case():
    question = Question(id="c", type="text", label="Company ")
    detail = mirror.detail_of(booked(questions=(question,), answers={"c": "Acme"}))
    values = mirror.person("Sam", "s@x.org", detail, ("company", "Size")).values
    assert (values["answer:company"], values["answer:Size"]) == ("Acme", "")


def test_a_meeting_says_how_it_ended_where_there_is_no_field_for_it():
    detail = mirror.detail_of(booked(attendee=Attendee(name="Sam", email="sam@example.org")))
    entries = (
        TimelineEntry(at=NOW, kind="booked", start=NOW + timedelta(days=1)),
        TimelineEntry(at=NOW, kind="stage"),
        TimelineEntry(at=NOW, kind="cancelled", detail={"reason": "ill\nreally"}),
    )
    chain = ("cancelled", NOW, NOW + timedelta(minutes=30))
    told = mirror.meeting(detail, chain, entries, outcome_apart=False)
    assert told.values["title"] == "Cancelled: Intro call with Sam"
    assert told.values["notes"].splitlines() == [
        "2026-12-01 09:00 UTC: Booked for 2026-12-02 09:00 UTC",
        "2026-12-01 09:00 UTC: Cancelled (ill really)",
    ]
    apart = mirror.meeting(detail, chain, entries, outcome_apart=True)
    assert (apart.values["title"], apart.outcome) == ("Intro call with Sam", "cancelled")


def test_a_meeting_of_which_nothing_is_known_is_still_one():
    told = mirror.meeting({}, ("confirmed", NOW, NOW), (), outcome_apart=True)
    assert (told.values["title"], told.values["notes"], told.owner_email) == ("Meeting", "", "")
