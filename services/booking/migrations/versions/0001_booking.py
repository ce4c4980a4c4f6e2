"""Hosts, links, holds, meetings, claims, bookings, tokens and their history."""

from alembic import op

from servicekit.migrations import create_kit_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE workspace (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    timezone text NOT NULL,
    version bigint NOT NULL
);

CREATE TABLE host (
    id uuid PRIMARY KEY,
    key bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    workspace_id uuid NOT NULL REFERENCES workspace,
    name text NOT NULL,
    email text NOT NULL,
    timezone text NOT NULL,
    slug text NOT NULL UNIQUE,
    limits jsonb NOT NULL DEFAULT '{}',
    active boolean NOT NULL,
    account_version bigint NOT NULL,
    version bigint NOT NULL DEFAULT 1
);
CREATE INDEX host_workspace ON host (workspace_id, id);

-- Kept apart from host: a connection may be heard of before its account.
CREATE TABLE host_calendar (
    host_id uuid PRIMARY KEY,
    writes_calendar boolean NOT NULL,
    version bigint NOT NULL
);

CREATE TABLE link (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspace,
    owner_id uuid NOT NULL REFERENCES host,
    host_ids uuid[] NOT NULL,
    settings jsonb NOT NULL,
    used boolean NOT NULL DEFAULT false,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    deleted_at timestamptz
);
CREATE INDEX link_workspace ON link (workspace_id, created_at);
CREATE INDEX link_hosts ON link USING gin (host_ids);

-- One namespace for links and hosts, in the whole installation.
CREATE TABLE slug (
    slug text PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspace,
    link_id uuid UNIQUE REFERENCES link,
    host_id uuid UNIQUE,
    CHECK (num_nonnulls(link_id, host_id) = 1)
);

CREATE TABLE meeting (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspace,
    link_id uuid NOT NULL REFERENCES link,
    host_ids uuid[] NOT NULL,
    status text NOT NULL CHECK (status IN ('held', 'pending', 'confirmed', 'cancelled')),
    start_at timestamptz NOT NULL,
    end_at timestamptz NOT NULL,
    capacity integer NOT NULL DEFAULT 1,
    seats_taken integer NOT NULL DEFAULT 1,
    join_url text NOT NULL DEFAULT '',
    event_version bigint NOT NULL DEFAULT 0,
    CHECK (start_at < end_at),
    CHECK (seats_taken BETWEEN 0 AND capacity)
);

