"""The way in and out: first run, sign-in, sign-out, forgotten passwords, invitations."""

from collections.abc import Callable
from urllib.parse import urlsplit

from flask import Blueprint, Response, flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as Answer

from contracts.errors import Invalid
from gateway import current, desk, limits
from gateway.accounts import NewWorkspace, Profile

blueprint = Blueprint("auth", __name__)
View = str | Answer | tuple[str, int]
SENT = "If this address has an account, a mail with a link is on its way to it."
WRONG = "The e-mail address or the password is not right."


@blueprint.after_request
def keep_secret(answer: Response) -> Response:
    """Where a one-time token stands in the address, also if the answer is an error: nobody keeps
    the page, and no other site, nor a log of ours, learns where its reader came from.
    """
    if "token" in (request.view_args or {}):
        answer.headers["Cache-Control"] = "no-store"
        answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


@blueprint.get("/")
def home() -> View:
    """To where the visitor's work is."""
    if current.accounts().is_first_run():
        return redirect(url_for("auth.setup"))
    return redirect("/calendar")


@blueprint.route("/setup", methods=["GET", "POST"])
def setup() -> View:
    """Workspace and owner; only while no workspace exists."""
    if not current.accounts().is_first_run():
        return redirect(url_for("auth.login"))
    return _form("setup", _set_up, zones=desk.zones())


def _set_up() -> View:
    form = request.form
    new = NewWorkspace(
        name=form.get("workspace", ""),
        timezone=form.get("timezone", ""),
        owner_name=form.get("name", ""),
        owner_email=form.get("email", ""),
        password=form.get("password", ""),
    )
    return _enter(current.accounts().create_first_workspace(new))


@blueprint.route("/login", methods=["GET", "POST"])
def login() -> View:
    """E-mail and password; never tells which addresses exist."""
    if current.accounts().is_first_run():
        return redirect(url_for("auth.setup"))
    return _form("login", _log_in, next=_local(request.values.get("next", "")))


def _log_in() -> View:
    email = request.form.get("email", "")
    limits.check_sign_in(email)
    agent = request.user_agent.string
    token = current.accounts().sign_in(email, request.form.get("password", ""), agent)
    if token is None:
        raise Invalid(WRONG, fields={"password": WRONG})
    limits.signed_in(email)
    _renew(token)
    return redirect(_local(request.form.get("next", "")) or "/calendar")


@blueprint.post("/logout")
def logout() -> View:
    """Ends this session."""
    current.accounts().sign_out(session["token"])
    session.clear()
    return redirect(url_for("auth.login"))


@blueprint.route("/reset", methods=["GET", "POST"])
def ask_reset() -> View:
    """Asks for a reset link by mail; the answer is the same for every address."""
    return _form("ask_reset", _ask_reset)


def _ask_reset() -> View:
    email = request.form.get("email", "")
    limits.check_reset(email)
    current.accounts().ask_reset(email)
    flash(SENT)
    return redirect(url_for("auth.login"))


@blueprint.route("/reset/<token>", methods=["GET", "POST"])
def reset(token: str) -> View:
    """A new password for whoever holds the link; looking at the page uses nothing."""
    owner = current.accounts().reset_owner(token)
    return _form("reset", lambda: _reset(token), owner=owner)


def _reset(token: str) -> View:
    limits.check_address("invitation")
    return _enter(current.accounts().reset_password(token, request.form.get("password", "")))


@blueprint.route("/invitation/<token>", methods=["GET", "POST"])
def accept(token: str) -> View:
    """An invited member chooses name, zone and password."""
    invited = current.accounts().invitation(token)
    return _form("accept", lambda: _accept(token), invited=invited, zones=desk.zones())


def _accept(token: str) -> View:
    limits.check_address("invitation")
    form = request.form
    name, password, zone = form.get("name", ""), form.get("password", ""), form.get("timezone", "")
    return _enter(current.accounts().accept(token, name, password, zone))


def _form(page: str, act: Callable[[], View], **context: object) -> View:
    """GET shows the page; POST acts, or shows it again with what is wrong."""
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            return act()
        except Invalid as error:
            errors = error.fields or {"form": error.message}
    html = render_template(f"auth/{page}.html", errors=errors, typed=request.form, **context)
    return html, 422 if errors else 200


def _enter(profile: Profile) -> View:
    _renew(current.accounts().open_session(profile, request.user_agent.string))
    return redirect("/calendar")


def _renew(token: str) -> None:
    """A new session for a new sign-in: an old cookie is worth nothing afterwards."""
    if "token" in session:
        current.accounts().sign_out(session["token"])
    session.clear()
    session["token"] = token
    session.permanent = True


def _local(target: str) -> str:
    """The path to go on to, if it is one of ours."""
    parts = urlsplit(target)
    ours = target.startswith("/") and not target.startswith(("//", "/\\"))
    plain = target.isprintable() and "\\" not in target
    return target if ours and plain and not parts.scheme and not parts.netloc else ""
