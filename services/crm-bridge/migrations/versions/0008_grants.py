"""How often an admin has let us in: what comes of renewing an older permission is not kept."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE crm_connection ADD COLUMN grants bigint NOT NULL DEFAULT 1")


def downgrade() -> None:
    op.execute("ALTER TABLE crm_connection DROP COLUMN grants")
