"""Contacts, deals, chains of bookings and timelines."""

from alembic import op

from servicekit.migrations import create_kit_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE contact (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL,
    email text NOT NULL CHECK (email = lower(email)),
    name text NOT NULL,
    created_at timestamptz NOT NULL,
    UNIQUE (workspace_id, email)
);

CREATE TABLE deal (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL,
    contact_id uuid NOT NULL REFERENCES contact (id),
    root_id uuid,
    title text NOT NULL,
    stage text NOT NULL CHECK (stage IN ('new', 'qualified', 'proposal', 'won', 'lost')),
    value_cents bigint NOT NULL DEFAULT 0,
    currency text NOT NULL DEFAULT 'EUR',
    owner_id uuid,
    owner_name text NOT NULL DEFAULT '',
    link_slug text NOT NULL DEFAULT '',
    link_title text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    active_at timestamptz NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    UNIQUE (workspace_id, root_id)
);
CREATE INDEX deal_newest ON deal (workspace_id, created_at DESC, id DESC);
CREATE INDEX deal_of_contact ON deal (contact_id);

CREATE TABLE chain (
    workspace_id uuid NOT NULL,
    root_id uuid NOT NULL,
    contact_id uuid NOT NULL REFERENCES contact (id),
    deal_id uuid REFERENCES deal (id),
    booking_id uuid NOT NULL,
    status text NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    sequence integer NOT NULL,
    version bigint NOT NULL,
    PRIMARY KEY (workspace_id, root_id)
);
CREATE INDEX chain_of_deal ON chain (deal_id);

CREATE TABLE timeline_entry (
    workspace_id uuid NOT NULL,
    key text NOT NULL,
    contact_id uuid NOT NULL REFERENCES contact (id),
    deal_id uuid REFERENCES deal (id),
    at timestamptz NOT NULL,
    kind text NOT NULL,
    booking_id uuid,
    start timestamptz,
    previous_start timestamptz,
    sequence integer NOT NULL,
    version bigint NOT NULL,
    detail jsonb NOT NULL,
    PRIMARY KEY (workspace_id, key)
);
CREATE INDEX timeline_of_deal ON timeline_entry (deal_id, at);
CREATE INDEX timeline_of_contact ON timeline_entry (contact_id, at);
CREATE INDEX timeline_of_booking ON timeline_entry (booking_id, kind);
"""


def upgrade() -> None:
    create_kit_tables()
    op.execute(TABLES)


def downgrade() -> None:
    op.execute("DROP TABLE timeline_entry, chain, deal, contact")
