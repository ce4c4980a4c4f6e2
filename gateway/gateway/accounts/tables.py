"""The gateway's tables, as the queries name them; the migrations are the truth."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData()


def _instant(name: str) -> Column[object]:
    return Column(name, DateTime(timezone=True))


workspace = Table(
    "workspace",
    metadata,
    Column("id", Uuid),
    Column("name", String),
    Column("timezone", String),
    Column("language", String),
    Column("new_links", JSONB),
    Column("version", BigInteger),
    _instant("created_at"),
)
photo = Table(
    "photo",
    metadata,
    Column("account_id", Uuid),
    Column("workspace_id", Uuid),
    Column("digest", String),
    Column("content", LargeBinary),
)
logo = Table(
    "logo",
    metadata,
    Column("workspace_id", Uuid),
    Column("digest", String),
    Column("type", String),
    Column("content", LargeBinary),
)
account = Table(
    "account",
    metadata,
    Column("id", Uuid),
    Column("workspace_id", Uuid),
    Column("email", String),
    Column("name", String),
    Column("role", String),
    Column("timezone", String),
    Column("language", String),
    Column("state", String),
    Column("password_hash", String),
    Column("version", BigInteger),
    _instant("created_at"),
)
session = Table(
    "session",
    metadata,
    Column("id", Uuid),
    Column("token_hash", LargeBinary),
    Column("account_id", Uuid),
    Column("agent", String),
    _instant("created_at"),
    _instant("expires_at"),
)
one_time_token = Table(
    "one_time_token",
    metadata,
    Column("token_hash", LargeBinary),
    Column("account_id", Uuid),
    Column("purpose", String),
    _instant("created_at"),
    _instant("expires_at"),
)
api_key = Table(
    "api_key",
    metadata,
    Column("id", Uuid),
    Column("workspace_id", Uuid),
    Column("account_id", Uuid),
    Column("name", String),
    Column("prefix", String),
    Column("key_hash", LargeBinary),
    Column("scopes", ARRAY(String)),
    _instant("created_at"),
    _instant("last_used_at"),
    _instant("revoked_at"),
)
audit = Table(
    "audit",
    metadata,
    Column("id", Integer),
    Column("workspace_id", Uuid),
    _instant("at"),
    Column("actor", String),
    Column("action", String),
    Column("subject", String),
    Column("detail", JSONB),
)
bucket = Table(
    "bucket",
    metadata,
    Column("key", String),
    Column("tokens", Float),
    _instant("filled_at"),
)
