"""The form builder: questions as inputs and back, and what its buttons do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from contracts.booking import Condition, LinkSettings, Question
from gateway.settings_pages import link_questions as builder
from gateway.settings_pages.inputs import Reader

SIZE = Question(id="size", label="Size", type="select", options=("small", "large"), required=True)
BOX = Question(id="box", label="Box", type="checkbox", help="Tick it")
CV = Question(id="cv", label="CV", type="file", accept=("pdf", "image"), max_mib=3)
TEXT = Question(id="text", label="Words")


def on(question, of, *values):
    condition = Condition(question=of, values=values)
    return Question(id=question, label=question.capitalize(), shown_if=condition)


EACH = (SIZE, BOX, CV, TEXT, on("a", "size", "large"), on("b", "box", "false"), on("c", "cv"),
        on("d", "text", "yes", "no"), on("e", "d"))  # fmt: skip


def form(questions):
    """The page's inputs as a browser sends them."""
    sent = [("builder", "1")]
    for row in builder.begin(LinkSettings(title="T", slug="abc", questions=questions)).rows:
        values = row.values if row.type != "text" else ("\n".join(row.values),)
        sent += [("question", row.id), *((f"{row.name}.accept", kind) for kind in row.accept)]
        sent += [(f"{row.name}.values", value) for value in values]
        sent += [
            (f"{row.name}.{part}", getattr(row, part))
            for part in ("label", "type", "help", "options", "max_mib", "before")
        ]
        sent += [(f"{row.name}.required", "1")] if row.required else []
    return MultiDict(sent)


def read(sent):
    """The builder, its questions and the errors."""
    reader = Reader(sent)
    made = builder.read(reader, LinkSettings(title="T", slug="abc"))
    return made, builder.questions(made, reader), reader.errors


def rows(made):
    return [row.id for row in made.rows]


def test_what_the_builder_shows_is_what_it_saves():
    made, back, errors = read(form(EACH))
    assert (errors, back) == ({}, EACH)
    assert builder.preview(made) == EACH


def test_a_form_without_the_builder_keeps_the_stored_questions():
    stored = LinkSettings(title="T", slug="abc", questions=EACH)
    assert rows(builder.read(Reader(MultiDict()), stored)) == [each.id for each in EACH]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"q.size.label": ""}, "q.size.label"),
        ({"q.size.label": "x" * 201}, "q.size.label"),
        ({"q.size.options": " \n "}, "q.size.options"),
        ({"q.size.options": "\n".join(map(str, range(101)))}, "q.size.options"),
        ({"q.size.type": "colour"}, "q.size.type"),
        ({"q.size.help": "x" * 501}, "q.size.help"),
        ({"q.cv.max_mib": "26"}, "q.cv.max_mib"),
        ({"q.a.values": ""}, "q.a.values"),
        ({"q.a.before": "e"}, "q.a.before"),
        ({"q.a.before": "nothing"}, "q.a.before"),
    ],
)
def test_a_wrong_input_is_said_at_its_place(changed, field):
    sent = form(EACH)
    for name, value in changed.items():
        sent[name] = value
    made, _, errors = read(sent)
    assert field in errors
    assert set(errors) <= {field, "q.a.values"}
    assert set(errors) <= set(builder.labels(made))


def test_questions_are_added_moved_and_deleted_with_what_depends_on_them():
    made, _, _ = read(form((SIZE, BOX, on("a", "size", "large"))))
    assert rows(builder.act(made, "up:a")) == ["size", "a", "box"]
    assert rows(builder.act(made, "up:size")) == ["size", "box", "a"]
    assert rows(builder.act(made, "down:size")) == ["box", "size", "a"]
    assert rows(builder.act(made, "down:a")) == ["size", "box", "a"]
    without = builder.act(made, "remove:size")
    assert (rows(without), without.rows[1].before) == (["box", "a"], "")
    made.new_type = "multi_select"
    twice = builder.act(made, "add")
    twice.new_type = "multi_select"
    assert rows(builder.act(twice, "add"))[3:] == ["multi-select-1", "multi-select-2"]


def test_no_more_than_twenty_can_be_added():
    made = builder.Builder([builder.Draft(id=f"q{n}", label="Q") for n in range(20)])
    assert len(builder.act(made, "add").rows) == 20
    sent = form(tuple(Question(id=f"q{n}", label="Q") for n in range(22)))
    assert list(read(sent)[2]) == ["questions"]


def test_answers_that_a_list_no_longer_has_leave_its_conditions():
    sent = form((SIZE, on("a", "size", "large", "small")))
    sent["q.size.options"] = "small\nhuge"
    assert read(sent)[1][1].shown_if.values == ("small",)


@given(st.lists(st.tuples(st.sampled_from([
    "builder", "question", "q.x.label", "q.x.type", "q.x.before", "q.x.values", "q.x.max_mib",
    "q.x.accept", "q.x.options", "new_type"]), st.text(max_size=20) | st.just("x"))),
    st.text(max_size=10))  # fmt: skip
def test_whatever_is_sent_gives_rows_or_sentences(sent, do):
    made, found, errors = read(MultiDict([("builder", "1"), *sent]))
    assert len(found) == len(made.rows) or errors
    builder.preview(builder.act(made, do))
