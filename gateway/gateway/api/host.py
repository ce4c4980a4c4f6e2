"""The part of the API that acts for a host, by their key: thin over the services.

A key sees what its account sees: members their own, admins the workspace. Another workspace's ids
are 404.
"""

import hashlib
from typing import get_args
from uuid import UUID, uuid4

import msgspec
from flask import Response, request
from msgspec import UNSET

from contracts.availability import (
    DeleteSchedule,
    DeleteTimeOff,
    ListSchedules,
    SaveSchedule,
    SaveTimeOff,
    Schedule,
    Schedules,
    TimeOff,
)
from contracts.booking import (
    Booking,
    BookingDetail,
    Bookings,
    CancelBooking,
    CreateLink,
    GetBooking,
    Link,
    Links,
    LinkSettings,
    ListBookings,
    ListLinks,
    RescheduleBooking,
    SetNoShow,
    Tab,
)
from contracts.calendar_sync import Connections, ListConnections
from contracts.crm_bridge import (
    ContactDetail,
    DealDetail,
    Deals,
    GetContact,
    GetDeal,
    ListDeals,
)
from contracts.errors import Invalid, NotFound
from gateway import current
from gateway.api import blueprint, reading
from gateway.api.answers import reply
from gateway.api.describing import Operation, describes
from gateway.api.public import KEY
from gateway.api.shapes import (
    CancelAsked,
    LinkAsked,
    MoveAsked,
    NoShowAsked,
    ScheduleAsked,
    TimeOffAsked,
)
from gateway.security import scope

PAGE = (
    ("after", "The `cursor` of the page before."),
    ("limit", "Rows a page, 1 to 200; 50 unless said."),
)


def _limited_to() -> UUID | None:
    """Whose things the key sees: its own account's, or (`None`) everyone's."""
    account = current.account()
    return None if account.is_admin else account.id


# --- links --------------------------------------------------------------------------------------


@blueprint.get("/v1/links")
@scope("links:read")
@describes(Operation("The links that the key sees", gives=Links))
def links() -> Response:
    """Members see their own, admins the workspace's."""
    asked = ListLinks(workspace_id=current.account().workspace_id, owner_id=_limited_to())
    return reply(current.services().booking.list_links(asked))


@blueprint.post("/v1/links")
@scope("links:write")
@describes(Operation("Makes a link", takes=LinkAsked, gives=Link, status=201))
def create_link() -> Response:
    """409 `slug_taken` where the slug is in use anywhere in the installation.

    Members offer their own time, admins anybody's.
    """
    asked, account = reading.body(LinkAsked), current.account()
    if not account.is_admin and any(place.host_id != account.id for place in asked.hosts):
        raise Invalid(fields={"hosts": "Only an admin can offer the time of a colleague."})
    fields = {name: getattr(asked, name) for name in LinkAsked.__struct_fields__}
    fields["colour"] = fields.pop("color")
    settings = LinkSettings(**{name: v for name, v in fields.items() if v is not UNSET})
    made = CreateLink(
        workspace_id=account.workspace_id,
        link_id=uuid4(),
        owner_id=account.id,
        settings=settings,
        actor=account.actor,
    )
    return reply(current.services().booking.create_link(made), 201)


# --- bookings -----------------------------------------------------------------------------------


@blueprint.get("/v1/bookings")
@scope("bookings:read")
@describes(
    Operation(
        "A page of one tab of bookings",
        gives=Bookings,
        query=(("tab", "upcoming (default), past, no_shows, cancelled or pending."), *PAGE),
    )
)
def bookings() -> Response:
    """Upcoming: soonest first; the others: latest first."""
    asked = ListBookings(
        workspace_id=current.account().workspace_id,
        tab=_tab(),
        host_id=_limited_to(),
        limit=reading.page_size(request.args.get("limit")),
        after=request.args.get("after", ""),
    )
    return reply(current.services().booking.list_bookings(asked))


def _tab() -> Tab:
    try:
        tab: Tab = msgspec.convert(request.args.get("tab", "upcoming"), Tab)
    except msgspec.ValidationError:
        raise Invalid(fields={"tab": f"One of {', '.join(get_args(Tab))}."}) from None
    return tab


@blueprint.get("/v1/bookings/<uuid:booking_id>")
@scope("bookings:read")
@describes(Operation("One booking with its history", gives=BookingDetail))
def booking(booking_id: UUID) -> Response:
    """Answers, guests and what happened to it, oldest first."""
    return reply(_seen(booking_id))


