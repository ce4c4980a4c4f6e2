"""The demo workspace: three people, a link of each kind, and bookings in the dashboard's tabs.

Everything is made through the calls that the pages use. Only the past needs help: nobody can book
it, so the process's clock stands a week back while the workspace is set up and first booked.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from contracts.availability import GetSlots, ListSchedules, Slot
from contracts.booking import (
    NOTE,
    Answer,
    Attendee,
    Book,
    Booking,
    CancelBooking,
    Condition,
    CreateLink,
    LinkHost,
    LinkSettings,
    ListHosts,
    Location,
    Question,
    SaveTeam,
    SetNoShow,
    Team,
    TeamMember,
)
from contracts.errors import NotFound, SlotTaken, Unavailable
from gateway.accounts import Accounts, NewAccount, NewWorkspace, Profile
from gateway.rpc import Services
from servicekit.clock import SystemClock, set_offset

PASSWORD = "demo-demo-demo"  # noqa: S105 - the demo's, told to everyone
SLUGS = frozenset({"ada-acme", "bea-acme", "cyd-acme"})
PAST = timedelta(days=7)
"""How long the workspace has been there: any week has five working days that are over."""

AHEAD = timedelta(days=14)
LENGTH = timedelta(minutes=30)
SEATS = 5
"""Of the webinar."""

SPACING = 11
"""Slots from one booking to the next; 16 make a working day, so that days and hours differ."""

PATIENCE = 20.0
"""Seconds in which what one service announced must have reached the others."""

ASKED = (
    NOTE,
    Question(id="company", label="Which company are you with?", type="text", required=True),
    Question(id="goals", label="What would you like to achieve?", type="textarea"),
    Question(
        id="size",
        label="How many people work there?",
        type="select",
        options=("1 to 10", "11 to 100", "More than 100"),
    ),
    Question(id="terms", label="We may keep notes of the call", type="checkbox"),
    Question(id="colleague", label="A colleague's e-mail address", type="email"),
    Question(id="phone", label="Your phone number", type="phone", help="We call you there."),
    Question(
        id="seats",
        label="How many seats do you need?",
        type="number",
        shown_if=Condition(question="size", values=("11 to 100", "More than 100")),
    ),
    Question(id="website", label="Your website", type="url"),
    Question(
        id="topics",
        label="What shall we talk about?",
        type="multi_select",
        options=("Scheduling", "Calendars", "Contacts and deals"),
    ),
    Question(
        id="brief",
        label="Anything to read beforehand?",
        type="file",
        accept=("pdf", "image", "document"),
    ),
)
"""A question of each type; one of them only for larger companies."""

ANSWERS: dict[str, Answer] = {
    "note": "We come from a spreadsheet.",
    "company": "Northwind Traders",
    "goals": "Fewer mails back and forth.\nNo double bookings.",
    "size": "11 to 100",
    "terms": True,
    "colleague": "sam@northwind.test",
    "phone": "+1 212-555-0143",
    "seats": "12",
    "website": "https://northwind.test/",
    "topics": ["Scheduling", "Calendars"],
}

MAYA = Attendee(name="Maya Lindqvist", email="maya@northwind.test", timezone="Europe/Stockholm")
TOMAS = Attendee(name="Tomás Rivera", email="tomas@fabrikam.test", timezone="America/Mexico_City")
IRIS = Attendee(name="Iris Okafor", email="iris@contoso.test", timezone="Africa/Lagos")
JUN = Attendee(name="Jun Tanaka", email="jun@tailspin.test", timezone="Asia/Tokyo")


@dataclass(frozen=True)
class Visits:
    """Who books a link, one after the other, and what they answer."""

    slug: str
    attendees: tuple[Attendee, ...]
    answers: dict[str, Answer]


# Two strangers on the link that creates deals: two deals, whoever comes again joins theirs.
ADA = Visits("ada", (MAYA, TOMAS, MAYA), {"note": "Looking forward to it."})
INTAKE = Visits("intake", (IRIS, JUN), ANSWERS)
SALES = Visits("sales", (JUN, IRIS, TOMAS, MAYA), {})
PANEL = Visits("panel", (IRIS,), {})
WEBINAR = Visits("webinar", (MAYA, TOMAS, JUN), {})


def seed(accounts: Accounts, services: Services, now: datetime) -> None:
    """Makes the demo where there is no workspace yet, else does nothing.

    `now` is aware, by the process's clock. The services and the gateway's relay must run. Raises
    `TimeoutError` when an announcement does not arrive. A seeding that was cut short is not taken
    up again: the workspace is there, and `--demo` on an empty database makes a whole one.
    """
    if not accounts.is_first_run():
        return
    with _clock_back(PAST):
        people = _people(accounts, services)
        ada, bea, _ = people
        _links(services, ada, bea)
        _team_links(services, people)
        missed, *_ = _visit(services, ADA, (now - PAST, now))
        _visit(services, INTAKE, (now - PAST, now))
        _visit(services, SALES, (now - PAST, now))
    _no_show(services, ada, missed)
    dropped, *_ = _visit(services, ADA, (now, now + AHEAD))
    _visit(services, INTAKE, (now, now + AHEAD))
    _visit(services, SALES, (now, now + AHEAD))
    _visit(services, PANEL, (now, now + AHEAD))
    _sit_together(services, WEBINAR, (now, now + AHEAD))
    _cancel(services, ada, dropped)


@contextmanager
def _clock_back(by: timedelta) -> Iterator[None]:
    """Every service's clock in this process, moved back; as it was afterwards, whatever happens."""
    # Whole seconds: the two readings are a few microseconds apart.
    ahead = timedelta(seconds=round((SystemClock().now() - datetime.now(UTC)).total_seconds()))
    set_offset(ahead - by)
    try:
        yield
    finally:
        set_offset(ahead)


