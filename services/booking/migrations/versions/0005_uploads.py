"""Files that come with bookings: their records. The contents lie in the gateway's store."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

CHANGES = """
ALTER TABLE booking ADD COLUMN files jsonb NOT NULL DEFAULT '[]';

-- `root_id`: the first booking of the chain that took it; none while it waits for one.
-- What is past `expires_at` is deleted: the content by the gateway, then the row.
CREATE TABLE upload (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspace,
    link_id uuid NOT NULL REFERENCES link,
    root_id uuid,
    question text NOT NULL,
    name text NOT NULL,
    type text NOT NULL,
    kind text NOT NULL,
    key text NOT NULL UNIQUE,
    size bigint NOT NULL CHECK (size > 0),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX upload_expires ON upload (expires_at);
CREATE INDEX upload_waiting ON upload (link_id) WHERE root_id IS NULL;
CREATE INDEX upload_booking ON upload (root_id) WHERE root_id IS NOT NULL;
"""


def upgrade() -> None:
    op.execute(CHANGES)


def downgrade() -> None:
    op.execute("DROP TABLE upload")
    op.execute("ALTER TABLE booking DROP COLUMN files")
