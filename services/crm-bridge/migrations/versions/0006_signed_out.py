"""How often a connection to another CRM was refused: admins are told of each time once."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE crm_connection ADD COLUMN refused_times integer NOT NULL DEFAULT 0")


def downgrade() -> None:
    op.execute("ALTER TABLE crm_connection DROP COLUMN refused_times")
