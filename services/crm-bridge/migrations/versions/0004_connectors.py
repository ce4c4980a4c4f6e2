"""Connections to other CRMs, what is to be written there, and what meetings' activities say."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE crm_connection (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL,
    provider text NOT NULL,
    account text NOT NULL,
    account_key text NOT NULL,
    sealed_secret text NOT NULL,
    state text NOT NULL CHECK (state IN ('ok', 'refused')),
    why text NOT NULL,
    missing text[] NOT NULL,
    mapping jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    pushed_at timestamptz,
    failures integer NOT NULL DEFAULT 0,
    rest_until timestamptz,
    UNIQUE (workspace_id, provider)
);

CREATE TABLE crm_push (
    connection_id uuid NOT NULL REFERENCES crm_connection (id) ON DELETE CASCADE,
    object text NOT NULL CHECK (object IN ('contact', 'deal', 'meeting')),
    object_id uuid NOT NULL,
    contact_id uuid NOT NULL,
    deal_id uuid,
    wanted bigint NOT NULL DEFAULT 1,
    external_id text NOT NULL DEFAULT '',
    shown jsonb NOT NULL DEFAULT '{}',
    state text NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    next_try_at timestamptz NOT NULL,
    lease uuid,
    leased_until timestamptz,
    problem text NOT NULL DEFAULT '',
    correlation_id text,
    PRIMARY KEY (connection_id, object, object_id)
);
CREATE INDEX crm_push_due ON crm_push (connection_id, next_try_at) WHERE state = 'due';
CREATE INDEX crm_push_failed ON crm_push (connection_id, next_try_at) WHERE problem <> '';

CREATE TABLE crm_sign_in (
    digest bytea PRIMARY KEY,
    workspace_id uuid NOT NULL,
    account_id uuid NOT NULL,
    provider text NOT NULL,
    redirect_uri text NOT NULL,
    sealed_verifier text NOT NULL,
    expires_at timestamptz NOT NULL
);

CREATE TABLE meeting_detail (
    workspace_id uuid NOT NULL,
    root_id uuid NOT NULL,
    booking_ids uuid[] NOT NULL,
    sequence integer NOT NULL,
    version bigint NOT NULL,
    detail jsonb NOT NULL,
    PRIMARY KEY (workspace_id, root_id)
);
INSERT INTO meeting_detail
    SELECT workspace_id, root_id, ARRAY[root_id, booking_id], -1, 0, '{}' FROM chain;
"""


def upgrade() -> None:
    op.execute(TABLES)


def downgrade() -> None:
    op.execute("DROP TABLE meeting_detail, crm_sign_in, crm_push, crm_connection")
