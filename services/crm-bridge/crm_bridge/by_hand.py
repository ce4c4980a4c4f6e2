"""What people do by hand with contacts and deals: entrypoints."""

from uuid import UUID

from contracts.booking import FileErased
from contracts.crm_bridge import (
    AddNote,
    Board,
    Contact,
    ContactDetail,
    Contacts,
    Deal,
    DeleteNote,
    EraseContact,
    GetBoard,
    GetContact,
    ListContacts,
    MergeContacts,
    SetStage,
    SetValue,
)
from contracts.errors import Conflict, Invalid, NotFound
from contracts.wire import Empty
from crm_bridge.connecting import Connecting
from crm_bridge.domain import feed, paging
from crm_bridge.domain.facts import Entry
from crm_bridge.store import contacts, follow, mirror, notes, read
from crm_bridge.store import feed as stored_feed
from crm_bridge.store.follow import Owner
from servicekit import Tx, endpoint, listen


class ByHand(Connecting):
    """Contacts and deals as people look at them and change them. Every endpoint filters by the
    request's workspace.
    """

    @endpoint
    def set_stage(self, request: SetStage) -> Deal:
        """Moves a deal to a stage; a repeated request adds nothing. Raises `NotFound`."""
        with self.db.begin() as tx:
            deal = self._locked_deal(tx, request.workspace_id, request.deal_id)
            if deal.stage == request.stage:
                return deal
            self._move_to_stage(tx, deal, request)
            moved = self._deal(tx, request.workspace_id, request.deal_id)
            self.tell(tx, feed.staged(moved, deal.stage, self.clock.now()))
            self.mirror_deal(tx, moved)
            return moved

    @endpoint
    def set_value(self, request: SetValue) -> Deal:
        """What a deal is worth; a repeated request adds nothing. Raises `NotFound`."""
        with self.db.begin() as tx:
            deal = self._locked_deal(tx, request.workspace_id, request.deal_id)
            if (deal.value_cents, deal.currency) == (request.value_cents, request.currency):
                return deal
            worth = {"value_cents": request.value_cents, "currency": request.currency}
            follow.change_deal(tx, deal.workspace_id, deal.id, **worth)
            detail = {"from": _worth(deal), "to": _worth(request), "by": request.actor}
            self._note_change(tx, deal, "value", detail)
            valued = self._deal(tx, request.workspace_id, request.deal_id)
            self.tell(tx, feed.valued(valued, self.clock.now()))
            self.mirror_deal(tx, valued)
            return valued

    @endpoint
    def get_board(self, request: GetBoard) -> Board:
        """Deals by stage."""
        with self.db.begin() as tx:
            return Board(columns=read.board(tx, request, self.clock.now()))

    @endpoint
    def list_contacts(self, request: ListContacts) -> Contacts:
        """A page of contacts, newest first. Raises `Invalid` for a cursor that is none."""
        after = paging.position(request.after)
        with self.db.begin() as tx:
            found = contacts.of_workspace(tx, request, after, self.clock.now())
        page = tuple(found[: request.limit])
        last = page[-1].contact if len(found) > request.limit else None
        return Contacts(
            contacts=page, cursor=paging.cursor(last.created_at, last.id) if last else ""
        )

    @endpoint
    def get_contact(self, request: GetContact) -> ContactDetail:
        """A contact, their deals and everything that happened. Raises `NotFound`."""
        with self.db.begin() as tx:
            return self._detail(tx, request.workspace_id, request.contact_id)

    @endpoint
    def merge_contacts(self, request: MergeContacts) -> ContactDetail:
        """Two become one. Raises `NotFound`, `Invalid` for one and the same, `Conflict` where one
        of them went into another contact meanwhile, or was erased.
        """
        if request.contact_id == request.merged_id:
            raise Invalid(fields={"contact": "A contact cannot be merged with itself."})
        with self.db.begin() as tx:
            mirror.alone(tx, request.workspace_id)
            if self._are_two(tx, request):
                self._merge(tx, request)
            return self._detail(tx, request.workspace_id, request.contact_id)

    @endpoint
    def erase_contact(self, request: EraseContact) -> ContactDetail:
        """Forgets who it is. Raises `NotFound`."""
        with self.db.begin() as tx:
            mirror.alone(tx, request.workspace_id)
            contact = self._contact(tx, request.workspace_id, request.contact_id)
            if not contacts.is_erased(tx, contact.id):
                self._erase(tx, contact, request.actor)
            return self._detail(tx, request.workspace_id, contact.id)

    @endpoint
    def add_note(self, request: AddNote) -> Empty:
        """On a deal or a contact. Raises `NotFound`, `Invalid`."""
        text = request.text.strip()
        if not text or (request.deal_id is None) == (request.contact_id is None):
            raise Invalid(fields={"text": "Please write something, about a deal or a contact."})
        with self.db.begin() as tx:
            owner = self._owner(tx, request)
            detail = {"text": text, "note": str(request.note_id), "by": request.actor}
            entry = Entry(notes.key(request.note_id), self.clock.now(), "note", detail=detail)
            follow.insert_entries(tx, owner, (entry,))
        return Empty()

    @endpoint
    def delete_note(self, request: DeleteNote) -> Empty:
        """It is gone from the timeline; a repeat finds nothing to do."""
        with self.db.begin() as tx:
            if notes.drop(tx, request.workspace_id, request.note_id):
                self.log.info("note_deleted", note_id=str(request.note_id), by=request.actor)
        return Empty()

    @listen
    def on_file_erased(self, event: FileErased, tx: Tx) -> None:
        """No timeline names it any more, nor will one of which we hear later."""
        follow.forget_file(tx, event.workspace_id, event.upload_id, event.root_id)

    def _are_two(self, tx: Tx, request: MergeContacts) -> bool:
        """Whether there is anything to merge: not where that was done before."""
        both = [request.contact_id, request.merged_id]
        for contact_id in both:
            self._contact(tx, request.workspace_id, contact_id)
        kept, merged = (contacts.went_into(tx, request.workspace_id, one) for one in both)
        if kept is None and merged == request.contact_id:
            return False
        if kept or merged:
            raise Conflict("One of these contacts was merged meanwhile. Look again.")
        if any(contacts.is_erased(tx, one) for one in both):
            raise Conflict("One of these contacts was erased: nothing may be added to it.")
        return True

    def _merge(self, tx: Tx, request: MergeContacts) -> None:
        workspace_id, now = request.workspace_id, self.clock.now()
        merged = self._contact(tx, workspace_id, request.merged_id)
        kept = self._contact(tx, workspace_id, request.contact_id)
        contacts.merge(tx, kept.id, merged.id, now)
        told = {"from": merged.name, "email": merged.email, "by": request.actor}
        entry = Entry(f"merged:{merged.id}", now, "merged", detail=told)
        follow.insert_entries(tx, Owner(workspace_id, kept.id, None), (entry,))
        self.tell(tx, feed.merged(kept, merged, now))
        self.wake("push_connectors")
        ids = {"contact_id": str(kept.id), "merged_id": str(merged.id)}
        self.log.info("contacts_merged", **ids, by=request.actor)

    def _erase(self, tx: Tx, contact: Contact, actor: str) -> None:
        now = self.clock.now()
        stored_feed.lock_head(tx, contact.workspace_id)  # nothing is placed meanwhile
        chains = contacts.erase(tx, contact.id, now)
        stored_feed.erase(tx, contact.workspace_id, chains)
        entry = Entry(f"erased:{contact.id}", now, "erased", detail={"by": actor})
        follow.insert_entries(tx, Owner(contact.workspace_id, contact.id, None), (entry,))
        left = self._contact(tx, contact.workspace_id, contact.id)
        self.tell(tx, feed.erased(left, now))
        self.log.info("contact_erased", contact_id=str(contact.id), by=actor)

    def _owner(self, tx: Tx, request: AddNote) -> Owner:
        """Whose timeline the note goes on; nobody merges it meanwhile."""
        workspace_id = request.workspace_id
        mirror.share(tx, workspace_id)
        if request.deal_id is not None:
            deal = self._locked_deal(tx, workspace_id, request.deal_id)
            return Owner(workspace_id, deal.contact.id, deal.id)
        assert request.contact_id is not None
        return Owner(workspace_id, self._contact(tx, workspace_id, request.contact_id).id, None)

    def _contact(self, tx: Tx, workspace_id: UUID, contact_id: UUID) -> Contact:
        found = contacts.find(tx, workspace_id, contact_id)
        if found is None:
            raise NotFound
        return found

    def _detail(self, tx: Tx, workspace_id: UUID, contact_id: UUID) -> ContactDetail:
        contact, now = self._contact(tx, workspace_id, contact_id), self.clock.now()
        following, last = contacts.meetings(tx, contact.id, now)
        return ContactDetail(
            contact=contact,
            deals=tuple(read.deals_of_contact(tx, workspace_id, contact.id, now)),
            timeline=read.contact_timeline(tx, workspace_id, contact.id),
            also=contacts.addresses(tx, contact.id),
            meeting_next=following,
            meeting_last=last,
        )

    def _locked_deal(self, tx: Tx, workspace_id: UUID, deal_id: UUID) -> Deal:
        mirror.share(tx, workspace_id)  # before its row: who merges wants that too
        if not read.lock_deal(tx, workspace_id, deal_id):
            raise NotFound
        return self._deal(tx, workspace_id, deal_id)

    def _deal(self, tx: Tx, workspace_id: UUID, deal_id: UUID) -> Deal:
        deal = read.find_deal(tx, workspace_id, deal_id, self.clock.now())
        if deal is None:
            raise NotFound
        return deal

    def _move_to_stage(self, tx: Tx, deal: Deal, request: SetStage) -> None:
        follow.change_deal(tx, deal.workspace_id, deal.id, stage=request.stage)
        detail = {"from": deal.stage, "to": request.stage, "by": request.actor}
        self._note_change(tx, deal, "stage", detail)

    def _note_change(self, tx: Tx, deal: Deal, kind: str, detail: dict[str, str]) -> None:
        """On the timeline; it makes the deal's version grow."""
        entry = Entry(
            key=f"{kind}:{deal.id}:{deal.version}",
            at=self.clock.now(),
            kind=kind,
            version=deal.version,
            detail=detail,
        )
        follow.insert_entries(tx, Owner(deal.workspace_id, deal.contact.id, deal.id), (entry,))


def _worth(of: Deal | SetValue) -> str:
    """Minor units and currency: `120000 EUR`."""
    return f"{of.value_cents} {of.currency}"
