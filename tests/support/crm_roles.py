"""Contacts, deals and notes of Mia's, for routes that name them."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from contracts.booking import Attendee, Book, Booked
from contracts.crm_bridge import (
    AddNote,
    CreateWebhook,
    FindDeal,
    ListContacts,
    ListCrmConnections,
    ListDeals,
    ListEvents,
    ListWebhooks,
)
from crm_bridge.store import connections
from gateway.accounts import Profile
from servicekit.sealing import Sealer
from support.suite_web import Suite
from support.web import NOW, Web


class CrmRoles:
    """The part of `Roles` that knows the CRM."""

    suite: Suite
    site: Web
    local: Any
    mia: Profile
    _kept: dict[str, Any]
    _starts: Iterator[datetime]
    _mailed: Callable[[], Booked]

    def _deal_id(self) -> UUID:
        booking = self._mailed().booking
        asked = FindDeal(workspace_id=booking.workspace_id, root_id=booking.root_id)
        return UUID(str(self.local.crm_bridge.find_deal(asked).deal.id))

    def _contact_id(self) -> UUID:
        self._mailed()
        asked = ListDeals(workspace_id=self.mia.workspace_id)
        return UUID(str(self.local.crm_bridge.list_deals(asked).deals[0].contact.id))

    def _contact_id_of_api_merge_contacts(self) -> UUID:
        return self.person("kept")

    def _contact_id_of_api_erase_contact(self) -> UUID:
        return self.person("erased")

    def person(self, name: str) -> UUID:
        """A contact of this name, the same again."""
        if f"person {name}" not in self._kept:
            email = f"{name}@people.test"
            asked = Book(
                slug="mia-call",
                idempotency_key=str(uuid4()),
                start=next(self._starts),
                attendee=Attendee(name=name, email=email, timezone="UTC"),
            )
            self.local.booking.book(asked)
            self.suite.hear()
            wish = ListContacts(workspace_id=self.mia.workspace_id, search=email)
            (found,) = self.local.crm_bridge.list_contacts(wish).contacts
            self._kept[f"person {name}"] = found.contact.id
        return UUID(str(self._kept[f"person {name}"]))

    def _note_id_of_api_delete_deal_note(self) -> UUID:
        return self._noted(deal_id=self._deal_id())

    def _note_id_of_api_delete_contact_note(self) -> UUID:
        return self._noted(contact_id=self._contact_id())

    def _noted(self, **about: UUID) -> UUID:
        asked = AddNote(
            workspace_id=self.mia.workspace_id,
            note_id=uuid4(),
            text="Call back",
            actor=self.mia.actor,
            **about,
        )
        self.local.crm_bridge.add_note(asked)
        return asked.note_id

    def _webhook_id(self) -> UUID:
        """One that nobody answers at; the same until it is deleted."""
        asked = ListWebhooks(workspace_id=self.mia.workspace_id)
        found = self.local.crm_bridge.list_webhooks(asked).webhooks
        return UUID(str(found[0].id)) if found else self._new_webhook()

    def _new_webhook(self) -> UUID:
        keys = self.site.app.extensions["settings"].secret_keys
        asked = CreateWebhook(
            workspace_id=self.mia.workspace_id,
            webhook_id=uuid4(),
            url="http://127.0.0.1:9/hook",
            sealed_secret=Sealer(keys).seal("whsec_x"),
        )
        return UUID(str(self.local.crm_bridge.create_webhook(asked).id))

    def _crm_id(self) -> UUID:
        """A connection to a CRM that is away; the same until it is disconnected."""
        asked = ListCrmConnections(workspace_id=self.mia.workspace_id)
        found = self.local.crm_bridge.list_crm_connections(asked).connections
        return UUID(str(found[0].id)) if found else self.new_crm(self.mia.workspace_id)

    def new_crm(self, workspace_id: UUID) -> UUID:
        """The same, for one workspace."""
        keys, made = self.site.app.extensions["settings"].secret_keys, uuid4()
        with self.local.crm_bridge.service.db.begin() as tx:
            connections.create(
                tx,
                id=made,
                workspace_id=workspace_id,
                provider="hubspot",
                account="HubSpot account 1",
                account_key="1",
                sealed_secret=Sealer(keys).seal('{"access": "x"}'),
                state="ok",
                why="",
                missing=[],
                mapping={},
                created_at=NOW,
            )
        return made

    def _event_id(self) -> UUID:
        self._mailed()
        asked = ListEvents(workspace_id=self.mia.workspace_id)
        return UUID(str(self.local.crm_bridge.list_events(asked).events[0].id))
