"""Whose calendar made a meeting's join URL: it is stale once another host takes the meeting."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE thread ADD COLUMN join_host uuid")
