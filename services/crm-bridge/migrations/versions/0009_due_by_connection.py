"""What is due is looked for at one connection: also where 0004 made its index without it."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DROP INDEX crm_push_due")
    op.execute(
        "CREATE INDEX crm_push_due ON crm_push (connection_id, next_try_at) WHERE state = 'due'"
    )


def downgrade() -> None:
    """The index fits 0004 as it stands."""
