"""A link's page (pick a time, say who you are, book) and a host's own page."""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypedDict

import msgspec
from flask import Response, g, make_response, redirect, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as Answer

from contracts.booking import Book, Booked, FindPage, Host, Link, Page, ReleaseHold
from contracts.errors import (
    HoldExpired,
    Invalid,
    LinkClosed,
    NotFound,
    SchedulingError,
    SlotTaken,
)
from gateway import current, limits
from gateway.api import reading
from gateway.booking_pages import attaching, blueprint, branding, calls, done, forms, picking, ways
from gateway.booking_pages.forms import Typed
from gateway.booking_pages.picking import Source
from gateway.errors import status_of
from gateway.presenting import colours, picker, questions, times, zones
from gateway.presenting.picker import Context, Wish
from gateway.presenting.refusals import said
from gateway.presenting.words import named

UNREADABLE = "This is no time that could be booked. Please choose one."


class _Still(TypedDict):
    """What the form says about its time: it may have been free only when the reader chose it."""

    refused: SlotTaken | None
    seats: int


@dataclass(frozen=True, slots=True)
class Visit:
    """One request for a link's page: the link, its hosts, and what is wished for.

    `picked` is the host whom the visitor wants; `away`: whom they wanted is none of the link's.
    """

    page: Page
    link: Link
    wish: Wish
    context: Context
    picked: Host | None = None
    away: bool = False

    @property
    def source(self) -> Source:
        """Whose slots."""
        return Source(self.link.settings.slug, host_id=self.picked.id if self.picked else None)


@blueprint.get("/style/accent/<colour>.css")
def accent(colour: str) -> Response:
    """The tokens that follow from a link's colour; the same for ever. Raises `NotFound`."""
    if not colours.is_colour(colour) or colour.startswith("#"):
        raise NotFound
    answer = Response(colours.stylesheet(colour), mimetype="text/css")
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return answer


@blueprint.get("/book/<slug>")
def show(slug: str) -> Answer:
    """The picker; with `start`, the form; for a host's slug, their links."""
    page = _found(slug)
    if page.link is None:
        host = page.hosts[0]
        look = branding.of(host.workspace_id, {host.id})
        return _page("booking/host.html", page=page, host=host, **look.values)
    visit = _visit(page, page.link, request.args)
    closed = _closed(visit.link)
    if closed:
        return _shut(visit, closed)
    start = picking.instant(request.args.get("start", ""))
    try:
        if start is None:
            return _picker(visit)
        words = forms.blank(*calls.person(visit.link))
        return _form(visit, start, words, **_still(visit, start))
    except LinkClosed as refused:
        return _shut(visit, refused.message)


@blueprint.post("/book/<slug>")
def book(slug: str) -> Answer:
    """Books, and leads to the page that says so; anything refused is said in the form."""
    page = _found(slug)
    if page.link is None:
        raise NotFound
    asked = page.link.settings.questions
    attaching.allow(asked)
    visit = _visit(page, page.link, request.form)
    words = forms.typed(request.form, asked)
    other = picking.instant(request.form.get("pick", ""))
    start = other or picking.instant(request.form.get("start", ""))
    if forms.is_machine(request.form) or not (start or request.form.get("start")):
        return redirect(visit.wish.href(), 303)
    if start is None:
        return _picker(visit, Invalid(UNREADABLE))
    words, wrong = attaching.take(page.link.settings.slug, words, asked)
    if other is not None:
        _release(visit.wish.hold)
        visit = replace(visit, wish=replace(visit.wish, hold=""))
        return _form(visit, other, words.fresh(), **_still(visit, other))
    if "language" in request.form:  # nothing is asked for yet: the same form in other words
        return _form(visit, start, words, **_still(visit, start))
    try:
        return _booked(visit, _send(visit, words, start, wrong))
    except NotFound:
        raise
    except SchedulingError as refused:
        return _refused(visit, start, words, refused)


