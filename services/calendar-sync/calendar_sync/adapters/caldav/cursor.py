"""What is kept between two readings of a CalDAV calendar."""

from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from datetime import datetime
from json import dumps, loads
from zlib import compress, decompress, error


@dataclass(frozen=True)
class Cursor:
    """`until`: how far series were expanded; `zone`: the calendar's; `token`: the server's
    sync-token. Of a server without one: `ctag`, and each resource's ETag by its path.
    """

    until: datetime
    zone: str
    token: str = ""
    ctag: str = ""
    tags: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, text: str | None) -> "Cursor | None":
        """`None` for no cursor, and for one that an earlier version wrote otherwise."""
        try:
            values = loads(text or "")
            packed = values.pop("tags", "")
            tags = loads(decompress(b64decode(packed))) if packed else {}
            return cls(**{**values, "until": datetime.fromisoformat(values["until"]), "tags": tags})
        except (ValueError, TypeError, KeyError, AttributeError, error):
            return None

    def write(self) -> str:
        """As it is kept; ETags packed, as there may be thousands."""
        values = {"until": self.until.isoformat(), "zone": self.zone, "token": self.token}
        if self.tags:
            values["tags"] = b64encode(compress(dumps(self.tags).encode())).decode()
        if self.ctag:
            values["ctag"] = self.ctag
        return dumps(values)
