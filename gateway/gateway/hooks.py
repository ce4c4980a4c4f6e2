"""What calendars' providers call to say that something changed: no session, no form, no key.

Whatever a call brings, it is answered alike: calendar-sync alone knows the secrets, and a wrong one
changes nothing there. Where calendar-sync is away the answer is 503, and the provider calls again.
Rules: Google Calendar API, "Push notifications"; Microsoft Graph, "Receive change notifications
through webhooks" and "Reduce missing change notifications" (lifecycle).
"""

import re

import msgspec
import structlog
from flask import Blueprint, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from contracts.calendar_sync import Notified
from contracts.errors import Malformed
from gateway import current, limits
from gateway.errors import TooLarge

blueprint = Blueprint("hooks", __name__, url_prefix="/hooks")
log = structlog.get_logger()

LARGEST_BODY = 128 * 1024
LONGEST_TOKEN = 2048
MOST_AT_ONCE = 100
"""Subscriptions that one call may name; what is beyond is found by polling."""

_ID = re.compile(r"[\x21-\x7e]{1,500}")
"""Channels, subscriptions and their secrets are made of visible ASCII."""
_VALIDATION = re.compile(r"[^\x00-\x1f\x7f<>]+")
"""No genuine validation token has markup or control characters."""


class Change(msgspec.Struct, frozen=True, rename="camel"):
    """One of Graph's notifications; only what is used of it."""

    subscription_id: str = ""
    client_state: str | None = None
    resource: str | None = None
    lifecycle_event: str | None = None


class Changes(msgspec.Struct, frozen=True):
    """The body of Graph's calls."""

    value: tuple[Change, ...]


@blueprint.before_request
def before() -> None:
    """Anybody may call: each address only so often, and with so much."""
    request.max_content_length = LARGEST_BODY
    limits.check_address("hook")


@blueprint.post("/google")
def google() -> Response:
    """A channel's notification: everything is in the headers."""
    headers = request.headers
    if headers.get("X-Goog-Resource-State") != "sync":  # that one only says that it exists
        _tell(
            Notified(
                provider="google",
                channel_id=headers.get("X-Goog-Channel-ID", "")[:501],
                token=headers.get("X-Goog-Channel-Token", "")[:501],
                resource=headers.get("X-Goog-Resource-ID", "")[:500],
            )
        )
    return Response(status=202)


@blueprint.post("/microsoft")
def microsoft() -> Response:
    """Changes of subscriptions; or the question whether this address is ours."""
    return _validated() or _notified()


@blueprint.post("/microsoft/lifecycle")
def microsoft_lifecycle() -> Response:
    """What happens to subscriptions themselves: removed, to be renewed, notifications missed."""
    return _validated() or _notified()


def _validated() -> Response | None:
    """Graph's `validationToken`, as plain text, as it wants it within ten seconds."""
    token = request.args.get("validationToken")
    if token is None:
        return None
    if len(token) > LONGEST_TOKEN or not _VALIDATION.fullmatch(token):
        raise Malformed
    return Response(token, mimetype="text/plain")


def _notified() -> Response:
    told = dict.fromkeys(_notice(change) for change in _changes().value)
    if len(told) > MOST_AT_ONCE:
        log.warning("hook_overflow", count=len(told))
    for notice in list(told)[:MOST_AT_ONCE]:
        _tell(notice)
    return Response(status=202)


def _changes() -> Changes:
    try:
        return msgspec.json.decode(request.get_data(cache=False), type=Changes)
    except RequestEntityTooLarge:
        raise TooLarge from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Malformed from None


def _notice(change: Change) -> Notified:
    return Notified(
        provider="microsoft",
        channel_id=change.subscription_id[:501],
        token=(change.client_state or "")[:501],
        resource=_plain(change.resource or "")[:500],
        lifecycle=_plain(change.lifecycle_event or "")[:100],
    )


def _plain(text: str) -> str:
    return "".join(char for char in text if char.isprintable())


def _tell(notice: Notified) -> None:
    """Hands it on, unless it cannot be anything of ours. Raises `Unavailable`."""
    if _ID.fullmatch(notice.channel_id) and _ID.fullmatch(notice.token):
        current.services().calendar_sync.notified(notice)
