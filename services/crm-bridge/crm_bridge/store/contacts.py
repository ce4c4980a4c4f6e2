"""Contacts as people look at them, merge them and have them forgotten.

A contact that was merged stays as a row that keeps its address and names the one it went into,
which is never merged itself. Whoever merges or erases has the workspace alone (`mirror.alone`);
whoever else changes what contacts have shares it from the beginning.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, and_, delete, func, or_, select, update
from sqlalchemy import tuple_ as pair

from contracts.crm_bridge import Contact, ListContacts, ListedContact
from crm_bridge.domain import erasing
from crm_bridge.domain.deals import HELD, OPEN_STAGES
from crm_bridge.store.mirror_tables import detail as meeting_detail
from crm_bridge.store.mirror_tables import push
from crm_bridge.store.tables import chain, contact, deal, timeline_entry
from servicekit import leases

COLUMNS = [contact.c[name] for name in Contact.__struct_fields__]


def find(tx: Connection, workspace_id: UUID, contact_id: UUID) -> Contact | None:
    """One of this workspace; for one that was merged, the contact it went into."""
    query = select(*COLUMNS, contact.c.merged_into).where(contact.c.workspace_id == workspace_id)
    row = tx.execute(query.where(contact.c.id == contact_id)).one_or_none()
    if row is not None and row.merged_into is not None:
        row = tx.execute(query.where(contact.c.id == row.merged_into)).one()
    return Contact(**{n: getattr(row, n) for n in Contact.__struct_fields__}) if row else None


def went_into(tx: Connection, workspace_id: UUID, contact_id: UUID) -> UUID | None:
    """The contact that this one was merged into, if it was."""
    query = select(contact.c.merged_into).where(
        contact.c.workspace_id == workspace_id, contact.c.id == contact_id
    )
    found: UUID | None = tx.execute(query).scalar_one_or_none()
    return found


def addresses(tx: Connection, contact_id: UUID) -> tuple[str, ...]:
    """Those of the contacts that went into this one."""
    query = select(contact.c.email).where(contact.c.merged_into == contact_id)
    return tuple(tx.execute(query.order_by(contact.c.email)).scalars())


def meetings(
    tx: Connection, contact_id: UUID, now: datetime
) -> tuple[datetime | None, datetime | None]:
    """When the next one begins, and when the last one that was held began."""
    following, last = _meetings(now, chain.c.contact_id == contact_id)
    row = tx.execute(select(following.label("next"), last.label("last"))).one()
    return row.next, row.last


def of_workspace(
    tx: Connection, request: ListContacts, after: tuple[datetime, UUID] | None, now: datetime
) -> list[ListedContact]:
    """Newest first, at most `limit + 1`."""
    query = _listed(now).where(
        contact.c.workspace_id == request.workspace_id,
        contact.c.merged_into.is_(None),
        *_filters(request),
    )
    if after is not None:
        query = query.where(pair(contact.c.created_at, contact.c.id) < pair(*after))
    newest = query.order_by(contact.c.created_at.desc(), contact.c.id.desc())
    return [_row(row) for row in tx.execute(newest.limit(request.limit + 1))]


def _listed(now: datetime) -> Select[Any]:
    following, last = _meetings(now, chain.c.contact_id == contact.c.id)
    still_open = and_(deal.c.contact_id == contact.c.id, deal.c.stage.in_(OPEN_STAGES))
    count = select(func.count()).select_from(deal).where(still_open).scalar_subquery()
    return select(
        *COLUMNS,
        count.label("deals"),
        following.label("meeting_next"),
        last.label("meeting_last"),
    )


def _meetings(now: datetime, whose: ColumnElement[bool]) -> tuple[Any, Any]:
    held = and_(whose, chain.c.status.in_(HELD))
    following = select(func.min(chain.c.starts_at)).where(held, chain.c.ends_at > now)
    last = select(func.max(chain.c.starts_at)).where(held, chain.c.ends_at <= now)
    return following.scalar_subquery(), last.scalar_subquery()


def _row(row: Any) -> ListedContact:
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name
    who = Contact(**{name: values.pop(name) for name in Contact.__struct_fields__})
    return ListedContact(contact=who, **values)


def _filters(request: ListContacts) -> list[ColumnElement[bool]]:
    filters: list[ColumnElement[bool]] = []
    if request.owner_id is not None:
        theirs = and_(deal.c.contact_id == contact.c.id, deal.c.owner_id == request.owner_id)
        filters.append(select(deal.c.id).where(theirs).exists())
    sought = request.search.strip()
    if sought:
        other = contact.alias("other")
        also = other.c.merged_into == contact.c.id
        also = and_(also, other.c.email.icontains(sought, autoescape=True))
        words = (contact.c.name, contact.c.email)
        matches = (word.icontains(sought, autoescape=True) for word in words)
        filters.append(or_(*matches, select(other.c.id).where(also).exists()))
    return filters


def merge(tx: Connection, kept: UUID, merged: UUID, now: datetime) -> None:
    """Everything that `merged` has is `kept`'s. The caller has the workspace alone."""
    into = {"contact_id": kept}
    # Deals first: who changes one by hand holds its row, and then writes its timeline.
    for table in (deal, chain, timeline_entry):
        tx.execute(update(table).where(table.c.contact_id == merged).values(into))
    old = or_(contact.c.id == merged, contact.c.merged_into == merged)
    tx.execute(update(contact).where(old).values(merged_into=kept))
    its_own = and_(push.c.object == "contact", push.c.object_id == merged)
    tx.execute(delete(push).where(its_own))
    anew = {"wanted": push.c.wanted + 1, "state": leases.DUE, "next_try": now, "problem": ""}
    tx.execute(update(push).where(push.c.contact_id == merged).values({**into, **anew}))


