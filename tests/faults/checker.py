"""Says what is wrong with a suite at rest: lost, twice, overlapping, orphaned, out of step.

It shares no code with the services: plain SQL on their databases, the mail server's journal, and
what the bookers were told. The rules are those of product and quality, written a second time.
`RULES` are for a suite at rest; `unfinished` says what it still works on.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta

from contracts import topology
from faults.world import Select, World

AHEAD = timedelta(hours=24)
"""How long before a meeting its reminder is due (product, Notifications)."""

Rule = Callable[[World], Iterator[str]]


def complaints(world: World) -> list[str]:
    """What breaks a rule; empty when all is well."""
    return [f"{rule.__name__}: {what}" for rule in RULES for what in rule(world)]


def count(found: Iterable[str], *rules: Rule) -> int:
    """How many complaints are of these rules."""
    names = {rule.__name__ for rule in rules}
    return sum(what.partition(":")[0] in names for what in found)


# --- booking ---------------------------------------------------------------------------------


def acknowledged_is_kept(world: World) -> Iterator[str]:
    """What a booker was told is so."""
    for fate in world.fates:
        kept = world.bookings.get(fate.booking_id)
        if kept is None:
            yield f"booking {fate.booking_id} is gone"
        elif (kept.status, kept.start_at) != (fate.status, fate.start) or kept.next_id:
            yield f"booking {fate.booking_id}: {kept.status} {kept.start_at}, told {fate}"


def nothing_unasked(world: World) -> Iterator[str]:
    """No chain of a booker of whom nobody was told."""
    told = {fate.booking_id for fate in world.fates}
    for booking in world.last.values():
        if booking.attendee["email"].endswith("@load.test") and str(booking.id) not in told:
            yield f"nobody was told of booking {booking.id}, {booking.status}"


def claims_do_not_overlap(world: World) -> Iterator[str]:
    """No two claims of one host share an instant."""
    found = world.rows(
        "booking",
        "SELECT a.id AS one, b.id AS two FROM claim a JOIN claim b ON a.host_id = b.host_id"
        " AND a.id < b.id AND a.start_at < b.end_at AND b.start_at < a.end_at",
    )
    yield from (f"claims {row.one} and {row.two}" for row in found)


def meetings_do_not_overlap(world: World) -> Iterator[str]:
    """The same of the bookings themselves, whatever claims say."""
    found = world.rows(
        "booking",
        "SELECT a.booking_id AS one, b.booking_id AS two FROM booking_host a JOIN booking_host b"
        " ON a.host_id = b.host_id AND a.booking_id < b.booking_id"
        " AND a.start_at < b.end_at AND b.start_at < a.end_at"
        " WHERE a.status IN ('pending', 'confirmed') AND b.status IN ('pending', 'confirmed')",
    )
    yield from (f"bookings {row.one} and {row.two}" for row in found)


def claims_are_of_bookings(world: World) -> Iterator[str]:
    """One claim for each host of a live booking, and none without one, holds apart."""
    claims = world.rows("booking", "SELECT * FROM claim WHERE state <> 'hold'")
    held = Counter((str(c.host_id), str(c.meeting_id), c.meeting_start) for c in claims)
    wanted = Counter(
        (str(host), str(b.meeting_id), b.start_at)
        for b in world.last.values()
        if b.status in ("pending", "confirmed")
        for host in b.host_ids
    )
    yield from (f"no claim for {claim}" for claim in wanted - held)
    yield from (f"claim without a booking {claim}" for claim in held - wanted)


def chains_are_whole(world: World) -> Iterator[str]:
    """Each booking but the first has one before it, and only the last is live."""
    for booking in world.bookings.values():
        before = world.bookings.get(str(booking.previous_id))
        if booking.previous_id and (before is None or before.next_id != booking.id):
            yield f"{booking.id} follows {booking.previous_id}, which knows nothing of it"
        if (booking.next_id is not None) != (booking.status == "rescheduled"):
            yield f"{booking.id} is {booking.status}, its next is {booking.next_id}"


CLAIM = "id, host_id, meeting_id, state, start_at, end_at, booking_id, version FROM claim"


def copies_are_true(world: World) -> Iterator[str]:
    """What availability knows of claims is what booking has."""
    live = "WHERE state <> 'hold'"
    truth = {row.id: tuple(row) for row in world.rows("booking", f"SELECT {CLAIM} {live}")}
    copies = world.rows("availability", f"SELECT {CLAIM} {live} AND NOT removed")
    copied = {row.id: tuple(row) for row in copies}
    for claim in truth.keys() | copied.keys():
        if truth.get(claim) != copied.get(claim):
            yield f"claim {claim}: {copied.get(claim)}, should be {truth.get(claim)}"


# --- mails -----------------------------------------------------------------------------------


def news_is_sent(world: World) -> Iterator[str]:
    """Of how each chain stands, every person was told by one mail that the server took."""
    for booking in world.last.values():
        kind = "rescheduled" if booking.previous_id else "confirmed"
        kind = "cancelled" if booking.status == "cancelled" else kind
        for role in (*world.roles(booking), *(f"guest:{guest}" for guest in booking.guests)):
            planned = world.deliveries.get((kind, str(booking.id), role), [])
            if [mail.state for mail in planned] != ["sent"]:
                yield f"{kind} of {booking.id} to {role}: {[mail.state for mail in planned]}"


def no_mail_is_planned_twice(world: World) -> Iterator[str]:
    """One mail of each kind for a person and a booking."""
    for key, planned in world.deliveries.items():
        if len(planned) > 1:
            yield f"{key}: {len(planned)}"


def mails_have_bookings(world: World) -> Iterator[str]:
    """No mail about a booking that is not there; none given up."""
    for (kind, booking, role), planned in world.deliveries.items():
        if booking not in world.bookings:
            yield f"{kind} of {booking} to {role}: no such booking"
        if any(mail.state == "failed" for mail in planned):
            yield f"{kind} of {booking} to {role}: given up"


def sent_is_journalled(world: World) -> Iterator[str]:
    """Every mail marked as sent reached the server, and no mail did that was not planned."""
    sent = world.rows("notifications", "SELECT * FROM delivery WHERE state = 'sent'")
    known = {row.message_id for row in world.rows("notifications", "SELECT * FROM delivery")}
    journalled = {mail.message_id for mail in world.mails}
    yield from (f"{m.key} was never sent" for m in sent if m.message_id not in journalled)
    yield from (f"{mail} was never planned" for mail in world.mails if mail.message_id not in known)


def repeated(world: World) -> list[str]:
    """The mails that went out more than once, by their id."""
    times = Counter(mail.message_id for mail in world.mails)
    return [message_id for message_id, number in times.items() for _ in range(number - 1)]


def no_mail_goes_out_twice(world: World) -> Iterator[str]:
    """None but what the one window allows."""
    twice = repeated(world)
    if len(twice) > world.repeats:
        yield f"{len(twice)} repeats, {world.repeats} could not be helped: {twice}"


def mailboxes_are_right(world: World) -> Iterator[str]:
    """What an attendee got, from the journal alone: as many of each kind as their bookings say."""
    least: Counter[tuple[str, str]] = Counter()
    most: Counter[tuple[str, str]] = Counter()
    for booking in world.bookings.values():
        address = booking.attendee["email"]
        made = "rescheduled" if booking.previous_id else "confirmed"
        most[address, made] += 1
        if booking.status == "confirmed":
            least[address, made] += 1
            most[address, "reminder"] += 1
            most[address, "updated"] += 1
        if booking.status == "cancelled":
            least[address, "cancelled"] += 1
            most[address, "cancelled"] += 1
    attendees = {booking.attendee["email"] for booking in world.bookings.values()}
    got = Counter((mail.recipient, mail.kind) for mail in set(world.mails))
    yield from (f"missing {mail}" for mail in least - got)
    extra = {mail for mail in got - most if mail[0] in attendees and mail[1] != "updated"}
    yield from (f"one too many {mail}" for mail in extra)


def reminders_are_once(world: World) -> Iterator[str]:
    """One for attendee and host of each meeting ahead, sent when due; none of what is over."""
    wanted = {
        (str(b.id), role): b
        for b in world.last.values()
        if b.status == "confirmed" and b.created_at <= b.start_at - AHEAD
        for role in world.roles(b)
    }
    for (kind, booking, role), planned in world.deliveries.items():
        if kind == "reminder" and (booking, role) not in wanted and planned[0].state != "skipped":
            yield f"of {booking} to {role}: {planned[0].state}, not wanted"
    for (booking, role), row in wanted.items():
        states = [mail.state for mail in world.deliveries.get(("reminder", booking, role), [])]
        if states != ["sent" if row.start_at - AHEAD <= world.now else "due"]:
            yield f"of {booking} to {role}: {states}, starts {row.start_at}"


# --- deals and calendars ----------------------------------------------------------------------


def deals_are_once(world: World) -> Iterator[str]:
    """One deal for a contact who booked where deals are made, and none of nobody."""
    contacts = {str(row.id): row for row in world.rows("crm-bridge", "SELECT * FROM contact")}
    deals = world.rows("crm-bridge", "SELECT * FROM deal")
    made = Counter((str(d.workspace_id), contacts[str(d.contact_id)].email) for d in deals)
    wanted = {
        (str(b.workspace_id), b.attendee["email"].lower())
        for b in world.last.values()
        if b.creates_deal
    }
    yield from (f"{times} of {contact}" for contact, times in made.items() if times > 1)
    yield from (f"none of {contact}" for contact in wanted - made.keys())
    yield from (f"of {c}, who booked nothing" for c in made.keys() - wanted)
    people = Counter((str(c.workspace_id), c.email.lower()) for c in contacts.values())
    yield from (f"{times} contacts {who}" for who, times in people.items() if times > 1)


def timelines_are_true(world: World) -> Iterator[str]:
    """Every chain is on one timeline as it stands, with one entry for each thing that happened."""
    chains = {str(row.root_id): row for row in world.rows("crm-bridge", "SELECT * FROM chain")}
    for root, last in world.last.items():
        known = chains.get(root)
        if known is None:
            yield f"nothing of chain {root}"
        elif (known.booking_id, known.status, known.starts_at) != (
            last.id,
            last.status,
            last.start_at,
        ):
            yield f"chain {root}: {known.status} {known.starts_at}, is {last.status}"
    yield from (f"chain {root} has no booking" for root in chains.keys() - world.last.keys())
    entries = world.rows("crm-bridge", "SELECT * FROM timeline_entry WHERE booking_id IS NOT NULL")
    told = Counter((entry.kind, str(entry.booking_id)) for entry in entries)
    happened = Counter(_happened(world))
    yield from (f"no entry {entry}" for entry in happened - told)
    yield from (f"extra entry {entry}" for entry in told - happened)


def _happened(world: World) -> Iterator[tuple[str, str]]:
    for booking in world.bookings.values():
        yield "rescheduled" if booking.previous_id else "booked", str(booking.id)
        if booking.status == "cancelled":
            yield "cancelled", str(booking.id)


def calendars_are_true(world: World) -> Iterator[str]:
    """One event for each meeting and host with a calendar, in step, and none of what is over."""
    events = {
        (str(row.root_id), str(row.host_id)): row
        for row in world.rows("calendar-sync", "SELECT * FROM wanted_event")
    }
    for root, last in world.last.items():
        for host in {str(host) for host in last.host_ids} & world.writers:
            event = events.get((root, host))
            stands = event is not None and event.written
            if stands != (last.status == "confirmed"):
                yield f"{last.status} {last.id}: {'an' if stands else 'no'} event of {host}"
            elif event is not None and stands and event.starts_at != last.start_at:
                yield f"{last.id} starts {last.start_at}, its event {event.starts_at}"
    yield from (f"{key} has no booking" for key in events if key[0] not in world.last)


def written_is_told_once(world: World) -> Iterator[str]:
    """One announcement of each writing of an event."""
    told: Counter[tuple[str, ...]] = Counter()
    names = ("root_id", "host_id", "booking_id", "start")
    for row in world.rows("calendar-sync", "SELECT * FROM outbox WHERE name = 'EventWritten'"):
        body = json.loads(row.body)
        told[tuple(body[name] for name in names)] += 1
    yield from (f"{event}: {times}" for event, times in told.items() if times > 1)


# --- everywhere ------------------------------------------------------------------------------


def workspaces_are_apart(world: World) -> Iterator[str]:
    """Whatever hangs on a booking is of its workspace."""
    spaces = {root: booking.workspace_id for root, booking in world.last.items()}
    for service, table in (
        ("booking", "booking"),
        ("notifications", "delivery"),
        ("crm-bridge", "chain"),
        ("calendar-sync", "wanted_event"),
    ):
        found = f"SELECT root_id, workspace_id FROM {table} WHERE root_id IS NOT NULL"
        for row in world.rows(service, found):
            if spaces.get(str(row.root_id), row.workspace_id) != row.workspace_id:
                yield f"{table} of chain {row.root_id} is in {row.workspace_id}"
    for booking in world.bookings.values():
        for host in booking.host_ids:
            if world.hosts[str(host)].workspace_id != booking.workspace_id:
                yield f"booking {booking.id} has a host of another workspace"


def outboxes_are_empty(world: World) -> Iterator[str]:
    """Nothing waits to be published."""
    for service in topology.ANNOUNCES:
        for row in world.rows(service, "SELECT * FROM outbox WHERE published_at IS NULL"):
            yield f"{service}: {row.name} of {row.created_at}"


def inboxes_are_done(world: World) -> Iterator[str]:
    """Nothing waits to be tried again; nothing was given up."""
    for service in topology.LISTENS:
        for row in world.rows(service, "SELECT * FROM inbox WHERE state <> 'done'"):
            yield f"{service}: {row.name} is {row.state}: {row.problem}"


def announced_is_heard(world: World) -> Iterator[str]:
    """Every event reached the inbox of everyone who listens to it."""
    heard = {
        service: {row.event_id for row in world.rows(service, "SELECT event_id FROM inbox")}
        for service in topology.LISTENS
    }
    for service in topology.ANNOUNCES:
        for row in world.rows(service, "SELECT event_id, name FROM outbox"):
            for listener, events in topology.LISTENS.items():
                names = {event.__name__ for event in events}
                if row.name in names and row.event_id not in heard[listener]:
                    yield f"{listener} never heard of {row.name} {row.event_id} of {service}"


RULES: tuple[Rule, ...] = (
    acknowledged_is_kept,
    nothing_unasked,
    claims_do_not_overlap,
    meetings_do_not_overlap,
    claims_are_of_bookings,
    chains_are_whole,
    copies_are_true,
    news_is_sent,
    no_mail_is_planned_twice,
    mails_have_bookings,
    sent_is_journalled,
    no_mail_goes_out_twice,
    mailboxes_are_right,
    reminders_are_once,
    deals_are_once,
    timelines_are_true,
    calendars_are_true,
    written_is_told_once,
    workspaces_are_apart,
    outboxes_are_empty,
    inboxes_are_done,
    announced_is_heard,
)


def unfinished(world: World) -> Iterator[str]:
    """What the suite is still busy with; nothing at rest."""
    for rule in (outboxes_are_empty, announced_is_heard, inboxes_are_done, copies_are_true):
        yield from rule(world)
    for mail in world.rows("notifications", "SELECT * FROM delivery WHERE state = 'due'"):
        if mail.kind != "reminder" or mail.due_at <= world.now:
            yield f"mail {mail.key}, tried again at {mail.try_at}: {mail.problem}"
    for event in world.rows("calendar-sync", "SELECT * FROM wanted_event WHERE state = 'due'"):
        yield f"event of {event.root_id}: {event.problem}"
    for link in world.rows("availability", "SELECT slug FROM dirty"):
        yield f"gateways are not told yet that {link.slug} changed"


def pulse(select: Select) -> list[int]:
    """Numbers that grow with every event announced or heard; the same twice: nothing happened."""
    tables = [(service, "outbox") for service in topology.ANNOUNCES]
    tables += [(service, "inbox") for service in topology.LISTENS]
    return [
        select(service, f"SELECT count(*) AS number FROM {table}")[0].number
        for service, table in tables
    ]
