"""CRM: deals and their timelines, and the people who booked."""

from typing import Any, get_args
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from contracts.crm_bridge import (
    Deal,
    GetContact,
    GetDeal,
    ListDeals,
    SetStage,
    Stage,
    TimelineEntry,
)
from contracts.errors import Conflict, Invalid, NotFound
from gateway import current, desk
from gateway.security import signed_in
from gateway.settings_pages.inputs import Reader, cleaned

blueprint = Blueprint("crm_pages", __name__, url_prefix="/crm")

STAGES: tuple[tuple[Stage, str], ...] = (
    ("new", "New"),
    ("qualified", "Qualified"),
    ("proposal", "Proposal"),
    ("won", "Won"),
    ("lost", "Lost"),
)
TONES = {"new": "accent", "won": "ok", "lost": ""}
HAPPENED = {
    "booked": "Meeting booked",
    "rescheduled": "Meeting moved",
    "cancelled": "Meeting cancelled",
    "no_show": "Did not come",
    "no_show_undone": "Came after all",
    "stage": "Stage changed",
    "created": "Deal made",
}
PAGE = 30


def _owner() -> UUID | None:
    """Whose deals are asked for: members see their own."""
    return None if desk.sees_all() and request.args.get("who") != "mine" else current.account().id


def _stage(value: str | None) -> Stage | None:
    return next((each for each in get_args(Stage) if each == value), None)


@blueprint.get("/deals")
@signed_in
def deals() -> str:
    """Deals, newest first: by stage, by words, page by page."""
    stage = _stage(request.args.get("stage"))
    wish = ListDeals(
        workspace_id=current.account().workspace_id,
        owner_id=_owner(),
        stage=stage,
        search=cleaned(request.args.get("q", ""))[:200],
        limit=PAGE,
        after=request.args.get("after", "")[:500],
    )
    found = desk.part(lambda: current.services().crm_bridge.list_deals(wish))
    args: dict[str, Any] = {
        "q": wish.search or None,
        "stage": stage,
        "who": request.args.get("who"),
    }
    cursor = found.value.cursor if found.value else ""
    return render_template(
        "crm/deals.html",
        found=found,
        stages=[("", "Every stage"), *STAGES],
        stage=stage or "",
        search=wish.search,
        who="mine" if wish.owner_id else "all",
        may_see_all=desk.sees_all(),
        more=url_for("crm_pages.deals", **args, after=cursor) if cursor else "",
        first=url_for("crm_pages.deals", **args) if wish.after else "",
        stage_names=dict(STAGES),
        tones=TONES,
        desk=desk,
        now=current.now(),
        money=money,
        links=url_for("settings_pages.links"),
    )


def money(deal: Deal) -> str:
    """`1,200 EUR`; empty for nothing."""
    if not deal.value_cents:
        return ""
    whole, cents = divmod(deal.value_cents, 100)
    return f"{whole:,}{f'.{cents:02d}' if cents else ''} {deal.currency}"


@blueprint.route("/deals/<uuid:deal_id>", methods=["GET", "POST"])
@signed_in
def deal(deal_id: UUID) -> str | Answer:
    """One deal with its timeline; its stage is set here."""
    workspace_id = current.account().workspace_id
    crm = current.services().crm_bridge
    found = crm.get_deal(GetDeal(workspace_id=workspace_id, deal_id=deal_id))
    desk.mine_or_404(found.deal.owner_id)
    if request.method == "POST":
        return _set_stage(found.deal)
    return render_template(
        "crm/deal.html",
        deal=found.deal,
        timeline=[_words(entry) for entry in _newest(found.timeline)],
        stages=STAGES,
        stage_names=dict(STAGES),
        tones=TONES,
        desk=desk,
        money=money(found.deal),
        url=desk.url_of(found.deal.link_slug) if found.deal.link_slug else "",
    )


def _set_stage(shown: Deal) -> Answer:
    stage = _stage(Reader(request.form).raw("stage"))
    if stage is None:
        flash("Choose a stage of the list.", "danger")
    elif stage != shown.stage:
        wish = SetStage(
            workspace_id=shown.workspace_id, deal_id=shown.id, stage=stage, actor=desk.actor()
        )
        try:
            current.services().crm_bridge.set_stage(wish)
            flash(f"The deal is at “{dict(STAGES)[stage]}” now.", "")
        except (Conflict, Invalid) as refusal:
            desk.tell(refusal)
    return redirect(url_for("crm_pages.deal", deal_id=shown.id))


@blueprint.get("/contacts/<uuid:contact_id>")
@signed_in
def contact(contact_id: UUID) -> str:
    """Somebody who booked: their deals, and everything that happened with them."""
    found = current.services().crm_bridge.get_contact(
        GetContact(workspace_id=current.account().workspace_id, contact_id=contact_id)
    )
    seen = [each for each in found.deals if desk.sees_all() or _mine(each)]
    if not desk.sees_all() and not seen:
        raise NotFound
    shown = found.timeline if desk.sees_all() else ()
    return render_template(
        "crm/contact.html",
        contact=found.contact,
        deals=seen,
        timeline=[_words(entry) for entry in _newest(shown)],
        stage_names=dict(STAGES),
        tones=TONES,
        desk=desk,
        money=money,
    )


def _mine(shown: Deal) -> bool:
    return shown.owner_id == current.account().id


def _newest(timeline: tuple[TimelineEntry, ...]) -> list[TimelineEntry]:
    return sorted(timeline, key=lambda entry: entry.at, reverse=True)


def _words(entry: TimelineEntry) -> dict[str, object]:
    """A line of a timeline, its times in the reader's zone."""
    detail = {name: value for name, value in entry.detail.items() if value}
    if entry.kind == "stage":
        names: dict[str, str] = dict(STAGES)
        said = " → ".join(names.get(detail[k], detail[k]) for k in ("from", "to") if k in detail)
        said = said or ", ".join(names.get(value, value) for value in detail.values())
    else:
        said = "; ".join(v for k, v in detail.items() if k in {"link", "title", "reason", "host"})
    return {
        "at": desk.when_words(entry.at),
        "what": HAPPENED.get(entry.kind, entry.kind.replace("_", " ").capitalize()),
        "start": desk.when_words(entry.start) if entry.start else "",
        "previous": desk.when_words(entry.previous_start) if entry.previous_start else "",
        "detail": said,
        "answers": detail.get("answers", "") if entry.kind == "booked" else "",
        "booking_id": entry.booking_id,
    }
