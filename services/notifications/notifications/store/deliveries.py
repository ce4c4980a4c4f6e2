"""Deliveries: planned, leased, started, marked.

A mail keeps the correlation id of the request that planned it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import Connection as Tx
from sqlalchemy import Row, Text, any_, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from contracts.notifications import Delivery, MailKind
from contracts.wire import convert, utc
from notifications.domain.kinds import ANNOUNCEMENTS, ASKS, INVITES
from notifications.domain.people import ATTENDEE
from notifications.domain.plan import Planned, Told
from notifications.store import tables as t
from servicekit import context, leases
from servicekit.leases import Held
from servicekit.preparing import prepared
from servicekit.tables import columns, rows_of

WAIT = timedelta(seconds=30)
"""How long a mail waits for its turn in a batch before another scheduler may take it."""

LEASE = timedelta(seconds=55)
"""How long it is then kept: longer than a conversation with a mail server can last (`SmtpMailer`),
shorter than a minute, in which the others must have taken over from a process that died.
"""

_d = t.delivery.c
_ABOUT_TIMES = (*INVITES, *ASKS, "reminder")


@dataclass(frozen=True, slots=True)
class Due:
    """A leased delivery. `started`: an earlier try may have reached the server."""

    id: UUID
    kind: MailKind
    workspace_id: UUID
    role: str
    recipient: str
    payload: dict[str, str]
    attempts: int
    started: bool
    correlation_id: str
    root_id: UUID | None
    booking_id: UUID | None
    start: datetime | None
    held: Held


_PLANNED = (
    "id",
    "workspace_id",
    "key",
    "kind",
    "role",
    "recipient",
    "root_id",
    "booking_id",
    "start",
    "payload",
    "due_at",
    "next_try",
    "correlation_id",
    "created_at",
)
_NEW = prepared(rows_of(t.delivery, *_PLANNED).on_conflict_do_nothing(index_elements=["key"]))


def add(tx: Tx, planned: Iterable[Planned], now: datetime) -> None:
    """Makes those deliveries whose key is new, due or not."""
    rows = [_row(mail, now) for mail in planned]
    if rows:
        tx.execute(_NEW, columns(rows))


def _row(mail: Planned, now: datetime) -> dict[str, object]:
    # A random id: it stands in the Message-ID, and says nothing about anybody.
    return {
        "id": uuid4(),
        "workspace_id": mail.workspace_id,
        "key": mail.key,
        "kind": mail.kind,
        "role": mail.role,
        "recipient": mail.recipient,
        "root_id": mail.root_id,
        "booking_id": mail.booking_id,
        "start": mail.start,
        "payload": mail.payload,
        "due_at": mail.due_at,
        "next_try": mail.due_at,
        "correlation_id": context.correlation_id(),
        "created_at": now,
    }


def drop(tx: Tx, root_id: UUID, keep: UUID | None, reason: str) -> int:
    """Skips what a move (`keep`: the new booking) or a cancellation has overtaken; how many."""
    stale = [_d.root_id == root_id, _d.state == "due", _d.kind.in_(_ABOUT_TIMES)]
    if keep:
        stale.append(_d.booking_id != keep)
    query = update(t.delivery).where(*stale)
    return tx.execute(
        query.values(state="skipped", problem=reason, version=_d.version + 1)
    ).rowcount


def hurry(tx: Tx, root_id: UUID, now: datetime) -> None:
    """Announcements that waited for a join URL wait no longer; what is being retried still does."""
    waiting = (_d.root_id == root_id, _d.state == "due", _d.kind.in_(ANNOUNCEMENTS))
    untried = (_d.attempts == 0, _d.next_try > now)
    tx.execute(update(t.delivery).where(*waiting, *untried).values(next_try=now))


_TOLD = prepared(
    select(t.delivery).where(
        _d.root_id == bindparam("root"),
        _d.state == "sent",
        _d.kind == any_(bindparam("kinds", type_=ARRAY(Text))),
    )
)


def told(tx: Tx, root_id: UUID) -> list[Told]:
    """The announcements of a chain that went out, with the join URL that stood in them."""
    return [
        Told(
            row.role,
            row.recipient,
            row.booking_id,
            row.told_url,
            row.kind,
            int(row.payload.get("sequence", -1)),
        )
        for row in tx.execute(_TOLD, {"root": root_id, "kinds": list(ANNOUNCEMENTS)})
    ]


def told_kinds(tx: Tx, root_id: UUID, role: str) -> frozenset[MailKind]:
    """What somebody was sent about a chain, or may have been."""
    out = (_d.state == "sent") | _d.started
    query = select(_d.kind).where(_d.root_id == root_id, _d.role == role, out)
    return frozenset(tx.execute(query).scalars())


def lease(tx: Tx, now: datetime, most: int) -> list[Due]:
    """Takes what is due and free, the longest due first, for this scheduler alone.

    Mails about one booking follow one another, its attendee's first.
    """
    found = [_due(held, row) for held, row in leases.lease_due(tx, t.delivery, now, most, WAIT)]
    first: dict[UUID, int] = {}
    for place, due in enumerate(found):
        first.setdefault(due.booking_id or due.id, place)
    return sorted(found, key=lambda due: (first[due.booking_id or due.id], due.role != ATTENDEE))


def _due(held: Held, row: Row[tuple[object, ...]]) -> Due:
    kept = (name for name in Due.__slots__ if name != "held")
    return Due(**{name: getattr(row, name) for name in kept}, held=held)


def start(tx: Tx, due: Due, message_id: str, recipient: str) -> bool:
    """Says that it is about to be handed over; false when it is no longer ours, or needed."""
    values = {"started": True, "message_id": message_id, "recipient": recipient}
    return leases.extend(tx, due.held, LEASE, **values)


_SENT = prepared(
    update(t.delivery)
    .where(_d.id == bindparam("delivery"))
    .values(
        state="sent",
        problem="",
        sent_at=bindparam("now"),
        attempts=bindparam("tries"),
        told_url=bindparam("told"),
        payload=bindparam("rest"),
        lease=None,
        leased_until=None,
        version=_d.version + 1,
    )
)


def sent(tx: Tx, due: Due, told_url: str, now: datetime) -> None:
    """It went out, whatever else was decided meanwhile; a sealed link is kept no longer."""
    values = {
        "delivery": due.id,
        "now": now,
        "tries": due.attempts + 1,
        "told": told_url,
        "rest": {name: value for name, value in due.payload.items() if name != "sealed_url"},
    }
    tx.execute(_SENT, values)


def skipped(tx: Tx, due: Due, reason: str) -> None:
    """It is no longer needed."""
    leases.done(tx, due.held, "skipped", reason, version=_d.version + 1)


def postponed(tx: Tx, due: Due, try_at: datetime, problem: str) -> None:
    """Nothing was tried: somebody else does not answer."""
    leases.postpone(tx, due.held, try_at, problem, tried=False, version=_d.version + 1)


def retry(tx: Tx, due: Due, try_at: datetime, problem: str, *, uncertain: bool) -> None:
    """A try failed; `uncertain` when it may have gone through all the same."""
    later = _d.version + 1
    leases.postpone(tx, due.held, try_at, problem, started=uncertain, version=later)


def failed(tx: Tx, due: Due, problem: str) -> tuple[Delivery, int] | None:
    """It is given up, with its version; `None` when it was no longer ours to give up."""
    if not leases.give_up(tx, due.held, problem, started=False, version=_d.version + 1):
        return None
    row = tx.execute(select(t.delivery).where(_d.id == due.id)).one()
    return (read(row), row.version)


def read(row: Row[tuple[object, ...]]) -> Delivery:
    """A row as others see it."""
    values = {name: getattr(row, name) for name in Delivery.__struct_fields__}
    for name in ("due_at", "sent_at"):
        values[name] = utc(values[name]) if values[name] else None
    return convert(values, Delivery)


def of_chain(tx: Tx, workspace_id: UUID, root_id: UUID) -> tuple[Delivery, ...]:
    """The deliveries of a chain, in the order in which they are due."""
    query = select(t.delivery).where(_d.root_id == root_id, _d.workspace_id == workspace_id)
    return tuple(map(read, tx.execute(query.order_by(_d.due_at, _d.kind, _d.role)).all()))


def again(tx: Tx, workspace_id: UUID, delivery_id: UUID, now: datetime) -> Delivery | None:
    """A failed delivery becomes due; any other stays as it is. `None`: there is none."""
    one = (_d.id == delivery_id) & (_d.workspace_id == workspace_id)
    renewed = {"state": "due", "attempts": 0, "next_try": now, "version": _d.version + 1}
    tx.execute(update(t.delivery).where(one, _d.state == "failed").values(renewed))
    row = tx.execute(select(t.delivery).where(one)).one_or_none()
    return read(row) if row else None


def state_of(tx: Tx, key: str) -> str:
    """The state of the delivery with that key; empty when there is none."""
    return tx.execute(select(_d.state).where(_d.key == key)).scalar() or ""


def known_keys(tx: Tx, keys: Sequence[str]) -> set[str]:
    """Those of the keys that have a delivery, in whatever state."""
    return set(tx.execute(select(_d.key).where(_d.key.in_(keys))).scalars())


def due_reminders(tx: Tx) -> dict[str, UUID]:
    """The keys of all reminders still to be sent, with their chain."""
    query = select(_d.key, _d.root_id).where(_d.kind == "reminder", _d.state == "due")
    return {row.key: row.root_id for row in tx.execute(query)}


def skip_keys(tx: Tx, keys: Sequence[str], reason: str) -> int:
    """Takes reminders back that belong to no booking; how many."""
    query = update(t.delivery).where(_d.key.in_(keys), _d.state == "due")
    return tx.execute(
        query.values(state="skipped", problem=reason, version=_d.version + 1)
    ).rowcount


def waiting(tx: Tx, now: datetime) -> dict[str, int]:
    """How many deliveries are due by now, by kind."""
    query = (
        select(_d.kind, func.count()).where(_d.state == "due", _d.due_at <= now).group_by(_d.kind)
    )
    return {row[0]: row[1] for row in tx.execute(query)}
