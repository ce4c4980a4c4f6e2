"""Teams, and the ledger of who got which meeting, and why."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE team (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspace,
    name text NOT NULL,
    slug text NOT NULL,
    members jsonb NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    deleted_at timestamptz
);
CREATE UNIQUE INDEX team_slug ON team (slug) WHERE deleted_at IS NULL;
CREATE INDEX team_workspace ON team (workspace_id, name);
CREATE INDEX link_team ON link ((settings ->> 'team_id')) WHERE settings ->> 'team_id' IS NOT NULL;

-- A pool is a team, or a link that names none: whose meetings are shared out together. A host's
-- month in it: the credit for absences, in thousandths of a meeting, whether they were there at the
-- last decision, and if not, the shortfall that they left with.
CREATE TABLE share (
    pool_id uuid NOT NULL,
    month date NOT NULL,
    host_id uuid NOT NULL REFERENCES host,
    credit bigint NOT NULL CHECK (credit >= 0),
    present boolean NOT NULL,
    owed bigint NOT NULL,
    PRIMARY KEY (pool_id, month, host_id)
);

-- No-shows give the credit back.
CREATE INDEX booking_no_shows ON booking (link_id, start_at) WHERE status = 'no_show';

-- Numbers are drawn under the pool's lock, so they grow in the order of its decisions.
CREATE TABLE ledger (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspace,
    pool_id uuid NOT NULL,
    link_id uuid NOT NULL REFERENCES link,
    booking_id uuid NOT NULL REFERENCES booking DEFERRABLE INITIALLY DEFERRED,
    root_id uuid NOT NULL,
    month date NOT NULL,
    host_id uuid NOT NULL REFERENCES host,
    place integer NOT NULL,
    method text NOT NULL CHECK (method IN ('rotate', 'balanced', 'priority')),
    why text NOT NULL CHECK (why IN ('chosen', 'again', 'picked', 'kept', 'reassigned')),
    ground text NOT NULL,
    candidates jsonb NOT NULL,
    last_host_id uuid,
    last_place integer,
    actor text NOT NULL,
    at timestamptz NOT NULL,
    CHECK ((last_host_id IS NULL) = (last_place IS NULL))
);
CREATE INDEX ledger_root ON ledger (root_id, number);
CREATE INDEX ledger_month ON ledger (pool_id, month, number);
CREATE INDEX ledger_turn ON ledger (pool_id, host_id, number) WHERE why <> 'kept';
CREATE INDEX ledger_ring ON ledger (pool_id, number) WHERE why IN ('chosen', 'again');

CREATE FUNCTION ledger_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is only added to';
END
$$;
CREATE TRIGGER ledger_is_kept BEFORE UPDATE OR DELETE ON ledger
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_kept();
"""


def upgrade() -> None:
    op.execute(TABLES)


def downgrade() -> None:
    op.execute("DROP TABLE ledger, share, team")
    op.execute("DROP FUNCTION ledger_is_kept")
    op.execute("DROP INDEX link_team, booking_no_shows")
