"""Schedules, time off and their audit; copies of hosts, links, claims and busy periods."""

from alembic import op

from servicekit.migrations import create_kit_tables

revision = "0001"
down_revision = None

OWN = """
CREATE TABLE schedule (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL,
    host_id uuid NOT NULL,
    body jsonb NOT NULL,
    is_default boolean NOT NULL,
    version integer NOT NULL
);
CREATE INDEX schedule_host ON schedule (host_id);
CREATE UNIQUE INDEX schedule_default ON schedule (host_id) WHERE is_default;

CREATE TABLE time_off (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL,
    host_id uuid NOT NULL,
    body jsonb NOT NULL
);
CREATE INDEX time_off_host ON time_off (host_id);

CREATE TABLE audit (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    workspace_id uuid NOT NULL,
    host_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    before jsonb,
    after jsonb
);
CREATE INDEX audit_subject ON audit (subject_id);
"""

COPIES = """
CREATE TABLE host (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL,
    body jsonb NOT NULL,
    version bigint NOT NULL
);

CREATE TABLE link (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL,
    slug text NOT NULL,
    host_ids uuid[] NOT NULL,
    schedule_id uuid,
    body jsonb NOT NULL,
    removed boolean NOT NULL,
    version bigint NOT NULL,
    changed_at timestamptz NOT NULL
);
CREATE INDEX link_slug ON link (slug) WHERE NOT removed;
CREATE INDEX link_hosts ON link USING gin (host_ids) WHERE NOT removed;
CREATE INDEX link_removed ON link (changed_at) WHERE removed;

CREATE TABLE claim (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL,
    meeting_id uuid NOT NULL,
    host_id uuid NOT NULL,
    link_id uuid NOT NULL,
    booking_id uuid,
    state text NOT NULL,
    start_at timestamptz NOT NULL,
    end_at timestamptz NOT NULL,
    meeting_start timestamptz NOT NULL,
    meeting_end timestamptz NOT NULL,
    expires_at timestamptz,
    seats_taken integer NOT NULL,
    removed boolean NOT NULL,
    version bigint NOT NULL,
    changed_at timestamptz NOT NULL
);
CREATE INDEX claim_host ON claim (host_id, end_at) WHERE NOT removed;
CREATE INDEX claim_link ON claim (link_id, meeting_start) WHERE NOT removed AND state <> 'hold';
CREATE INDEX claim_removed ON claim (changed_at) WHERE removed;
CREATE INDEX claim_expired ON claim (expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE calendar (
    host_id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL,
    state text NOT NULL,
    synced_at timestamptz,
    version bigint NOT NULL,
    full_version bigint NOT NULL
);

CREATE TABLE busy (
    host_id uuid NOT NULL,
    id text NOT NULL,
    start_at timestamptz NOT NULL,
    end_at timestamptz NOT NULL,
    removed boolean NOT NULL,
    version bigint NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (host_id, id)
);
CREATE INDEX busy_host ON busy (host_id, end_at) WHERE NOT removed;
CREATE INDEX busy_removed ON busy (changed_at) WHERE removed;
"""

# What each process compares its memory with, and what gateways are still to be told.
CHANGES = """
CREATE TABLE generation (
    id uuid PRIMARY KEY,
    number bigint NOT NULL
);

CREATE TABLE dirty (
    slug text PRIMARY KEY,
    workspace_id uuid NOT NULL
);

CREATE SEQUENCE announcement;
"""


def upgrade() -> None:
    create_kit_tables()
    for statements in (OWN, COPIES, CHANGES):
        op.execute(statements)


def downgrade() -> None:
    op.execute("DROP SEQUENCE announcement")
    op.execute("DROP TABLE dirty, generation, busy, calendar, claim, link, host")
    op.execute("DROP TABLE audit, time_off, schedule")
