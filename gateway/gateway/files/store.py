"""Where contents lie: a folder, S3 and its kin, or memory, by fsspec's URL."""

from contextlib import suppress
from shutil import copyfileobj
from typing import IO, Any

from fsspec.core import url_to_fs

from contracts.errors import NotFound, Unavailable
from servicekit.settings import SettingsError

CHUNK = 256 * 1024


class FileStore:
    """Contents by their keys. Raises `SettingsError` on a URL that leads nowhere."""

    def __init__(self, url: str) -> None:
        try:
            self._fs, self._root = url_to_fs(url)
            if "file" in self._protocols():
                self._fs.makedirs(self._root, exist_ok=True)
        except (ImportError, ValueError, OSError) as error:
            raise SettingsError(f"FILES_URL ({url.partition(':')[0]}): {error}") from error

    def _protocols(self) -> tuple[str, ...]:
        named = self._fs.protocol
        return (named,) if isinstance(named, str) else tuple(named)

    def _path(self, key: str) -> str:
        # Two letters of the key as a folder: no folder grows without end.
        return f"{self._root.rstrip('/')}/{key[:2]}/{key}"

    def put(self, key: str, content: IO[bytes]) -> None:
        """Stores it from its beginning. Raises `Unavailable`."""
        content.seek(0)
        path = self._path(key)
        try:
            self._fs.makedirs(path.rpartition("/")[0], exist_ok=True)
            with self._fs.open(path, "wb") as out:
                copyfileobj(content, out, CHUNK)
        except OSError as error:
            raise Unavailable("The file could not be stored. Please try again.") from error

    def open(self, key: str) -> Any:
        """The content, to be read and closed. Raises `NotFound`, `Unavailable`."""
        try:
            return self._fs.open(self._path(key), "rb")
        except FileNotFoundError:
            raise NotFound("This file is no longer here.") from None
        except OSError as error:
            raise Unavailable from error

    def delete(self, key: str) -> None:
        """A repeat is harmless. Raises `Unavailable`."""
        try:
            with suppress(FileNotFoundError):
                self._fs.rm_file(self._path(key))
        except OSError as error:
            raise Unavailable from error
