"""Deliveries, chains of bookings, and connections' last known state."""

from alembic import op

from servicekit.migrations import create_kit_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE delivery (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL,
    key text NOT NULL UNIQUE,
    kind text NOT NULL,
    role text NOT NULL,
    recipient text NOT NULL,
    root_id uuid,
    booking_id uuid,
    start timestamptz,
    payload jsonb NOT NULL DEFAULT '{}',
    due_at timestamptz NOT NULL,
    try_at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'due' CHECK (state IN ('due', 'sent', 'skipped', 'failed')),
    attempts integer NOT NULL DEFAULT 0,
    problem text NOT NULL DEFAULT '',
    lease uuid,
    leased_until timestamptz,
    started boolean NOT NULL DEFAULT false,
    told_url text NOT NULL DEFAULT '',
    message_id text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    sent_at timestamptz,
    version bigint NOT NULL DEFAULT 1
);
COMMENT ON COLUMN delivery.key IS 'kind, booking, role, start: never planned twice';
COMMENT ON COLUMN delivery.try_at IS 'due_at, moved on by failed tries';
COMMENT ON COLUMN delivery.leased_until IS 'by the clock of the database';
COMMENT ON COLUMN delivery.started IS 'it was being handed over: a further try may be a repeat';
CREATE INDEX delivery_to_try ON delivery (try_at) WHERE state = 'due';
CREATE INDEX delivery_of_chain ON delivery (root_id) WHERE root_id IS NOT NULL;

CREATE TABLE thread (
    root_id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL,
    booking_id uuid,
    sequence integer NOT NULL,
    version bigint NOT NULL,
    status text NOT NULL,
    start timestamptz,
    conference boolean NOT NULL,
    join_url text NOT NULL,
    join_version bigint NOT NULL
);

CREATE TABLE connection (
    host_id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL,
    state text NOT NULL,
    version bigint NOT NULL,
    told_key text NOT NULL
);
"""


def upgrade() -> None:
    create_kit_tables()
    op.execute(TABLES)
