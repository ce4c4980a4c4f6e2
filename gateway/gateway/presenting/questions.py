"""Questions as a form shows them: which are shown, on what condition, what files they take. Pure.

What counts is booking's own decision; this is how a page shows it beforehand.
"""

from collections.abc import Mapping
from typing import get_args

from contracts.booking import Answer, Condition, FileKind, Question
from gateway.files.kinds import KINDS, WORDS
from gateway.presenting.speech import gettext, noted
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
    asked = next((each for each in questions if condition and each.id == condition.question), None)
    if condition is None or asked is None:
        return ""
    return gettext(_sentence(asked, condition), asked=asked.label,
                   values=either(list(condition.values)))  # fmt: skip


def _sentence(asked: Question, condition: Condition) -> str:
    if asked.type == "checkbox":
        if condition.values == ("false",):
            return noted("Only if “%(asked)s” is not ticked.")
        return noted("Only if “%(asked)s” is ticked.")
    if asked.type == "file":
        return noted("Only if “%(asked)s” has a file.")
    if condition.values:
        return noted("Only if “%(asked)s” is %(values)s.")
    return noted("Only if “%(asked)s” is answered.")


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
    if not question.accept:
        return gettext("One file, up to %(size)s MB.", size=question.max_mib)
    words = either([gettext(WORDS[kind]) for kind in question.accept])
    kinds = f"{words[0].upper()}{words[1:]}"
    return gettext("%(kinds)s, up to %(size)s MB.", kinds=kinds, size=question.max_mib)
