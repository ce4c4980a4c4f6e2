"""How a page shows questions: what is met, and in which words."""

import pytest

from contracts.booking import Condition, Question
from gateway.presenting import questions

SIZE = Question(id="size", label="Size", type="select", options=("small", "large"))
BOX = Question(id="box", label="Box", type="checkbox")
CV = Question(id="cv", label="CV", type="file", accept=("pdf", "image"), max_mib=2)


def then(of, *values):
    return Question(id="then", label="Then", shown_if=Condition(question=of, values=values))


@pytest.mark.parametrize(
    ("asked", "answers", "files", "met", "words"),
    [
        (SIZE, {"size": "Large "}, {}, True, "Only if “Size” is large."),
        (SIZE, {"size": "small"}, {}, False, "Only if “Size” is large."),
        (BOX, {"box": True}, {}, True, "Only if “Box” is ticked."),
        (BOX, {"box": False}, {}, False, "Only if “Box” is ticked."),
        (CV, {"cv": "an id"}, {}, False, "Only if “CV” has a file."),
        (CV, {}, {"cv": "a file"}, True, "Only if “CV” has a file."),
    ],
)
def test_a_condition_is_met_or_said(asked, answers, files, met, words):
    values = ("large",) if asked is SIZE else ()
    both = (asked, then(asked.id, *values))
    assert ("then" in questions.shown(both, answers, files)) == met
    assert questions.only_if(both[1], both) == words


def test_what_a_file_question_takes_is_said_for_people_and_for_browsers():
    assert questions.takes(CV) == "PDF or picture, up to 2 MB."
    assert ".pdf,.jpg" in questions.accepts(CV)
    assert ".docx" in questions.accepts(Question(id="any", label="Any", type="file"))
