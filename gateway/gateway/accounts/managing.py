"""What is changed later: profiles, roles, who is active, the workspace itself."""

from uuid import UUID

from contracts.errors import Conflict, Forbidden
from contracts.gateway import Role
from gateway.accounts import members, tokens
from gateway.accounts.base import Base
from gateway.accounts.values import (
    AuditEntry,
    NewLinks,
    Profile,
    all_of,
    language_of,
    name_of,
    zone_of,
)


class Managing(Base):
    """The part of `Accounts` behind the settings pages."""

    def members(self, workspace_id: UUID) -> tuple[Profile, ...]:
        """Everyone in the workspace, invited and deactivated too, by name."""
        with self.begin() as tx:
            return members.of_workspace(tx, workspace_id)

    def member(self, workspace_id: UUID, account_id: UUID) -> Profile:
        """One of them. Raises `NotFound`."""
        with self.begin() as tx:
            return members.by_id(tx, workspace_id, account_id)

    def workspaces(self) -> tuple[tuple[UUID, str], ...]:
        """Ids and names of all, oldest first: for the command line."""
        with self.begin() as tx:
            return members.workspaces(tx)

    def update_profile(
        self, actor: Profile, name: str, timezone: str, language: str | None = None
    ) -> Profile:
        """The actor's own name and zone, and the language of their mails, if it is to change.

        Raises `Invalid`.
        """
        values = _named(name, timezone, language)
        with self.announcing() as tx:
            profile = members.change(tx, actor.id, **values)
            self.note(tx, actor, "profile_changed", profile.email)
            self.announce(tx, members.changed(profile), self.now())
            return profile

    def update_workspace(
        self, actor: Profile, name: str, timezone: str, language: str | None = None
    ) -> None:
        """By an admin. Raises `Invalid`, `Forbidden`."""
        if not actor.is_admin:
            raise Forbidden
        values = _named(name, timezone, language)
        name, zone = values["name"], values["timezone"]
        with self.announcing() as tx:
            version = members.change_workspace(tx, actor.workspace_id, values)
            event = members.workspace_changed(actor.workspace_id, version, name, zone)
            self.note(tx, actor, "workspace_changed", name, timezone=zone)
            self.announce(tx, event, self.now())

    def new_links(self, workspace_id: UUID) -> NewLinks:
        """What the workspace's new links begin with."""
        with self.begin() as tx:
            return members.new_links(tx, workspace_id)

    def set_new_links(self, actor: Profile, wish: NewLinks) -> None:
        """By an admin; links that are there stay as they are. Raises `Forbidden`."""
        if not actor.is_admin:
            raise Forbidden
        with self.begin() as tx:
            members.set_new_links(tx, actor.workspace_id, wish)
            self.note(tx, actor, "new_links_changed", actor.workspace_name)

    def change_role(self, actor: Profile, account_id: UUID, role: Role) -> Profile:
        """By an admin; only owners make and unmake owners, and one always stays."""
        with self.announcing() as tx:
            owners = members.lock_owners(tx, actor.workspace_id)
            target = members.by_id(tx, actor.workspace_id, account_id, lock=True)
            _must_outrank(actor, target, role)
            if role != "owner":
                _must_leave_an_owner(target, owners)
            profile = members.change(tx, target.id, role=role)
            self.note(tx, actor, "role_changed", profile.email, role=role)
            if profile.state != "invited":
                self.announce(tx, members.changed(profile), self.now())
            return profile

    def deactivate(self, actor: Profile, account_id: UUID) -> Profile:
        """They can no longer sign in nor be booked; what they have stays. By an admin."""
        with self.announcing() as tx:
            owners = members.lock_owners(tx, actor.workspace_id)
            target = members.by_id(tx, actor.workspace_id, account_id, lock=True)
            _must_outrank(actor, target, "member")
            _must_leave_an_owner(target, owners)
            tokens.close_sessions(tx, target.id)
            tokens.discard(tx, target.id)
            profile = members.change(tx, target.id, state="deactivated")
            self.note(tx, actor, "account_deactivated", profile.email)
            if target.state != "invited":
                self.announce(tx, members.changed(profile), self.now())
            return profile

    def reactivate(self, actor: Profile, account_id: UUID) -> Profile:
        """A deactivated account with a password can sign in again; by an admin."""
        with self.announcing() as tx:
            target = members.by_id(tx, actor.workspace_id, account_id, lock=True)
            _must_outrank(actor, target, "member")
            if target.state != "deactivated":
                raise Conflict
            joined = members.has_password(tx, target.id)
            profile = members.change(tx, target.id, state="active" if joined else "invited")
            self.note(tx, actor, "account_reactivated", profile.email)
            if joined:
                self.announce(tx, members.changed(profile), self.now())
            return profile

    def record(self, actor: Profile, action: str, subject: str) -> None:
        """A line of the audit about what another service keeps."""
        with self.begin() as tx:
            self.note(tx, actor, action, subject)

    def audit(self, actor: Profile, limit: int = 200) -> tuple[AuditEntry, ...]:
        """What was done in the workspace, newest first; for admins."""
        if not actor.is_admin:
            raise Forbidden
        with self.begin() as tx:
            return members.notes(tx, actor.workspace_id, limit)


def _named(name: str, timezone: str, language: str | None) -> dict[str, str]:
    checks = {"name": lambda: name_of(name), "timezone": lambda: zone_of(timezone)}
    if language is not None:
        checks["language"] = lambda: language_of(language)
    return all_of(**checks)


def _must_outrank(actor: Profile, target: Profile, role: Role) -> None:
    touches_owner = "owner" in {target.role, role}
    if not actor.is_admin or (touches_owner and actor.role != "owner"):
        raise Forbidden


def _must_leave_an_owner(target: Profile, owners: int) -> None:
    if target.role == "owner" and target.state == "active" and owners <= 1:
        raise Conflict("A workspace needs an owner: make somebody else owner first.")
