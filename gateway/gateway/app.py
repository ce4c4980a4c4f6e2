"""create_app: the web application, out of its parts."""

from datetime import timedelta
from importlib import import_module
from importlib.util import find_spec

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from gateway import access, compressing, errors, languages, security
from gateway.accounts import Accounts
from gateway.assistant import make_bridge
from gateway.current import Clock
from gateway.files.store import FileStore
from gateway.hot import HotSlots
from gateway.presenting.jinja import install as install_presenting
from gateway.rpc import Services
from gateway.settings import Settings
from gateway.slots import SlotCache

LARGEST_BODY = 256 * 1024

BLUEPRINTS = (
    "health",
    "auth",
    "api",
    "booking_pages",
    "manage_pages",
    "approval_pages",
    "embed_pages",
    "calendar",
    "settings_pages",
    "crm_pages",
    "hooks",
    "assistant",
)
"""Modules of this package, each with a `blueprint` of its own name."""


def create_app(settings: Settings, services: Services, clock: Clock, accounts: Accounts) -> Flask:
    """The gateway. Everything that it needs is handed in; it opens nothing by itself."""
    app = Flask("gateway")
    _configure(app, settings)
    app.extensions |= {
        "settings": settings,
        "services": services,
        "clock": clock,
        "accounts": accounts,
        "slots": SlotCache(services.availability, clock.now),
        "files": FileStore(settings.files_url),
        "assistant": make_bridge(),
    }
    access.register(app)
    security.register(app)
    languages.register(app)
    errors.register(app)
    compressing.register(app)
    install_presenting(app)
    app.wsgi_app = HotSlots(app.wsgi_app, app.extensions["slots"])  # type: ignore[method-assign]
    for name in (*BLUEPRINTS, *(("dev",) if settings.embedded else ())):
        _register(app, name)
    _trust(app, settings.trusted_hops)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        SECRET_KEY=settings.secret_keys[0],
        SECRET_KEY_FALLBACKS=list(settings.secret_keys[1:]),
        SESSION_COOKIE_NAME="session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.public_url.startswith("https:"),
        PERMANENT_SESSION_LIFETIME=timedelta(days=settings.session_days),
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
    )


def _trust(app: Flask, hops: int) -> None:
    """Believes the forwarded headers of so many proxies, and of no more."""
    if hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]


def _register(app: Flask, name: str) -> None:
    if find_spec(f"gateway.{name}") is None:
        return
    blueprint = import_module(f"gateway.{name}").blueprint
    if name in security.WITHOUT_CSRF:
        security.csrf.exempt(blueprint)
    app.register_blueprint(blueprint)
