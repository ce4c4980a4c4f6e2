"""How people come in: the first run, more workspaces, invitations, forgotten passwords."""

from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection

from contracts.errors import Forbidden, NotFound
from contracts.gateway import AccountInvited, PasswordResetAsked, Role
from gateway.accounts import buckets, members, tokens
from gateway.accounts.base import Base
from gateway.accounts.secret import hash_password
from gateway.accounts.values import (
    NewAccount,
    NewWorkspace,
    Profile,
    all_of,
    email_of,
    name_of,
    password_of,
    zone_of,
)


class Joining(Base):
    """The part of `Accounts` that makes accounts and gives them their passwords."""

    def is_first_run(self) -> bool:
        """Whether there is no workspace yet."""
        with self.begin() as tx:
            return not members.any_workspace(tx)

    def create_first_workspace(self, new: NewWorkspace) -> Profile:
        """Workspace and owner of the first run. Raises `Forbidden` once it is over."""
        with self.announcing() as tx:
            members.lock_first_run(tx)
            if members.any_workspace(tx):
                raise Forbidden("This installation is set up already.")
            return self._create(tx, new)

    def create_workspace(self, new: NewWorkspace) -> Profile:
        """Another workspace. An owner without a password is invited by mail."""
        with self.announcing() as tx:
            return self._create(tx, new)

    def add_account(self, workspace_id: UUID, new: NewAccount) -> Profile:
        """A member who is there at once: for demo data and the command line."""
        with self.announcing() as tx:
            values = self._values(workspace_id, new.name, new.email, new.role, new.timezone)
            password = hash_password(password_of(new.password))
            profile = members.add(tx, values | {"state": "active", "password_hash": password})
            self.announce(tx, members.changed(profile), self.now())
            return profile

    def invite(self, actor: Profile, name: str, email: str, role: Role = "member") -> Profile:
        """Mails an invitation that is good for seven days; again for one who has not accepted."""
        _must_manage(actor, role)
        values = self._values(actor.workspace_id, name, email, role, actor.workspace_timezone)
        values["language"] = actor.workspace_language
        with self.announcing() as tx:
            profile = self._invited(tx, actor, values)
            self._mail_invitation(tx, profile, actor.name)
            self.note(tx, actor, "account_invited", profile.email, role=role)
            return profile

    def invitation(self, token: str) -> Profile:
        """Whose invitation it is; changes nothing. Raises `NotFound`."""
        with self.begin() as tx:
            return tokens.look(tx, token, "invitation", self.now())

    def accept(self, token: str, name: str, password: str, timezone: str) -> Profile:
        """The invited account becomes active. Raises `NotFound`, `Invalid`."""
        chosen = all_of(
            name=lambda: name_of(name),
            timezone=lambda: zone_of(timezone),
            password=lambda: password_of(password),
        )
        values = {"name": chosen["name"], "timezone": chosen["timezone"], "state": "active"}
        values["password_hash"] = hash_password(chosen["password"])
        with self.announcing() as tx:
            profile = tokens.use(tx, token, "invitation", self.now())
            if profile.state == "deactivated":
                raise NotFound
            profile = members.change(tx, profile.id, **values)
            self.note(tx, profile, "account_accepted", profile.email)
            self.announce(tx, members.changed(profile), self.now())
            return profile

    def ask_reset(self, email: str) -> None:
        """Mails a link that is good for an hour, if the address has an account; never says so."""
        with self.announcing() as tx:
            buckets.sweep(tx)
            found = members.by_email(tx, email)
            if found is not None and found[0].state == "active":
                self._mail_reset(tx, found[0])

    def reset_owner(self, token: str) -> Profile:
        """Whose reset link it is; changes nothing. Raises `NotFound`."""
        with self.begin() as tx:
            return tokens.look(tx, token, "reset", self.now())

    def reset_password(self, token: str, password: str) -> Profile:
        """A new password; every session ends. Raises `NotFound`, `Invalid`."""
        hashed = hash_password(password_of(password))
        with self.begin() as tx:
            profile = tokens.use(tx, token, "reset", self.now())
            if profile.state != "active":
                raise NotFound
            tokens.close_sessions(tx, profile.id)
            tokens.discard(tx, profile.id)
            self.note(tx, profile, "password_reset", profile.email)
            return members.change(tx, profile.id, password_hash=hashed)

    def _create(self, tx: Connection, new: NewWorkspace) -> Profile:
        told, now = _of_first_run(new), self.now()
        zone = told["timezone"]
        workspace_id = members.add_workspace(tx, told["workspace"], zone, now)
        values = self._values(workspace_id, told["name"], told["email"], "owner", zone)
        if new.password is None:
            owner = members.add(tx, values)
            self._mail_invitation(tx, owner, "Workestra")
        else:
            password = hash_password(new.password)
            owner = members.add(tx, values | {"state": "active", "password_hash": password})
            self.announce(tx, members.changed(owner), now)
        self.note(tx, owner, "workspace_created", new.name)
        return owner

    def _values(
        self, workspace_id: UUID, name: str, email: str, role: Role, timezone: str
    ) -> dict[str, Any]:
        told = all_of(
            name=lambda: name_of(name),
            email=lambda: email_of(email),
            timezone=lambda: zone_of(timezone),
        )
        return told | {
            "id": uuid4(),
            "workspace_id": workspace_id,
            "role": role,
            "state": "invited",
            "created_at": self.now(),
        }

    def _invited(self, tx: Connection, actor: Profile, values: dict[str, Any]) -> Profile:
        found = members.by_email(tx, values["email"])
        if found is None or found[0].workspace_id != values["workspace_id"]:
            return members.add(tx, values)
        if found[0].state != "invited":
            return members.add(tx, values)  # refused: the address is taken
        if found[0].role == "owner" and actor.role != "owner":
            raise Forbidden
        return members.change(tx, found[0].id, name=values["name"], role=values["role"])

    def _mail_invitation(self, tx: Connection, profile: Profile, invited_by: str) -> None:
        token, ends = tokens.issue(tx, profile.id, "invitation", self.now())
        event = AccountInvited(
            workspace_id=profile.workspace_id,
            version=profile.version,
            account_id=profile.id,
            email=profile.email,
            name=profile.name,
            invited_by=invited_by,
            workspace_name=profile.workspace_name,
            timezone=profile.timezone,
            language=profile.language,
            sealed_url=self.seal(f"{self.public_url}/invitation/{token}"),
            expires_at=ends,
        )
        self.announce(tx, event, self.now())

    def _mail_reset(self, tx: Connection, profile: Profile) -> None:
        token, ends = tokens.issue(tx, profile.id, "reset", self.now())
        event = PasswordResetAsked(
            workspace_id=profile.workspace_id,
            version=profile.version,
            account_id=profile.id,
            email=profile.email,
            name=profile.name,
            timezone=profile.timezone,
            language=profile.language,
            sealed_url=self.seal(f"{self.public_url}/reset/{token}"),
            expires_at=ends,
        )
        self.announce(tx, event, self.now())


def _of_first_run(new: NewWorkspace) -> dict[str, str]:
    """What is kept of it, by the inputs of its page. Raises `Invalid` with all that is wrong."""
    password = new.password
    return all_of(
        workspace=lambda: name_of(new.name, "workspace"),
        name=lambda: name_of(new.owner_name),
        email=lambda: email_of(new.owner_email),
        timezone=lambda: zone_of(new.timezone),
        password=lambda: "" if password is None else password_of(password),
    )


def _must_manage(actor: Profile, role: Role) -> None:
    if not actor.is_admin or (role == "owner" and actor.role != "owner"):
        raise Forbidden
