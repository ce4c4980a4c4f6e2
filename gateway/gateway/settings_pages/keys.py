"""API keys: what the reader's programs act with; made, shown once, listed, revoked."""

from uuid import UUID, uuid4

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from contracts.errors import Conflict, Invalid, NotFound
from gateway import current, desk
from gateway.accounts import ApiKey
from gateway.accounts.signing import SCOPES
from gateway.security import signed_in
from gateway.settings_pages import blueprint
from gateway.settings_pages.inputs import Reader

WORDS = {
    "links:read": "See booking links",
    "links:write": "Make, change and delete booking links",
    "bookings:read": "See bookings",
    "bookings:write": "Cancel, move, answer and reassign bookings, mark no-shows",
    "schedules:read": "See schedules and time off",
    "schedules:write": "Change schedules and time off",
    "teams:read": "See teams, and whether their turns are fair",
    "teams:write": "Make, change and delete teams",
    "members:read": "See who belongs to the workspace, and what was done to it",
    "members:write": "Invite people, change roles, end access, rename the workspace",
    "crm:read": "See deals and contacts",
    "crm:write": "Change deals",
    "calendars:read": "See which calendars are connected, and how they are",
    "calendars:write": "Connect, choose, check and disconnect calendars",
    "events:read": "Read the feed of everything that happens",
    "webhooks:read": "See webhooks and their logs",
    "webhooks:write": "Make, test, replay and delete webhooks",
}
assert set(WORDS) == set(SCOPES)


@blueprint.get("/api-keys")
@signed_in
def keys() -> Answer:
    """The reader's keys; an admin sees the workspace's."""
    return _page({})


def _page(errors: dict[str, str], secret: str = "", status: int = 200) -> Answer:
    account = current.account()
    people = {each.id: each.name for each in current.accounts().members(account.workspace_id)}
    html = render_template(
        "settings/keys.html",
        me=account,
        keys=current.accounts().keys(account),
        people=people,
        scopes=[(scope, WORDS[scope]) for scope in SCOPES],
        words=WORDS,
        secret=secret,
        typed={} if secret else request.form,
        chosen=set() if secret else set(request.form.getlist("scopes")),
        key_id=uuid4(),
        errors=errors,
        desk=desk,
        now=current.now(),
        mcp_url=f"{current.settings().public_url.rstrip('/')}/mcp",
    )
    answer = make_response(html, status)
    # The one page that shows a secret must not come back from a cache.
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post("/api-keys")
@signed_in
def create_key() -> Answer:
    """Makes a key and shows it, this once: it is kept nowhere, so no redirect comes between.

    The same form sent again makes no second key.
    """
    reader = Reader(request.form)
    name = reader.text("name", 200, required="A name is needed.")
    scopes = tuple(scope for scope in SCOPES if scope in reader.rows("scopes"))
    key_id = reader.id("key_id")
    if not scopes:
        reader.say("scopes", "Choose what the key may do.")
    if reader.errors:
        return _page(reader.errors, status=422)
    try:
        _, secret = current.accounts().create_key(current.account(), name, scopes, key_id)
    except Invalid as refusal:
        return _page(refusal.fields, status=422)
    except Conflict as refusal:
        return _page({"": refusal.message}, status=409)
    return _page({}, secret)


@blueprint.get("/api-keys/<uuid:key_id>/revoke")
@signed_in
def ask_revoke_key(key_id: UUID) -> str:
    """Asks once."""
    return render_template("settings/key_revoke.html", key=_seen(key_id))


@blueprint.post("/api-keys/<uuid:key_id>/revoke")
@signed_in
def revoke_key(key_id: UUID) -> Answer:
    """The key works no more, at once."""
    key = _seen(key_id)
    current.accounts().revoke_key(current.account(), key_id)
    flash(f"“{key.name}” is revoked and works no more.", "")
    return redirect(url_for("settings_pages.keys"))


def _seen(key_id: UUID) -> ApiKey:
    """A key that the reader sees. Raises `NotFound`."""
    seen = current.accounts().keys(current.account())
    found = next((key for key in seen if key.id == key_id), None)
    if found is None:
        raise NotFound
    return found
