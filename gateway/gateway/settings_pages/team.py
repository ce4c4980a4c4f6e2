"""Team: who belongs to the workspace, their roles, invitations, who left."""

from typing import get_args
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from contracts.errors import Conflict, Forbidden, Invalid
from contracts.gateway import Role
from gateway import current, desk, limits
from gateway.security import role as needs
from gateway.security import signed_in
from gateway.settings_pages import blueprint, teams
from gateway.settings_pages.inputs import Reader

ROLES = (("member", "Member"), ("admin", "Admin"), ("owner", "Owner"))
PAGE = 25
ORDER = {"active": 0, "invited": 1, "deactivated": 2}


@blueprint.get("/team")
@signed_in
def team() -> str:
    """Everybody, and the teams; admins also invite, change roles, deactivate, and make teams."""
    return _page({})


def _page(errors: dict[str, str]) -> str:
    me = current.account()
    members = current.accounts().members(me.workspace_id)
    wanted = request.args.get("q", "").strip().casefold()
    shown = [m for m in members if wanted in f"{m.name} {m.email}".casefold()]
    shown = [m for m in shown if me.is_admin or m.state != "deactivated"]
    shown.sort(key=lambda m: (ORDER[m.state], m.name.casefold()))
    at = min((Reader(request.args).whole("page", 1, 1_000_000) or 1) - 1, (len(shown) - 1) // PAGE)
    slugs = desk.part(lambda: {host.id: host.slug for host in desk.hosts().values()})
    return render_template(
        "settings/team.html",
        members=shown[max(at, 0) * PAGE :][:PAGE],
        total=len(members),
        search=request.args.get("q", ""),
        **_pages(max(at, 0), len(shown)),
        me=me,
        pages={key: desk.url_of(slug) for key, slug in (slugs.value or {}).items()},
        roles=[each for each in ROLES if me.role == "owner" or each[0] != "owner"],
        role_names=dict(ROLES),
        teams=desk.part(teams.cards),
        errors=errors,
        typed=request.form,
    )


def _pages(at: int, number: int) -> dict[str, str]:
    """Where the pages before and behind this one are, and what part of all it is; "" for none."""
    last, sought = (number - 1) // PAGE, request.args.get("q") or None

    def url(page: int) -> str:
        return url_for("settings_pages.team", q=sought, page=page + 1 if page else None)

    return {
        "previous": url(at - 1) if at else "",
        "following": url(at + 1) if at < last else "",
        "part": f"{at * PAGE + 1} to {min((at + 1) * PAGE, number)} of {number}",
    }


def _role(reader: Reader) -> Role:
    wish = reader.choice("role", get_args(Role), "member")
    return next(each for each in get_args(Role) if each == wish)


@blueprint.post("/team/invite")
@needs("admin")
def invite() -> Answer | tuple[str, int]:
    """Mails an invitation; again for somebody who has not accepted."""
    reader = Reader(request.form)
    name = reader.text("name", 200, required="A name is needed.")
    email = reader.email("email", required="An e-mail address is needed.")
    role = _role(reader)
    if not reader.errors:
        try:
            limits.check_account("invite")
            found = current.accounts().invite(current.account(), name, email, role)
        except Invalid as refusal:
            reader.errors.update(refusal.fields or {"email": refusal.message})
        else:
            flash(f"The invitation is on its way to {found.email}.", "")
            return redirect(url_for("settings_pages.team"))
    return _page(reader.errors), 422


@blueprint.post("/team/<uuid:account_id>/invite")
@needs("admin")
def invite_again(account_id: UUID) -> Answer:
    """A new invitation; the one before stops working."""
    me = current.account()
    member = current.accounts().member(me.workspace_id, account_id)
    if member.state == "invited":
        limits.check_account("invite")
        current.accounts().invite(me, member.name, member.email, member.role)
        flash(f"A new invitation is on its way to {member.email}.", "")
    return redirect(url_for("settings_pages.team"))


@blueprint.post("/team/<uuid:account_id>/role")
@needs("admin")
def change_role(account_id: UUID) -> Answer:
    """Another role; only owners make owners."""
    reader = Reader(request.form)
    role = _role(reader)
    try:
        changed = current.accounts().change_role(current.account(), account_id, role)
        flash(f"{changed.name} is {dict(ROLES)[changed.role].lower()} now.", "")
    except Conflict as refusal:
        desk.tell(refusal)
    except Forbidden:
        flash("Only an owner can change an owner.", "danger")
    return redirect(url_for("settings_pages.team"))


@blueprint.route("/team/<uuid:account_id>/deactivate", methods=["GET", "POST"])
@needs("admin")
def deactivate(account_id: UUID) -> str | Answer:
    """Asks once; then they can neither sign in nor be booked."""
    member = current.accounts().member(current.account().workspace_id, account_id)
    if request.method != "POST":
        return render_template("settings/deactivate.html", member=member)
    try:
        current.accounts().deactivate(current.account(), account_id)
        flash(f"{member.name} can no longer sign in or be booked.", "")
    except Conflict as refusal:
        desk.tell(refusal)
    except Forbidden:
        flash("Only an owner can deactivate an owner.", "danger")
    return redirect(url_for("settings_pages.team"))


@blueprint.post("/team/<uuid:account_id>/reactivate")
@needs("admin")
def reactivate(account_id: UUID) -> Answer:
    """They can sign in and be booked again."""
    try:
        member = current.accounts().reactivate(current.account(), account_id)
        flash(f"{member.name} is back.", "")
    except Conflict as refusal:
        desk.tell(refusal)
    return redirect(url_for("settings_pages.team"))
