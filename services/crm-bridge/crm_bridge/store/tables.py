"""The tables as the migrations made them."""

from sqlalchemy import BigInteger, Column, DateTime, Integer, MetaData, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

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
