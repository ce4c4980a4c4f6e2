"""Claims carry their host's number, so that a process reads again only those that are new to it."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.execute("ALTER TABLE claim ADD COLUMN number bigint NOT NULL DEFAULT 0")
    op.execute("CREATE INDEX claim_number ON claim (host_id, number)")
    op.execute("ALTER TABLE generation ADD COLUMN claims bigint NOT NULL DEFAULT 0")


def downgrade() -> None:
    op.execute("ALTER TABLE generation DROP COLUMN claims")
    op.execute("ALTER TABLE claim DROP COLUMN number")
