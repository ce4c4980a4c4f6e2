"""Queries on sessions, one-time tokens and API keys. Only hashes are kept. Nothing commits."""

from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID, uuid4

from sqlalchemy import Connection, Row, delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from contracts.errors import Conflict, NotFound
from gateway.accounts import members
from gateway.accounts.secret import digest, new_token
from gateway.accounts.tables import account, api_key, one_time_token, session
from gateway.accounts.values import ApiKey, KeyHolder, Profile

Purpose = Literal["invitation", "reset"]
LIFETIME = {"invitation": timedelta(days=7), "reset": timedelta(hours=1)}
KEY_PREFIX = "wk_"
NOTED_EVERY = timedelta(minutes=1)
"""A key in use is noted so often, not at every request."""


# --- sessions -----------------------------------------------------------------------------------


def open_session(
    tx: Connection, account_id: UUID, agent: str, times: tuple[datetime, datetime]
) -> str:
    """A new session's token. `times`: made at, ends at. Sessions of the past are cleared away."""
    token = new_token()
    made, ends = times
    past = (session.c.account_id == account_id) & (session.c.expires_at <= made)
    tx.execute(delete(session).where(past))
    tx.execute(
        insert(session).values(
            id=uuid4(),
            token_hash=digest(token),
            account_id=account_id,
            agent=agent[:200],
            created_at=made,
            expires_at=ends,
        )
    )
    return token


def session_owner(tx: Connection, token: str, now: datetime) -> Profile | None:
    """The active account of a session that has not ended."""
    query = members.PROFILE.join(session, session.c.account_id == account.c.id).where(
        session.c.token_hash == digest(token),
        session.c.expires_at > now,
        account.c.state == "active",
    )
    row = tx.execute(query).first()
    return members.profile_of(row) if row else None


def close_session(tx: Connection, token: str) -> None:
    """Ends one; a repeat is harmless."""
    tx.execute(delete(session).where(session.c.token_hash == digest(token)))


def close_sessions(tx: Connection, account_id: UUID, keep: str | None = None) -> None:
    """Ends all of an account's, but the one whose token is `keep`."""
    query = delete(session).where(session.c.account_id == account_id)
    tx.execute(query.where(session.c.token_hash != digest(keep)) if keep else query)


# --- one-time tokens ----------------------------------------------------------------------------


def issue(
    tx: Connection, account_id: UUID, purpose: Purpose, now: datetime
) -> tuple[str, datetime]:
    """A token for one use and when it ends; it replaces earlier ones of its kind."""
    token, ends = new_token(), now + LIFETIME[purpose]
    tx.execute(delete(one_time_token).where(*_of(account_id, purpose)))
    tx.execute(
        insert(one_time_token).values(
            token_hash=digest(token),
            account_id=account_id,
            purpose=purpose,
            created_at=now,
            expires_at=ends,
        )
    )
    return token, ends


def look(tx: Connection, token: str, purpose: Purpose, now: datetime) -> Profile:
    """Whose token it is; uses nothing. Raises `NotFound`."""
    query = select(one_time_token.c.account_id).where(*_valid(token, purpose, now))
    return _owner(tx, tx.execute(query).first())


def use(tx: Connection, token: str, purpose: Purpose, now: datetime) -> Profile:
    """The same, and the token is gone: of two at once, one gets it. Raises `NotFound`."""
    query = delete(one_time_token).where(*_valid(token, purpose, now))
    return _owner(tx, tx.execute(query.returning(one_time_token.c.account_id)).first())


def discard(tx: Connection, account_id: UUID) -> None:
    """All of an account's tokens are dead."""
    tx.execute(delete(one_time_token).where(one_time_token.c.account_id == account_id))


def _of(account_id: UUID, purpose: Purpose) -> tuple[Any, ...]:
    return one_time_token.c.account_id == account_id, one_time_token.c.purpose == purpose


def _valid(token: str, purpose: Purpose, now: datetime) -> tuple[Any, ...]:
    columns = one_time_token.c
    return (
        columns.token_hash == digest(token),
        columns.purpose == purpose,
        columns.expires_at > now,
    )


def _owner(tx: Connection, row: Row[Any] | None) -> Profile:
    if row is None:
        raise NotFound("This link is no longer valid. Please ask for a new one.")
    return members.any_by_id(tx, row.account_id)


# --- API keys -----------------------------------------------------------------------------------


def new_key(
    owner: Profile, key_id: UUID, name: str, scopes: tuple[str, ...], now: datetime
) -> tuple[ApiKey, str]:
    """A key and its secret, not stored yet."""
    secret = KEY_PREFIX + new_token()
    key = ApiKey(
        id=key_id,
        account_id=owner.id,
        name=name,
        prefix=secret[:11],
        scopes=scopes,
        created_at=now,
    )
    return key, secret


def add_key(tx: Connection, workspace_id: UUID, key: ApiKey, secret: str) -> None:
    """Keeps a key, of its secret the hash. Raises `Conflict` for an id that is in use."""
    values = {field: getattr(key, field) for field in ApiKey.__struct_fields__}
    values |= {"workspace_id": workspace_id, "key_hash": digest(secret)}
    query = upsert(api_key).values(**values | {"scopes": list(key.scopes)})
    added = query.on_conflict_do_nothing(index_elements=["id"]).returning(api_key.c.id)
    if tx.execute(added).first() is None:
        raise Conflict("This key was made before, and is shown only once.")


def keys_of(tx: Connection, workspace_id: UUID, account_id: UUID | None) -> tuple[ApiKey, ...]:
    """The keys that work, newest first: one account's, or the workspace's."""
    query = select(api_key).where(
        api_key.c.workspace_id == workspace_id, api_key.c.revoked_at.is_(None)
    )
    if account_id is not None:
        query = query.where(api_key.c.account_id == account_id)
    rows = tx.execute(query.order_by(api_key.c.created_at.desc())).mappings()
    return tuple(_key(dict(row)) for row in rows)


def _key(row: dict[str, Any]) -> ApiKey:
    fields = {name: row[name] for name in ApiKey.__struct_fields__}
    return ApiKey(**fields | {"scopes": tuple(row["scopes"])})


def revoke_key(tx: Connection, key_id: UUID, now: datetime) -> None:
    """It works no more."""
    tx.execute(update(api_key).where(api_key.c.id == key_id).values(revoked_at=now))


def key_holder(tx: Connection, secret: str, now: datetime) -> KeyHolder | None:
    """Whom a key stands for, while their account is active; its use is noted."""
    used = api_key.c.last_used_at.label("used_at")
    query = (
        members.PROFILE.add_columns(api_key.c.scopes, api_key.c.id.label("key_id"), used)
        .join(api_key, api_key.c.account_id == account.c.id)
        .where(
            api_key.c.key_hash == digest(secret),
            api_key.c.revoked_at.is_(None),
            account.c.state == "active",
        )
    )
    row = tx.execute(query).first()
    if row is None:
        return None
    if row.used_at is None or now - row.used_at >= NOTED_EVERY:
        tx.execute(update(api_key).where(api_key.c.id == row.key_id).values(last_used_at=now))
    return KeyHolder(account=members.profile_of(row), scopes=tuple(row.scopes))
