"""How the facts of one message become a contact, at most one deal, and a timeline."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from contracts.crm_bridge import Contact, ContactCreated, DealCreated
from crm_bridge.domain import deals
from crm_bridge.domain.facts import Facts
from crm_bridge.store import follow as store
from crm_bridge.store import read
from crm_bridge.store.follow import Owner


@dataclass(frozen=True)
class Followed:
    """How many rows some facts made or changed, and whether they are of somebody who was erased."""

    rows: int
    erased: bool


@dataclass(frozen=True)
class Follower:
    """One transaction's view: `announce` puts an event into its outbox, `new_id` makes ids."""

    tx: Connection
    now: datetime
    new_id: Callable[[], UUID]
    announce: Callable[[ContactCreated | DealCreated], None]

    def follow(self, facts: Facts) -> Followed:
        """Brings the CRM in line with the facts.

        The contact's row is locked first, so that two messages about one person decide one after
        the other. Repeating it changes nothing. A known chain keeps its contact, whatever became of
        that one's address. The caller shares the workspace, so that no contact is merged meanwhile.
        """
        owner, made = store.lock_known(self.tx, facts.workspace_id, facts.root_id), 0
        if owner is None:
            owner, made = self._begin(facts)
        changed = made or store.advance_chain(self.tx, facts.current)
        added = store.insert_entries(self.tx, owner, facts.entries)
        return Followed(changed + added, owner.erased)

    def _begin(self, facts: Facts) -> tuple[Owner, int]:
        """Whose an unknown chain is, and how many rows it took: a stranger's contact is seen by
        nobody else before the commit, and has neither chains nor deals.
        """
        stranger = self._meet(facts)
        if stranger is not None:
            return self._place(facts, stranger.id, self._asked_for(facts)), 2
        contact_id = store.lock_contact(self.tx, facts.origin)
        known = store.lock_known(self.tx, facts.workspace_id, facts.root_id)
        if known is not None:
            return known, 0
        joined = self._asked_for(facts) or store.open_deal(self.tx, facts.workspace_id, contact_id)
        return self._place(facts, contact_id, joined), 1

    def _meet(self, facts: Facts) -> Contact | None:
        """The contact, if it is of a stranger."""
        contact = store.insert_contact(self.tx, self.new_id(), facts.origin, self.now)
        if contact is not None:
            workspace = facts.workspace_id
            self.announce(ContactCreated(workspace_id=workspace, version=1, contact=contact))
        return contact

    def _place(self, facts: Facts, contact_id: UUID, joined: UUID | None) -> Owner:
        owner = Owner(facts.workspace_id, contact_id, joined)
        if deals.wants_deal(joined, facts.origin):
            owner = self._open(owner, facts)
        store.insert_chain(self.tx, owner, facts.current)
        if owner.deal_id is not None and joined is None:
            self._announce_deal(owner.workspace_id, owner.deal_id)
        return owner

    def _asked_for(self, facts: Facts) -> UUID | None:
        """The deal on which a call was asked for: exactly that one, closed or not."""
        deal_id = facts.origin.deal_id
        if deal_id is None or not store.has_deal(self.tx, facts.workspace_id, deal_id):
            return None
        return deal_id

    def _open(self, owner: Owner, facts: Facts) -> Owner:
        made = Owner(owner.workspace_id, owner.contact_id, self.new_id())
        assert made.deal_id is not None
        store.insert_deal(self.tx, made.deal_id, owner, deals.new_deal(facts.origin))
        return made

    def _announce_deal(self, workspace_id: UUID, deal_id: UUID) -> None:
        deal = read.find_deal(self.tx, workspace_id, deal_id, self.now)
        assert deal is not None
        event = DealCreated(workspace_id=workspace_id, version=deal.version, deal=deal)
        self.announce(event)
