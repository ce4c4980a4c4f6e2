"""Calendars: which accounts of a host are connected, how they are, what is checked and written."""

from typing import get_args
from uuid import UUID, uuid4

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from contracts.calendar_sync import (
    ChooseCalendars,
    Connect,
    Connection,
    Connections,
    Disconnect,
    ListConnections,
    Provider,
)
from contracts.errors import Conflict, Invalid, NotFound
from gateway import current, desk
from gateway.security import signed_in
from gateway.settings_pages import blueprint
from gateway.settings_pages.inputs import Reader

PROVIDERS = {
    "google": "Google Calendar",
    "microsoft": "Microsoft 365",
    "caldav": "CalDAV",
    "ics": "Calendar feed",
    "practice": "Practice calendar",
}
ABOUT = {
    "practice": "Keeps its events here, for trying everything out without an account elsewhere.",
}


@blueprint.get("/calendars")
@signed_in
def calendars() -> str:
    """The reader's connections; says plainly when there are none."""
    return _page({})


def _page(errors: dict[str, str]) -> str:
    found = desk.part(_connections)
    return render_template(
        "settings/calendars.html",
        found=found,
        names=PROVIDERS,
        about=ABOUT,
        state=_state,
        errors=errors,
        typed=request.form,
        connection_id=request.form.get("connection_id") or uuid4(),
        email=current.account().email,
    )


def _connections() -> Connections:
    account = current.account()
    return current.services().calendar_sync.list_connections(
        ListConnections(workspace_id=account.workspace_id, host_id=account.id)
    )


def _state(connection: Connection) -> str:
    """A connection's state in words."""
    if connection.state == "broken":
        return connection.problem or "It does not answer. Connect it again."
    if connection.synced_at is None:
        return "Being read for the first time"
    return f"In step, {desk.ago_words(connection.synced_at, current.now())}"


@blueprint.post("/calendars/connect")
@signed_in
def connect() -> Answer | tuple[str, int]:
    """Connects an account at a provider that the service offers."""
    account, reader = current.account(), Reader(request.form)
    name = reader.text("account", 254, required="Give it a name.")
    chosen = reader.raw("provider")
    provider: Provider | None = next((p for p in get_args(Provider) if p == chosen), None)
    if provider is None:
        reader.say("provider", "Choose a calendar of the list.")
    if reader.errors or provider is None:
        return _page(reader.errors), 422
    wish = Connect(
        workspace_id=account.workspace_id,
        connection_id=reader.id("connection_id") or uuid4(),
        host_id=account.id,
        provider=provider,
        account=name,
    )
    try:
        current.services().calendar_sync.connect(wish)
    except (Invalid, Conflict) as refusal:
        return _page({"account": next(iter(refusal.fields.values()), refusal.message)}), 422
    flash("Connected. Its busy times block your slots from now on.", "")
    return redirect(url_for("settings_pages.calendars"))


def _mine(connection_id: UUID) -> Connection:
    found = next((c for c in _connections().connections if c.id == connection_id), None)
    if found is None:
        raise NotFound
    return found


@blueprint.post("/calendars/<uuid:connection_id>")
@signed_in
def choose_calendars(connection_id: UUID) -> Answer:
    """Which calendars are checked for busy time, and the one that is written to."""
    connection, reader = _mine(connection_id), Reader(request.form)
    known = [calendar.id for calendar in connection.calendars]
    wish = ChooseCalendars(
        workspace_id=connection.workspace_id,
        connection_id=connection_id,
        checked=tuple(each for each in reader.rows("checked") if each in known),
        written=next((each for each in known if each == reader.raw("written")), None),
    )
    try:
        current.services().calendar_sync.choose_calendars(wish)
        flash("Saved.", "")
    except (Invalid, Conflict) as refusal:
        desk.tell(refusal)
    return redirect(url_for("settings_pages.calendars"))


@blueprint.route("/calendars/<uuid:connection_id>/disconnect", methods=["GET", "POST"])
@signed_in
def disconnect(connection_id: UUID) -> str | Answer:
    """Asks once, then disconnects."""
    connection = _mine(connection_id)
    if request.method != "POST":
        return render_template("settings/disconnect.html", connection=connection, names=PROVIDERS)
    current.services().calendar_sync.disconnect(
        Disconnect(workspace_id=connection.workspace_id, connection_id=connection_id)
    )
    flash("Disconnected. Its busy times no longer block your slots.", "")
    return redirect(url_for("settings_pages.calendars"))
