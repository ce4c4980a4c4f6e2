"""Parameters named for columns, for statements that are built once and run often."""

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa


def of(table: sa.Table, names: Iterable[str]) -> dict[str, sa.BindParameter[Any]]:
    """A parameter a column."""
    return {name: sa.bindparam(_name(table, name), type_=table.c[name].type) for name in names}


def each_row(table: sa.Table, names: Iterable[str]) -> sa.Select[Any]:
    """Rows of these columns, each of which is given as a list."""
    lists = (sa.bindparam(_name(table, name), type_=sa.ARRAY(table.c[name].type)) for name in names)
    return sa.select(*map(sa.func.unnest, lists))


def given(table: sa.Table, values: Mapping[str, object]) -> dict[str, Any]:
    """The parameters' values, from the columns'."""
    return {_name(table, name): value for name, value in values.items()}


def _name(table: sa.Table, column: str) -> str:
    # A parameter must not be called as a column is: SQLAlchemy keeps those names for itself.
    return f"{table.name}_{column}_"
