"""What came back from hosts' calendars: the last word of each host about each meeting."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

CHANGES = """
-- `start_at` and `end_at`: where the meeting was put by following that host.
CREATE TABLE calendar_change (
    meeting_id uuid NOT NULL REFERENCES meeting ON DELETE CASCADE,
    host_id uuid NOT NULL,
    version bigint NOT NULL,
    start_at timestamptz,
    end_at timestamptz,
    PRIMARY KEY (meeting_id, host_id)
);
"""


def upgrade() -> None:
    op.execute(CHANGES)


def downgrade() -> None:
    op.execute("DROP TABLE calendar_change")
