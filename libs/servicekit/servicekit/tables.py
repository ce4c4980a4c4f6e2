"""The kit's tables: what a service announces, what it has heard, and what is done once a night."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, UUID, Insert, insert

metadata = sa.MetaData()

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", sa.BigInteger, primary_key=True),
    sa.Column("event_id", UUID(as_uuid=True), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("correlation_id", sa.Text, nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("published_at", sa.DateTime(timezone=True)),
)

inbox = sa.Table(
    "inbox",
    metadata,
    sa.Column("event_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("next_try", sa.DateTime(timezone=True)),
    sa.Column("body", sa.Text),
    sa.Column("correlation_id", sa.Text),
    sa.Column("problem", sa.Text, nullable=False),
    sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
)


def rows_of(table: sa.Table, *names: str) -> Insert:
    """Inserts any number of rows by one text, with the values that `columns` gives."""
    given = [sa.bindparam(f"each_{name}", type_=sa.ARRAY(table.c[name].type)) for name in names]
    return insert(table).from_select(names, sa.select(*map(sa.func.unnest, given)))


def columns(rows: Sequence[Mapping[str, object]]) -> dict[str, list[object]]:
    """Rows, all with the same columns, as a list a column."""
    return {f"each_{name}": [row[name] for row in rows] for name in rows[0]}


DDL = (
    """
    CREATE TABLE outbox (
        id bigserial PRIMARY KEY,
        event_id uuid NOT NULL UNIQUE,
        name text NOT NULL,
        body text NOT NULL,
        correlation_id text NOT NULL,
        created_at timestamptz NOT NULL,
        published_at timestamptz
    )
    """,
    "CREATE INDEX outbox_waiting ON outbox (id) WHERE published_at IS NULL",
    "CREATE INDEX outbox_published ON outbox (published_at) WHERE published_at IS NOT NULL",
    """
    CREATE TABLE inbox (
        event_id uuid PRIMARY KEY,
        name text NOT NULL,
        state text NOT NULL CHECK (state IN ('done', 'retry', 'dead')),
        attempts integer NOT NULL DEFAULT 0,
        next_try timestamptz,
        body text,
        correlation_id text,
        problem text NOT NULL DEFAULT '',
        received_at timestamptz NOT NULL
    )
    """,
    "CREATE INDEX inbox_due ON inbox (next_try) WHERE state = 'retry'",
    "CREATE INDEX inbox_done ON inbox (received_at) WHERE state = 'done'",
)

duty = sa.Table(
    "duty",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("night", sa.Date, nullable=False),
    sa.Column("done", sa.Boolean, nullable=False),
    sa.Column("leased_until", sa.DateTime(timezone=True)),
    sa.Column("found", JSONB),
)

DUTY_DDL = """
    CREATE TABLE duty (
        name text PRIMARY KEY,
        night date NOT NULL,
        done boolean NOT NULL DEFAULT false,
        leased_until timestamptz,
        found jsonb
    );
    COMMENT ON TABLE duty IS 'what one replica does for all, once a night';
    COMMENT ON COLUMN duty.leased_until IS 'by the clock of the database';
    COMMENT ON COLUMN duty.found IS 'what the last round found, by kind';
"""
