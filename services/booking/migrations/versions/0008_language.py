"""The language of a host's mails; attendees have theirs in their booking."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # With a default: replicas of before make hosts beside us for a while, and name none.
    op.execute("ALTER TABLE host ADD COLUMN language text NOT NULL DEFAULT 'en'")


def downgrade() -> None:
    op.execute("ALTER TABLE host DROP COLUMN language")
