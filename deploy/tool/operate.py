"""What operators and images run: one program, its migrations, its dead letters, its copies."""

import os
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from tool.places import database_variable, home, package

if TYPE_CHECKING:
    from servicekit.sealing import Sealer

PATIENCE = 300.0
"""Seconds that a start waits for a database to answer and to be migrated."""

FOLLOWERS = {"calendar-sync", "notifications", "crm-bridge"}
LATER = 10
"""How nice the followers are: where processors are few, those who wait for a page come first."""


def _needed(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise SystemExit(f"{name} is not set")
    return value


def _url(program: str) -> str:
    return _needed(database_variable(program))


def run(program: str) -> int:
    """Runs one program until it is stopped, once its database is migrated."""
    if program == "gateway":
        _await_migrated(program)
        return _gunicorn()
    from servicekit.runner import run as serve  # noqa: PLC0415 - patches before anything connects

    _await_migrated(program)
    if program in FOLLOWERS:
        _stand_back()
    serve(_service_class(program), home(program) / "config.yml")
    return 0


def _stand_back() -> None:
    """Lowers this process's priority, and that of its session: Linux shares the processors out
    among sessions first (sched(7), autogroup).
    """
    os.nice(LATER)
    group = Path("/proc/self/autogroup")
    if os.getsid(0) == os.getpid() and group.exists():
        group.write_text(str(LATER))


def _service_class(program: str) -> type:
    """The one service class of a package: the one that bears its name on the bus."""
    module = import_module(f"{package(program)}.service")
    classes = [c for c in vars(module).values() if isinstance(c, type)]
    return next(c for c in classes if getattr(c, "name", None) == program)


def _gunicorn() -> int:
    os.chdir(home("gateway"))
    options = {
        "--bind": os.environ.get("BIND", "127.0.0.1:8000"),
        "--workers": os.environ.get("WEB_WORKERS", "2"),
        "--threads": os.environ.get("WEB_THREADS", "16"),
        "--worker-class": "gthread",
        "--worker-tmp-dir": "/dev/shm" if Path("/dev/shm").is_dir() else "/tmp",  # noqa: S108
        "--graceful-timeout": "20",
        "--keep-alive": "15",
    }
    words = [word for option in options.items() for word in option]
    command = [sys.executable, "-m", "gunicorn", *words, "gateway.wsgi:app"]
    # glibc keeps freed memory apart for each of many threads, a sixth of the worker's.
    os.execve(sys.executable, command, {"MALLOC_ARENA_MAX": "2"} | os.environ)


def migrate(program: str) -> int:
    """Brings its database to the newest revision, once it answers."""
    url = _url(program)
    from servicekit.migrations import upgrade  # noqa: PLC0415

    _await(lambda: _revision(url) is not None, f"{program}'s database does not answer")
    upgrade(home(program) / "migrations", url)
    return 0


def _await_migrated(program: str) -> None:
    url, wanted = _url(program), _newest(program)
    _await(
        lambda: _revision(url) == wanted,
        f"{program}'s database is not at revision {wanted}: ./workestra migrate {program}",
    )


def _await(condition: Callable[[], bool], complaint: str) -> None:
    end = time.monotonic() + PATIENCE
    said = False
    while not condition():
        if time.monotonic() > end:
            raise SystemExit(complaint)
        if not said:
            print(f"waiting: {complaint}", file=sys.stderr, flush=True)
        said = True
        time.sleep(0.5)


def _newest(program: str) -> str:
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    return str(ScriptDirectory(str(home(program) / "migrations")).get_current_head())


def _revision(url: str) -> str | None:
    """The database's revision, empty before the first; None while it does not answer."""
    import sqlalchemy as sa  # noqa: PLC0415

    engine = sa.create_engine(url, poolclass=sa.NullPool, connect_args={"connect_timeout": 5})
    try:
        with engine.connect() as connection:
            if not sa.inspect(connection).has_table("alembic_version"):
                return ""
            return str(
                connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
            )
    except sa.exc.OperationalError:
        return None


def dead(program: str, action: str, ids: Sequence[str]) -> int:
    """Shows or replays the events that a service gave up on."""
    import sqlalchemy as sa  # noqa: PLC0415

    from servicekit import inbox  # noqa: PLC0415

    engine = sa.create_engine(_url(program))
    if action == "replay":
        print(inbox.replay(engine, ids or None))
        return 0
    for row in inbox.list_dead(engine):
        print(row)
    return 0


def add_workspace(name: str, owner: str) -> int:
    """Another workspace; its owner gets an invitation by mail, as soon as a gateway runs."""
    url = _url("gateway")
    from gateway.accounts import Accounts, NewWorkspace, open_engine  # noqa: PLC0415
    from servicekit import outbox  # noqa: PLC0415
    from servicekit.sealing import Sealer  # noqa: PLC0415

    keys = tuple(key.strip() for key in _needed("SECRET_KEYS").split(","))
    accounts = Accounts(
        engine=open_engine(url),
        now=lambda: datetime.now(UTC),
        announce=outbox.add,
        wake=lambda: None,  # the gateway's relay looks by itself
        seal=Sealer(keys).seal,
        public_url=_needed("PUBLIC_URL"),
    )
    person = owner.split("@", 1)[0]
    new = NewWorkspace(name=name, timezone="UTC", owner_name=person, owner_email=owner)
    profile = accounts.create_workspace(new)
    print(f"{name}: {profile.email} is invited by mail")
    return 0


def resync(program: str, *, only_check: bool) -> int:
    """Rebuilds a service's copies from their owners, or only compares: status 1 if they differ."""
    from servicekit.runner import resync as rebuild  # noqa: PLC0415 - patches, as `run` does

    counts = rebuild(_service_class(program), home(program) / "config.yml", check=only_check)
    compared = counts.pop("bookings", None)  # what was read, not what differs
    for what, count in counts.items():
        print(f"{what}: {count} {'differ' if only_check else 'mended'}")
    if compared is not None:
        print(f"of {compared} bookings")
    return 1 if only_check and any(counts.values()) else 0


SEALED = ("calendar-sync", "notifications", "crm-bridge")
"""Who keeps secrets that only our keys open; each has a `store.secrets`."""


def rotate_keys() -> int:
    """Seals what is kept with the first key, in each database that the environment names: status 1
    where something is opened by none of the keys.
    """
    from servicekit.sealing import Sealer  # noqa: PLC0415

    sealer = Sealer([key.strip() for key in _needed("SECRET_KEYS").split(",")])
    named = [program for program in SEALED if os.environ.get(database_variable(program))]
    if not named:
        raise SystemExit(f"{' or '.join(map(database_variable, SEALED))} is not set")
    return max(_reseal(program, sealer) for program in named)


def _reseal(program: str, sealer: "Sealer") -> int:
    import sqlalchemy as sa  # noqa: PLC0415

    secrets = import_module(f"{package(program)}.store.secrets")
    engine = sa.create_engine(_url(program))
    with engine.begin() as tx:
        done, lost = secrets.reseal(tx, sealer)
    engine.dispose()
    print(f"{program}: {done} sealed anew, {lost} that no key opens")
    return 1 if lost else 0
