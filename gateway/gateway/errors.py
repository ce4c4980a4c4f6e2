"""Every refusal as HTTP: one table, JSON for the API, a page for people."""

import uuid
from typing import Any

import structlog
from flask import Flask, Response, g, jsonify, render_template, request
from flask_wtf.csrf import CSRFError
from markupsafe import escape
from werkzeug.exceptions import HTTPException

from contracts import errors as refusals
from gateway.presenting.refusals import at_fields as said_at_fields
from gateway.presenting.refusals import refusal, said
from gateway.presenting.speech import gettext, noted

log = structlog.get_logger()


class TooManyRequests(refusals.SchedulingError):
    """A limit per address, account or recipient is used up. HTTP 429 with `Retry-After`."""

    code = "too_many_requests"
    default = "That was a lot in a short time. Please wait a moment and try again."

    def __init__(self, retry_after: int) -> None:
        super().__init__()
        self.retry_after = retry_after


class Unauthorized(refusals.SchedulingError):
    """No API key, or one that is unknown or revoked. HTTP 401."""

    code = "unauthorized"
    default = "Send a valid API key: Authorization: Bearer KEY."


class PreconditionFailed(refusals.SchedulingError):
    """It is not the version that `If-Match` names. HTTP 412."""

    code = "precondition_failed"
    default = "This was changed meanwhile. Look again, and repeat your change."


class TooLarge(refusals.SchedulingError):
    """The body is larger than any request needs. HTTP 413."""

    code = "too_large"
    default = "The request is too large."


class UnsupportedMediaType(refusals.SchedulingError):
    """The body is not JSON. HTTP 415."""

    code = "unsupported_media_type"
    default = "Send JSON: Content-Type: application/json."


STATUS: dict[type[refusals.SchedulingError], int] = {
    refusals.Malformed: 400,
    Unauthorized: 401,
    refusals.Forbidden: 403,
    refusals.NotFound: 404,
    refusals.Conflict: 409,
    refusals.CursorExpired: 410,
    PreconditionFailed: 412,
    TooLarge: 413,
    UnsupportedMediaType: 415,
    refusals.Invalid: 422,
    TooManyRequests: 429,
    refusals.CalendarUnreachable: 503,
    refusals.Unavailable: 503,
}
"""A class stands for its subclasses too; one that is not listed is a plain 400."""

RETRY_AFTER = {503: "5"}
TITLES = {
    400: noted("This request could not be read"),
    401: noted("Please sign in"),
    403: noted("You may not do this"),
    404: noted("There is nothing here"),
    405: noted("This cannot be done this way"),
    409: noted("This was not possible"),
    413: noted("This is too large"),
    415: noted("This kind of content is not understood"),
    422: noted("Please check what you entered"),
    429: noted("Please wait a moment"),
    500: noted("Something went wrong"),
    503: noted("Back in a moment"),
}
NEEDS_ADMIN = "It takes an admin of your workspace. Ask one to do it, or to make you an admin."
"""To people who are signed in: their pages are in English."""


def register(app: Flask) -> None:
    """Installs the handlers."""
    app.register_error_handler(refusals.SchedulingError, refused)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(CSRFError, csrf_missing)
    app.register_error_handler(Exception, unexpected)


def status_of(error: refusals.SchedulingError) -> int:
    """The HTTP status of a refusal, by the nearest class in the table."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 400)


def refused(error: refusals.SchedulingError) -> Response:
    """A refusal that its reader can understand."""
    status = status_of(error)
    message = refusal(error)
    body: dict[str, Any] = {"error": {"code": error.code, "message": message}}
    if error.fields:
        body["error"]["fields"] = said_at_fields(error.fields)
    if error.alternatives or status == 409:
        body["alternatives"] = error.alternatives
    response = _answer(status, message, body)
    after = (
        str(error.retry_after) if isinstance(error, TooManyRequests) else RETRY_AFTER.get(status)
    )
    if after:
        response.headers["Retry-After"] = after
    if isinstance(error, Unauthorized):
        response.headers["WWW-Authenticate"] = 'Bearer realm="Workestra"'
    return response


def http_error(error: HTTPException) -> Response:
    """What Flask itself refuses: no such page, wrong method, too large."""
    if error.code is None or error.code < 400:
        response = error.get_response()
        assert isinstance(response, Response)
        return response
    code = (error.name or "error").lower().replace(" ", "_")
    message = f"{gettext(TITLES[error.code]) if error.code in TITLES else error.name}."
    response = _answer(error.code, message, {"error": {"code": code, "message": message}})
    for name, value in error.get_headers():
        if name.lower() not in {"content-type", "content-length"}:
            response.headers[name] = value
    return response


def csrf_missing(error: CSRFError) -> Response:
    """A form that was not ours, or was open for too long. HTTP 400."""
    log.info("csrf_refused", reason=error.description)
    message = said("This page was open for too long. Please go back, load it again and repeat.")
    return _answer(400, message, {"error": {"code": "csrf", "message": message}})


def unexpected(error: Exception) -> Response:
    """A bug. The reader gets an id, the log gets the id with the stack."""
    incident = uuid.uuid4().hex[:12]
    log.error("unexpected_error", incident=incident, exc_info=error)
    message = said(f"Something went wrong on our side. Mention {incident} if you write to us.")
    body = {"error": {"code": "internal", "message": message, "incident": incident}}
    return _answer(500, message, body)


def wants_json() -> bool:
    """Whether the caller is a program: everything under `/api` but its pages, hooks, `/mcp`."""
    programs = request.path.startswith(("/api/", "/hooks/")) or request.path == "/mcp"
    return programs and request.path != "/api/docs"


def _answer(status: int, message: str, body: dict[str, Any]) -> Response:
    if wants_json():
        response = jsonify(body)
    else:
        response = Response(_page(status, message), mimetype="text/html")
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response


def _page(status: int, message: str) -> str:
    """The page about an error; where even that fails, its sentence alone."""
    g.setdefault("account", None)
    title = gettext(TITLES[status]) if status in TITLES else ""
    try:
        return render_template(
            "errors/error.html",
            status=status,
            title=title,
            message=message,
            needs_admin=NEEDS_ADMIN,
            account=g.account,
        )
    except Exception:
        log.exception("error_page_failed")
        return f"<!doctype html><title>{escape(title)}</title><p>{escape(message)}</p>"
