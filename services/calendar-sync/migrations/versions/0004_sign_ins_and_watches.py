"""Sign-ins that were begun, push channels, and the last trouble of each connection."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

UP = """
ALTER TABLE connection
    ADD COLUMN not_before timestamptz,
    ADD COLUMN trouble text NOT NULL DEFAULT '';
COMMENT ON COLUMN connection.not_before IS 'The provider asked for no request before then.';

ALTER TABLE calendar ADD COLUMN watch_at timestamptz;
COMMENT ON COLUMN calendar.watch_at IS 'When its push channel is made or renewed; null: now.';

CREATE TABLE sign_in (
    digest bytea PRIMARY KEY,
    workspace_id uuid NOT NULL,
    host_id uuid NOT NULL,
    provider text NOT NULL,
    redirect_uri text NOT NULL,
    sealed_verifier text NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX sign_in_expired ON sign_in (expires_at);

CREATE TABLE watch (
    connection_id uuid NOT NULL REFERENCES connection (id),
    calendar_id text NOT NULL,
    id text NOT NULL,
    resource text NOT NULL,
    token_digest bytea NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (connection_id, calendar_id)
);
CREATE INDEX watch_by_id ON watch (id);
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(
        """
        DROP TABLE watch, sign_in;
        ALTER TABLE calendar DROP COLUMN watch_at;
        ALTER TABLE connection DROP COLUMN not_before, DROP COLUMN trouble
        """
    )