@blueprint.post("/v1/bookings/<uuid:booking_id>/cancel")
@scope("bookings:write")
@describes(Operation("Cancels a booking, by its host", takes=CancelAsked, gives=Booking))
def cancel(booking_id: UUID) -> Response:
    """The body may be absent."""
    asked = reading.body(CancelAsked) if request.content_length else CancelAsked()
    _seen(booking_id)
    account = current.account()
    ended = CancelBooking(
        workspace_id=account.workspace_id,
        booking_id=booking_id,
        reason=asked.reason,
        actor=account.actor,
    )
    return reply(current.services().booking.cancel(ended))


@blueprint.post("/v1/bookings/<uuid:booking_id>/reschedule")
@scope("bookings:write")
@describes(
    Operation("Moves a booking, by its host", takes=MoveAsked, gives=Booking, headers=(KEY,))
)
def reschedule(booking_id: UUID) -> Response:
    """A host may override notice and horizon, never a claim or a busy period."""
    start = reading.instant(reading.body(MoveAsked).start, "start")
    _seen(booking_id)
    account = current.account()
    moved = RescheduleBooking(
        workspace_id=account.workspace_id,
        booking_id=booking_id,
        idempotency_key=_move_key(booking_id, start.isoformat()),
        start=start,
        actor=account.actor,
    )
    return reply(current.services().booking.reschedule(moved))


@blueprint.post("/v1/bookings/<uuid:booking_id>/no-show")
@scope("bookings:write")
@describes(Operation("Marks or unmarks a no-show", takes=NoShowAsked, gives=Booking))
def no_show(booking_id: UUID) -> Response:
    """After the start."""
    asked = reading.body(NoShowAsked)
    _seen(booking_id)
    account = current.account()
    marked = SetNoShow(
        workspace_id=account.workspace_id,
        booking_id=booking_id,
        no_show=asked.no_show,
        actor=account.actor,
    )
    return reply(current.services().booking.set_no_show(marked))


def _seen(booking_id: UUID) -> BookingDetail:
    """A booking that the key sees. Raises `NotFound`."""
    asked = GetBooking(workspace_id=current.account().workspace_id, booking_id=booking_id)
    detail = current.services().booking.get_booking(asked)
    mine = _limited_to()
    if mine is not None and mine not in {host.id for host in detail.booking.hosts}:
        raise NotFound
    return detail


def _move_key(booking_id: UUID, start: str) -> str:
    if "Idempotency-Key" in request.headers:
        return reading.idempotency_key()
    return hashlib.sha256(f"{booking_id}:{start}".encode()).hexdigest()


# --- schedules and time off ---------------------------------------------------------------------


@blueprint.get("/v1/schedules")
@scope("schedules:read")
@describes(Operation("Schedules and time off that the key sees", gives=Schedules))
def schedules() -> Response:
    """Members see their own, admins the workspace's."""
    asked = ListSchedules(workspace_id=current.account().workspace_id, host_id=_limited_to())
    return reply(current.services().availability.list_schedules(asked))


@blueprint.put("/v1/schedules/<uuid:schedule_id>")
@scope("schedules:write")
@describes(Operation("Makes or replaces a schedule", takes=ScheduleAsked, gives=Schedule))
def save_schedule(schedule_id: UUID) -> Response:
    """A new one has an id of your choice and `version` 0; 409 when it was changed meanwhile."""
    asked, account = reading.body(ScheduleAsked), current.account()
    schedule = Schedule(
        id=schedule_id,
        workspace_id=account.workspace_id,
        host_id=_host(asked.host),
        name=asked.name,
        timezone=reading.zone(asked.timezone, "timezone"),
        hours=asked.hours,
        overrides=asked.overrides,
        is_default=asked.is_default,
        holidays=asked.holidays,
        version=asked.version,
    )
    _own_schedule(schedule_id, new=asked.version == 0)
    saved = SaveSchedule(schedule=schedule, actor=account.actor)
    return reply(current.services().availability.save_schedule(saved))


@blueprint.delete("/v1/schedules/<uuid:schedule_id>")
@scope("schedules:write")
@describes(Operation("Deletes a schedule that is nobody's default", status=204))
def delete_schedule(schedule_id: UUID) -> Response:
    """Links that named it use their host's default from now on."""
    _own_schedule(schedule_id, new=False)
    account = current.account()
    gone = DeleteSchedule(
        workspace_id=account.workspace_id, schedule_id=schedule_id, actor=account.actor
    )
    current.services().availability.delete_schedule(gone)
    return Response(status=204)