def erase(tx: Connection, contact_id: UUID, now: datetime) -> set[UUID]:
    """Forgets who it is, and what other CRMs had still to be shown of them. The chains of the feed
    that tell of them. The caller has the workspace alone.
    """
    roots = _ids(tx, select(chain.c.root_id).where(chain.c.contact_id == contact_id))
    deals = _ids(tx, select(deal.c.id).where(deal.c.contact_id == contact_id))
    people = _ids(tx, select(contact.c.id).where(contact.c.merged_into == contact_id))
    people.add(contact_id)
    for one in sorted(people):
        gone = {"name": erasing.NAME, "email": erasing.address(one), "erased_at": now}
        tx.execute(update(contact).where(contact.c.id == one).values(gone))
    titled = update(deal).where(deal.c.id.in_(deals))
    tx.execute(titled.values(title=erasing.NAME + " - " + deal.c.link_title))
    _erase_entries(tx, contact_id)
    tx.execute(delete(push).where(push.c.contact_id.in_(people)))
    tx.execute(delete(meeting_detail).where(meeting_detail.c.root_id.in_(roots)))
    return roots | deals | people


def _erase_entries(tx: Connection, contact_id: UUID) -> None:
    entry = timeline_entry.c
    query = select(entry.workspace_id, entry.key, entry.kind, entry.detail)
    for row in tx.execute(query.where(entry.contact_id == contact_id)).all():
        left = erasing.detail(row.kind, row.detail)
        if left != row.detail:
            here = and_(entry.workspace_id == row.workspace_id, entry.key == row.key)
            tx.execute(update(timeline_entry).where(here).values(detail=left))


def is_erased(tx: Connection, contact_id: UUID) -> bool:
    """Whether it was."""
    query = select(contact.c.erased_at).where(contact.c.id == contact_id)
    return tx.execute(query).scalar_one_or_none() is not None


def erased_chains(tx: Connection, roots: Iterable[UUID]) -> set[UUID]:
    """Those of these chains of bookings whose contact was erased."""
    query = select(chain.c.root_id).join(contact, contact.c.id == chain.c.contact_id)
    return _ids(tx, query.where(chain.c.root_id.in_(set(roots)), contact.c.erased_at.is_not(None)))


def _ids(tx: Connection, query: Select[Any]) -> set[UUID]:
    return set(tx.execute(query).scalars())
