"""Signing in and out, and the keys of programs."""

from datetime import datetime, timedelta
from typing import Literal, get_args
from uuid import UUID, uuid4

from contracts.errors import Invalid, NotFound
from gateway.accounts import members, tokens
from gateway.accounts.base import Base
from gateway.accounts.secret import hash_password, is_outdated, verify_password
from gateway.accounts.values import ApiKey, KeyHolder, Profile, all_of, name_of, password_of

Scope = Literal[
    "links:read",
    "links:write",
    "bookings:read",
    "bookings:write",
    "schedules:read",
    "schedules:write",
    "teams:read",
    "teams:write",
    "members:read",
    "members:write",
    "crm:read",
    "crm:write",
    "calendars:read",
    "calendars:write",
    "events:read",
    "webhooks:read",
    "webhooks:write",
]
SCOPES: tuple[Scope, ...] = get_args(Scope)
"""What an API key can be allowed."""


class Signing(Base):
    """The part of `Accounts` that recognises people and programs."""

    def sign_in(self, email: str, password: str, agent: str) -> str | None:
        """A new session's token, or `None`: as slow for an address that nobody has."""
        with self.begin() as tx:
            found = members.by_email(tx, email)
        kept = found[1] if found and found[0].state == "active" else None
        if not verify_password(kept, password) or found is None or kept is None:
            return None
        with self.begin() as tx:
            if is_outdated(kept):
                members.rehash(tx, found[0].id, hash_password(password))
            return tokens.open_session(tx, found[0].id, agent, self._lifetime())

    def open_session(self, profile: Profile, agent: str) -> str:
        """A session for one who has just proved who they are by a one-time token."""
        with self.begin() as tx:
            return tokens.open_session(tx, profile.id, agent, self._lifetime())

    def find_session(self, token: str) -> Profile | None:
        """Who is signed in with this token."""
        with self.begin() as tx:
            return tokens.session_owner(tx, token, self.now())

    def sign_out(self, token: str) -> None:
        """Ends the session; a repeat is harmless."""
        with self.begin() as tx:
            tokens.close_session(tx, token)

    def sign_out_everywhere(self, actor: Profile, keep: str | None = None) -> None:
        """Ends all of the account's sessions, but the one whose token is `keep`."""
        with self.begin() as tx:
            tokens.close_sessions(tx, actor.id, keep)
            self.note(tx, actor, "signed_out_everywhere", actor.email)

    def change_password(self, actor: Profile, current: str, new: str, keep: str) -> None:
        """All sessions end but the one whose token is `keep`. Raises `Invalid`."""
        with self.begin() as tx:
            found = members.by_email(tx, actor.email)
        kept = found[1] if found else None
        told = all_of(current=lambda: _known(kept, current), password=lambda: password_of(new))
        new_hash = hash_password(told["password"])
        with self.begin() as tx:
            members.change(tx, actor.id, password_hash=new_hash)
            tokens.close_sessions(tx, actor.id, keep)
            tokens.discard(tx, actor.id)
            self.note(tx, actor, "password_changed", actor.email)

    def create_key(
        self, actor: Profile, name: str, scopes: tuple[str, ...], key_id: UUID | None = None
    ) -> tuple[ApiKey, str]:
        """A key that acts as `actor`, and its secret, to be shown once. Raises `Invalid`, and
        `Conflict` for a `key_id` that made one before.
        """
        if not scopes or not set(scopes) <= set(SCOPES):
            raise Invalid(fields={"scopes": "Choose what the key may do."})
        made = tokens.new_key(actor, key_id or uuid4(), name_of(name), scopes, self.now())
        with self.begin() as tx:
            tokens.add_key(tx, actor.workspace_id, *made)
            self.note(tx, actor, "key_created", made[0].prefix, scopes=" ".join(scopes))
        return made

    def keys(self, actor: Profile) -> tuple[ApiKey, ...]:
        """The actor's keys; an admin sees the workspace's."""
        with self.begin() as tx:
            return tokens.keys_of(tx, actor.workspace_id, None if actor.is_admin else actor.id)

    def revoke_key(self, actor: Profile, key_id: UUID) -> None:
        """It works no more. Raises `NotFound` for a key the actor does not see."""
        with self.begin() as tx:
            seen = tokens.keys_of(tx, actor.workspace_id, None if actor.is_admin else actor.id)
            key = next((key for key in seen if key.id == key_id), None)
            if key is None:
                raise NotFound
            tokens.revoke_key(tx, key_id, self.now())
            self.note(tx, actor, "key_revoked", key.prefix)

    def find_key(self, secret: str) -> KeyHolder | None:
        """Whom a presented key stands for."""
        if not secret.startswith(tokens.KEY_PREFIX):
            return None
        with self.begin() as tx:
            return tokens.key_holder(tx, secret, self.now())

    def _lifetime(self) -> tuple[datetime, datetime]:
        now = self.now()
        return now, now + timedelta(days=self.session_days)


def _known(kept: str | None, given: str) -> str:
    """The password that was given, if it is the kept one. Raises `Invalid`."""
    if not verify_password(kept, given):
        raise Invalid(fields={"current": "This is not your current password."})
    return given
