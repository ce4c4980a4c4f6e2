"""Each wish keeps the id of the request that it follows from; the nightly comparison's turn."""

from alembic import op

from servicekit.migrations import create_duty_table

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE wanted_event ADD COLUMN correlation_id text NOT NULL DEFAULT ''")
    create_duty_table()


def downgrade() -> None:
    op.execute("DROP TABLE duty")
    op.execute("ALTER TABLE wanted_event DROP COLUMN correlation_id")
