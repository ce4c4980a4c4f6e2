"""Hosts' photos, languages of accounts and workspaces, what a workspace's new links begin with."""

from alembic import op

revision = "0004"
down_revision = "0003"

PHOTO = """
CREATE TABLE photo (
    account_id uuid PRIMARY KEY REFERENCES account,
    workspace_id uuid NOT NULL REFERENCES workspace,
    digest text NOT NULL,
    content bytea NOT NULL
)
"""


def upgrade() -> None:
    op.execute(PHOTO)
    op.execute("ALTER TABLE account ADD language text NOT NULL DEFAULT 'en'")
    op.execute("ALTER TABLE workspace ADD language text NOT NULL DEFAULT 'en'")
    op.execute("ALTER TABLE workspace ADD new_links jsonb NOT NULL DEFAULT '{}'")


def downgrade() -> None:
    op.execute("ALTER TABLE workspace DROP new_links, DROP language")
    op.execute("ALTER TABLE account DROP language")
    op.execute("DROP TABLE photo")
