"""Headers with letters beyond ASCII, encoded and folded by us.

What `email` does by itself (Python 3.11) encodes words one by one, and loses or adds the spaces
between some of them: `Zoë Jürgen` arrived as `ZoëJürgen`. Here a text is encoded whole; spaces
between encoded words mean nothing (RFC 2047, section 6.2).
"""

from email.header import Header
from email.utils import formataddr

_LONGEST = 76
"""Characters in a line with encoded words (RFC 2047, section 2)."""


def _plain(value: str) -> bool:
    """What looks like an encoded word is somebody's text too, and is to be read as such."""
    return value.isascii() and "=?" not in value


def text(header: str, value: str) -> str:
    """`value`, one line, as it stands in `header`; longer than a line, it is folded."""
    charset = "us-ascii" if _plain(value) else "utf-8"
    folded = Header(value, charset, maxlinelen=_LONGEST, header_name=header)
    return folded.encode(linesep="\r\n")


def mailbox(header: str, name: str, address: str) -> str:
    """`name <address>`, or the address alone; what is encoded needs no quotes."""
    if not _plain(name):
        return f"{text(header, name)}\r\n <{address}>"
    whole = formataddr((name, address))
    fits = len(f"{header}: {whole}") <= _LONGEST
    return whole if fits else "\r\n ".join(whole.rsplit(" ", 1))
