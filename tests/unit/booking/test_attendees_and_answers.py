"""What an attendee sends: each wrong value is named by its field."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.domain import answers, attendees
from contracts.booking import NOTE, Attendee, Question
from contracts.errors import Invalid

ADA = Attendee(name="  Ada Lovelace ", email=" Ada@Example.com ", timezone="Europe/London")


def fields(call):
    with pytest.raises(Invalid) as refused:
        call()
    return sorted(refused.value.fields)


def attendee(**changes):
    values = {"name": "Ada", "email": "ada@example.com", "timezone": "UTC"} | changes
    return lambda: attendees.checked(Attendee(**values), ())


def test_name_and_address_are_trimmed_and_their_case_is_kept():
    clean, guests = attendees.checked(ADA, (" Bea@x.test", "bea@X.test", "ada@EXAMPLE.com"))
    assert (clean.name, clean.email, guests) == ("Ada Lovelace", "Ada@Example.com", ("Bea@x.test",))


@pytest.mark.parametrize(
    "name", ["", "   ", "a" * 201, "Ada\nBcc: x", "Ada\u202e", "Ada\x00", "\udfff"]
)
def test_a_name_that_could_do_harm_is_refused(name):
    assert fields(attendee(name=name)) == ["attendee.name"]


@pytest.mark.parametrize(
    "email",
    ["ada", "@x.test", "ada@", "ada@x", "a b@x.test", "ada@x.test\r\nBcc: e@x.test", "a@b@x.test",
     "ada@-x.test", "ada@x..test", ".ada@x.test", "a..b@x.test", "ada@x.test,eve@x.test", "<ada@x.test>",
     "ada\x00@x.test", "a" * 65 + "@x.test", "ada@" + "x" * 260 + ".test"],
)  # fmt: skip
def test_what_no_mail_could_be_sent_to_is_refused(email):
    assert fields(attendee(email=email)) == ["attendee.email"]


@pytest.mark.parametrize(
    "email",
    [
        "a@b.test",
        "ada+x@mail.example.co.uk",
        "o'neil@x.test",
        "ада@почта.рф",
        "a@xn--e1afmkfd.test",
    ],
)
def test_addresses_of_the_world_are_fine(email):
    assert attendees.email_problem(email) == ""


@pytest.mark.parametrize("timezone", ["Mars/Olympus", "../../etc/passwd", "", "europe", "UTC\x00"])
def test_an_unknown_zone_is_refused(timezone):
    assert fields(attendee(timezone=timezone)) == ["attendee.timezone"]


def test_every_wrong_field_is_named_at_once():
    assert fields(attendee(name="", email="x", timezone="x", language="<b>")) == [
        "attendee.email", "attendee.language", "attendee.name", "attendee.timezone",
    ]  # fmt: skip


def test_more_than_ten_guests_are_refused_and_a_wrong_one_is_named():
    assert fields(lambda: attendees.checked(ADA, tuple(f"g{n}@x.test" for n in range(11)))) == [
        "guests"
    ]
    assert fields(lambda: attendees.checked(ADA, ("a@x.test", "nobody"))) == ["guests.1"]


EACH = (
    NOTE,
    Question(id="name", label="Company", required=True),
    Question(id="size", label="Size", type="select", options=("small", "large")),
    Question(id="terms", label="Terms", type="checkbox", required=True),
    Question(id="topics", label="Topics", type="multi_select", options=("a", "b", "c")),
    Question(id="mail", label="Mail", type="email"),
    Question(id="tel", label="Phone", type="phone"),
    Question(id="count", label="How many", type="number"),
    Question(id="site", label="Site", type="url"),
    Question(id="paper", label="Paper", type="file"),
)
GOOD = {
    "note": " two\nlines ", "name": "Acme", "size": "small", "terms": True, "topics": ["a", "c"],
    "mail": "a@b.test", "tel": "+44 (0)20 7946-0000", "count": "-3.5", "site": "https://x.test/a?b",
}  # fmt: skip


def test_good_answers_of_every_type_are_kept_in_the_order_of_the_questions():
    kept = answers.checked(EACH, dict(reversed(GOOD.items())))
    expected = GOOD | {"note": "two\nlines", "tel": "+44 20 7946 0000"}
    assert list(kept.items()) == list(expected.items())


@pytest.mark.parametrize(
    ("question", "answer"),
    [("note", "a" * 5001), ("note", "\x00"), ("note", True), ("name", ""), ("name", "   "), ("name", None),
     ("name", "two\nlines"), ("size", "huge"), ("size", ["small"]), ("terms", False), ("terms", "yes"), ("topics", ["d"]),
     ("topics", ["a", "a"]), ("topics", "a"), ("mail", "nobody"), ("tel", "call me"), ("count", "many"),
     ("site", "javascript:alert(1)"), ("site", "https://user:pw@x.test"), ("site", "//x.test"), ("site", "http://[x"),
     ("paper", "anything")],
)  # fmt: skip
def test_a_bad_answer_is_named_by_its_question(question, answer):
    given_answers = GOOD | {question: answer}
    if answer is None:
        del given_answers[question]
    assert fields(lambda: answers.checked(EACH, given_answers)) == [f"answers.{question}"]


def test_an_answer_to_no_question_is_refused_without_echoing_odd_names():
    assert fields(lambda: answers.checked((), {"x": "y"})) == ["answers.x"]
    assert fields(lambda: answers.checked((), {"<b>": "y"})) == ["answers"]


def test_what_was_left_empty_is_not_kept():
    questions = (NOTE, Question(id="box", label="Box", type="checkbox"))
    assert answers.checked(questions, {"note": " ", "box": False}) == {}


@given(
    st.dictionaries(
        st.text(max_size=8),
        st.text(max_size=20) | st.booleans() | st.lists(st.text(max_size=5)),
        max_size=5,
    )
)
def test_whatever_is_sent_is_kept_or_refused_and_nothing_else(sent):
    with contextlib.suppress(Invalid):
        assert set(answers.checked(EACH, sent)) <= {question.id for question in EACH}
