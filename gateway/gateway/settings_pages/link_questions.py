"""The form builder on a link's page: its questions as inputs, and back. Pure.

A row is one question, under its id; `do` is what one of the row's buttons asks for. Booking checks
the questions again when the link is saved. Rules: product, "Pre-meeting forms".
"""

import re
from dataclasses import dataclass, field, replace
from typing import get_args

import msgspec

from contracts.booking import Condition, FileKind, LinkSettings, Question, QuestionType
from contracts.wire import convert, decode, encode
from gateway.settings_pages.inputs import Reader

MOST = 20
LISTS = frozenset({"select", "multi_select"})
TYPES: tuple[tuple[QuestionType, str], ...] = (
    ("text", "Short text"),
    ("textarea", "Long text"),
    ("select", "One of a list"),
    ("multi_select", "Several of a list"),
    ("checkbox", "Tick box"),
    ("email", "E-mail address"),
    ("phone", "Telephone number"),
    ("number", "Number"),
    ("url", "Web address"),
    ("file", "File"),
)
_ID = re.compile(r"[a-z0-9_-]{1,40}")


@dataclass(frozen=True)
class Draft:
    """A question as it is typed. `options` and `values` are lines; `before` is the question that it
    depends on, empty for one that is always asked; `fresh`: the row that a button was pressed for.
    """

    id: str
    label: str = ""
    type: str = "text"
    help: str = ""
    required: bool = False
    options: str = ""
    accept: tuple[str, ...] = ()
    max_mib: str = "10"
    before: str = ""
    values: tuple[str, ...] = ()
    fresh: bool = False

    @property
    def name(self) -> str:
        """How its inputs begin."""
        return f"q.{self.id}"

    @property
    def type_words(self) -> str:
        """What kind of answer it asks for."""
        return dict(TYPES).get(self.type, self.type)  # type: ignore[call-overload,no-any-return]


@dataclass
class Builder:
    """The rows in order; `unsaved` once a button has changed them."""

    rows: list[Draft] = field(default_factory=list)
    new_type: str = "text"
    unsaved: bool = False

    @property
    def full(self) -> bool:
        """Whether no other question can be added."""
        return len(self.rows) >= MOST

    def earlier(self, row: Draft) -> list[tuple[str, str]]:
        """What a question may depend on: those before it, by id, in their words."""
        before = self.rows[: self.rows.index(row)]
        found = [(each.id, f"Only if “{each.label or each.type_words}” …") for each in before]
        late = row.before and row.before not in dict(found)
        return [*found, *([(row.before, "Only if a question that comes later …")] if late else [])]

    def asked(self, row: Draft) -> Draft | None:
        """The question that this one depends on."""
        return next((each for each in self.rows if each.id == row.before), None)

    def choices(self, row: Draft) -> list[str]:
        """The answers of a list that the question it depends on can have."""
        asked = self.asked(row)
        return lines(asked.options) if asked and asked.type in LISTS else []


def lines(text: str) -> list[str]:
    """A line each, without blanks and without repeats."""
    return list(dict.fromkeys(line.strip() for line in text.split("\n") if line.strip()))


def begin(settings: LinkSettings) -> Builder:
    """The questions that are stored."""
    return Builder([_draft(question) for question in settings.questions])


def _draft(question: Question) -> Draft:
    condition = question.shown_if
    return Draft(
        id=question.id,
        label=question.label,
        type=question.type,
        help=question.help,
        required=question.required,
        options="\n".join(question.options),
        accept=question.accept,
        max_mib=str(question.max_mib),
        before=condition.question if condition else "",
        values=condition.values if condition else (),
    )


def read(reader: Reader, base: LinkSettings) -> Builder:
    """What was typed; the stored questions where the form has no builder."""
    if not reader.flag("builder"):
        return begin(base)
    ids = [each for each in reader.rows("question") if _ID.fullmatch(each)]
    rows = [_row(reader, each) for each in dict.fromkeys(ids)]
    return Builder(rows[: MOST + 1], reader.raw("new_type") or "text")


def _row(reader: Reader, name: str) -> Draft:
    at = f"q.{name}"
    said = [line for value in reader.rows(f"{at}.values") for line in value.split("\n")]
    return Draft(
        id=name,
        label=reader.raw(f"{at}.label"),
        type=reader.raw(f"{at}.type") or "text",
        help=reader.raw(f"{at}.help"),
        required=reader.flag(f"{at}.required"),
        options=reader.raw(f"{at}.options"),
        accept=tuple(reader.rows(f"{at}.accept")),
        max_mib=reader.raw(f"{at}.max_mib") or "10",
        before=reader.raw(f"{at}.before"),
        values=tuple(dict.fromkeys(line.strip() for line in said if line.strip())),
    )


# --- the buttons ---------------------------------------------------------------------------------


