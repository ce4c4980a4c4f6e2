"""Settings: one `config.yml` a service, filled from the environment, checked at the start."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

import msgspec
import yaml

_VARIABLE = re.compile(r"\$\{([A-Z0-9_]+)(?::([^}]*))?\}")


class SettingsError(SystemExit):
    """A setting is missing or wrong; its text names the variable."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What every service is told. `pool_size` is connections to its database at most."""

    amqp_uri: str = "memory://"
    database_url: str = ""
    public_url: str = "http://127.0.0.1:8800"
    secret_keys: tuple[str, ...] = ("a key for tests only",)
    max_workers: int = 16
    pool_size: int = 8
    health_port: int = 0
    clock_offset_seconds: float = 0


S = TypeVar("S", bound=msgspec.Struct)

_COMMON = {
    "max_workers": "${MAX_WORKERS:16}",
    "pool_size": "${POOL_SIZE:8}",
    "health_port": "${HEALTH_PORT:0}",
    "clock_offset_seconds": "${CLOCK_OFFSET_SECONDS:0}",
}


def load(kind: type[S], path: Path, given: Mapping[str, object] | None = None) -> S:
    """The settings that `path` names, but for those that are `given`.

    Raises `SettingsError` naming each gap or wrong value.
    """
    known = given or {}
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    names = {field.encode_name for field in msgspec.structs.fields(kind)}
    wanted = {key: value for key, value in (_COMMON | raw).items() if key in names - known.keys()}
    values = {key: _filled(key, str(value)) for key, value in wanted.items()}
    split = {key: _listed(kind, key, value) for key, value in values.items()}
    try:
        return msgspec.convert({**split, **known}, kind, strict=False)
    except (msgspec.ValidationError, ValueError) as error:
        raise SettingsError(f"{path.parent.name}: {error}") from error


def _filled(key: str, text: str) -> str:
    def value(match: re.Match[str]) -> str:
        name, default = match.group(1), match.group(2)
        found = os.environ.get(name) or default
        if found is None:
            raise SettingsError(f"{name} is not set (it gives {key})")
        return found

    return _VARIABLE.sub(value, text)


def _listed(kind: type[msgspec.Struct], key: str, value: str) -> object:
    default = next(f for f in msgspec.structs.fields(kind) if f.encode_name == key)
    if str(default.type).startswith("tuple"):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value
