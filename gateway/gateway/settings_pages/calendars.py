"""Calendars: which accounts of a host are connected, how they are, what is checked and written."""

from dataclasses import dataclass
from uuid import UUID

import msgspec
from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from contracts.calendar_sync import (
    ChooseCalendars,
    Connection,
    Connections,
    Disconnect,
    ListConnections,
    Probe,
    Probed,
)
from contracts.errors import CalendarUnreachable, Conflict, Invalid, NotFound, Unavailable
from gateway import access, current, desk, limits
from gateway.security import signed_in
from gateway.settings_pages import blueprint, calendars_words
from gateway.settings_pages.calendars_words import ABOUT, NAMES, SIGN_IN, State

PATIENCE = 25.0
"""Seconds for what waits for a provider: signing in, a first look, a probe."""


@dataclass(frozen=True)
class Card:
    """A connection as its card shows it; `owner` is named where it is a colleague's."""

    connection: Connection
    state: State
    owner: str = ""

    @property
    def name(self) -> str:
        """Whose calendars: the provider's name."""
        return NAMES[self.connection.provider]


@blueprint.get("/calendars")
@signed_in
def calendars() -> str:
    """The reader's connections; admins see also how their colleagues' are."""
    return _page()


def _page(checked: UUID | None = None, probed: Probed | None = None, problem: str = "") -> str:
    """`checked` is the connection that was probed: with what result, or why it was not."""
    found = desk.part(_seen)
    value = found.value or Connections(connections=())
    me = current.account()
    mine = [_card(one) for one in value.connections if one.host_id == me.id]
    others = [one for one in value.connections if one.host_id != me.id]
    return render_template(
        "settings/calendars.html",
        found=found,
        cards=mine,
        colleagues=desk.part(lambda: _colleagues(others)) if others else desk.Part(value=[]),
        providers=[(name, NAMES[name], ABOUT[name]) for name in NAMES if name in value.providers],
        missing=[name for name in SIGN_IN if name not in value.providers],
        sign_in=SIGN_IN,
        names=NAMES,
        checked=checked,
        probed=probed,
        problem=problem,
        words=calendars_words,
        me=me,
        public_url=current.settings().public_url.rstrip("/"),
    )


def _card(connection: Connection, owner: str = "") -> Card:
    state = calendars_words.state(connection, current.now(), desk.zone())
    return Card(connection, state, owner)


def _colleagues(others: list[Connection]) -> list[Card]:
    """Those of the workspace's other hosts, by name."""
    hosts = desk.hosts()
    cards = [_card(one, hosts[one.host_id].name) for one in others if one.host_id in hosts]
    return sorted(cards, key=lambda card: card.owner.casefold())


def _seen() -> Connections:
    """What the reader sees: their own, as an admin the workspace's."""
    return _listed(None if desk.sees_all() else current.account().id)


def _listed(host_id: UUID | None) -> Connections:
    wish = ListConnections(workspace_id=current.account().workspace_id, host_id=host_id)
    return current.services().calendar_sync.list_connections(wish)


def mine() -> tuple[Connection, ...]:
    """The reader's own connections."""
    return _listed(current.account().id).connections


def my(connection_id: UUID) -> Connection:
    """One of the reader's own. Raises `NotFound`."""
    found = next((one for one in mine() if one.id == connection_id), None)
    if found is None:
        raise NotFound
    return found


def back(message: str = "", kind: str = "") -> Answer:
    """To the page, which says it."""
    if message:
        flash(message, kind)
    return redirect(url_for("settings_pages.calendars"))


# --- choosing ------------------------------------------------------------------------------------


@blueprint.post("/calendars/<uuid:connection_id>")
@signed_in
def choose_calendars(connection_id: UUID) -> Answer:
    """Which calendars are checked for busy time; where bookings are written stays as it is."""
    connection = my(connection_id)
    ticked = set(request.form.getlist("checked"))
    checked = [one.id for one in connection.calendars if key(connection, one.id) in ticked]
    return _choose(_choice(connection, checked=tuple(checked)))


@blueprint.post("/calendars/written")
@signed_in
def choose_written() -> Answer:
    """The one calendar, of all the reader's connections, that bookings are written to; or none."""
    wanted = request.form.get("written", "")
    for connection in mine():
        for calendar in connection.calendars:
            if wanted == key(connection, calendar.id):
                return _choose(_choice(connection, written=calendar.id))
            if not wanted and calendar.written:
                return _choose(_choice(connection, written=None))
    return back("Choose one of the list." if wanted else "Saved.", "danger" if wanted else "")


def key(connection: Connection, calendar_id: str) -> str:
    """A calendar's name in a form that shows several connections."""
    return f"{connection.id} {calendar_id}"


def _choice(connection: Connection, **changes: object) -> ChooseCalendars:
    """The connection's choice as it stands, but for these changes."""
    choice = ChooseCalendars(
        workspace_id=connection.workspace_id,
        connection_id=connection.id,
        checked=tuple(one.id for one in connection.calendars if one.checked),
        written=next((one.id for one in connection.calendars if one.written), None),
    )
    return msgspec.structs.replace(choice, **changes)


def _choose(wish: ChooseCalendars) -> Answer:
    access.allow(PATIENCE)
    try:
        current.services().calendar_sync.choose_calendars(wish)
    except (Invalid, Conflict) as refusal:
        return back(next(iter(refusal.fields.values()), refusal.message), "danger")
    return back("Saved.")


# --- checking and leaving ------------------------------------------------------------------------


@blueprint.post("/calendars/<uuid:connection_id>/check")
@signed_in
def check_connection(connection_id: UUID) -> str:
    """Tries the whole way, and shows each step with the time that it took."""
    connection = my(connection_id)
    limits.check_account("calendar")
    access.allow(PATIENCE)
    wish = Probe(workspace_id=connection.workspace_id, connection_id=connection_id)
    try:
        probed = current.services().calendar_sync.probe(wish)
    except (CalendarUnreachable, Unavailable, Invalid, Conflict) as refusal:
        return _page(connection_id, problem=refusal.message)
    return _page(connection_id, probed)


@blueprint.route("/calendars/<uuid:connection_id>/disconnect", methods=["GET", "POST"])
@signed_in
def disconnect(connection_id: UUID) -> str | Answer:
    """Asks once, then disconnects."""
    connection = my(connection_id)
    if request.method != "POST":
        return render_template("settings/disconnect.html", connection=connection, names=NAMES)
    access.allow(PATIENCE)  # the provider is told that its tokens are not needed any more
    current.services().calendar_sync.disconnect(
        Disconnect(workspace_id=connection.workspace_id, connection_id=connection_id)
    )
    return back("Disconnected. Its busy times no longer block your slots.")