def _found(slug: str) -> Page:
    """The page of this slug; in a widget's frame it was asked for already."""
    known: Page | None = g.get("page")
    page = known or current.services().booking.find_page(FindPage(slug=reading.slug(slug)))
    branding.speak((page.link or page.hosts[0]).workspace_id)
    return page


def _visit(page: Page, link: Link, values: "MultiDict[str, str]") -> Visit:
    asked = picking.uuid_of(values.get("host", "")) if may_pick(link) else None
    picked = next((host for host in page.hosts if host.id == asked), None)
    first = picked or next(iter(page.hosts), None)
    home = first.timezone if first else link.workspace_timezone
    wish = picking.wish(values, ways.path(link.settings.slug), home)
    if wish.duration not in link.settings.durations:
        wish = replace(wish, duration=None)
    if picked is not None:
        wish = replace(wish, extra=(("host", str(picked.id)), *wish.extra))
    # A group's times say how many places they have left: the script leaves those to the server.
    guessed = "tz" not in values and link.settings.kind != "group"
    wish = replace(wish, guessed=guessed)
    away = asked is not None and picked is None
    return Visit(page, link, wish, picking.context(link.settings, wish.zone), picked, away)


def may_pick(link: Link) -> bool:
    """Whether its visitors may pick one of several hosts."""
    return link.settings.kind == "round_robin" and link.settings.visitor_picks


def _closed(link: Link) -> str:
    settings = link.settings
    if not settings.active:
        return "This page takes no bookings at the moment."
    if settings.expires_at is not None and settings.expires_at <= current.now():
        return "This link has expired."
    return "This link was for one meeting, and has been used." if link.used else ""


def _picker(visit: Visit, refused: Invalid | None = None) -> Answer:
    shown = picking.show(visit.source, visit.wish, visit.context)
    return _page(
        "booking/page.html",
        status_of(refused) if refused else 200,
        refused=refused,
        picker=shown.picker,
        skipped=shown.skipped,
        **_about(replace(visit, wish=shown.wish)),
    )


def _form(
    visit: Visit,
    start: datetime,
    words: Typed,
    *,
    seats: int = 0,
    refused: SchedulingError | None = None,
) -> Answer:
    """The form for one time. `seats` are the places left at a group's; 0 where nobody asked."""
    day = times.local(start, visit.wish.zone).date()
    wish = replace(visit.wish, day=day, month=None)
    errors = forms.at_fields(refused.fields) if isinstance(refused, Invalid) else {}
    asked = visit.link.settings.questions
    attached = attaching.attached(visit.link.settings.slug, words.answers, asked)
    return _page(
        "booking/form.html",
        status_of(refused) if refused is not None else 200,
        typed=words,
        attached=attached,
        met=questions.shown(asked, words.answers, attached),
        seats=seats,
        errors=errors,
        labels={f"answers.{each.id}": each.label.rstrip(" ?:.") for each in asked},
        refused=None if errors else refused,
        offers=_offers(visit, start, refused) if refused is not None and not errors else [],
        start=picker.iso(start),
        twelve=visit.context.twelve,
        start_words=times.when(start, wish.zone, twelve=visit.context.twelve),
        zone_words=times.zone_name(start, wish.zone),
        clock_change=picker.change_words(visit.context.now, start, wish.zone),
        **_about(replace(visit, wish=wish)),
    )


def _about(visit: Visit) -> dict[str, Any]:
    """What every page of a link says about it."""
    settings = visit.link.settings
    hosts = (visit.picked,) if visit.picked else visit.page.hosts
    home = hosts[0].timezone if hosts else visit.link.workspace_timezone
    together = settings.kind != "round_robin"
    return {
        "settings": settings,
        "hosts": hosts,
        "host_names": named([host.name for host in hosts], together=together),
        "picked": visit.picked,
        "anyone": replace(visit.wish, extra=ways.carried(), hold="").href() if visit.picked else "",
        "away": visit.away,
        **branding.of(visit.link.workspace_id, {host.id for host in hosts}).values,
        "colour": settings.colour,
        "workspace": hosts[0].workspace_name if hosts else "",
        "wish": visit.wish,
        "minutes": visit.wish.duration or settings.durations[0],
        "lengths": [
            (minutes, replace(visit.wish, duration=minutes).href())
            for minutes in (settings.durations if len(settings.durations) > 1 else ())
        ],
        "zones": zones.options(visit.context.now, visit.wish.zone, home),
    }


