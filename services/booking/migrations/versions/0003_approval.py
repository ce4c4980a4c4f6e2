"""Requests that wait for their host's approval."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

CHANGES = """
-- Whether the chain was ever confirmed.
ALTER TABLE booking ADD COLUMN approved boolean NOT NULL DEFAULT true;
CREATE INDEX booking_pending ON booking (created_at) WHERE status = 'pending';
ALTER TABLE manage_token
    DROP CONSTRAINT manage_token_action_check,
    ADD CONSTRAINT manage_token_action_check
        CHECK (action IN ('reschedule', 'cancel', 'approve', 'decline'));
"""


def upgrade() -> None:
    op.execute(CHANGES)


def downgrade() -> None:
    op.execute("DELETE FROM manage_token WHERE action IN ('approve', 'decline')")
    op.execute(
        "ALTER TABLE manage_token DROP CONSTRAINT manage_token_action_check,"
        " ADD CONSTRAINT manage_token_action_check CHECK (action IN ('reschedule', 'cancel'))"
    )
    op.execute("DROP INDEX booking_pending")
    op.execute("ALTER TABLE booking DROP COLUMN approved")
