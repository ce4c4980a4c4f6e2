"""The inbox: each event is handled once; one that fails is tried again, then kept as dead."""

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

import msgspec
import sqlalchemy as sa
import structlog
from sqlalchemy.dialects.postgresql import insert

from contracts import topology
from contracts.wire import convert, decode
from servicekit import context
from servicekit.database import Database, Tx, lost
from servicekit.leases import backoff
from servicekit.metrics import Counter
from servicekit.preparing import prepared
from servicekit.tables import columns, inbox, rows_of

TRIES = 12
KEPT = timedelta(days=14)

log = structlog.get_logger()
handled = Counter("events_handled", "Events handled", ["event", "result"])
_BY_NAME = {event.__name__: event for event in topology.EVENTS.values()}

Handler = Callable[[Any, Tx], None]
"""Takes an event; or, where it says `takes_several`, a tuple of such."""
MALFORMED = "malformed"
_NAMES = ("event_id", "name", "correlation_id", "state", "attempts", "problem", "received_at")
_NEW = prepared(
    rows_of(
        inbox, "event_id", "name", "correlation_id", "state", "attempts", "problem", "received_at"
    )
    .on_conflict_do_nothing()
    .returning(inbox.c.event_id)
)

_ANY_DUE = prepared(
    sa.select(inbox.c.event_id)
    .where(inbox.c.state == sa.literal_column("'retry'"), inbox.c.next_try <= sa.bindparam("now"))
    .limit(1)
)
_AWAY = ("08", "53", "57P")
"""SQLSTATEs of a database that cannot be used now (PostgreSQL, appendix A)."""


class Envelope(msgspec.Struct, frozen=True):
    """An event as it travels."""

    id: UUID
    name: str
    body: str
    correlation_id: str | None = None


def receive(
    database: Database,
    envelopes: Sequence[Envelope],
    handlers: Mapping[str, Handler],
    now: datetime,
) -> None:
    """Handles events unless they were, in one transaction; where one fails, each in its own. A
    failure is kept for a later try, as is what no handler knows.

    Raises only when the database itself is away: then the broker must keep the messages.
    """
    known = [envelope for envelope in envelopes if envelope.name in handlers]
    if len(known) < 2 or not _received(database, known, handlers, now):
        for envelope in known:
            _received(database, [envelope], handlers, now)
    for envelope in envelopes:
        if envelope.name not in handlers:
            _keep_unknown(database, envelope, now)


def _received(
    database: Database,
    envelopes: Sequence[Envelope],
    handlers: Mapping[str, Handler],
    now: datetime,
) -> bool:
    """All of them, or none: a single one is postponed then."""
    try:
        with database.begin() as tx:
            fresh = _first(tx, envelopes, now)
            for name, several in _by_name(fresh).items():
                _handle(handlers[name], several, tx)
    except Exception as error:
        if _is_away(error):
            raise
        if len(envelopes) > 1:
            return False
        context.enter(envelopes[0].correlation_id)
        log.exception("event_failed", name=envelopes[0].name, event_id=str(envelopes[0].id))
        _postpone(database, envelopes[0], now, error)
        return False
    for envelope in fresh:
        handled.labels(envelope.name, "ok").inc()
    return True


def _by_name(envelopes: Iterable[Envelope]) -> dict[str, list[Envelope]]:
    found: dict[str, list[Envelope]] = {}
    for envelope in envelopes:
        found.setdefault(envelope.name, []).append(envelope)
    return found


def _handle(handler: Handler | None, envelopes: list[Envelope], tx: Tx) -> None:
    """One by one, each under its own correlation; or all at once, under that of the first."""
    if handler is None:
        raise LookupError(f"nobody listens to {envelopes[0].name}")
    kind = _BY_NAME[envelopes[0].name]
    if getattr(handler, "takes_several", False):
        context.enter(envelopes[0].correlation_id)
        handler(tuple(decode(one.body, kind) for one in envelopes), tx)
        return
    for one in envelopes:
        context.enter(one.correlation_id)
        handler(decode(one.body, kind), tx)


def read(body: object, correlation_id: str | None) -> Envelope:
    """What came over the bus, with the correlation id of its header."""
    try:
        envelope = convert(body, Envelope)
    except msgspec.ValidationError:
        text = msgspec.json.encode(body).decode()
        return Envelope(uuid5(NAMESPACE_OID, text), MALFORMED, text, correlation_id)
    known = correlation_id or envelope.correlation_id
    return msgspec.structs.replace(envelope, correlation_id=known)


def _keep_unknown(database: Database, envelope: Envelope, now: datetime) -> None:
    """Keeps an event that this version does not know, for a newer replica to take up.

    After the usual tries it is dead, as is at once what is no event: operators see both.
    """
    if envelope.name == MALFORMED:
        kept: dict[str, object] = {"state": "dead", "problem": "it is no event"}
    else:
        problem = "this version does not know it"
        kept = {"state": "retry", "problem": problem, "next_try": now + backoff(1, random)}
    context.enter(envelope.correlation_id)
    row = insert(inbox).values(
        event_id=envelope.id,
        name=envelope.name,
        attempts=1,
        body=envelope.body,
        correlation_id=envelope.correlation_id,
        received_at=now,
        **kept,
    )
    with database.begin() as tx:
        tx.execute(row.on_conflict_do_nothing())
    log.warning("event_unknown", name=envelope.name, event_id=str(envelope.id))
    handled.labels(envelope.name, "unknown").inc()


