"""Webhooks: addresses that are told of everything that happens; by admins."""

from typing import get_args
from uuid import UUID, uuid4

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from contracts.crm_bridge import FeedType, ListWebhookDeliveries, ReplayEvents, SendTestEvent
from contracts.errors import Conflict, Invalid
from gateway import current, desk, hooking
from gateway.security import role as needs
from gateway.settings_pages import blueprint
from gateway.settings_pages.inputs import Reader

WORDS: dict[FeedType, str] = {
    "booking.requested": "A booking asks for approval",
    "booking.confirmed": "Booked, or approved",
    "booking.rescheduled": "Moved to another time",
    "booking.reassigned": "Given to another host",
    "booking.cancelled": "Cancelled",
    "booking.declined": "Declined",
    "booking.no_show": "Marked as a no-show",
    "booking.no_show_undone": "No longer a no-show",
    "contact.created": "A new contact",
    "contact.merged": "Two contacts made one",
    "contact.erased": "A contact erased",
    "deal.created": "A new deal",
    "deal.stage_changed": "A deal in another stage",
    "deal.value_changed": "A deal of another value",
    "webhook.test": "A test event",
}
assert set(WORDS) == set(get_args(FeedType))
CHOICES = [(kind, words) for kind, words in WORDS.items() if kind != "webhook.test"]
WHY = {
    "failing": "It took nothing for a day.",
    "gone": "Its server says that there is nothing at this address any more.",
}
STATES = {"due": ("Waiting", "warn"), "done": ("Delivered", "ok"), "failed": ("Given up", "danger")}


@blueprint.get("/webhooks")
@needs("admin")
def webhooks() -> Answer:
    """All of the workspace."""
    return _page({})


def _page(errors: dict[str, str], secret: str = "", status: int = 200) -> Answer:
    html = render_template(
        "settings/webhooks.html",
        found=desk.part(hooking.all_of_workspace),
        choices=CHOICES,
        words=WORDS,
        why=WHY,
        secret=secret,
        typed={} if secret else request.form,
        chosen=set() if secret else set(request.form.getlist("types")),
        webhook_id=uuid4(),
        errors=errors,
        desk=desk,
        now=current.now(),
    )
    answer = make_response(html, status)
    # As the page of API keys: what shows a secret must not come back from a cache.
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post("/webhooks")
@needs("admin")
def create_webhook() -> Answer:
    """Makes one and shows its secret, this once. The same form sent again makes no second."""
    reader = Reader(request.form)
    url = reader.text("url", 2000, required="An address is needed.")
    wanted = set(reader.rows("types"))
    types = tuple(kind for kind, _ in CHOICES if kind in wanted)
    webhook_id = reader.id("webhook_id") or uuid4()
    if reader.errors:
        return _page(reader.errors, status=422)
    try:
        _, secret = hooking.make(webhook_id, url, types)
    except Invalid as refusal:
        return _page(refusal.fields, status=422)
    except Conflict as refusal:
        return _page({"": refusal.message}, status=409)
    return _page({}, secret)


@blueprint.get("/webhooks/<uuid:webhook_id>")
@needs("admin")
def webhook(webhook_id: UUID) -> str:
    """How it goes: what it was sent, newest first, and what came of that."""
    asked = ListWebhookDeliveries(
        workspace_id=current.account().workspace_id,
        webhook_id=webhook_id,
        after=request.args.get("after", ""),
    )
    log = current.services().crm_bridge.list_webhook_deliveries(asked)
    return render_template(
        "settings/webhook.html",
        webhook=log.webhook,
        server=hooking.server(log.webhook),
        log=log,
        words=WORDS,
        why=WHY,
        states=STATES,
        desk=desk,
        now=current.now(),
        zone=desk.zone_words(desk.zone(), current.now()),
    )


@blueprint.post("/webhooks/<uuid:webhook_id>/test")
@needs("admin")
def send_test_event(webhook_id: UUID) -> Answer:
    """Its outcome stands in the log."""
    asked = SendTestEvent(workspace_id=current.account().workspace_id, webhook_id=webhook_id)
    try:
        current.services().crm_bridge.send_test_event(asked)
        flash("A test event is on its way. Look again in a moment.", "")
    except Conflict as refusal:
        desk.tell(refusal)
    return _back(webhook_id)


@blueprint.post("/webhooks/<uuid:webhook_id>/replay/<uuid:event_id>")
@needs("admin")
def replay_event(webhook_id: UUID, event_id: UUID) -> Answer:
    """One event, the same again."""
    workspace_id = current.account().workspace_id
    asked = ReplayEvents(workspace_id=workspace_id, webhook_id=webhook_id, event_id=event_id)
    try:
        current.services().crm_bridge.replay_events(asked)
        flash("The event is sent again.", "")
    except Conflict as refusal:
        desk.tell(refusal)
    return _back(webhook_id)


@blueprint.post("/webhooks/<uuid:webhook_id>/enable")
@needs("admin")
def enable_webhook(webhook_id: UUID) -> Answer:
    """Also what it missed is sent."""
    hooking.enable(webhook_id)
    flash("It is enabled, and sent what it missed.", "")
    return _back(webhook_id)


@blueprint.route("/webhooks/<uuid:webhook_id>/delete", methods=["GET", "POST"])
@needs("admin")
def delete_webhook(webhook_id: UUID) -> str | Answer:
    """Asks once."""
    if request.method != "POST":
        found = hooking.find(webhook_id)
        return render_template(
            "settings/webhook_delete.html", webhook=found, server=hooking.server(found)
        )
    hooking.delete(webhook_id)
    flash("The webhook is deleted.", "")
    return redirect(url_for("settings_pages.webhooks"))


def _back(webhook_id: UUID) -> Answer:
    return redirect(url_for("settings_pages.webhook", webhook_id=webhook_id))
