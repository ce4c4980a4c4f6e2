"""Questions: what a link may ask, and which of them an attendee is shown."""

from collections.abc import Mapping

from booking.domain import text
from contracts.booking import Answer, Condition, Question

MOST = 20
MOST_OPTIONS = 100
LISTS = frozenset({"select", "multi_select"})
_TICKS = frozenset({"true", "false"})


def problems(questions: tuple[Question, ...]) -> dict[str, str]:
    """What is wrong, by `questions.<id>`; empty where nothing is."""
    ids = [question.id for question in questions]
    found = {
        f"questions.{question.id}": _problem(question) or _condition_problem(question, earlier)
        for number, question in enumerate(questions)
        for earlier in [questions[:number]]
    }
    if len(set(ids)) != len(ids):
        found["questions"] = "Two questions have the same id."
    if len(questions) > MOST:
        found["questions"] = f"At most {MOST} questions can be asked."
    return {field: message for field, message in found.items() if message}


def _problem(question: Question) -> str:
    if question.type in LISTS and not question.options:
        return "Please give the options to choose from."
    if len(set(question.options)) != len(question.options) or len(question.options) > MOST_OPTIONS:
        return f"Give at most {MOST_OPTIONS} options, each once."
    if any(option != option.strip() for option in question.options):
        return "An option begins or ends with a blank."
    if not question.label.strip():
        return "Please give a label."
    texts = (question.label, question.help, *question.options)
    return next((wrong for part in texts if (wrong := text.problem(part))), "")


def _condition_problem(question: Question, earlier: tuple[Question, ...]) -> str:
    condition = question.shown_if
    if condition is None:
        return ""
    asked = next((each for each in earlier if each.id == condition.question), None)
    if asked is None:
        return "The question that this one depends on must come before it."
    if any(text.problem(value) for value in condition.values):
        return "This contains characters that cannot be used."
    possible = _possible(asked)
    if possible is not None and not set(condition.values) <= possible:
        return f"“{asked.label}” cannot have this answer."
    return ""


def _possible(asked: Question) -> frozenset[str] | None:
    """The values that a condition on it may name; None for any."""
    if asked.type in LISTS:
        return frozenset(asked.options)
    if asked.type == "checkbox":
        return _TICKS
    return frozenset() if asked.type == "file" else None


def shown(
    questions: tuple[Question, ...], answers: Mapping[str, Answer | None]
) -> tuple[Question, ...]:
    """Those whose condition is met, in order; one that is hidden has no answer for the others."""
    met: dict[str, Question] = {}
    for question in questions:
        condition = question.shown_if
        if condition is None or (
            condition.question in met
            and is_met(condition, met[condition.question], answers.get(condition.question))
        ):
            met[question.id] = question
    return tuple(met.values())


def is_met(condition: Condition, asked: Question, answer: Answer | None) -> bool:
    """Whether this answer to the question that it depends on meets the condition."""
    said = _said(asked, answer)
    if not condition.values:
        return any(value != "false" or asked.type != "checkbox" for value in said)
    return not said.isdisjoint(map(text.folded, condition.values))


def _said(asked: Question, answer: Answer | None) -> set[str]:
    """An answer as a condition's values spell it."""
    if asked.type == "checkbox":
        return {"true" if answer is True else "false"}
    if isinstance(answer, list):
        return {text.folded(choice) for choice in answer}
    return {text.folded(answer)} - {""} if isinstance(answer, str) else set()
