"""Questions as a form shows them: which are shown, on what condition, what files they take. Pure.

What counts is booking's own decision; this is how a page shows it beforehand.
"""

from collections.abc import Mapping
from typing import get_args

from contracts.booking import Answer, Condition, FileKind, Question
from gateway.files.kinds import KINDS, WORDS
from gateway.presenting.words import either


def shown(
    questions: tuple[Question, ...], answers: Mapping[str, Answer], files: Mapping[str, object]
) -> set[str]:
    """The ids of those whose condition is met; `files` are the questions with a file attached."""
    met: dict[str, Question] = {}
    for question in questions:
        condition = question.shown_if
        asked = met.get(condition.question) if condition else None
        if condition is None or (asked and _is_met(condition, asked, answers, files)):
            met[question.id] = question
    return set(met)


def _is_met(
    condition: Condition,
    asked: Question,
    answers: Mapping[str, Answer],
    files: Mapping[str, object],
) -> bool:
    if asked.type == "file":
        return asked.id in files
    answer = answers.get(asked.id, "")
    if asked.type == "checkbox":
        said = {"true" if answer else "false"}
        return bool(answer) if not condition.values else not said.isdisjoint(condition.values)
    given = answer if isinstance(answer, list) else [str(answer)]
    folded = {_folded(each) for each in given} - {""}
    if not condition.values:
        return bool(folded)
    return not folded.isdisjoint(map(_folded, condition.values))


def _folded(value: str) -> str:
    return value.strip().casefold()


def only_if(question: Question, questions: tuple[Question, ...]) -> str:
    """`Only if “Size” is large or huge.`; empty for one that is always asked."""
    condition = question.shown_if
    if condition is None:
        return ""
    asked = next((each for each in questions if each.id == condition.question), None)
    if asked is None:
        return ""
    return f"Only if “{asked.label}” {_words(asked, condition)}."


def _words(asked: Question, condition: Condition) -> str:
    if asked.type == "checkbox":
        return "is not ticked" if condition.values == ("false",) else "is ticked"
    if asked.type == "file":
        return "has a file"
    return f"is {either(list(condition.values))}" if condition.values else "is answered"


def kinds_of(question: Question) -> tuple[FileKind, ...]:
    """The kinds of files that it takes: all where it names none."""
    return question.accept or get_args(FileKind)


def accepts(question: Question) -> str:
    """The `accept` of its file field (HTML, 4.10.5.1.17): endings."""
    kinds = set(kinds_of(question))
    endings = [ending for kind, names in KINDS.values() if kind in kinds for ending in names]
    return ",".join(endings)


def takes(question: Question) -> str:
    """What it takes, in words: `PDF or picture, up to 10 MB.`, with the full stop."""
    size = f"up to {question.max_mib} MB"
    if not question.accept:
        return f"One file, {size}."
    words = either([WORDS[kind] for kind in question.accept])
    return f"{words[0].upper()}{words[1:]}, {size}."
