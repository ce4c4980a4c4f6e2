"""What people do by hand: merged and erased contacts, boards; what the feed has forgotten."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

CHANGES = """
ALTER TABLE contact
    ADD COLUMN merged_into uuid REFERENCES contact (id),
    ADD COLUMN erased_at timestamptz;
CREATE INDEX contact_newest ON contact (workspace_id, created_at DESC, id DESC)
    WHERE merged_into IS NULL;
CREATE INDEX contact_merged ON contact (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX chain_of_contact ON chain (contact_id);
CREATE INDEX deal_by_stage ON deal (workspace_id, stage, active_at DESC, id DESC);
CREATE TABLE erased_file (
    workspace_id uuid NOT NULL,
    upload_id uuid NOT NULL,
    PRIMARY KEY (workspace_id, upload_id)
);
ALTER TABLE feed_head ADD COLUMN forgotten bigint NOT NULL DEFAULT 0;
CREATE INDEX feed_event_heard ON feed_event (workspace_id, heard_at);
CREATE INDEX feed_event_of_chain ON feed_event (chain);
CREATE INDEX webhook_delivery_of_event ON webhook_delivery (event_id);
"""


def upgrade() -> None:
    op.execute(CHANGES)


def downgrade() -> None:
    op.execute(
        "DROP INDEX webhook_delivery_of_event, feed_event_of_chain, feed_event_heard,"
        " deal_by_stage, chain_of_contact, contact_merged, contact_newest;"
        "ALTER TABLE feed_head DROP COLUMN forgotten;"
        "DROP TABLE erased_file;"
        "ALTER TABLE contact DROP COLUMN merged_into, DROP COLUMN erased_at"
    )
