"""Reads what the engine needs, for any number of hosts at once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Uuid, bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY

from availability.domain.facts import HostFacts, LinkFacts
from availability.domain.hours import Hours
from availability.domain.minutes import Span
from availability.store.tables import calendar, claim, host, link, schedule, time_off
from contracts.availability import Schedule, TimeOff
from contracts.booking import Claim, Host, Limits, Link, SeatHold
from contracts.wire import convert
from servicekit import Tx
from servicekit.preparing import prepared

BUSY = text("""
    SELECT host_id, floor(extract(epoch FROM start_at) / 60)::bigint AS begins,
           ceil(extract(epoch FROM end_at) / 60)::bigint AS ends
    FROM busy
    WHERE host_id = ANY (:hosts) AND NOT removed AND end_at > :since AND end_at > start_at
""").bindparams(bindparam("hosts", type_=ARRAY(Uuid)))
NEWER = prepared(
    text("""
    SELECT claim.* FROM unnest(:ids, :numbers) AS known (host_id, number)
    JOIN claim ON claim.host_id = known.host_id AND claim.number > known.number
""").bindparams(bindparam("ids", type_=ARRAY(Uuid)), bindparam("numbers", type_=ARRAY(BigInteger)))
)


def _claim(row: Any) -> Claim:
    return Claim(
        id=row.id,
        meeting_id=row.meeting_id,
        host_id=row.host_id,
        link_id=row.link_id,
        state=row.state,
        start=row.start_at,
        end=row.end_at,
        meeting_start=row.meeting_start,
        meeting_end=row.meeting_end,
        booking_id=row.booking_id,
        expires_at=row.expires_at,
        seats_taken=row.seats_taken,
        seat_holds=convert(row.seat_holds, tuple[SeatHold, ...]) if row.seat_holds else (),
        version=row.version,
    )


def link_facts(tx: Tx, link_id: UUID, since: datetime) -> LinkFacts | None:
    """A link, and the claims since then that its limits count."""
    found = tx.execute(select(link.c.body).where(link.c.id == link_id, ~link.c.removed))
    body = found.scalar_one_or_none()
    return None if body is None else counted(tx, convert(body, Link), since)


def counted(tx: Tx, value: Link, since: datetime) -> LinkFacts:
    """The same of a link as given, whatever is kept of it."""
    link_id = value.id
    if value.settings.limits == Limits():
        return LinkFacts(value)
    counted = select(claim).where(
        claim.c.link_id == link_id,
        claim.c.meeting_start > since,
        claim.c.state != "hold",
        ~claim.c.removed,
    )
    return LinkFacts(value, tuple(_claim(row) for row in tx.execute(counted)))


def _schedules(tx: Tx, ids: list[UUID], known: Mapping[UUID, HostFacts]) -> dict[UUID, list[Hours]]:
    """Hours that did not change stay the same object, with all that is kept for them."""
    same = {hours.schedule.id: hours for facts in known.values() for hours in facts.schedules}
    found: dict[UUID, list[Hours]] = defaultdict(list)
    for row in tx.execute(select(schedule.c.body).where(schedule.c.host_id.in_(ids))):
        value = convert(row.body, Schedule)
        before = same.get(value.id)
        hours = before if before and before.schedule == value else Hours(value)
        found[value.host_id].append(hours)
    return found


def _time_off(tx: Tx, ids: list[UUID]) -> dict[UUID, list[TimeOff]]:
    found: dict[UUID, list[TimeOff]] = defaultdict(list)
    for row in tx.execute(select(time_off.c.body).where(time_off.c.host_id.in_(ids))):
        value = convert(row.body, TimeOff)
        found[value.host_id].append(value)
    return found


def _claims(tx: Tx, ids: list[UUID], since: datetime) -> dict[UUID, list[Claim]]:
    found: dict[UUID, list[Claim]] = defaultdict(list)
    query = select(claim).where(claim.c.host_id.in_(ids), claim.c.end_at > since, ~claim.c.removed)
    for row in tx.execute(query):
        found[row.host_id].append(_claim(row))
    return found


def newer_claims(
    tx: Tx, known: Mapping[UUID, tuple[int, HostFacts]], since: datetime
) -> dict[UUID, HostFacts]:
    """The hosts with the claims that were taken after the numbers they were read at."""
    asked = {"ids": list(known), "numbers": [number for number, _ in known.values()]}
    changed: dict[UUID, list[Any]] = defaultdict(list)
    for row in tx.execute(NEWER, asked):
        changed[row.host_id].append(row)
    return {
        key: HostFacts(
            host=old.host,
            schedules=old.schedules,
            time_off=old.time_off,
            claims=_renewed(old.claims, changed[key], since),
            busy=old.busy,
            calendar=old.calendar,
            synced_at=old.synced_at,
        )
        for key, (_, old) in known.items()
    }


def _renewed(before: tuple[Claim, ...], rows: list[Any], since: datetime) -> tuple[Claim, ...]:
    kept = {claim.id: claim for claim in before if claim.end > since}
    for row in rows:
        kept.pop(row.id, None)
        if not row.removed and row.end_at > since:
            kept[row.id] = _claim(row)
    return tuple(kept.values())


def _busy(tx: Tx, ids: list[UUID], since: datetime) -> dict[UUID, list[Span]]:
    found: dict[UUID, list[Span]] = defaultdict(list)
    for row in tx.execute(BUSY, {"hosts": ids, "since": since}):
        found[row.host_id].append((row.begins, row.ends))
    return found


def host_facts(
    tx: Tx, host_ids: Iterable[UUID], since: datetime, known: Mapping[UUID, HostFacts]
) -> dict[UUID, HostFacts]:
    """Hosts with all that takes their time since then. Unknown hosts are left out."""
    ids = list(host_ids)
    hours, gone = _schedules(tx, ids, known), _time_off(tx, ids)
    claims, busy = _claims(tx, ids, since), _busy(tx, ids, since)
    calendars = {
        row.host_id: row for row in tx.execute(select(calendar).where(calendar.c.host_id.in_(ids)))
    }
    facts = {}
    for row in tx.execute(select(host.c.id, host.c.body).where(host.c.id.in_(ids))):
        mirror = calendars.get(row.id)
        facts[row.id] = HostFacts(
            host=convert(row.body, Host),
            schedules=tuple(hours[row.id]),
            time_off=tuple(gone[row.id]),
            claims=tuple(claims[row.id]),
            busy=tuple(busy[row.id]),
            calendar=mirror.state if mirror else "none",
            synced_at=mirror.synced_at if mirror else None,
        )
    return facts
