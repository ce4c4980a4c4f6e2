"""The connectors' tables as the migrations made them."""

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from crm_bridge.store.tables import INSTANT, metadata
from servicekit import leases

connection = Table(
    "crm_connection",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("workspace_id", Uuid),
    Column("provider", Text),
    Column("account", Text),
    Column("account_key", Text),
    Column("sealed_secret", Text),
    Column("state", Text),
    Column("why", Text),
    Column("missing", ARRAY(Text)),
    Column("mapping", JSONB),
    Column("created_at", INSTANT),
    Column("pushed_at", INSTANT),
    Column("failures", Integer),
    Column("rest_until", INSTANT),
    Column("refused_times", Integer),
    Column("grants", BigInteger),
)

push = Table(
    "crm_push",
    metadata,
    Column("connection_id", Uuid, primary_key=True),
    Column("object", Text, primary_key=True),
    Column("object_id", Uuid, primary_key=True),
    Column("contact_id", Uuid),
    Column("deal_id", Uuid),
    Column("wanted", BigInteger),
    Column("external_id", Text),
    Column("shown", JSONB),
    *leases.columns("next_try_at"),
)

sign_in = Table(
    "crm_sign_in",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("workspace_id", Uuid),
    Column("account_id", Uuid),
    Column("provider", Text),
    Column("redirect_uri", Text),
    Column("sealed_verifier", Text),
    Column("expires_at", INSTANT),
)

detail = Table(
    "meeting_detail",
    metadata,
    Column("workspace_id", Uuid, primary_key=True),
    Column("root_id", Uuid, primary_key=True),
    Column("booking_ids", ARRAY(Uuid)),
    Column("sequence", Integer),
    Column("version", BigInteger),
    Column("detail", JSONB),
)
