"""Conditions, and what a link may ask."""

import pytest

from booking.domain import answers, phones, questions
from contracts.booking import Condition, Question
from contracts.errors import Invalid

SIZE = Question(id="size", label="Size", type="select", options=("small", "large"))
TEAM = Question(
    id="team", label="Team", required=True, shown_if=Condition(question="size", values=("large",))
)
LEAD = Question(id="lead", label="Lead", required=True, shown_if=Condition(question="team"))
CHAIN = (SIZE, TEAM, LEAD)


def asks(kind, *values, **more):
    first = Question(id="first", label="First", type=kind, **more)
    condition = Condition(question="first", values=values)
    return first, Question(id="then", label="Then", shown_if=condition)


def shown(asked, **given):
    return [question.id for question in questions.shown(asked, given)]


@pytest.mark.parametrize(
    ("asked", "answer", "met"),
    [
        (asks("select", "a", options=("a", "b")), "a", True),
        (asks("select", "a", options=("a", "b")), "b", False),
        (asks("select", "a", options=("a", "b")), None, False),
        (asks("multi_select", "a", "c", options=("a", "b", "c")), ["b", "c"], True),
        (asks("multi_select", "a", options=("a", "b")), ["b"], False),
        (asks("checkbox", "true"), True, True),
        (asks("checkbox", "false"), None, True),
        (asks("checkbox", "false"), True, False),
        (asks("checkbox"), True, True),
        (asks("checkbox"), False, False),
        (asks("text", "Yes"), " yes ", True),
        (asks("text"), "  ", False),
        (asks("file"), "an id", True),
    ],
)
def test_a_question_is_shown_when_the_answer_it_depends_on_matches(asked, answer, met):
    assert ("then" in shown(asked, first=answer)) == met


def test_what_depends_on_a_hidden_question_is_hidden_whatever_was_sent_for_it():
    assert shown(CHAIN, size="large", team="us", lead="me") == ["size", "team", "lead"]
    assert shown(CHAIN, size="small", team="us", lead="me") == ["size"]


def test_a_hidden_question_is_not_required_and_its_answer_is_not_kept():
    given = {"size": "small", "team": "\x00" * 6000, "lead": "me"}
    assert answers.checked(CHAIN, given) == {"size": "small"}
    with pytest.raises(Invalid) as refused:
        answers.checked(CHAIN, {"size": "large"})
    assert list(refused.value.fields) == ["answers.team"]


@pytest.mark.parametrize(
    "asked",
    [
        (TEAM, SIZE),
        (Question(id="a", label="A", shown_if=Condition(question="a")),),
        asks("select", "c", options=("a", "b")),
        asks("checkbox", "maybe"),
        asks("file", "a.pdf"),
        asks("text", "\x00"),
    ],
)
def test_a_condition_that_could_never_be_met_is_refused(asked):
    assert set(questions.problems(asked)) <= {"questions.team", "questions.a", "questions.then"}
    assert questions.problems(asked)


def test_conditions_on_earlier_questions_and_files_are_fine():
    assert questions.problems((*CHAIN, Question(id="cv", label="CV", type="file"))) == {}
    assert list(questions.problems(tuple(Question(id=f"q{n}", label="Q") for n in range(21)))) == [
        "questions"
    ]


@pytest.mark.parametrize(
    ("typed", "timezone", "number"),
    [
        ("+44 (0)20 7946-0000", "Asia/Tokyo", "+44 20 7946 0000"),
        ("020 7946 0000", "Europe/London", "+44 20 7946 0000"),
        ("020 7946 0000", "UTC", ""),
        ("00 1 212 555 0143", "Europe/Berlin", "+1 212-555-0143"),
        ("call me", "Europe/London", ""),
        ("+1", "Europe/London", ""),
        ("1" * 300, "Europe/London", ""),
    ],
)
def test_a_telephone_number_is_kept_as_it_is_dialled_from_anywhere(typed, timezone, number):
    assert phones.international(typed, timezone) == number