def _people(accounts: Accounts, services: Services) -> tuple[Profile, Profile, Profile]:
    """Ada, Bea and Cyd, once all three are hosts with hours."""
    workspace = NewWorkspace(
        name="Acme",
        timezone="Europe/London",
        owner_name="Ada",
        owner_email="ada@acme.test",
        password=PASSWORD,
    )
    ada = accounts.create_first_workspace(workspace)
    bea = _member(accounts, ada, "Bea", "America/New_York")
    cyd = _member(accounts, ada, "Cyd", "Asia/Kolkata")
    _until("the three hosts", lambda: _has_hosts(services, ada))
    _until("their schedules", lambda: _has_schedules(services, ada))
    return ada, bea, cyd


def _member(accounts: Accounts, ada: Profile, name: str, timezone: str) -> Profile:
    new = NewAccount(
        name=name, email=f"{name.lower()}@acme.test", password=PASSWORD, timezone=timezone
    )
    return accounts.add_account(ada.workspace_id, new)


def _has_hosts(services: Services, ada: Profile) -> bool:
    found = services.booking.list_hosts(ListHosts(workspace_id=ada.workspace_id))
    return {host.slug for host in found.hosts} >= SLUGS


def _has_schedules(services: Services, ada: Profile) -> bool:
    found = services.availability.list_schedules(ListSchedules(workspace_id=ada.workspace_id))
    owners = {schedule.host_id for schedule in found.schedules if schedule.is_default}
    return len(owners) >= len(SLUGS)


