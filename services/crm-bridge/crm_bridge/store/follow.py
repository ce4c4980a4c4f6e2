"""What messages about bookings leave behind: contacts, deals, chains, timelines.

Every statement can be repeated: what is there already stays as it is.
"""

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import (
    Connection,
    Text,
    Uuid,
    bindparam,
    func,
    literal,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, insert

from contracts.booking import Booking
from contracts.crm_bridge import Contact
from crm_bridge.domain import erasing
from crm_bridge.domain.deals import OPEN_STAGES, NewDeal
from crm_bridge.domain.facts import Entry, email
from crm_bridge.store.tables import chain, contact, deal, erased_file, timeline_entry
from servicekit.preparing import prepared
from servicekit.tables import columns, rows_of

# Statements are built once: to build one costs more than to run it.
_WORKSPACE = bindparam("workspace", type_=Uuid)
_NEW_CONTACT = prepared(insert(contact).on_conflict_do_nothing())
_ITS_CONTACT = (
    select(func.coalesce(contact.c.merged_into, contact.c.id))
    .where(contact.c.workspace_id == _WORKSPACE, contact.c.email == bindparam("address"))
    .scalar_subquery()
)
_LOCK_CONTACT = prepared(
    select(contact.c.id).where(contact.c.id == _ITS_CONTACT).with_for_update(key_share=True)
)
_LOCK_KNOWN = prepared(
    select(chain.c.contact_id, chain.c.deal_id, contact.c.erased_at)
    .join(contact, contact.c.id == chain.c.contact_id)
    .where(chain.c.workspace_id == _WORKSPACE, chain.c.root_id == bindparam("root", type_=Uuid))
    .with_for_update(key_share=True, of=contact)
)
_NEW_CHAIN = prepared(insert(chain).on_conflict_do_nothing())
_NEW_DEAL = prepared(insert(deal).on_conflict_do_nothing())
_OPEN_DEAL = prepared(
    select(deal.c.id)
    .where(
        deal.c.workspace_id == _WORKSPACE,
        deal.c.contact_id == bindparam("contact", type_=Uuid),
        deal.c.stage.in_(OPEN_STAGES),
    )
    .order_by(deal.c.active_at.desc(), deal.c.id.desc())
    .limit(1)
)
_NEW_ENTRIES = prepared(
    rows_of(timeline_entry, *(column.name for column in timeline_entry.c))
    .on_conflict_do_nothing()
    .returning(timeline_entry.c.key)
)


@dataclass(frozen=True)
class Owner:
    """Whose timeline an entry is on."""

    workspace_id: UUID
    contact_id: UUID
    deal_id: UUID | None
    erased: bool = False


def insert_contact(
    tx: Connection, contact_id: UUID, booking: Booking, now: datetime
) -> Contact | None:
    """The attendee's contact, if they were a stranger; two messages at once make one."""
    new = Contact(
        id=contact_id,
        workspace_id=booking.workspace_id,
        email=email(booking.attendee.email),
        name=booking.attendee.name,
        created_at=now,
    )
    made = tx.execute(_NEW_CONTACT, msgspec.structs.asdict(new)).rowcount == 1
    return new if made else None


def lock_contact(tx: Connection, booking: Booking) -> UUID:
    """The attendee's contact, locked, so that two of their bookings decide one after the other;
    for one that was merged, the contact it went into.

    Its key stays readable: who holds a deal and writes its timeline must not wait for us.
    """
    whose = {"workspace": booking.workspace_id, "address": email(booking.attendee.email)}
    found: UUID = tx.execute(_LOCK_CONTACT, whose).scalar_one()
    return found


def lock_known(tx: Connection, workspace_id: UUID, root_id: UUID) -> Owner | None:
    """Where a known chain was placed, its contact locked; None for an unknown one."""
    which = {"workspace": workspace_id, "root": root_id}
    row = tx.execute(_LOCK_KNOWN, which).one_or_none()
    if row is None:
        return None
    return Owner(workspace_id, row.contact_id, row.deal_id, row.erased_at is not None)


def has_deal(tx: Connection, workspace_id: UUID, deal_id: UUID) -> bool:
    """Whether the workspace has this deal."""
    query = select(deal.c.id).where(deal.c.workspace_id == workspace_id, deal.c.id == deal_id)
    return tx.execute(query).one_or_none() is not None


def insert_chain(tx: Connection, owner: Owner, booking: Booking) -> None:
    """Places a chain that was unknown, in its present state."""
    row = {
        "workspace_id": owner.workspace_id,
        "root_id": booking.root_id,
        "contact_id": owner.contact_id,
        "deal_id": owner.deal_id,
        **_state(booking),
    }
    tx.execute(_NEW_CHAIN, row)


def advance_chain(tx: Connection, booking: Booking) -> bool:
    """Brings the chain to this state unless a later one is known; whether that changed a thing.

    A state that differs from the known one in its version alone is kept, but is no change.
    """
    known = _known_state(tx, booking)
    return _advanced(tx, booking) and known != (booking.id, booking.status, booking.start)


def has_entry(tx: Connection, workspace_id: UUID, kind: str, booking_id: UUID) -> bool:
    """Whether the timeline tells of this already, under whatever version."""
    query = select(timeline_entry.c.key).where(
        timeline_entry.c.workspace_id == workspace_id,
        timeline_entry.c.kind == kind,
        timeline_entry.c.booking_id == booking_id,
    )
    return tx.execute(query.limit(1)).first() is not None


def _known_state(tx: Connection, booking: Booking) -> tuple[UUID, str, datetime] | None:
    query = select(chain.c.booking_id, chain.c.status, chain.c.starts_at).where(
        chain.c.workspace_id == booking.workspace_id, chain.c.root_id == booking.root_id
    )
    row = tx.execute(query).one_or_none()
    return (row.booking_id, row.status, row.starts_at) if row else None


def _advanced(tx: Connection, booking: Booking) -> bool:
    newer = tuple_(chain.c.sequence, chain.c.version) < tuple_(booking.sequence, booking.version)
    query = update(chain).where(
        chain.c.workspace_id == booking.workspace_id, chain.c.root_id == booking.root_id, newer
    )
    return tx.execute(query.values(_state(booking))).rowcount == 1


def open_deal(tx: Connection, workspace_id: UUID, contact_id: UUID) -> UUID | None:
    """The contact's open deal, the latest active if several."""
    whose = {"workspace": workspace_id, "contact": contact_id}
    return tx.execute(_OPEN_DEAL, whose).scalar_one_or_none()


def insert_deal(tx: Connection, deal_id: UUID, owner: Owner, new: NewDeal) -> bool:
    """Whether the chain had no deal of its own yet; it never gets a second."""
    row = {
        "id": deal_id,
        "workspace_id": owner.workspace_id,
        "contact_id": owner.contact_id,
        "stage": "new",
        "value_cents": 0,
        "currency": "EUR",
        "active_at": new.created_at,
        "version": 1,
        **asdict(new),
    }
    return tx.execute(_NEW_DEAL, row).rowcount == 1


def insert_entries(tx: Connection, owner: Owner, entries: tuple[Entry, ...]) -> int:
    """How many of the entries were new; the deal, if any, counts as active at their time."""
    if not entries:
        return 0
    place = {"contact_id": owner.contact_id, "deal_id": owner.deal_id}
    told = _erased(owner, _without_files(tx, owner.workspace_id, entries))
    rows = [asdict(entry) | {"workspace_id": owner.workspace_id, **place} for entry in told]
    added = len(tx.execute(_NEW_ENTRIES, columns(rows)).all())
    if added and owner.deal_id:
        latest = max(entry.at for entry in entries)
        _touch(tx, owner.workspace_id, owner.deal_id, latest)
    return added


def change_deal(tx: Connection, workspace_id: UUID, deal_id: UUID, **values: object) -> None:
    """A deal's new stage, or value."""
    query = update(deal).where(deal.c.workspace_id == workspace_id, deal.c.id == deal_id)
    tx.execute(query.values(values))


def forget_file(tx: Connection, workspace_id: UUID, upload_id: UUID, root_id: UUID) -> None:
    """No timeline names it any more, nor ever will."""
    gone = {"workspace_id": workspace_id, "upload_id": upload_id}
    tx.execute(insert(erased_file).on_conflict_do_nothing(), gone)
    entry = timeline_entry.c
    booked = entry.workspace_id == workspace_id, entry.key == f"booked:{root_id}"
    without = entry.detail.op("-", return_type=JSONB)(literal(f"file:{upload_id}", Text))
    tx.execute(update(timeline_entry).where(*booked).values(detail=without))


def _without_files(
    tx: Connection, workspace_id: UUID, entries: tuple[Entry, ...]
) -> tuple[Entry, ...]:
    """Without the names of files that were erased before we heard of them."""
    named = [name for entry in entries for name in entry.detail if name.startswith("file:")]
    if not named:
        return entries
    ids = [UUID(name.removeprefix("file:")) for name in named]
    query = select(erased_file.c.upload_id).where(
        erased_file.c.workspace_id == workspace_id, erased_file.c.upload_id.in_(ids)
    )
    gone = {f"file:{each}" for each in tx.execute(query).scalars()}
    return tuple(
        replace(one, detail={k: v for k, v in one.detail.items() if k not in gone})
        for one in entries
    )


def _erased(owner: Owner, entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    if not owner.erased:
        return entries
    return tuple(replace(one, detail=erasing.detail(one.kind, one.detail)) for one in entries)


def _touch(tx: Connection, workspace_id: UUID, deal_id: UUID, at: datetime) -> None:
    query = update(deal).where(deal.c.workspace_id == workspace_id, deal.c.id == deal_id)
    changes = {"active_at": func.greatest(deal.c.active_at, at), "version": deal.c.version + 1}
    tx.execute(query.values(changes))


def _state(booking: Booking) -> dict[str, object]:
    return {
        "booking_id": booking.id,
        "status": booking.status,
        "starts_at": booking.start,
        "ends_at": booking.end,
        "sequence": booking.sequence,
        "version": booking.version,
    }
