"""Connections, calendars, mirrored busy periods and written events."""

from alembic import op

from servicekit.migrations import create_kit_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE host (
    host_id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL,
    busy_version bigint NOT NULL DEFAULT 0,
    connection_version bigint NOT NULL DEFAULT 0,
    state text NOT NULL DEFAULT 'none' CHECK (state IN ('none', 'ok', 'broken')),
    synced_at timestamptz,
    told_at timestamptz
);

CREATE TABLE connection (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL,
    host_id uuid NOT NULL REFERENCES host (host_id),
    provider text NOT NULL,
    account text NOT NULL,
    sealed_secret text NOT NULL,
    state text NOT NULL CHECK (state IN ('ok', 'broken', 'removed')),
    problem text NOT NULL DEFAULT '',
    synced_at timestamptz,
    next_sync_at timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    readings bigint NOT NULL DEFAULT 0,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX connection_once ON connection (workspace_id, host_id, provider, account)
    WHERE state <> 'removed';
CREATE INDEX connection_of_host ON connection (host_id) WHERE state <> 'removed';
CREATE INDEX connection_due ON connection (next_sync_at) WHERE state = 'ok';

CREATE TABLE calendar (
    connection_id uuid NOT NULL REFERENCES connection (id),
    id text NOT NULL,
    name text NOT NULL,
    position integer NOT NULL,
    writable boolean NOT NULL,
    checked boolean NOT NULL,
    written boolean NOT NULL,
    cursor text,
    PRIMARY KEY (connection_id, id)
);

CREATE TABLE busy (
    id text NOT NULL,
    host_id uuid NOT NULL REFERENCES host (host_id),
    connection_id uuid NOT NULL,
    calendar_id text NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL CHECK (starts_at <= ends_at),
    PRIMARY KEY (host_id, id),
    FOREIGN KEY (connection_id, calendar_id) REFERENCES calendar (connection_id, id)
);
CREATE INDEX busy_of_calendar ON busy (connection_id, calendar_id);

CREATE TABLE wanted_event (
    root_id uuid NOT NULL,
    host_id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    event_id text NOT NULL,
    booking_id uuid NOT NULL,
    meeting_id uuid NOT NULL,
    sequence integer NOT NULL,
    version bigint NOT NULL,
    removed boolean NOT NULL,
    asked boolean NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    title text NOT NULL,
    description text NOT NULL,
    location text NOT NULL,
    conference boolean NOT NULL,
    state text NOT NULL CHECK (state IN ('due', 'done')),
    connection_id uuid,
    calendar_id text,
    written boolean NOT NULL DEFAULT false,
    join_url text NOT NULL DEFAULT '',
    announced bigint NOT NULL DEFAULT 0,
    attempts integer NOT NULL DEFAULT 0,
    next_try_at timestamptz NOT NULL,
    lease uuid,
    leased_until timestamptz,
    problem text NOT NULL DEFAULT '',
    PRIMARY KEY (root_id, host_id)
);
COMMENT ON COLUMN wanted_event.connection_id IS 'Where it stands, or may stand: set before the '
    'provider is called, so that a call whose reply was lost can be undone.';
CREATE INDEX wanted_event_due ON wanted_event (next_try_at) WHERE state = 'due';
CREATE INDEX wanted_event_of_host ON wanted_event (host_id, event_id);
"""


def upgrade() -> None:
    create_kit_tables()
    op.execute(TABLES)


def downgrade() -> None:
    op.execute("DROP TABLE wanted_event, busy, calendar, connection, host")
