"""Adding a calendar: by a password and an address here, or by signing in at its provider.

A sign-in (OAuth 2.0 authorization code with PKCE, RFC 6749 and 7636) begins with a POST of ours and
ends with the provider sending the browser back. Its `state` is good once, for the session that
began it (`sign_ins`) and for the host (calendar-sync's own check).
"""

from typing import get_args
from uuid import UUID, uuid4

from flask import make_response, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from contracts.calendar_sync import BeginSignIn, Connect, Connection, FinishSignIn, Provider
from contracts.errors import (
    CalendarUnreachable,
    Conflict,
    Invalid,
    NotFound,
    SchedulingError,
    Unavailable,
)
from gateway import access, current, limits, sign_ins
from gateway.security import signed_in
from gateway.settings_pages import blueprint
from gateway.settings_pages.calendars import PATIENCE, back, my
from gateway.settings_pages.calendars_words import ABOUT, NAMES, SIGN_IN, SPEAKERS
from gateway.settings_pages.inputs import Reader
from gateway.sign_ins import NOT_BEGUN

BY_FORM = ("caldav", "ics", "practice")
LABELS = {"url": "Address", "account": "Name", "secret": "App password"}
CONNECTED = "Connected. Its busy times block your slots from now on."


# --- with a form of ours -------------------------------------------------------------------------


@blueprint.get("/calendars/add/<provider>")
@signed_in
def add_calendar(provider: str) -> str:
    """The form for an account or a feed; `again` names the connection that is to be mended."""
    return _form(_by_form(provider), {}, _again())


@blueprint.post("/calendars/add/<provider>")
@signed_in
def connect(provider: str) -> Answer | tuple[str, int]:
    """Connects it; what is wrong is said at its field, and all but the password is kept."""
    chosen, reader = _by_form(provider), Reader(request.form)
    wish = _wish(chosen, reader)
    if not reader.errors:
        limits.check_account("calendar")
        access.allow(PATIENCE)
        try:
            current.services().calendar_sync.connect(wish)
        except (Invalid, Conflict, CalendarUnreachable, Unavailable) as refusal:
            reader.errors.update(_placed(refusal, chosen))
        else:
            return back(CONNECTED)
    return _form(chosen, reader.errors), 422


def _by_form(name: str) -> Provider:
    """One that is connected by a form of ours. Raises `NotFound`."""
    return _provider(name, BY_FORM)


def _provider(name: str, among: tuple[str, ...]) -> Provider:
    found: Provider | None = next(
        (one for one in get_args(Provider) if one == name and one in among), None
    )
    if found is None:
        raise NotFound
    return found


def _wish(provider: Provider, reader: Reader) -> Connect:
    """What was typed; `reader` keeps what is wrong with it."""
    account = reader.text("account", 254)
    url = reader.text("url", 2000) if provider != "practice" else ""
    if provider == "caldav" and not account and "@" in url and "/" not in url:
        account = url  # an address is the user's name wherever a calendar is found by it
    if provider != "practice" and not url:
        reader.say("url", "An address is needed.")
    if not account:
        reader.say("account", "A name is needed.")
    secret = request.form.get("secret", "").strip() if provider == "caldav" else ""
    if provider == "caldav" and not secret:
        reader.say("secret", "A password is needed.")
    elif len(secret) > 1000 or not secret.isprintable():
        reader.say("secret", "This cannot be a password.")
    who = current.account()
    return Connect(
        workspace_id=who.workspace_id,
        connection_id=reader.id("connection_id") or uuid4(),
        host_id=who.id,
        provider=provider,
        account=account[:254],
        url=url[:2000],
        secret=secret[:1000],
    )


def _placed(refusal: SchedulingError, provider: Provider) -> dict[str, str]:
    """A refusal at the fields that this form shows; what has none is said above it."""
    shown = {"caldav": ("url", "account", "secret"), "ics": ("url", "account")}
    names = shown.get(provider, ("account",))
    if not refusal.fields:
        return {"": refusal.message}
    return {name if name in names else "": words for name, words in refusal.fields.items()}


def _again() -> Connection | None:
    """The connection that is to be mended, if it is the reader's. Raises `NotFound`."""
    wanted = request.args.get("again")
    try:
        return my(UUID(wanted)) if wanted else None
    except ValueError:
        raise NotFound from None


def _form(provider: Provider, errors: dict[str, str], again: Connection | None = None) -> str:
    usual = {"account": again.account if again else _usual_name(provider)}
    return render_template(
        "settings/calendar_add.html",
        provider=provider,
        name=NAMES[provider],
        about=ABOUT[provider],
        errors=errors,
        labels=LABELS | ({"account": "User name"} if provider == "caldav" else {}),
        typed=request.form or usual,
        again=again,
        connection_id=request.form.get("connection_id") or uuid4(),
    )


def _usual_name(provider: Provider) -> str:
    return current.account().email if provider == "practice" else ""


# --- by signing in at the provider ---------------------------------------------------------------


@blueprint.post("/calendars/connect/<provider>")
@signed_in
def begin_sign_in(provider: str) -> Answer:
    """To the provider's own page.

    By a page that goes on by itself, not by a redirect: a form may only lead to this site (CSP
    `form-action`), and browsers hold redirects after a form to that as well.
    """
    chosen, account = _provider(provider, SIGN_IN), current.account()
    limits.check_account("calendar")
    wish = BeginSignIn(
        workspace_id=account.workspace_id,
        host_id=account.id,
        provider=chosen,
        redirect_uri=_redirect_uri(chosen),
    )
    try:
        begun = current.services().calendar_sync.begin_sign_in(wish)
    except (Invalid, Conflict, CalendarUnreachable) as refusal:
        return back(next(iter(refusal.fields.values()), refusal.message), "danger")
    sign_ins.remember(chosen, begun.state)
    page = render_template("settings/calendar_leave.html", url=begun.url, who=SPEAKERS[chosen])
    return sign_ins.secret(make_response(page))


@blueprint.get("/calendars/callback/<provider>")
@signed_in
def finish_sign_in(provider: str) -> Answer:
    """Where the provider sends the browser back to, with a code or with what went wrong."""
    chosen = _provider(provider, SIGN_IN)
    state, code = request.args.get("state", ""), request.args.get("code", "")
    if not sign_ins.began_here(chosen, state):
        return sign_ins.secret(back(NOT_BEGUN, "danger"))
    if "error" in request.args:
        words = sign_ins.refused(chosen, SPEAKERS[chosen], request.args["error"])
        return sign_ins.secret(back(words, "danger"))
    return sign_ins.secret(_finish(state, code))


def _finish(state: str, code: str) -> Answer:
    if not 1 <= len(code) <= 4000 or len(state) > 500:
        return back(NOT_BEGUN, "danger")
    account = current.account()
    wish = FinishSignIn(
        workspace_id=account.workspace_id,
        host_id=account.id,
        connection_id=uuid4(),
        state=state,
        code=code,
    )
    access.allow(PATIENCE)
    try:
        current.services().calendar_sync.finish_sign_in(wish)
    except (Invalid, Conflict, CalendarUnreachable, Unavailable) as refusal:
        words = next(iter(refusal.fields.values()), refusal.message)
        return back(NOT_BEGUN if "state" in refusal.fields else words, "danger")
    return back(CONNECTED)


def _redirect_uri(provider: Provider) -> str:
    base = current.settings().public_url.rstrip("/")
    return base + url_for("settings_pages.finish_sign_in", provider=provider)
