"""The tables as the migrations made them."""

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Integer, MetaData, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from servicekit import leases

metadata = MetaData()
INSTANT = DateTime(timezone=True)

contact = Table(
    "contact",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("workspace_id", Uuid),
    Column("email", Text),
    Column("name", Text),
    Column("created_at", INSTANT),
    Column("merged_into", Uuid),
    Column("erased_at", INSTANT),
)

deal = Table(
    "deal",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("workspace_id", Uuid),
    Column("contact_id", Uuid),
    Column("root_id", Uuid),
    Column("title", Text),
    Column("stage", Text),
    Column("value_cents", BigInteger),
    Column("currency", Text),
    Column("owner_id", Uuid),
    Column("owner_name", Text),
    Column("link_slug", Text),
    Column("link_title", Text),
    Column("created_at", INSTANT),
    Column("active_at", INSTANT),
    Column("version", BigInteger),
)

chain = Table(
    "chain",
    metadata,
    Column("workspace_id", Uuid, primary_key=True),
    Column("root_id", Uuid, primary_key=True),
    Column("contact_id", Uuid),
    Column("deal_id", Uuid),
    Column("booking_id", Uuid),
    Column("status", Text),
    Column("starts_at", INSTANT),
    Column("ends_at", INSTANT),
    Column("sequence", Integer),
    Column("version", BigInteger),
)

timeline_entry = Table(
    "timeline_entry",
    metadata,
    Column("workspace_id", Uuid, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("contact_id", Uuid),
    Column("deal_id", Uuid),
    Column("at", INSTANT),
    Column("kind", Text),
    Column("booking_id", Uuid),
    Column("start", INSTANT),
    Column("previous_start", INSTANT),
    Column("sequence", Integer),
    Column("version", BigInteger),
    Column("detail", JSONB),
)

erased_file = Table(
    "erased_file",
    metadata,
    Column("workspace_id", Uuid, primary_key=True),
    Column("upload_id", Uuid, primary_key=True),
)

feed_event = Table(
    "feed_event",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("serial", BigInteger),
    Column("workspace_id", Uuid),
    Column("type", Text),
    Column("at", INSTANT),
    Column("heard_at", INSTANT),
    Column("chain", Uuid),
    Column("sequence", Integer),
    Column("version", BigInteger),
    Column("needs", Integer),
    Column("needs_approved", Boolean),
    Column("approves", Boolean),
    Column("host_ids", ARRAY(Uuid)),
    Column("data", JSONB),
    Column("position", BigInteger),
)

feed_head = Table(
    "feed_head",
    metadata,
    Column("workspace_id", Uuid, primary_key=True),
    Column("position", BigInteger),
    Column("forgotten", BigInteger),
)

feed_chain = Table(
    "feed_chain",
    metadata,
    Column("workspace_id", Uuid, primary_key=True),
    Column("chain", Uuid, primary_key=True),
    Column("sequence", Integer),
    Column("approved", Boolean),
)

webhook = Table(
    "webhook",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("workspace_id", Uuid),
    Column("url", Text),
    Column("types", ARRAY(Text)),
    Column("sealed_secret", Text),
    Column("state", Text),
    Column("why", Text),
    Column("created_at", INSTANT),
    Column("failing_since", INSTANT),
    Column("failures", Integer),
    Column("rest_until", INSTANT),
    Column("missed_after", BigInteger),
    Column("renew_since", INSTANT),
    Column("disabled_times", BigInteger),
)

delivery = Table(
    "webhook_delivery",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("webhook_id", Uuid),
    Column("event_id", Uuid),
    Column("type", Text),
    Column("chain", Uuid),
    Column("position", BigInteger),
    Column("body", JSONB),
    Column("made_at", INSTANT),
    Column("expires_at", INSTANT),
    Column("tried_at", INSTANT),
    Column("status", Integer),
    Column("latency_ms", Integer),
    *leases.columns("next_try_at"),
)

admin = Table(
    "admin",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("workspace_id", Uuid),
    Column("name", Text),
    Column("email", Text),
    Column("told", Boolean),
    Column("version", BigInteger),
)
