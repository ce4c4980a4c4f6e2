"""Statements that PostgreSQL parses and plans once a connection, not once a call.

psycopg2 sends a statement's whole text each time; of the statements on the way of a booking,
parsing and planning was more than half of the database's work. `prepared(statement)` marks one
that is built once and run often: the first run on a connection sends PREPARE, each run EXECUTE
(https://www.postgresql.org/docs/current/sql-prepare.html). A pooler between us and the database
must therefore keep a session's connection (PgBouncer: `pool_mode = session`).
"""

import re
from functools import lru_cache
from typing import Any, TypeVar

import sqlalchemy as sa

S = TypeVar("S", bound=sa.Executable)
OPTION = "prepared"
_PARAMETER = re.compile(r"%%|%\((\w+)\)s((?:::(?:TIMESTAMP WITH TIME ZONE|\w+)(?:\[\])?)?)")
"""As SQLAlchemy writes one for psycopg2, with the type that it names behind it."""


def prepared(statement: S) -> S:
    """The same statement, marked. Its text must not depend on its values (no `IN` of a list), and
    where nothing beside a parameter tells its type, a cast must: PostgreSQL takes it for text.
    """
    return statement.execution_options(**{OPTION: True})


def listen(engine: sa.Engine) -> None:
    """Has an engine prepare what is marked."""
    sa.event.listen(engine, "before_cursor_execute", _execute, retval=True)


def _execute(  # noqa: PLR0913, PLR0917 - SQLAlchemy calls it so
    conn: sa.Connection, cursor: Any, text: str, values: Any, context: Any, many: object
) -> tuple[str, Any]:
    if many or not context.execution_options.get(OPTION):
        return text, values
    known: dict[str, str] = conn.connection.info.setdefault(OPTION, {})
    call = known.get(text)
    if call is None:
        name = f"kept_{len(known)}"
        body, arguments = _split(text)
        cursor.execute(f"PREPARE {name} AS {body}")
        call = known[text] = f"EXECUTE {name}{arguments}"
    return call, values


@lru_cache(maxsize=512)
def _split(text: str) -> tuple[str, str]:
    """A statement with numbered parameters, and the list of its arguments as psycopg2 fills it."""
    arguments: dict[str, str] = {}

    def number(found: re.Match[str]) -> str:
        name, kind = found.groups()
        if name is None:
            return "%"
        arguments.setdefault(name, f"%({name})s{kind}")
        return f"${list(arguments).index(name) + 1}{kind}"

    body = _PARAMETER.sub(number, text)
    return body, f"({', '.join(arguments.values())})" if arguments else ""
