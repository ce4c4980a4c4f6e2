"""A workspace's logo, for its booking pages."""

from alembic import op

revision = "0003"
down_revision = "0002"

LOGO = """
CREATE TABLE logo (
    workspace_id uuid PRIMARY KEY REFERENCES workspace,
    digest text NOT NULL,
    type text NOT NULL,
    content bytea NOT NULL
)
"""


def upgrade() -> None:
    op.execute(LOGO)


def downgrade() -> None:
    op.execute("DROP TABLE logo")