def _still(visit: Visit, start: datetime) -> _Still:
    """Whether it is taken by now, and how many places are left."""
    day = times.local(start, visit.wish.zone).date()
    slots = picking.read(visit.source, visit.wish, day, day).slots
    slot = next((slot for slot in slots if slot.start == start), None)
    shown = slot.seats if slot and visit.link.settings.kind == "group" else 0
    return {"refused": None if slot else SlotTaken(), "seats": shown}


def _offers(visit: Visit, start: datetime, refused: SchedulingError) -> list[tuple[str, str]]:
    """The nearest free times as (instant, words): the refusal's own, else from the kept slots."""
    named = [found for value in refused.alternatives if (found := picking.instant(value))]
    try:
        slots = () if named else picking.around(visit.source, visit.wish, start).slots
    except SchedulingError:
        slots = ()
    zone, twelve = visit.wish.zone, visit.context.twelve
    return [
        (picker.iso(free), times.when(free, zone, twelve=twelve))
        for free in (named[:3] or picker.nearest(slots, start))
    ]


def _send(visit: Visit, words: Typed, start: datetime, wrong: dict[str, str]) -> Booked:
    """`wrong`: what was found in its files."""
    forms.require_offered(request.form, visit.link.settings)
    asked = forms.booking(visit.link.settings.slug, words, start, (visit.wish, wrong))
    asked = calls.on_deal(asked, visit.link)
    if may_pick(visit.link):  # whoever it is: another host than was asked for is no answer
        host = picking.uuid_of(request.form.get("host", ""))
        asked = msgspec.structs.replace(asked, host_id=host)
    limits.check_address("book")
    with limits.telling(asked):
        return _book(asked)


def _book(asked: Book) -> Booked:
    """A hold that has run out is no reason to refuse: the time may still be free."""
    service = current.services().booking
    try:
        return service.book(asked)
    except HoldExpired:
        return service.book(msgspec.structs.replace(asked, hold_id=None))


def _booked(visit: Visit, booked: Booked) -> Answer:
    # Not straight to the link's own page: a form may not lead off this site (form-action).
    onward = visit.link.settings.redirect_url
    address = ways.done(done.token(booked, onward=onward), go=bool(onward))
    return redirect(address, 303)


def _release(hold: str) -> None:
    """Gives a hold back; if that fails it runs out by itself."""
    found = picking.uuid_of(hold)
    if found is not None:
        with suppress(SchedulingError):
            current.services().booking.release_hold(ReleaseHold(hold_id=found))


def _refused(visit: Visit, start: datetime, words: Typed, refused: SchedulingError) -> Answer:
    if isinstance(refused, LinkClosed):
        return _shut(visit, refused.message)
    if isinstance(refused, SlotTaken):
        visit = replace(visit, wish=replace(visit.wish, hold=""))
    return _form(visit, start, words, refused=refused)


def _shut(visit: Visit, why: str) -> Answer:
    status = 409 if request.method == "POST" else 200
    return _page("booking/closed.html", status, why=said(why), **_about(visit))


def _page(template: str, status: int = 200, **values: Any) -> Answer:
    answer = make_response(render_template(template, **values), status)
    answer.headers["Cache-Control"] = "no-store"
    if hasattr(values.get("refused"), "retry_after") or status == 503:
        answer.headers["Retry-After"] = str(getattr(values["refused"], "retry_after", 5))
    return answer