def _is_away(error: Exception) -> bool:
    """Whether the database itself is away. A lock or a statement that took too long is not."""
    if lost(error):
        return True
    if not isinstance(error, sa.exc.OperationalError):
        return False
    code = getattr(error.orig, "pgcode", None)
    return code is None or code.startswith(_AWAY)


def retry_due(database: Database, handlers: Mapping[str, Handler], now: datetime) -> int:
    """Tries again what is due; how many were tried."""
    tried = 0
    while tried < 100 and _waits(database, now):
        with database.begin() as tx:
            row = tx.execute(_due(now)).first()
            if row is None:
                return tried
            tx.execute(
                inbox.update().where(inbox.c.event_id == row.event_id).values(_taken(row, now))
            )
        tried += 1
        if row.attempts < TRIES:
            _again(database, row, handlers, now)
    return tried


def _waits(database: Database, now: datetime) -> bool:
    """Whether any is due: asked every two seconds, and hardly ever so."""
    with database.read() as tx:
        return tx.execute(_ANY_DUE, {"now": now}).first() is not None


def _taken(row: sa.Row[Any], now: datetime) -> dict[str, object]:
    """A try begins, nobody else takes the event meanwhile; one that the last try did not survive,
    nor this process, is dead.
    """
    if row.attempts >= TRIES:
        return {"state": "dead", "next_try": None, "problem": f"{row.problem} (the last try died)"}
    return {"attempts": row.attempts + 1, "next_try": now + timedelta(minutes=5)}


def _again(
    database: Database,
    row: sa.Row[tuple[object, ...]],
    handlers: Mapping[str, Handler],
    now: datetime,
) -> None:
    context.enter(row.correlation_id)
    envelope = Envelope(row.event_id, row.name, row.body, row.correlation_id)
    try:
        with database.begin() as tx:
            _handle(handlers.get(row.name), [envelope], tx)
            done = {"state": "done", "body": None, "next_try": None, "problem": ""}
            tx.execute(inbox.update().where(inbox.c.event_id == row.event_id).values(**done))
        handled.labels(row.name, "ok").inc()
    except Exception as error:
        if _is_away(error):
            raise
        log.exception("event_failed", name=row.name, attempts=row.attempts + 1)
        _postpone(database, envelope, now, error)


def _due(now: datetime) -> sa.Select[tuple[object, ...]]:
    return (
        sa.select(inbox)
        .where(inbox.c.state == "retry", inbox.c.next_try <= now)
        .order_by(inbox.c.next_try)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def _first(tx: Tx, envelopes: Sequence[Envelope], now: datetime) -> list[Envelope]:
    """Those that come for the first time."""
    rows = [
        {
            "event_id": envelope.id,
            "name": envelope.name,
            "state": "done",
            "attempts": 1,
            "problem": "",
            "correlation_id": envelope.correlation_id,
            "received_at": now,
        }
        for envelope in envelopes
    ]
    new = set(tx.execute(_NEW, columns(rows)).scalars())
    return list({one.id: one for one in envelopes if one.id in new}.values())


def _postpone(database: Database, envelope: Envelope, now: datetime, error: Exception) -> None:
    with database.begin() as tx:
        key = inbox.c.event_id == envelope.id
        tries = tx.execute(sa.select(inbox.c.attempts).where(key)).scalar() or 1
        state = "dead" if tries >= TRIES else "retry"
        kept = {
            "state": state,
            "attempts": tries,
            "next_try": now + backoff(tries, random) if state == "retry" else None,
            "body": envelope.body,
            "correlation_id": envelope.correlation_id,
            "problem": f"{type(error).__name__}: {error}"[:1000],
        }
        named = {"event_id": envelope.id, "name": envelope.name, "received_at": now}
        row = insert(inbox).values(**named, **kept)
        # Another replica may have handled the same message meanwhile: then it is done.
        undone = inbox.c.state != "done"
        tx.execute(row.on_conflict_do_update(index_elements=["event_id"], set_=kept, where=undone))
    handled.labels(envelope.name, state).inc()


def clean(database: Database, now: datetime) -> None:
    """Forgets what was handled long ago."""
    with database.begin() as tx:
        old = sa.and_(inbox.c.state == "done", inbox.c.received_at < now - KEPT)
        tx.execute(inbox.delete().where(old))


def list_dead(engine: sa.Engine) -> list[str]:
    """The events that were given up, oldest first, a line each: id, name, tries, problem."""
    with engine.begin() as tx:
        rows = tx.execute(
            sa.select(inbox).where(inbox.c.state == "dead").order_by(inbox.c.received_at)
        ).all()
    return [f"{r.event_id}  {r.name}  tries={r.attempts}  {r.problem}" for r in rows]


def replay(engine: sa.Engine, ids: Sequence[str] | None) -> int:
    """Makes dead events due again (all, or the named); how many."""
    dead = inbox.update().where(inbox.c.state == "dead")
    if ids is not None:
        dead = dead.where(inbox.c.event_id.in_([UUID(i) for i in ids]))
    with engine.begin() as tx:
        return tx.execute(
            dead.values(state="retry", attempts=0, next_try=sa.text("'-infinity'"))
        ).rowcount