def _until(what: str, arrived: Callable[[], bool]) -> None:
    """Waits for what travels between services; not known yet and not up yet are both no answer."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            if arrived():
                return
        except (NotFound, Unavailable):
            pass
        time.sleep(0.05)
    raise TimeoutError(f"The demo waited in vain for {what}.")


def _links(services: Services, ada: Profile, bea: Profile) -> None:
    intro = LinkSettings(
        title="Intro call with Ada",
        slug="ada",
        notice=60,
        creates_deal=True,
        description="Half an hour to get to know each other.",
    )
    intake = LinkSettings(
        title="Intake call with Bea",
        slug="intake",
        notice=60,
        questions=ASKED,
        location=Location(kind="phone", value="+1 212-555-0100"),
        colour="#0f766e",
    )
    _link(services, ada, intro)
    _link(services, bea, intake)


def _team_links(services: Services, people: tuple[Profile, Profile, Profile]) -> None:
    """A team whose members take turns; two who come together; a talk that many can join."""
    ada, bea, _ = people
    team = Team(
        id=uuid4(),
        workspace_id=ada.workspace_id,
        name="Sales",
        slug="sales",
        members=tuple(TeamMember(host_id=one.id) for one in people),
    )
    services.booking.save_team(SaveTeam(team=team, actor=ada.actor))
    sales = LinkSettings(
        title="Sales call",
        slug="sales",
        kind="round_robin",
        team_id=team.id,
        visitor_picks=True,
        notice=60,
        creates_deal=True,
        description="Half an hour with whoever is free, or with the person you pick.",
    )
    panel = LinkSettings(
        title="Panel interview",
        slug="panel",
        kind="collective",
        hosts=(LinkHost(host_id=ada.id), LinkHost(host_id=bea.id, position=1)),
        durations=(45,),
        notice=60,
        description="With Ada and Bea together.",
        colour="#7c3aed",
    )
    webinar = LinkSettings(
        title="Product tour",
        slug="webinar",
        kind="group",
        capacity=SEATS,
        durations=(60,),
        notice=60,
        description=f"An hour for up to {SEATS} people.",
        colour="#b45309",
    )
    for settings in (sales, panel, webinar):
        _link(services, ada, settings)


def _link(services: Services, owner: Profile, settings: LinkSettings) -> None:
    services.booking.create_link(
        CreateLink(
            workspace_id=owner.workspace_id,
            link_id=uuid4(),
            owner_id=owner.id,
            settings=settings,
            actor=owner.actor,
        )
    )


def _visit(services: Services, visits: Visits, window: tuple[datetime, datetime]) -> list[Booking]:
    """The bookings, soonest first, all of them over by the end of the window."""
    starts: list[datetime] = []

    def offered() -> bool:
        starts[:] = _starts(services, visits.slug, window)
        return len(starts) >= len(visits.attendees)

    _until(f"the slots of {visits.slug}", offered)
    pairs = zip(visits.attendees, starts, strict=False)
    return [_book(services, visits, attendee, start) for attendee, start in pairs]


def _sit_together(services: Services, visits: Visits, window: tuple[datetime, datetime]) -> None:
    """All of them in the first meeting that is offered. Returns when availability has counted them,
    and with them every booking before: nothing that is taken is offered any more.
    """
    starts: list[datetime] = []

    def offered() -> bool:
        starts[:] = _starts(services, visits.slug, window)[:1]
        return bool(starts)

    def seats() -> int:
        found = _slots(services, visits.slug, window)
        return next((slot.seats for slot in found if slot.start == starts[0]), 0)

    _until(f"the slots of {visits.slug}", offered)
    left = max(0, seats() - len(visits.attendees))
    for attendee in visits.attendees:
        _book(services, visits, attendee, starts[0])
    _until(f"the seats of {visits.slug}", lambda: seats() <= left)


def _slots(services: Services, slug: str, window: tuple[datetime, datetime]) -> tuple[Slot, ...]:
    first, last = (instant.astimezone(UTC).date() for instant in window)
    request = GetSlots(slug=slug, first=first, last=last, timezone="UTC")
    return services.availability.slots(request).slots


def _starts(services: Services, slug: str, window: tuple[datetime, datetime]) -> list[datetime]:
    slots = _slots(services, slug, window)
    return [slot.start for slot in slots if slot.start + LENGTH <= window[1]][::SPACING]


def _book(services: Services, visits: Visits, attendee: Attendee, start: datetime) -> Booking:
    request = Book(
        slug=visits.slug,
        idempotency_key=str(uuid4()),
        start=start,
        attendee=attendee,
        answers=visits.answers,
    )
    try:
        return services.booking.book(request).booking
    except SlotTaken as refused:  # by a link of the same host, a moment ago
        nearest = datetime.fromisoformat(refused.alternatives[0])
        return _book(services, visits, attendee, nearest)


def _no_show(services: Services, ada: Profile, booking: Booking) -> None:
    services.booking.set_no_show(
        SetNoShow(
            workspace_id=ada.workspace_id, booking_id=booking.id, no_show=True, actor=ada.actor
        )
    )


def _cancel(services: Services, ada: Profile, booking: Booking) -> None:
    services.booking.cancel(
        CancelBooking(
            workspace_id=ada.workspace_id,
            booking_id=booking.id,
            reason="Ada is at a conference that day.",
            actor=ada.actor,
        )
    )
