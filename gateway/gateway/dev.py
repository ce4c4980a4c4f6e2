"""Only embedded, only for trying and testing: mails, components, the clock. No sign-in."""

import email
import email.policy
from datetime import timedelta
from email.message import EmailMessage
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
from flask import Blueprint, Response, jsonify, render_template

from contracts.errors import Invalid, NotFound
from contracts.wire import Message
from gateway import current
from gateway.api import reading
from servicekit import clock

blueprint = Blueprint("dev", __name__, url_prefix="/dev")
MOST = 200
LONGEST_OFFSET = 5 * 366 * 86400
MAIL_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
)


class Shift(Message, frozen=True, kw_only=True):
    """Seconds that the process's clock is ahead of the true time."""

    offset_seconds: float


class Mail(Message, frozen=True, kw_only=True):
    """A delivered mail, taken apart."""

    name: str
    subject: str
    sender: str
    to: str
    date: str
    headers: tuple[tuple[str, str], ...]
    text: str
    has_html: bool
    calendar: str


@blueprint.get("/mail")
def mails() -> str:
    """The newest mails first."""
    return render_template("dev/mails.html", mails=[_mail(path) for path in _paths()[:MOST]])


@blueprint.get("/mail.json")
def mails_json() -> Response:
    """The same for programs."""
    return jsonify([msgspec.to_builtins(_mail(path)) for path in _paths()[:MOST]])


@blueprint.get("/mail/<name>")
def mail(name: str) -> str:
    """One mail: how it looks, as text, its calendar part, its headers."""
    return render_template("dev/mail.html", mail=_mail(_path(name)))


@blueprint.get("/mail/<name>/html")
def mail_html(name: str) -> Response:
    """The HTML part alone, shut into a frame that may do nothing."""
    response = Response(_part(_parsed(_path(name)), "text/html"), mimetype="text/html")
    response.headers["Content-Security-Policy"] = MAIL_POLICY
    return response


@blueprint.post("/clock")
def move_clock() -> Response:
    """`{"offset_seconds"}`: moves the clock of every service in this process."""
    shift = reading.body(Shift)
    if not abs(shift.offset_seconds) <= LONGEST_OFFSET:
        raise Invalid(fields={"offset_seconds": "At most five years either way."})
    clock.set_offset(timedelta(seconds=shift.offset_seconds))
    current.slots().clear()
    return jsonify({"now": current.now().isoformat()})


@blueprint.get("/ui")
def components() -> str:
    """Every component in every state."""
    return render_template("dev/ui.html")


def _paths() -> list[Path]:
    folder = Path(current.settings().mail_dir)
    found = [path for box in ("new", "cur") for path in (folder / box).glob("*")]
    return sorted(found, key=lambda path: (path.stat().st_mtime_ns, path.name), reverse=True)


def _path(name: str) -> Path:
    for path in _paths():
        if path.name == name:
            return path
    raise NotFound


def _parsed(path: Path) -> EmailMessage:
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


@lru_cache(maxsize=2 * MOST)
def _mail(path: Path) -> Mail:
    message = _parsed(path)
    return Mail(
        name=path.name,
        subject=str(message["subject"] or ""),
        sender=str(message["from"] or ""),
        to=str(message["to"] or ""),
        date=str(message["date"] or ""),
        headers=tuple((name, str(value)) for name, value in message.items()),
        text=_part(message, "text/plain"),
        has_html=bool(_part(message, "text/html")),
        calendar=_part(message, "text/calendar"),
    )


def _part(message: EmailMessage, kind: str) -> str:
    for part in message.walk():
        if part.get_content_type() == kind:
            content: Any = part.get_content()
            return content if isinstance(content, str) else content.decode("utf-8", "replace")
    return ""
