"""The reader's own profile: name, zone, the address of their page, limits, password, sessions."""

from functools import partial

from flask import flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as Answer

from contracts.booking import Host, Limits, SaveHost
from contracts.errors import Conflict, Invalid
from gateway import current, desk, limits
from gateway.accounts import Rate
from gateway.accounts.pictures import LARGEST_PHOTO
from gateway.booking_pages import branding
from gateway.errors import TooManyRequests
from gateway.presenting.zones import canonical
from gateway.security import signed_in, takes_up_to
from gateway.settings_pages import blueprint
from gateway.settings_pages.inputs import Reader, place
from gateway.settings_pages.named import LANGUAGE_OPTIONS, save_named, saved

HOST_INPUTS = {
    "slug": ("slug",),
    "limits": ("limit_day",),
    "limits.day": ("limit_day",),
    "limits.week": ("limit_week",),
    "limits.month": ("limit_month",),
}
PASSWORD_TRIES = Rate(5, 1)
"""Wrong current passwords are slow to try."""


@blueprint.get("/profile")
@signed_in
def profile() -> str:
    """Everything about the reader."""
    return _page({})


def _page(errors: dict[str, str]) -> str:
    account = current.account()
    host = desk.part(lambda: desk.hosts().get(account.id))
    typed = request.form
    return render_template(
        "settings/profile.html",
        me=account,
        host=host,
        url=desk.url_of(host.value.slug) if host.value else "",
        base_url=desk.url_of(""),
        zones=desk.zones(),
        name=typed.get("name", account.name),
        timezone=typed.get("timezone", canonical(account.timezone)),
        language=typed.get("language", account.language),
        languages=LANGUAGE_OPTIONS,
        photo=branding.of(account.workspace_id, {account.id}).photos.get(account.id, ""),
        host_values={**_host_values(host.value), **typed.to_dict()},
        errors=errors,
    )


def _host_values(host: Host | None) -> dict[str, str]:
    if host is None:
        return {}
    limits = {
        f"limit_{period}": "" if value is None else str(value)
        for period, value in (
            ("day", host.limits.day),
            ("week", host.limits.week),
            ("month", host.limits.month),
        )
    }
    return {"slug": host.slug, **limits}


@blueprint.post("/profile")
@signed_in
def save_profile() -> Answer | tuple[str, int]:
    """Name, zone, language."""
    errors = save_named(partial(current.accounts().update_profile, current.account()))
    if errors:
        return _page(errors), 422
    return saved("settings_pages.profile")


@blueprint.post("/profile/photo")
@takes_up_to(LARGEST_PHOTO + 64 * 1024)
@signed_in
def save_photo() -> Answer | tuple[str, int]:
    """Another photo: a small square of what was sent."""
    limits.check_account("picture")
    given = request.files.get("photo")
    try:
        current.accounts().set_photo(current.account(), given.read() if given else b"")
    except Invalid as refusal:
        return _page(refusal.fields), 422
    flash("Your booking pages show it now.", "")
    return redirect(url_for("settings_pages.profile"))


@blueprint.post("/profile/photo/remove")
@signed_in
def remove_photo() -> Answer:
    """None any more: initials."""
    current.accounts().remove_photo(current.account())
    flash("Your photo is gone.", "")
    return redirect(url_for("settings_pages.profile"))


@blueprint.post("/profile/page")
@signed_in
def save_page() -> Answer | tuple[str, int]:
    """The address of the reader's own page, and limits over all of their links."""
    account, reader = current.account(), Reader(request.form)
    slug = reader.slug("slug", required="An address is needed.")
    limits = Limits(
        day=reader.whole("limit_day", 1, 1000, unit="meetings"),
        week=reader.whole("limit_week", 1, 1000, unit="meetings"),
        month=reader.whole("limit_month", 1, 1000, unit="meetings"),
    )
    if not reader.errors:
        wish = SaveHost(
            workspace_id=account.workspace_id,
            host_id=account.id,
            slug=slug,
            limits=limits,
            actor=desk.actor(),
        )
        try:
            current.services().booking.save_host(wish)
        except Invalid as refusal:
            reader.errors.update(place(refusal.fields, HOST_INPUTS) or {"slug": refusal.message})
        except Conflict as refusal:
            reader.errors["slug"] = refusal.message
    if reader.errors:
        return _page(reader.errors), 422
    return saved("settings_pages.profile")


@blueprint.post("/profile/password")
@signed_in
def change_password() -> Answer | tuple[str, int]:
    """Another password; every other session ends."""
    accounts, key = current.accounts(), f"password:{current.account().id}"
    wait = accounts.take(key, PASSWORD_TRIES)
    if wait:
        raise TooManyRequests(wait)
    # Passwords are taken as they are typed: nothing in them is cleaned away.
    old, new = request.form.get("current", ""), request.form.get("password", "")
    try:
        accounts.change_password(current.account(), old, new, session["token"])
    except Invalid as refusal:
        return _page(refusal.fields or {"password": refusal.message}), 422
    accounts.refill(key)
    flash("Your password is changed. Everywhere else you are signed out.", "")
    return redirect(url_for("settings_pages.profile"))


@blueprint.post("/profile/sessions")
@signed_in
def sign_out_everywhere() -> Answer:
    """Ends every other session of the reader."""
    current.accounts().sign_out_everywhere(current.account(), keep=session.get("token"))
    flash("You are signed out everywhere else.", "")
    return redirect(url_for("settings_pages.profile"))
