"""Who may do what: denied by default, opened by a list; and the headers of every answer.

A page needs a signed-in account unless its endpoint is in `PUBLIC`. `@role("admin")` asks for more.
A host API route needs a key with the scope that `@scope` names. Forms carry a CSRF token, except
where no session exists: the API and the attendees' pages, which act on what they are sent alone.
"""

import secrets
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import Flask, Response, abort, current_app, g, redirect, request, session, url_for
from flask_wtf.csrf import CSRFProtect
from werkzeug.wrappers import Response as Answer

from contracts.errors import Forbidden
from contracts.gateway import Role
from gateway import current
from gateway.accounts.signing import Scope
from gateway.errors import Unauthorized, UnsupportedMediaType

P = ParamSpec("P")
R = TypeVar("R")

PUBLIC_BLUEPRINTS = frozenset(
    {"booking_pages", "manage_pages", "approval_pages", "embed_pages", "health", "hooks", "dev"}
)
"""Without any session: visitors, attendees, probes, providers; `dev` exists only embedded."""

PUBLIC = frozenset(
    {
        "static",
        "auth.setup",
        "auth.login",
        "auth.ask_reset",
        "auth.reset",
        "auth.accept",
        "auth.home",
        "calendar.feed_file",
        "api.link",
        "api.slots",
        "api.place_hold",
        "api.renew_hold",
        "api.release_hold",
        "api.book",
        "api.upload",
        "api.reschedule_by_token",
        "api.cancel_by_token",
        "api.openapi",
        "api.docs",
    }
)
"""Endpoints that anybody may ask. Everything else needs a sign-in or a key."""

WITHOUT_ACCOUNT = frozenset({"api", "embed_pages", "health", "hooks", None})
"""Public parts that never ask who is signed in, not even to greet them: no cookie is read."""

WITHOUT_CSRF = frozenset(
    {
        "api",
        "assistant",
        "booking_pages",
        "manage_pages",
        "approval_pages",
        "embed_pages",
        "hooks",
        "dev",
    }
)
"""Blueprints whose forms carry no authority of a session."""

NOT_PAGES = frozenset({"api", "assistant", "hooks", "dev"})
"""Blueprints that take what is no form."""

BY_KEY = frozenset({"api", "assistant"})
"""Blueprints for programs, which show an API key."""

SECRET_QUERIES = frozenset({"settings_pages.finish_sign_in", "settings_pages.finish_crm_sign_in"})
"""Endpoints whose query is nobody else's: it goes into no other address."""

FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
RANK: dict[str, int] = {"member": 0, "admin": 1, "owner": 2}
csrf = CSRFProtect()


def register(app: Flask) -> None:
    """Installs the guard, the CSRF check and the headers."""
    app.before_request(_widen)  # the CSRF check reads the form
    csrf.init_app(app)
    app.before_request(guard)
    app.after_request(add_headers)
    app.jinja_env.globals["csp_nonce"] = csp_nonce


def signed_in(view: Callable[P, R]) -> Callable[P, R]:
    """Says at the view what the guard enforces anyway: any signed-in account."""
    return view


def role(least: Role) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Only accounts of this role or a higher one: member < admin < owner."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def checked(*args: P.args, **kwargs: P.kwargs) -> R:
            if RANK[current.account().role] < RANK[least]:
                raise Forbidden
            return view(*args, **kwargs)

        checked.__least__ = least  # type: ignore[attr-defined]
        return checked

    return decorate


def scope(needed: Scope) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Only API keys that have this scope."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        view.__scope__ = needed  # type: ignore[attr-defined]
        return view

    return decorate


def takes_up_to(size: int) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """A form that carries a file, of at most so many bytes in all."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        view.__largest__ = size  # type: ignore[attr-defined]
        return view

    return decorate


def _widen() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    largest = getattr(view, "__largest__", None)
    if largest is not None:
        request.max_content_length = largest


def any_key(view: Callable[P, R]) -> Callable[P, R]:
    """Any API key that works; the view looks at `g.scopes` for what it may do."""
    view.__any_key__ = True  # type: ignore[attr-defined]
    return view


def is_public(endpoint: str) -> bool:
    """Whether anybody may ask it."""
    return endpoint in PUBLIC or endpoint.partition(".")[0] in PUBLIC_BLUEPRINTS


def guard() -> Answer | None:
    """Before every request: finds out who asks, and denies unless the list says otherwise."""
    g.account = None
    _check_form()
    endpoint = request.endpoint
    if endpoint is None or is_public(endpoint):
        if request.blueprint not in WITHOUT_ACCOUNT and "token" in session:
            g.account = current.accounts().find_session(session["token"])
        return None
    if request.blueprint in BY_KEY:
        _check_key(endpoint)
        return None
    return _check_session()


def _check_form() -> None:
    """Pages take forms, nothing else. Raises `UnsupportedMediaType`."""
    is_page = request.endpoint is not None and request.blueprint not in NOT_PAGES
    if is_page and request.content_length and request.mimetype not in FORMS:
        raise UnsupportedMediaType("Send a form, as the page does.")


def _check_session() -> Answer | None:
    token = session.get("token")
    g.account = current.accounts().find_session(token) if token else None
    if g.account is not None:
        return None
    if request.method not in {"GET", "HEAD"}:
        abort(401)
    asked = request.path if request.endpoint in SECRET_QUERIES else request.full_path.rstrip("?")
    return redirect(url_for("auth.login", next=asked))


def _check_key(endpoint: str) -> None:
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    holder = current.accounts().find_key(secret.strip()) if kind.lower() == "bearer" else None
    if holder is None:
        raise Unauthorized
    view = current_app.view_functions[endpoint]
    needed = getattr(view, "__scope__", None)
    if needed not in holder.scopes and not getattr(view, "__any_key__", False):
        raise Forbidden(f"This key lacks the scope {needed}.")
    g.account, g.scopes = holder.account, holder.scopes
    g.key_mark = current.mac("key", secret.strip())


def csp_nonce() -> str:
    """The nonce of this answer, for a `<style>` that carries a link's colour."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def content_policy() -> str:
    """What a page may load: our own files only; framed by nobody but whom a widget's page names."""
    nonce = f" 'nonce-{g.csp_nonce}'" if "csp_nonce" in g else ""
    return _policy(nonce, g.framed_by) if "framed_by" in g else _policy(nonce)


def _policy(nonce: str = "", parents: str = "'none'") -> str:
    return (
        f"default-src 'none'; script-src 'self'{nonce}; style-src 'self'{nonce}; "
        "img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; "
        f"frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors {parents}"
    )


POLICY = _policy()
HEADERS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
)
UNFRAMED = ("X-Frame-Options", "DENY")
"""For browsers that know no `frame-ancestors`. It cannot name sites, so a widget goes without."""
HSTS = ("Strict-Transport-Security", "max-age=31536000; includeSubDomains")


def add_headers(response: Response) -> Response:
    """On every answer; a view that set its own policy keeps it."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", content_policy())
    for name, value in HEADERS:
        headers.setdefault(name, value)
    if "frame-ancestors 'none'" in headers["Content-Security-Policy"]:
        headers.setdefault(*UNFRAMED)
    if request.is_secure:
        headers.setdefault(*HSTS)
    if g.get("account") is not None:
        headers.setdefault("Cache-Control", "no-store")
    return response
