"""The tables of this service's database, as the migrations make them."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Integer,
    MetaData,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

METADATA = MetaData()
INSTANT = DateTime(timezone=True)

schedule = Table(
    "schedule",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("workspace_id", Uuid),
    Column("host_id", Uuid),
    Column("body", JSONB),
    Column("is_default", Boolean),
    Column("version", Integer),
)
time_off = Table(
    "time_off",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("workspace_id", Uuid),
    Column("host_id", Uuid),
    Column("body", JSONB),
)
audit = Table(
    "audit",
    METADATA,
    Column("id", BigInteger, primary_key=True),
    Column("at", INSTANT),
    Column("workspace_id", Uuid),
    Column("host_id", Uuid),
    Column("subject_id", Uuid),
    Column("actor", Text),
    Column("action", Text),
    Column("before", JSONB(none_as_null=True)),
    Column("after", JSONB(none_as_null=True)),
)
host = Table(
    "host",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("workspace_id", Uuid),
    Column("body", JSONB),
    Column("version", BigInteger),
)
link = Table(
    "link",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("workspace_id", Uuid),
    Column("slug", Text),
    Column("host_ids", ARRAY(Uuid)),
    Column("schedule_id", Uuid),
    Column("body", JSONB),
    Column("removed", Boolean),
    Column("version", BigInteger),
    Column("changed_at", INSTANT),
)
claim = Table(
    "claim",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("workspace_id", Uuid),
    Column("meeting_id", Uuid),
    Column("host_id", Uuid),
    Column("link_id", Uuid),
    Column("booking_id", Uuid),
    Column("state", Text),
    Column("start_at", INSTANT),
    Column("end_at", INSTANT),
    Column("meeting_start", INSTANT),
    Column("meeting_end", INSTANT),
    Column("expires_at", INSTANT),
    Column("seats_taken", Integer),
    Column("seat_holds", JSONB),
    Column("removed", Boolean),
    Column("version", BigInteger),
    Column("changed_at", INSTANT),
    Column("number", BigInteger),
)
calendar = Table(
    "calendar",
    METADATA,
    Column("host_id", Uuid, primary_key=True),
    Column("workspace_id", Uuid),
    Column("state", Text),
    Column("synced_at", INSTANT),
    Column("version", BigInteger),
    Column("full_version", BigInteger),
)
busy = Table(
    "busy",
    METADATA,
    Column("host_id", Uuid, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("start_at", INSTANT),
    Column("end_at", INSTANT),
    Column("removed", Boolean),
    Column("version", BigInteger),
    Column("changed_at", INSTANT),
)
generation = Table(
    "generation",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("number", BigInteger),
    Column("claims", BigInteger),
)
dirty = Table(
    "dirty",
    METADATA,
    Column("slug", Text, primary_key=True),
    Column("workspace_id", Uuid),
)
