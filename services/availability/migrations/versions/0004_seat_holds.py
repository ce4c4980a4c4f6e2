"""A group meeting's claim names the seats that are only held, which the clock alone gives back."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.execute("ALTER TABLE claim ADD COLUMN seat_holds jsonb NOT NULL DEFAULT '[]'")


def downgrade() -> None:
    op.execute("ALTER TABLE claim DROP COLUMN seat_holds")
