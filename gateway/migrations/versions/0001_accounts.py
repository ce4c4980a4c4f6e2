"""Workspaces, accounts, sessions, one-time tokens, API keys, rate limits, audit."""

from alembic import op

from servicekit.migrations import create_kit_tables

revision = "0001"
down_revision = None

TABLES = """
CREATE TABLE workspace (
    id uuid PRIMARY KEY,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    timezone text NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL
);
CREATE TABLE account (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspace,
    email text NOT NULL UNIQUE CHECK (email = lower(email)),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    role text NOT NULL CHECK (role IN ('owner', 'admin', 'member')),
    timezone text NOT NULL,
    state text NOT NULL CHECK (state IN ('invited', 'active', 'deactivated')),
    password_hash text,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    CHECK (state <> 'active' OR password_hash IS NOT NULL)
);
CREATE INDEX account_workspace ON account (workspace_id);
CREATE TABLE session (
    id uuid PRIMARY KEY,
    token_hash bytea NOT NULL UNIQUE,
    account_id uuid NOT NULL REFERENCES account,
    agent text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX session_account ON session (account_id);
CREATE TABLE one_time_token (
    token_hash bytea PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES account,
    purpose text NOT NULL CHECK (purpose IN ('invitation', 'reset')),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX one_time_token_account ON one_time_token (account_id);
CREATE TABLE api_key (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspace,
    account_id uuid NOT NULL REFERENCES account,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    prefix text NOT NULL,
    key_hash bytea NOT NULL UNIQUE,
    scopes text[] NOT NULL,
    created_at timestamptz NOT NULL,
    revoked_at timestamptz
);
CREATE INDEX api_key_account ON api_key (account_id);
CREATE TABLE audit (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspace,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    subject text NOT NULL DEFAULT '',
    detail jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_workspace ON audit (workspace_id, id DESC);
CREATE TABLE bucket (
    key text PRIMARY KEY,
    tokens double precision NOT NULL,
    filled_at timestamptz NOT NULL
);
CREATE INDEX bucket_filled_at ON bucket (filled_at);
"""


def upgrade() -> None:
    create_kit_tables()
    for statement in TABLES.split(";\n"):
        if statement.strip():
            op.execute(statement)


def downgrade() -> None:
    for table in ("bucket", "audit", "api_key", "one_time_token", "session", "account"):
        op.execute(f"DROP TABLE {table}")
    op.execute("DROP TABLE workspace")
