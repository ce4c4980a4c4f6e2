"""The tables as the migrations made them."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    Sequence,
    Table,
    Text,
    Uuid,
)

from servicekit import leases

metadata = MetaData()
INSTANT = DateTime(timezone=True)

host = Table(
    "host",
    metadata,
    Column("host_id", Uuid, primary_key=True),
    Column("workspace_id", Uuid),
    Column("busy_version", BigInteger),
    Column("connection_version", BigInteger),
    Column("state", Text),
    Column("synced_at", INSTANT),
    Column("told_at", INSTANT),
)

connection = Table(
    "connection",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("workspace_id", Uuid),
    Column("host_id", Uuid),
    Column("provider", Text),
    Column("account", Text),
    Column("sealed_secret", Text),
    Column("grants", BigInteger),
    Column("state", Text),
    Column("problem", Text),
    Column("synced_at", INSTANT),
    Column("next_sync_at", INSTANT),
    Column("attempts", Integer),
    Column("readings", BigInteger),
    Column("version", BigInteger),
    Column("created_at", INSTANT),
    Column("not_before", INSTANT),
    Column("trouble", Text),
)

calendar = Table(
    "calendar",
    metadata,
    Column("connection_id", Uuid, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("name", Text),
    Column("position", Integer),
    Column("writable", Boolean),
    Column("checked", Boolean),
    Column("written", Boolean),
    Column("cursor", Text),
    Column("watch_at", INSTANT),
)

busy = Table(
    "busy",
    metadata,
    Column("host_id", Uuid, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("connection_id", Uuid),
    Column("calendar_id", Text),
    Column("starts_at", INSTANT),
    Column("ends_at", INSTANT),
)

wanted_event = Table(
    "wanted_event",
    metadata,
    Column("root_id", Uuid, primary_key=True),
    Column("host_id", Uuid, primary_key=True),
    *leases.columns(),
    Column("workspace_id", Uuid),
    Column("event_id", Text),
    Column("booking_id", Uuid),
    Column("meeting_id", Uuid),
    Column("sequence", Integer),
    Column("version", BigInteger),
    Column("removed", Boolean),
    Column("asked", Boolean),
    Column("starts_at", INSTANT),
    Column("ends_at", INSTANT),
    Column("title", Text),
    Column("description", Text),
    Column("location", Text),
    Column("conference", Boolean),
    Column("connection_id", Uuid),
    Column("calendar_id", Text),
    Column("written", Boolean),
    Column("join_url", Text),
    Column("announced", BigInteger),
    Column("provider_id", Text),
    Column("in_line_at", INSTANT),
    Column("moved_start", INSTANT),
    Column("moved_end", INSTANT),
    Column("followed", Boolean),
    Column("declined", Boolean),
    Column("came_back", BigInteger),
)

seat = Table(
    "seat",
    metadata,
    Column("root_id", Uuid, primary_key=True),
    Column("host_id", Uuid, primary_key=True),
    Column("workspace_id", Uuid),
    Column("booking_id", Uuid),
    Column("meeting_id", Uuid),
    Column("sequence", Integer),
    Column("version", BigInteger),
    Column("removed", Boolean),
    Column("asked", Boolean),
    Column("starts_at", INSTANT),
    Column("ends_at", INSTANT),
    Column("link_title", Text),
    Column("attendee", Text),
    Column("email", Text),
    Column("description", Text),
    Column("location", Text),
    Column("conference", Boolean),
    Column("booked_at", INSTANT),
    Column("told", Text),
)

announced = Sequence("announced")

sign_in = Table(
    "sign_in",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("workspace_id", Uuid),
    Column("host_id", Uuid),
    Column("provider", Text),
    Column("redirect_uri", Text),
    Column("sealed_verifier", Text),
    Column("expires_at", INSTANT),
)

watch = Table(
    "watch",
    metadata,
    Column("connection_id", Uuid, primary_key=True),
    Column("calendar_id", Text, primary_key=True),
    Column("id", Text),
    Column("resource", Text),
    Column("token_digest", LargeBinary),
    Column("expires_at", INSTANT),
)
