"""How often a host has let us in: what comes of renewing an older permission is not kept."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE connection ADD COLUMN grants bigint NOT NULL DEFAULT 1")


def downgrade() -> None:
    op.execute("ALTER TABLE connection DROP COLUMN grants")
