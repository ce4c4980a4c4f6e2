"""What each idempotency key was first used for: a name of the request, not its content."""

from alembic import op

revision = "0005"
down_revision = "0004"

KEYED = """
CREATE TABLE keyed_request (
    id uuid PRIMARY KEY,
    asked text NOT NULL,
    at timestamptz NOT NULL
)
"""


def upgrade() -> None:
    op.execute(KEYED)


def downgrade() -> None:
    op.execute("DROP TABLE keyed_request")
