"""Where contents lie: a folder, S3 and its kin, or memory, by fsspec's URL."""

from contextlib import suppress
from importlib import import_module
from shutil import copyfileobj
from typing import IO, Any

import structlog
from fsspec.core import url_to_fs

from contracts.errors import NotFound, Unavailable
from servicekit.settings import SettingsError

log = structlog.get_logger()
CHUNK = 256 * 1024
FOLDERS = frozenset({"file", "local", "memory"})
"""File systems with folders, which have to be made. Elsewhere a name with strokes is a name: to
"make its folder" would ask for the bucket each time, and make one where its name is mistyped.
"""
TRY_ONCE = {"total_max_attempts": 1}
S3 = {
    # Seconds; a visitor waits meanwhile. s3fs tries again by itself, `TRIES` times in all.
    "config_kwargs": {
        "connect_timeout": 3,
        "read_timeout": 20,
        "retries": {"total_max_attempts": 1},
    },
    # Bytes kept of a file on its way: the smallest part that S3 takes.
    "default_block_size": 5 * 1024 * 1024,
}
TRIES = 2


class FileStore:
    """Contents by their keys. Raises `SettingsError` on a URL that leads nowhere.

    Safe for threads: fsspec runs what waits for S3 in one thread of its own. It does not run under
    eventlet, so the embedded suite keeps files in a folder.
    """

    def __init__(self, url: str) -> None:
        kind = url.partition(":")[0]
        is_s3 = kind in {"s3", "s3a"}
        try:
            self._fs, self._root = url_to_fs(url, **(S3 if is_s3 else {}))
            if kind in {"file", "local"}:
                self._fs.makedirs(self._root, exist_ok=True)
        except (ImportError, ValueError, OSError) as error:
            raise SettingsError(f"FILES_URL ({kind}): {error}") from error
        self._has_folders = kind in FOLDERS
        self._away: tuple[type[Exception], ...] = (OSError,)
        if is_s3:
            self._fs.retries = TRIES
            # What botocore raises when nobody answers is none of Python's own errors.
            self._away += (import_module("botocore.exceptions").BotoCoreError,)

    def _path(self, key: str) -> str:
        # Two letters of the key as a folder: no folder grows without end.
        return f"{self._root.rstrip('/')}/{key[:2]}/{key}"

    def put(self, key: str, content: IO[bytes]) -> None:
        """Stores it from its beginning. Raises `Unavailable`."""
        content.seek(0)
        path = self._path(key)
        try:
            if self._has_folders:
                self._fs.makedirs(path.rpartition("/")[0], exist_ok=True)
            with self._fs.open(path, "wb") as out:
                copyfileobj(content, out, CHUNK)
        except self._away as error:
            log.warning("file_not_stored", problem=str(error)[:300])
            raise Unavailable("The file could not be stored. Please try again.") from error

    def open(self, key: str) -> Any:
        """The content, to be read and closed. Raises `NotFound`, `Unavailable`."""
        try:
            return self._fs.open(self._path(key), "rb")
        except FileNotFoundError:
            raise NotFound("This file is no longer here.") from None
        except self._away as error:
            log.warning("file_not_read", problem=str(error)[:300])
            raise Unavailable from error

    def delete(self, key: str) -> None:
        """A repeat is harmless. Raises `Unavailable`."""
        try:
            with suppress(FileNotFoundError):
                self._fs.rm_file(self._path(key))
        except self._away as error:
            raise Unavailable from error
