"""Deals: the board, the list, and one deal with its timeline."""

from typing import Any
from uuid import UUID, uuid4

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from contracts.crm_bridge import (
    MOST_VALUE,
    Deal,
    DealDetail,
    GetBoard,
    ListDeals,
    SetStage,
    SetValue,
)
from contracts.errors import Conflict, Invalid
from gateway import current, desk
from gateway.crm_pages import blueprint, calling, changing, seeing, words
from gateway.presenting import money
from gateway.security import signed_in
from gateway.settings_pages.inputs import Reader, cleaned

PAGE = 30
COLUMN = 20
"""Deals of a stage that the board shows; the list has the others."""


def owner() -> UUID | None:
    """Whose deals are asked for: members see their own."""
    return None if desk.sees_all() and request.args.get("who") != "mine" else current.account().id


def sought() -> str:
    """The words of the search."""
    return cleaned(request.args.get("q", ""))[:200]


@blueprint.get("/deals")
@signed_in
def deals() -> str:
    """By stage on a board, or newest first in a list: by stage, by words, page by page."""
    view = "board" if request.args.get("view") == "board" else "list"
    args: dict[str, Any] = {"q": sought() or None, "who": request.args.get("who") or None}
    board_url = url_for("crm_pages.deals", view="board", **args)
    shared = {
        "search": sought(),
        "who": "mine" if owner() else "all",
        "may_see_all": desk.sees_all(),
        "views": [
            {"id": "list", "label": "List", "href": url_for("crm_pages.deals", **args)},
            {"id": "board", "label": "Board", "href": board_url},
        ],
        "view": view,
        "words": words,
        "links": url_for("settings_pages.links"),
    }
    return _board(shared, args) if view == "board" else _list(shared, args)


def _list(shared: dict[str, Any], args: dict[str, Any]) -> str:
    stage = words.stage(request.args.get("stage"))
    wish = ListDeals(
        workspace_id=current.account().workspace_id,
        owner_id=owner(),
        stage=stage,
        search=sought(),
        limit=PAGE,
        after=request.args.get("after", "")[:500],
    )
    found = desk.part(lambda: current.services().crm_bridge.list_deals(wish))
    cursor = found.value.cursor if found.value else ""
    args = args | {"stage": stage}
    return render_template(
        "crm/deals.html",
        found=found,
        stages=[("", "Every stage"), *words.STAGES],
        stage=stage or "",
        more=url_for("crm_pages.deals", **args, after=cursor) if cursor else "",
        first=url_for("crm_pages.deals", **args) if wish.after else "",
        **shared,
    )


def _board(shared: dict[str, Any], args: dict[str, Any]) -> str:
    wish = GetBoard(
        workspace_id=current.account().workspace_id,
        owner_id=owner(),
        search=sought(),
        limit=COLUMN,
    )
    found = desk.part(lambda: current.services().crm_bridge.get_board(wish))
    rest = {key: url_for("crm_pages.deals", stage=key, **args) for key, _ in words.STAGES}
    return render_template("crm/board.html", found=found, rest=rest, **shared)


@blueprint.route("/deals/<uuid:deal_id>", methods=["GET", "POST"])
@signed_in
def deal(deal_id: UUID) -> str | Answer | tuple[str, int]:
    """One deal with its timeline; its stage and value are set here, and notes are written."""
    found = seeing.deal(deal_id)
    if request.method != "POST":
        return _page(found, {})
    reader = Reader(request.form)
    done = _changed(found, reader)
    if reader.errors:
        return _page(found, reader.errors), 422
    if done:
        flash(done, "")
    return redirect(_back(deal_id))


def _changed(found: DealDetail, reader: Reader) -> str:
    """Does what the form asks for; the words for it, empty where nothing changed."""
    asked = reader.raw("do")
    try:
        if asked == "value":
            return _set_value(found.deal, reader)
        if asked in changing.NOTES:
            return changing.note(reader, found.timeline, deal_id=found.deal.id)
        return _set_stage(found.deal, reader)
    except (Conflict, Invalid) as refusal:
        desk.tell(refusal)
        return ""


def _set_stage(shown: Deal, reader: Reader) -> str:
    stage = words.stage(reader.raw("stage"))
    if stage is None:
        flash("Choose a stage of the list.", "danger")
        return ""
    if stage == shown.stage:
        return ""
    wish = SetStage(
        workspace_id=shown.workspace_id, deal_id=shown.id, stage=stage, actor=desk.actor()
    )
    current.services().crm_bridge.set_stage(wish)
    return f"The deal is at “{dict(words.STAGES)[stage]}” now."


def _set_value(shown: Deal, reader: Reader) -> str:
    currency = reader.raw("currency")
    if currency not in {*money.CURRENCIES, shown.currency}:
        reader.say("currency", "Choose a currency of the list.")
        return ""
    try:
        cents = money.minor(reader.raw("value")[:30], currency)
    except ValueError:
        cents = MOST_VALUE + 1
    if cents > MOST_VALUE:
        reader.say("value", "An amount such as 1200 or 1,200.50.")
        return ""
    wish = SetValue(
        workspace_id=shown.workspace_id,
        deal_id=shown.id,
        value_cents=cents,
        currency=currency,
        actor=desk.actor(),
    )
    current.services().crm_bridge.set_value(wish)
    return "The value is kept."


def _back(deal_id: UUID) -> str:
    """To the board, if the form was there."""
    args: dict[str, Any] = {name: request.form.get(name) or None for name in ("q", "who")}
    if request.form.get("to") == "board":
        return url_for("crm_pages.deals", view="board", **args)
    return url_for("crm_pages.deal", deal_id=deal_id)


def _page(found: DealDetail, errors: dict[str, str]) -> str:
    typed = request.form if errors else {}
    shown = found.deal
    plain = money.plain(shown.value_cents, shown.currency)
    return render_template(
        "crm/deal.html",
        deal=shown,
        timeline=words.newest(found.timeline),
        zone=words.zone(),
        words=words,
        desk=desk,
        errors=errors,
        typed={"value": typed.get("value", plain), "text": typed.get("text", "")},
        currencies=[(one, one) for one in dict.fromkeys([shown.currency, *money.CURRENCIES])],
        note_id=uuid4(),
        callable=desk.part(lambda: calling.links_for(shown)).value or [],
        url=desk.url_of(shown.link_slug) if shown.link_slug else "",
    )
