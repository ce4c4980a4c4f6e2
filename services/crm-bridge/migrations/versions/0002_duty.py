"""The nightly comparison's turn."""

from alembic import op

from servicekit.migrations import create_duty_table

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_duty_table()


def downgrade() -> None:
    op.execute("DROP TABLE duty")
