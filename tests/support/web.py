"""The gateway for tests: the real application and its real database; services as given."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from uuid import uuid4

import pytest
from argon2 import PasswordHasher
from flask.testing import FlaskClient
from sqlalchemy import Connection, Engine, text
from werkzeug.routing import Rule

from contracts.errors import Unavailable
from contracts.gateway import Role
from contracts.wire import Event
from gateway.accounts import Accounts, NewAccount, NewWorkspace, Profile, open_engine, secret
from gateway.app import create_app
from gateway.rpc import Services
from gateway.settings import Settings

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
PASSWORD = "demo-demo-demo"
URL = "http://localhost"
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""Passwords are hashed by the thousand here; how it is done for people has tests of its own."""


class Away:
    """A service behind a broker that is down: every call is `Unavailable`."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(_request: object) -> None:
            raise Unavailable

        return call


NOBODY = Services(*(Away() for _ in range(5)))


@dataclass
class Hands:
    """A clock that is moved by hand."""

    instant: datetime = NOW

    def now(self) -> datetime:
        return self.instant

    def advance(self, by: timedelta) -> None:
        self.instant += by


@dataclass
class Web:
    """An installation's gateway. `said` is what it announced, `sealed` what it sealed."""

    accounts: Accounts
    clock: Hands
    said: list[Event]
    services: Services = field(default=NOBODY)
    embedded: bool = False
    mail_dir: str = ""

    def __post_init__(self) -> None:
        settings = Settings(
            public_url=URL,
            secret_keys=("first-" * 8, "older-" * 8),
            embedded=self.embedded,
            mail_dir=self.mail_dir,
        )
        self.app = create_app(settings, self.services, self.clock, self.accounts)
        self.app.config["SERVER_NAME"] = None

    def client(self) -> FlaskClient:
        return self.app.test_client()

    def workspace(self, name: str = "Acme", owner: str = "ada") -> Profile:
        new = NewWorkspace(
            name=name,
            timezone="Europe/London",
            owner_name=owner.capitalize(),
            owner_email=f"{owner}@{name.lower()}.test",
            password=PASSWORD,
        )
        return self.accounts.create_workspace(new)

    def member(self, owner: Profile, name: str, role: Role = "member") -> Profile:
        email = f"{name}@{owner.workspace_name.lower()}.test"
        new = NewAccount(name=name.capitalize(), email=email, password=PASSWORD, role=role)
        return self.accounts.add_account(owner.workspace_id, new)

    def signed_in(self, account: Profile) -> FlaskClient:
        """A browser with the account's session."""
        token = self.accounts.open_session(account, "test")
        client = self.client()
        with client.session_transaction() as session:
            session["token"] = token
        return client

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with self.accounts.engine.begin() as tx:
            return [tuple(row) for row in tx.execute(text(query))]


def filled(rule: Rule) -> str:
    """A path of the rule, with ids that nothing has."""
    values: dict[str, object] = dict.fromkeys(rule.arguments, "x" * 43)
    for name, converter in rule._converters.items():
        if type(converter).__name__ == "UUIDConverter":
            values[name] = uuid4()
        elif name.endswith("_id"):
            values[name] = str(uuid4())
    built = rule.build(values)
    assert built is not None
    return built[1]


@cache
def _engine(url: str) -> Engine:
    """One a database: what was compiled for a test is there for the next that borrows it."""
    return open_engine(url)


@contextmanager
def web(url: str, services: Services = NOBODY, *, mail_dir: str = "") -> Iterator[Web]:
    """The gateway over this database; with `mail_dir` an embedded one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(secret, "_HASHER", QUICK)
        yield from _web(url, services, mail_dir)


def _web(url: str, services: Services, mail_dir: str) -> Iterator[Web]:
    clock, said = Hands(), []

    def announce(_tx: Connection, event: Event, _now: datetime) -> None:
        said.append(event)

    engine = _engine(url)
    accounts = Accounts(
        engine=engine,
        now=clock.now,
        announce=announce,
        wake=lambda: None,
        seal=lambda url: f"sealed {url}",
        public_url=URL,
    )
    yield Web(accounts, clock, said, services, bool(mail_dir), mail_dir)
    engine.dispose()
