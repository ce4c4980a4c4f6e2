"""The tables as SQLAlchemy Core sees them; the migrations make them."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

_metadata = sa.MetaData()

_Instant = sa.DateTime(timezone=True)


def _uuids(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.Uuid) for name in names]


def _texts(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.Text) for name in names]


def _instants(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, _Instant) for name in names]


def _numbers(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.BigInteger) for name in names]


def _jsons(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, JSONB) for name in names]


def _flags(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.Boolean) for name in names]


def _hosts() -> sa.Column[object]:
    return sa.Column("host_ids", ARRAY(sa.Uuid))


workspace = sa.Table(
    "workspace", _metadata, *_uuids("id"), *_texts("name", "timezone"), *_numbers("version")
)

host = sa.Table(
    "host",
    _metadata,
    *_uuids("id", "workspace_id"),
    *_numbers("key", "account_version", "version"),
    *_texts("name", "email", "timezone", "language", "slug"),
    *_jsons("limits"),
    *_flags("active"),
)

host_calendar = sa.Table(
    "host_calendar", _metadata, *_uuids("host_id"), *_flags("writes_calendar"), *_numbers("version")
)

link = sa.Table(
    "link",
    _metadata,
    *_uuids("id", "workspace_id", "owner_id"),
    _hosts(),
    *_jsons("settings"),
    *_flags("used"),
    *_numbers("version"),
    *_instants("created_at", "deleted_at"),
)

slug = sa.Table("slug", _metadata, *_texts("slug"), *_uuids("workspace_id", "link_id", "host_id"))

meeting = sa.Table(
    "meeting",
    _metadata,
    *_uuids("id", "workspace_id", "link_id"),
    _hosts(),
    *_texts("status", "join_url"),
    *_instants("start_at", "end_at"),
    *_numbers("capacity", "seats_taken", "event_version"),
)

hold = sa.Table(
    "hold",
    _metadata,
    *_uuids("id", "meeting_id", "link_id"),
    *_texts("address"),
    *_numbers("duration"),
    *_instants("placed_at", "expires_at"),
)

claim = sa.Table(
    "claim",
    _metadata,
    *_uuids("id", "workspace_id", "meeting_id", "host_id", "link_id", "booking_id"),
    *_numbers("host_key", "seats_taken", "version"),
    *_texts("state"),
    *_instants("start_at", "end_at", "meeting_start", "meeting_end", "expires_at"),
)

booking = sa.Table(
    "booking",
    _metadata,
    *_uuids("id", "workspace_id", "root_id", "previous_id", "next_id", "meeting_id", "link_id"),
    *_uuids("deal_id"),
    _hosts(),
    *_texts("link_slug", "link_title", "link_colour", "status", "shelf"),
    *_instants("start_at", "end_at"),
    *_jsons("attendee", "guests", "answers", "questions", "location", "source", "files"),
    *_flags("creates_deal", "approved"),
    *_texts("confirmation_text", "cancel_reason", "cancelled_by", "search"),
    *_instants("reschedule_until", "cancel_until", "created_at"),
    *_numbers("sequence", "version"),
    sa.Column("request_key", sa.LargeBinary),
    sa.Column("request_content", sa.LargeBinary),
)

booking_host = sa.Table(
    "booking_host",
    _metadata,
    *_uuids("host_id", "booking_id", "workspace_id"),
    *_texts("status", "shelf"),
    *_instants("start_at", "end_at"),
)

upload = sa.Table(
    "upload",
    _metadata,
    *_uuids("id", "workspace_id", "link_id", "root_id"),
    *_texts("question", "name", "type", "kind", "key"),
    *_numbers("size"),
    *_instants("created_at", "expires_at"),
)

manage_token = sa.Table(
    "manage_token",
    _metadata,
    sa.Column("digest", sa.LargeBinary),
    *_uuids("booking_id"),
    *_texts("action", "key_id"),
    *_numbers("generation"),
)

history = sa.Table(
    "history",
    _metadata,
    *_numbers("id"),
    *_uuids("workspace_id", "subject_id"),
    *_instants("at"),
    *_texts("actor", "action"),
    *_jsons("detail"),
)

team = sa.Table(
    "team",
    _metadata,
    *_uuids("id", "workspace_id"),
    *_texts("name", "slug"),
    *_jsons("members"),
    *_numbers("version"),
    *_instants("created_at", "deleted_at"),
)

share = sa.Table(
    "share",
    _metadata,
    *_uuids("pool_id", "host_id"),
    sa.Column("month", sa.Date),
    *_numbers("credit", "owed"),
    *_flags("present"),
)

ledger = sa.Table(
    "ledger",
    _metadata,
    *_numbers("number"),
    *_uuids("workspace_id", "pool_id", "link_id", "booking_id", "root_id", "host_id"),
    sa.Column("month", sa.Date),
    *_numbers("place", "last_place"),
    *_texts("method", "why", "ground", "actor"),
    *_jsons("candidates"),
    *_uuids("last_host_id"),
    *_instants("at"),
)

calendar_change = sa.Table(
    "calendar_change",
    _metadata,
    *_uuids("meeting_id", "host_id"),
    *_numbers("version"),
    *_instants("start_at", "end_at"),
)

feed = sa.Table(
    "feed",
    _metadata,
    *_uuids("host_id", "workspace_id"),
    sa.Column("digest", sa.LargeBinary),
    *_instants("created_at"),
)
