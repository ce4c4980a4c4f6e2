"""Events that several bookings share; providers' own ids; what hosts change in their calendars.

`wanted_event.root_id` of a shared event is its meeting's id: one row a meeting and host, made of
the seats in it. What stood for each booking apart is removed when that booking is next heard of.
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

UP = """
ALTER TABLE wanted_event
    ADD COLUMN provider_id text NOT NULL DEFAULT '',
    ADD COLUMN in_line_at timestamptz,
    ADD COLUMN moved_start timestamptz,
    ADD COLUMN moved_end timestamptz,
    ADD COLUMN followed boolean NOT NULL DEFAULT false,
    ADD COLUMN declined boolean NOT NULL DEFAULT false,
    ADD COLUMN came_back bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN wanted_event.moved_start IS 'Where the host moved it, told and not followed yet.';
COMMENT ON COLUMN wanted_event.followed IS 'What is wanted follows what the host did.';
UPDATE wanted_event SET provider_id = event_id, in_line_at = next_try_at WHERE written;
CREATE INDEX wanted_event_at_provider ON wanted_event (host_id, provider_id);
CREATE INDEX wanted_event_standing ON wanted_event (connection_id, calendar_id)
    WHERE written AND NOT removed;

CREATE TABLE seat (
    root_id uuid NOT NULL,
    host_id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    booking_id uuid NOT NULL,
    meeting_id uuid NOT NULL,
    sequence integer NOT NULL,
    version bigint NOT NULL,
    removed boolean NOT NULL,
    asked boolean NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    link_title text NOT NULL,
    attendee text NOT NULL,
    email text NOT NULL,
    description text NOT NULL,
    location text NOT NULL,
    conference boolean NOT NULL,
    booked_at timestamptz NOT NULL,
    told text NOT NULL DEFAULT '',
    PRIMARY KEY (root_id, host_id)
);
CREATE INDEX seat_of_meeting ON seat (meeting_id, host_id) WHERE NOT removed;

CREATE SEQUENCE announced;
SELECT setval('announced', greatest((SELECT max(announced) FROM wanted_event), 1));
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(
        """
        DROP SEQUENCE announced;
        DROP TABLE seat;
        DROP INDEX wanted_event_at_provider, wanted_event_standing;
        ALTER TABLE wanted_event
            DROP COLUMN provider_id, DROP COLUMN in_line_at, DROP COLUMN moved_start,
            DROP COLUMN moved_end, DROP COLUMN followed, DROP COLUMN declined,
            DROP COLUMN came_back
        """
    )
