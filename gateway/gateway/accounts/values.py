"""What accounts gives out and takes in: frozen values, checked where they come from people."""

import re
import unicodedata
from collections.abc import Callable
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

import msgspec

from contracts.booking import Location
from contracts.errors import Invalid
from contracts.gateway import Account, Role
from contracts.languages import LANGUAGES
from contracts.wire import Duration, Instant, Language, Message, Minutes, Zone

State = Literal["invited", "active", "deactivated"]
SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200
ZONES = frozenset(available_timezones())
_EMAIL = re.compile(r"^[^@\s<>\"(),:;\\\[\]]{1,64}@[^@\s.<>\"]+(\.[^@\s.<>\"]+)*$")


class Profile(Account, frozen=True, kw_only=True):
    """An account with its state and its workspace's name and zone: who is signed in.

    `language` is that of their mails, `workspace_language` that of people who say nothing else.
    """

    workspace_name: str
    workspace_timezone: Zone
    language: Language = "en"
    workspace_language: Language = "en"
    workspace_version: int = 0
    state: State = "active"

    @property
    def is_admin(self) -> bool:
        """Whether they see and manage the whole workspace."""
        return self.role != "member"

    @property
    def actor(self) -> str:
        """Their name in audits and histories."""
        return f"account:{self.id}"


class NewWorkspace(Message, frozen=True, kw_only=True):
    """A company and its owner. `timezone` is both's. No `password`: the owner is invited."""

    name: str
    timezone: Zone
    owner_name: str
    owner_email: str
    password: str | None = None


class NewAccount(Message, frozen=True, kw_only=True):
    """A member who is there at once, with a password: demo data and the command line."""

    name: str
    email: str
    password: str
    role: Role = "member"
    timezone: Zone = "UTC"


class NewLinks(Message, frozen=True, kw_only=True):
    """What a workspace's new links begin with; each can be changed there. Minutes; `colour` is
    also that of pages which belong to no one link.
    """

    durations: tuple[Duration, ...] = (30,)
    location: Location = Location()
    buffer_before: Minutes = 0
    buffer_after: Minutes = 0
    notice: Minutes = 240
    colour: str = "#4f46e5"

    def settings(self) -> dict[str, Any]:
        """As a link's settings name them."""
        return {name: getattr(self, name) for name in self.__struct_fields__}


class ApiKey(Message, frozen=True, kw_only=True):
    """A key as its owner sees it later: never the key itself. `last_used_at` is to the minute."""

    id: UUID
    name: str
    prefix: str
    scopes: tuple[str, ...]
    created_at: Instant
    account_id: UUID
    last_used_at: Instant | None = None


class KeyHolder(Message, frozen=True, kw_only=True):
    """Whom a presented key stands for, and what it may do."""

    account: Profile
    scopes: tuple[str, ...]


class AuditEntry(Message, frozen=True, kw_only=True):
    """What was done to the workspace or its accounts."""

    at: Instant
    actor: str
    action: str
    subject: str = ""
    detail: dict[str, str] = msgspec.field(default_factory=dict)


def all_of(**checks: Callable[[], str]) -> dict[str, str]:
    """What each check gives, by its name. Raises one `Invalid` with all that is wrong."""
    found: dict[str, str] = {}
    wrong: dict[str, str] = {}
    for name, check in checks.items():
        try:
            found[name] = check()
        except Invalid as refusal:
            wrong |= refusal.fields
    if wrong:
        raise Invalid(fields=wrong)
    return found


def email_of(value: str) -> str:
    """An address as it is kept: trimmed, lower case. Raises `Invalid`."""
    email = value.strip().lower()
    if not email:
        raise Invalid(fields={"email": "An e-mail address is needed."})
    if len(email) > 254 or not _EMAIL.match(email) or _unprintable(email):
        raise Invalid(fields={"email": "This is no e-mail address."})
    return email


def name_of(value: str, field: str = "name") -> str:
    """A name of 1 to 200 printable characters. Raises `Invalid`."""
    name = value.strip()
    if not name:
        raise Invalid(fields={field: "A name is needed."})
    if len(name) > 200 or _unprintable(name):
        raise Invalid(fields={field: "Use 1 to 200 ordinary characters."})
    return name


def zone_of(value: str) -> str:
    """The name of an IANA zone. Raises `Invalid`."""
    if value not in ZONES:
        raise Invalid(fields={"timezone": "This time zone is not known."})
    return ZoneInfo(value).key


def language_of(value: str) -> str:
    """The code of a language that pages and mails are written in. Raises `Invalid`."""
    if value not in LANGUAGES:
        raise Invalid(fields={"language": "Choose a language of the list."})
    return value


def password_of(value: str) -> str:
    """A password worth hashing. Raises `Invalid`."""
    if len(value) < SHORTEST_PASSWORD:
        raise Invalid(fields={"password": f"Use at least {SHORTEST_PASSWORD} characters."})
    if len(value) > LONGEST_PASSWORD or _unprintable(value):
        raise Invalid(fields={"password": f"Use at most {LONGEST_PASSWORD} ordinary characters."})
    return value


def slug_wish(name: str, workspace: str) -> str:
    """The slug a new host would like: `ada-acme`. booking takes the next free one."""
    first = _ascii(name).split("-")[0]
    wish = f"{first or 'host'}-{_ascii(workspace) or 'team'}"[:60].strip("-")
    return wish if len(wish) >= 3 else f"{wish}-host"


def _ascii(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def _unprintable(text: str) -> bool:
    """Control characters, direction overrides, lone surrogates: they hide what is written."""
    joiners = "\u200c\u200d"  # letters of Persian and of India's languages need them
    hidden = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    return any(unicodedata.category(char) in hidden for char in text if char not in joiners)