def act(builder: Builder, do: str) -> Builder:
    """The rows after `add`, `up:ID`, `down:ID`, `remove:ID`; after anything else as they were."""
    action, _, name = do.partition(":")
    rows = builder.rows
    at = next((n for n, row in enumerate(rows) if row.id == name), None)
    if action == "add" and not builder.full:
        rows = [*rows, _new(builder)]
    elif action == "remove" and at is not None:
        rows = [_freed(row, name) for row in rows if row.id != name]
    elif action in {"up", "down"} and at is not None:
        to = min(max(at + (1 if action == "down" else -1), 0), len(rows) - 1)
        others = [row for row in rows if row.id != name]
        rows = [*others[:to], replace(rows[at], fresh=True), *others[to:]]
    elif at is not None:
        rows = [replace(row, fresh=row.id == name) for row in rows]
    return Builder(rows, builder.new_type, unsaved=True)


def _new(builder: Builder) -> Draft:
    kind = builder.new_type if builder.new_type in dict(TYPES) else "text"
    stem, taken = kind.replace("_", "-"), {row.id for row in builder.rows}
    free = next(n for n in range(1, MOST + 2) if f"{stem}-{n}" not in taken)
    return Draft(id=f"{stem}-{free}", type=kind, fresh=True)


def _freed(row: Draft, name: str) -> Draft:
    """What depended on a question that is gone is always asked."""
    return replace(row, before="", values=()) if row.before == name else row


# --- back to questions ---------------------------------------------------------------------------


def questions(builder: Builder, reader: Reader) -> tuple[Question, ...]:
    """The questions, or a sentence for each wrong input."""
    if len(builder.rows) > MOST:
        reader.say("questions", f"At most {MOST} questions can be asked.")
    found = []
    for row in builder.rows:
        _check(builder, row, reader)
        made = _made(builder, row)
        if made is not None:
            found.append(made)
        elif not any(name.startswith(f"{row.name}.") for name in reader.errors):
            reader.say(f"{row.name}.label", "This question cannot be asked so.")
    return tuple(found)


def _check(builder: Builder, row: Draft, reader: Reader) -> None:
    reader.text(f"{row.name}.label", 200, required="The question needs its words.")
    reader.text(f"{row.name}.help", 500)
    reader.choice(f"{row.name}.type", dict(TYPES), "text")
    options = lines(row.options)
    if row.type in LISTS and not options:
        reader.say(f"{row.name}.options", "Give the answers to choose from, one a line.")
    elif len(options) > 100 or any(len(option) > 200 for option in options):
        reader.say(f"{row.name}.options", "At most 100 answers, of at most 200 characters each.")
    if row.type == "file":
        reader.whole(f"{row.name}.max_mib", 1, 25, unit="MB")
    _check_condition(builder, row, reader)


def _check_condition(builder: Builder, row: Draft, reader: Reader) -> None:
    if not row.before:
        return
    earlier = builder.rows[: builder.rows.index(row)]
    if row.before not in {each.id for each in earlier}:
        reader.say(f"{row.name}.before", "It can only depend on a question that comes before it.")
    elif builder.choices(row) and not _values(builder, row):
        reader.say(f"{row.name}.values", "Tick the answers for which it is asked.")


def _values(builder: Builder, row: Draft) -> tuple[str, ...]:
    """Without answers that the question it depends on no longer has."""
    asked = builder.asked(row)
    if asked is None or asked.type == "file":
        return ()
    if asked.type == "checkbox":
        return tuple(value for value in row.values if value in {"true", "false"})[:1] or ("true",)
    if asked.type in LISTS:
        return tuple(value for value in builder.choices(row) if value in row.values)
    return row.values


def _made(builder: Builder, row: Draft) -> Question | None:
    """The question, None where the contract refuses it."""
    listed, files = row.type in LISTS, row.type == "file"
    kinds = tuple(kind for kind in get_args(FileKind) if kind in row.accept)
    wanted = {
        "id": row.id,
        "label": row.label,
        "type": row.type,
        "help": row.help,
        "required": row.required,
        "options": lines(row.options) if listed else [],
        "accept": kinds if files else (),
        "max_mib": int(row.max_mib) if files and re.fullmatch("[0-9]{1,3}", row.max_mib) else 10,
    }
    try:
        if row.before:
            condition = {"question": row.before, "values": _values(builder, row)}
            wanted["shown_if"] = convert(condition, Condition)
        return decode(encode(wanted), Question)
    except msgspec.ValidationError:
        return None


def preview(builder: Builder) -> tuple[Question, ...]:
    """The questions as far as they can be shown already."""
    named = [row if row.label else replace(row, label="…") for row in builder.rows]
    shown = Builder(named)
    found = (_made(shown, row) for row in named)
    return tuple(question for question in found if question is not None)


def labels(builder: Builder) -> dict[str, str]:
    """What the summary of errors calls the inputs, in the page's order."""
    names = {"label": "words", "type": "type", "options": "answers", "help": "help",
             "max_mib": "largest file", "before": "condition", "values": "condition"}  # fmt: skip
    told = {
        f"{row.name}.{part}": f"Question {number}, {words}"
        for number, row in enumerate(builder.rows, 1)
        for part, words in names.items()
    }
    return {"questions": "Questions"} | told


def at_rows(errors: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Booking's refusals of single questions, at the inputs of their rows; and all the others."""
    own = {name: words for name, words in errors.items() if "questions." in name}
    rows = {f"q.{name.rpartition('questions.')[2]}.label": words for name, words in own.items()}
    return rows, {name: words for name, words in errors.items() if name not in own}
