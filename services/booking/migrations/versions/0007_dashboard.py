"""Hosts' private calendar feeds, and a link's own tabs."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

CHANGES = """
-- One a host; the secret itself is kept nowhere.
CREATE TABLE feed (
    host_id uuid PRIMARY KEY REFERENCES host,
    workspace_id uuid NOT NULL,
    digest bytea NOT NULL UNIQUE,
    created_at timestamptz NOT NULL
);
CREATE INDEX booking_link_tabs ON booking (link_id, shelf, start_at, id) INCLUDE (end_at);
"""


def upgrade() -> None:
    op.execute(CHANGES)


def downgrade() -> None:
    op.execute("DROP INDEX booking_link_tabs")
    op.execute("DROP TABLE feed")