CREATE TABLE hold (
    id uuid PRIMARY KEY,
    meeting_id uuid NOT NULL REFERENCES meeting ON DELETE CASCADE,
    link_id uuid NOT NULL REFERENCES link,
    address text NOT NULL,
    duration integer NOT NULL,
    placed_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX hold_meeting ON hold (meeting_id);
CREATE INDEX hold_expiry ON hold (expires_at);
CREATE INDEX hold_address ON hold (address, expires_at);

-- Drawn while the host's advisory lock is held, so a host's claims grow in version.
CREATE SEQUENCE claim_version;

CREATE TABLE claim (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL,
    meeting_id uuid NOT NULL REFERENCES meeting ON DELETE CASCADE,
    host_id uuid NOT NULL REFERENCES host,
    host_key bigint NOT NULL REFERENCES host (key),
    link_id uuid NOT NULL REFERENCES link,
    state text NOT NULL CHECK (state IN ('hold', 'pending', 'confirmed')),
    start_at timestamptz NOT NULL,
    end_at timestamptz NOT NULL,
    span tstzrange NOT NULL GENERATED ALWAYS AS (tstzrange(start_at, end_at, '[)')) STORED,
    meeting_start timestamptz NOT NULL,
    meeting_end timestamptz NOT NULL,
    booking_id uuid,
    expires_at timestamptz,
    seats_taken integer NOT NULL DEFAULT 1,
    version bigint NOT NULL DEFAULT nextval('claim_version'),
    CHECK (start_at < end_at),
    CHECK ((state = 'hold') = (expires_at IS NOT NULL)),
    -- A one-point range in place of the number itself: gist has an operator for ranges without an
    -- extension, and "equal" is "overlaps" for points.
    CONSTRAINT claim_no_overlap
        EXCLUDE USING gist (int8range(host_key, host_key, '[]') WITH &&, span WITH &&)
);
CREATE INDEX claim_meeting ON claim (meeting_id);
CREATE INDEX claim_host_start ON claim (host_id, meeting_start);
CREATE INDEX claim_link_start ON claim (link_id, meeting_start);

CREATE TABLE booking (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspace,
    root_id uuid NOT NULL,
    previous_id uuid REFERENCES booking,
    next_id uuid REFERENCES booking DEFERRABLE INITIALLY DEFERRED,
    meeting_id uuid NOT NULL REFERENCES meeting,
    link_id uuid NOT NULL REFERENCES link,
    host_ids uuid[] NOT NULL,
    link_slug text NOT NULL,
    link_title text NOT NULL,
    link_colour text NOT NULL,
    status text NOT NULL CHECK (
        status IN ('pending', 'confirmed', 'rescheduled', 'cancelled', 'declined', 'no_show')
    ),
    -- The dashboard's tab, as far as it does not depend on the hour.
    shelf text NOT NULL GENERATED ALWAYS AS (
        CASE status WHEN 'declined' THEN 'cancelled' ELSE status END
    ) STORED,
    start_at timestamptz NOT NULL,
    end_at timestamptz NOT NULL,
    attendee jsonb NOT NULL,
    guests jsonb NOT NULL,
    answers jsonb NOT NULL,
    questions jsonb NOT NULL,
    location jsonb NOT NULL,
    creates_deal boolean NOT NULL,
    confirmation_text text NOT NULL,
    reschedule_until timestamptz NOT NULL,
    cancel_until timestamptz NOT NULL,
    cancel_reason text NOT NULL DEFAULT '',
    cancelled_by text NOT NULL DEFAULT '',
    sequence integer NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    search text NOT NULL,
    request_key bytea NOT NULL,
    request_content bytea NOT NULL,
    CHECK (start_at < end_at),
    CONSTRAINT booking_key UNIQUE (workspace_id, request_key),
    CONSTRAINT booking_status UNIQUE (id, status)
);
CREATE INDEX booking_tabs ON booking (workspace_id, shelf, start_at, id) INCLUDE (end_at);
CREATE UNIQUE INDEX booking_latest ON booking (root_id) WHERE next_id IS NULL;
CREATE INDEX booking_meeting ON booking (meeting_id);

-- A host's own tabs, in the same order; the foreign key keeps the status what the booking's is.
CREATE TABLE booking_host (
    host_id uuid NOT NULL REFERENCES host,
    booking_id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    status text NOT NULL,
    shelf text NOT NULL GENERATED ALWAYS AS (
        CASE status WHEN 'declined' THEN 'cancelled' ELSE status END
    ) STORED,
    start_at timestamptz NOT NULL,
    end_at timestamptz NOT NULL,
    PRIMARY KEY (booking_id, host_id),
    FOREIGN KEY (booking_id, status) REFERENCES booking (id, status)
        ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX booking_host_tabs
    ON booking_host (workspace_id, host_id, shelf, start_at, booking_id) INCLUDE (end_at);

-- What makes the tokens again, and their hashes; never the tokens. Deferred: rows of one statement.
CREATE TABLE manage_token (
    digest bytea PRIMARY KEY,
    booking_id uuid NOT NULL REFERENCES booking DEFERRABLE INITIALLY DEFERRED,
    action text NOT NULL CHECK (action IN ('reschedule', 'cancel')),
    generation integer NOT NULL,
    key_id text NOT NULL,
    UNIQUE (booking_id, action)
);

-- What happened to links, hosts and bookings (by the root of their chain), and who did it.
CREATE TABLE history (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    workspace_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    detail jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX history_subject ON history (subject_id, id);
"""


def upgrade() -> None:
    create_kit_tables()
    op.execute(TABLES)