@blueprint.post("/v1/time-off")
@scope("schedules:write")
@describes(Operation("Keeps a host free", takes=TimeOffAsked, gives=TimeOff, status=201))
def add_time_off() -> Response:
    """Whole local days, or an exact period."""
    asked, account = reading.body(TimeOffAsked), current.account()
    time_off = TimeOff(
        id=uuid4(),
        workspace_id=account.workspace_id,
        host_id=_host(asked.host),
        first_day=asked.first_day,
        last_day=asked.last_day,
        start=reading.instant(asked.start, "start") if asked.start else None,
        end=reading.instant(asked.end, "end") if asked.end else None,
        reason=asked.reason,
    )
    saved = SaveTimeOff(time_off=time_off, actor=account.actor)
    return reply(current.services().availability.save_time_off(saved), 201)


@blueprint.delete("/v1/time-off/<uuid:time_off_id>")
@scope("schedules:write")
@describes(Operation("Ends a time off", status=204))
def delete_time_off(time_off_id: UUID) -> Response:
    """404 for one that the key does not see."""
    account = current.account()
    asked = ListSchedules(workspace_id=account.workspace_id, host_id=_limited_to())
    seen = current.services().availability.list_schedules(asked).time_off
    if time_off_id not in {time_off.id for time_off in seen}:
        raise NotFound
    gone = DeleteTimeOff(
        workspace_id=account.workspace_id, time_off_id=time_off_id, actor=account.actor
    )
    current.services().availability.delete_time_off(gone)
    return Response(status=204)


def _host(asked: UUID | None) -> UUID:
    """Whose hours are written: the key's own, or for admins a colleague's. Raises `NotFound`."""
    account = current.account()
    if asked is None or asked == account.id:
        return account.id
    if not account.is_admin:
        raise NotFound
    return current.accounts().member(account.workspace_id, asked).id


def _own_schedule(schedule_id: UUID, *, new: bool) -> None:
    """Raises `NotFound` for one that the key does not see; a new one is nobody's yet."""
    account = current.account()
    if account.is_admin:
        return
    everyone = ListSchedules(workspace_id=account.workspace_id)
    found = [
        schedule
        for schedule in current.services().availability.list_schedules(everyone).schedules
        if schedule.id == schedule_id
    ]
    if (found and found[0].host_id != account.id) or (not found and not new):
        raise NotFound


# --- calendars ----------------------------------------------------------------------------------


@blueprint.get("/v1/connections")
@scope("calendars:read")
@describes(Operation("Connected calendars that the key sees, and how they are", gives=Connections))
def connections() -> Response:
    """Members see their own, admins the workspace's; never what opens them."""
    asked = ListConnections(workspace_id=current.account().workspace_id, host_id=_limited_to())
    return reply(current.services().calendar_sync.list_connections(asked))


# --- CRM ----------------------------------------------------------------------------------------


@blueprint.get("/v1/deals")
@scope("crm:read")
@describes(Operation("A page of deals, newest first", gives=Deals, query=PAGE))
def deals() -> Response:
    """Members see the deals they own."""
    asked = ListDeals(
        workspace_id=current.account().workspace_id,
        owner_id=_limited_to(),
        limit=reading.page_size(request.args.get("limit")),
        after=request.args.get("after", ""),
    )
    return reply(current.services().crm_bridge.list_deals(asked))


@blueprint.get("/v1/deals/<uuid:deal_id>")
@scope("crm:read")
@describes(Operation("One deal with its timeline", gives=DealDetail))
def deal(deal_id: UUID) -> Response:
    """404 for one that the key does not see."""
    asked = GetDeal(workspace_id=current.account().workspace_id, deal_id=deal_id)
    detail = current.services().crm_bridge.get_deal(asked)
    mine = _limited_to()
    if mine is not None and detail.deal.owner_id != mine:
        raise NotFound
    return reply(detail)


@blueprint.get("/v1/contacts/<uuid:contact_id>")
@scope("crm:read")
@describes(Operation("One contact with deals and timeline", gives=ContactDetail))
def contact(contact_id: UUID) -> Response:
    """Members see the contacts of deals they own, and of them no more than those deals."""
    asked = GetContact(workspace_id=current.account().workspace_id, contact_id=contact_id)
    detail = current.services().crm_bridge.get_contact(asked)
    mine = _limited_to()
    if mine is None:
        return reply(detail)
    deals = tuple(deal for deal in detail.deals if deal.owner_id == mine)
    if not deals:
        raise NotFound
    # The timeline tells of every colleague's meetings with them.
    return reply(ContactDetail(contact=detail.contact, deals=deals))
