"""The workspace: its name, zone, language, logo, what new links begin with; what was done."""

from functools import partial

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from contracts.errors import Invalid
from gateway import current, desk, limits
from gateway.accounts import AuditEntry
from gateway.booking_pages import branding
from gateway.presenting.zones import canonical
from gateway.security import role as needs
from gateway.security import signed_in
from gateway.settings_pages import blueprint, new_links
from gateway.settings_pages.inputs import Reader
from gateway.settings_pages.link_form import COLOURS
from gateway.settings_pages.named import LANGUAGE_OPTIONS, save_named, saved

DONE = {
    "account_accepted": "joined as",
    "account_deactivated": "deactivated",
    "account_invited": "invited",
    "account_reactivated": "let back in",
    "logo_changed": "changed the logo of",
    "new_links_changed": "changed what new links begin with:",
    "photo_changed": "changed the photo of",
    "photo_removed": "took the photo away from",
    "logo_removed": "took the logo away from",
    "key_created": "made the API key",
    "key_revoked": "revoked the API key",
    "password_changed": "changed the password of",
    "password_reset": "reset the password of",
    "profile_changed": "changed the profile of",
    "role_changed": "changed the role of",
    "signed_out_everywhere": "signed out everywhere:",
    "webhook_created": "made the webhook to",
    "webhook_deleted": "deleted the webhook to",
    "webhook_enabled": "enabled the webhook to",
    "workspace_changed": "changed the workspace",
    "workspace_created": "made the workspace",
}
PAGE = 50
LABELS = {"name": "Name", "timezone": "Time zone", "language": "Language", "logo": "Logo"}


@blueprint.get("/workspace")
@signed_in
def workspace() -> str:
    """Name and zone; the audit for admins."""
    return _page({})


def _page(errors: dict[str, str]) -> str:
    account = current.account()
    shown = min(Reader(request.args).whole("show", PAGE, 1000) or PAGE, 1000)
    entries = current.accounts().audit(account, shown + 1) if account.is_admin else ()
    return render_template(
        "settings/workspace.html",
        me=account,
        name=request.form.get("name", account.workspace_name),
        timezone=request.form.get("timezone", canonical(account.workspace_timezone)),
        language=request.form.get("language", account.workspace_language),
        languages=LANGUAGE_OPTIONS,
        zones=desk.zones(),
        logo=branding.of(account.workspace_id).logo,
        new=new_links.values() | request.form.to_dict(),
        colours=COLOURS,
        labels=LABELS | new_links.LABELS,
        entries=[(entry, _words(entry)) for entry in entries[:shown]],
        more=shown + PAGE if len(entries) > shown else 0,
        desk=desk,
        zone=desk.zone_words(desk.zone(), current.now()),
        errors=errors,
    )


def _words(entry: AuditEntry) -> str:
    words = DONE.get(entry.action, entry.action.replace("_", " "))
    detail = ", ".join(f"{name}: {value}" for name, value in entry.detail.items())
    subject = f" {entry.subject}" if entry.subject else ""
    return f"{words}{subject}{f' ({detail})' if detail else ''}"


@blueprint.post("/workspace")
@needs("admin")
def save_workspace() -> Answer | tuple[str, int]:
    """Another name or zone, by an admin."""
    errors = save_named(partial(current.accounts().update_workspace, current.account()))
    return (_page(errors), 422) if errors else saved("settings_pages.workspace")


@blueprint.post("/workspace/new-links")
@needs("admin")
def save_new_links() -> Answer | tuple[str, int]:
    """What new links begin with, by an admin."""
    wish, errors = new_links.read(Reader(request.form))
    if errors:
        return _page(errors), 422
    current.accounts().set_new_links(current.account(), wish)
    return saved("settings_pages.workspace")


@blueprint.post("/workspace/logo")
@needs("admin")
def save_logo() -> Answer | tuple[str, int]:
    """Another logo, by an admin."""
    limits.check_account("picture")
    given = request.files.get("logo")
    try:
        current.accounts().set_logo(current.account(), given.read() if given else b"")
    except Invalid as refusal:
        return _page(refusal.fields), 422
    flash("The booking pages show it now.", "")
    return redirect(url_for("settings_pages.workspace"))


@blueprint.post("/workspace/logo/remove")
@needs("admin")
def remove_logo() -> Answer:
    """None any more, by an admin."""
    current.accounts().remove_logo(current.account())
    flash("The logo is gone.", "")
    return redirect(url_for("settings_pages.workspace"))
