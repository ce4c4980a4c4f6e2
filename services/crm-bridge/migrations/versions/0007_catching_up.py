"""Since when a webhook that was enabled again is to have what was due then for its whole time."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE webhook ADD COLUMN renew_since timestamptz")


def downgrade() -> None:
    op.execute("ALTER TABLE webhook DROP COLUMN renew_since")
