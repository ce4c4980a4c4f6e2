"""The tables, as the migrations made them."""

from sqlalchemy import Boolean, Column, DateTime, Integer, MetaData, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from servicekit import leases

_metadata = MetaData()


def _texts(*names: str) -> list[Column[str]]:
    return [Column(name, Text) for name in names]


def _instants(*names: str) -> list[Column[object]]:
    return [Column(name, DateTime(timezone=True)) for name in names]


def _ids(*names: str) -> list[Column[object]]:
    return [Column(name, Uuid) for name in names]


delivery = Table(
    "delivery",
    _metadata,
    Column("id", Uuid, primary_key=True),
    *leases.columns("try_at"),
    *_ids("workspace_id", "root_id", "booking_id"),
    *_texts("key", "kind", "role", "recipient", "told_url", "message_id"),
    *_instants("start", "due_at", "created_at", "sent_at"),
    Column("payload", JSONB),
    Column("version", Integer),
    Column("started", Boolean),
)

thread = Table(
    "thread",
    _metadata,
    Column("root_id", Uuid, primary_key=True),
    *_ids("workspace_id", "booking_id", "join_host"),
    *_texts("status", "join_url"),
    *_instants("start"),
    Column("sequence", Integer),
    Column("version", Integer),
    Column("join_version", Integer),
    Column("conference", Boolean),
)

connection = Table(
    "connection",
    _metadata,
    Column("host_id", Uuid, primary_key=True),
    *_ids("workspace_id"),
    *_texts("state", "told_key"),
    Column("version", Integer),
)
