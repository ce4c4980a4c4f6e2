"""The deal that a booking was asked for on."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE booking ADD COLUMN deal_id uuid")


def downgrade() -> None:
    op.execute("ALTER TABLE booking DROP COLUMN deal_id")
