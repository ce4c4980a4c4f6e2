"""The feed of everything that happened, webhooks, their deliveries, and which admins to tell."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE feed_event (
    id uuid PRIMARY KEY,
    serial bigint GENERATED ALWAYS AS IDENTITY,
    workspace_id uuid NOT NULL,
    type text NOT NULL,
    at timestamptz NOT NULL,
    heard_at timestamptz NOT NULL,
    chain uuid NOT NULL,
    sequence integer NOT NULL,
    version bigint NOT NULL,
    needs integer NOT NULL,
    needs_approved boolean NOT NULL,
    approves boolean NOT NULL,
    host_ids uuid[] NOT NULL,
    data jsonb NOT NULL,
    position bigint,
    UNIQUE (workspace_id, position)
);
CREATE INDEX feed_event_unplaced ON feed_event (workspace_id, serial) WHERE position IS NULL;
CREATE INDEX feed_event_of_host ON feed_event USING gin (host_ids);

CREATE TABLE feed_head (
    workspace_id uuid PRIMARY KEY,
    position bigint NOT NULL
);

CREATE TABLE feed_chain (
    workspace_id uuid NOT NULL,
    chain uuid NOT NULL,
    sequence integer NOT NULL,
    approved boolean NOT NULL,
    PRIMARY KEY (workspace_id, chain)
);
INSERT INTO feed_chain SELECT workspace_id, root_id, sequence, true FROM chain;

CREATE TABLE webhook (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL,
    url text NOT NULL,
    types text[] NOT NULL,
    sealed_secret text NOT NULL,
    state text NOT NULL CHECK (state IN ('active', 'disabled')),
    why text NOT NULL,
    created_at timestamptz NOT NULL,
    failing_since timestamptz,
    failures integer NOT NULL DEFAULT 0,
    rest_until timestamptz,
    missed_after bigint,
    disabled_times bigint NOT NULL DEFAULT 0
);
CREATE INDEX webhook_of_workspace ON webhook (workspace_id, created_at);

CREATE TABLE webhook_delivery (
    id uuid PRIMARY KEY,
    webhook_id uuid NOT NULL REFERENCES webhook (id) ON DELETE CASCADE,
    event_id uuid NOT NULL,
    type text NOT NULL,
    chain uuid NOT NULL,
    position bigint NOT NULL,
    body jsonb,
    made_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    tried_at timestamptz,
    status integer,
    latency_ms integer,
    state text NOT NULL,
    attempts integer NOT NULL,
    next_try_at timestamptz NOT NULL,
    lease uuid,
    leased_until timestamptz,
    problem text NOT NULL,
    correlation_id text,
    UNIQUE (webhook_id, event_id)
);
CREATE INDEX webhook_delivery_due ON webhook_delivery (next_try_at) WHERE state = 'due';
CREATE INDEX webhook_delivery_order ON webhook_delivery (webhook_id, chain, position)
    WHERE state = 'due';
CREATE INDEX webhook_delivery_log ON webhook_delivery (webhook_id, made_at DESC, id DESC);

CREATE TABLE admin (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL,
    name text NOT NULL,
    email text NOT NULL,
    told boolean NOT NULL,
    version bigint NOT NULL
);
CREATE INDEX admin_of_workspace ON admin (workspace_id) WHERE told;
"""


def upgrade() -> None:
    op.execute(TABLES)


def downgrade() -> None:
    op.execute("DROP TABLE admin, webhook_delivery, webhook, feed_chain, feed_head, feed_event")
