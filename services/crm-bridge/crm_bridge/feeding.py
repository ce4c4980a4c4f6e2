"""The feed of everything that happened, and the webhooks that are told of it: entrypoints."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Row

from contracts.crm_bridge import (
    CreateWebhook,
    DeleteWebhook,
    EnableWebhook,
    Events,
    FeedData,
    FeedEvent,
    ListEvents,
    ListWebhookDeliveries,
    ListWebhooks,
    Replayed,
    ReplayEvents,
    SendTestEvent,
    Webhook,
    WebhookAdmin,
    WebhookDeliveries,
    WebhookDelivery,
    Webhooks,
)
from contracts.errors import Conflict, CursorExpired, Invalid, NotFound
from contracts.gateway import AccountChanged
from contracts.wire import Empty
from crm_bridge.adapters.receiver import Receiver
from crm_bridge.domain import paging, placing
from crm_bridge.domain import webhooks as rules
from crm_bridge.domain.feed import Told
from crm_bridge.settings import Settings
from crm_bridge.store import contacts, deliveries, feed
from crm_bridge.store import webhooks as store
from crm_bridge.telling import Teller
from servicekit import Tx, endpoint, listen, tick
from servicekit.database import lost
from servicekit.nightly import KeepsCopies
from servicekit.outgoing import Forbidden, Unreachable
from servicekit.sealing import Sealer

ROUNDS = 50
"""Batches in one go: then the tick begins anew."""

SLICE = 5000
"""Deliveries that one statement makes due: far below what the database lets it take."""

T = TypeVar("T")


class Feeding(KeepsCopies[Settings]):
    """What crm-bridge has for other systems. Every endpoint filters by the request's workspace."""

    @endpoint
    def list_events(self, request: ListEvents) -> Events:
        """What happened after a cursor. Raises `Invalid` for a cursor that is none,
        `CursorExpired` for one after which something was forgotten.
        """
        after = paging.place(request.after)
        with self.db.begin() as tx:
            found = feed.events(tx, request, after)
            self._require_kept(tx, request.workspace_id, request.after)  # read last: no gap
        page = tuple(found[: request.limit])
        cursor = page[-1].cursor if page else request.after
        return Events(events=page, cursor=cursor, more=len(found) > request.limit)

    @endpoint
    def list_webhooks(self, request: ListWebhooks) -> Webhooks:
        """Of the workspace, oldest first."""
        with self.db.begin() as tx:
            return Webhooks(webhooks=store.of_workspace(tx, request.workspace_id))

    @endpoint
    def create_webhook(self, request: CreateWebhook) -> Webhook:
        """From now on it is told. Raises `Invalid` for an address that may not be asked, `Conflict`
        for an id that was used before.
        """
        try:
            self._receiver().check(request.url)
        except (Forbidden, Unreachable) as wrong:
            raise Invalid(fields={"url": str(wrong)}) from wrong
        with self.db.begin() as tx:
            if store.count(tx, request.workspace_id) >= rules.MOST:
                raise Invalid(fields={"url": f"A workspace has at most {rules.MOST} webhooks."})
            if not store.create(tx, request, self.clock.now()):
                raise Conflict("This webhook was made already.")
            store.keep_admins(tx, request.workspace_id, request.admins)
            return self._webhook(tx, request.workspace_id, request.webhook_id)

    @endpoint
    def enable_webhook(self, request: EnableWebhook) -> Webhook:
        """Also what it missed is sent. Raises `NotFound`."""
        workspace_id, webhook_id = request.workspace_id, request.webhook_id
        with self.db.begin() as tx:
            row = self._locked(tx, workspace_id, webhook_id)
            if row.state == "disabled":
                store.enable(tx, webhook_id, self.clock.now())
            self.wake("catch_up_webhooks")
            return self._webhook(tx, workspace_id, webhook_id)

    @endpoint
    def delete_webhook(self, request: DeleteWebhook) -> Empty:
        """With its deliveries. Raises `NotFound`."""
        with self.db.begin() as tx:
            if not store.delete(tx, request.workspace_id, request.webhook_id):
                raise NotFound
        return Empty()

    @endpoint
    def send_test_event(self, request: SendTestEvent) -> WebhookDelivery:
        """An event that stands in no feed. Raises `NotFound`, `Conflict` where it is disabled."""
        event_id = self.new_id()
        event = FeedEvent(
            id=event_id,
            cursor="",
            type="webhook.test",
            at=self.clock.now(),
            workspace_id=request.workspace_id,
            chain=event_id,
            data=FeedData(actor="test"),
        )
        with self.db.begin() as tx:
            self._active(tx, request.workspace_id, request.webhook_id)
            made = deliveries.add_test(tx, request.webhook_id, event, self.clock.now())
            self.wake("send_webhooks")
            return deliveries.find(tx, made)

    @endpoint
    def replay_events(self, request: ReplayEvents) -> Replayed:
        """Sends again. Raises `NotFound`, `Conflict` where it is disabled."""
        after = paging.place(request.after)
        workspace_id, event_id = request.workspace_id, request.event_id
        with self.db.begin() as tx:
            self._active(tx, workspace_id, request.webhook_id)
            if event_id is not None and not feed.has(tx, workspace_id, event_id):
                raise NotFound
            feed.lock_head(tx, workspace_id)
            self._require_kept(tx, workspace_id, request.after)
            row = self._locked(tx, workspace_id, request.webhook_id)
            if event_id is None:
                store.fall_back(tx, row, after)
                self.wake("catch_up_webhooks")
                return Replayed(count=deliveries.count(tx, row, after))
            self.wake("send_webhooks")
            return Replayed(count=deliveries.add_one(tx, row, event_id, self.clock.now()))

    @endpoint
    def list_webhook_deliveries(self, request: ListWebhookDeliveries) -> WebhookDeliveries:
        """A page of the log, newest first. Raises `NotFound`."""
        after = paging.position(request.after)
        with self.db.begin() as tx:
            webhook = self._webhook(tx, request.workspace_id, request.webhook_id)
            found = deliveries.of_webhook(tx, request.webhook_id, after, request.limit)
        page = tuple(found[: request.limit])
        more = len(found) > request.limit
        cursor = paging.cursor(page[-1].made_at, page[-1].id) if more else ""
        return WebhookDeliveries(webhook=webhook, deliveries=page, cursor=cursor)

    @listen
    def on_account_changed(self, event: AccountChanged, tx: Tx) -> None:
        """Who is told when a webhook is disabled, or another CRM lets us in no more."""
        one = event.account
        who = WebhookAdmin(id=one.id, name=one.name, email=one.email, version=one.version)
        told = one.active and one.role != "member"
        store.keep_admin(tx, one.workspace_id, who, told=told)

    @tick(seconds=5)
    def place_events(self) -> None:
        """Gives what was heard its place in the feed, and makes it due for webhooks."""
        with self.db.begin() as tx:
            workspaces = feed.waiting(tx)
        self._each(workspaces, self._place)

    @tick(seconds=5)
    def catch_up_webhooks(self) -> None:
        """Makes due what webhooks missed or are to be sent again, a slice of each at a time: who
        dies in between has lost nothing.
        """
        for _ in range(ROUNDS):
            with self.db.begin() as tx:
                behind = store.behind(tx)
            if self.kit.ending or not behind:
                return
            self._each(behind, self._catch_up)

    @tick(seconds=2)
    def send_webhooks(self) -> None:
        """Sends what is due, until nothing is."""
        teller = Teller(
            begin=self.db.begin,
            announce=self.announce,
            unseal=Sealer(self.settings.secret_keys).open,
            receiver=self._receiver(),
            now=self.clock.now,
        )
        for _ in range(ROUNDS):
            if self.kit.ending or not teller.send_due():
                return

    @tick(seconds=3600)
    def forget_deliveries(self) -> None:
        """The log is kept for a month."""
        with self.db.begin() as tx:
            deliveries.forget(tx, self.clock.now())

    @tick(seconds=3600)
    def forget_events(self) -> None:
        """The feed is kept as long as the operator wants."""
        with self.db.begin() as tx:
            workspaces = feed.workspaces(tx)
        self._each(workspaces, self._forget)

    def tell(self, tx: Tx, told: Told) -> None:
        """Into the feed, in this transaction; a repeat adds nothing."""
        feed.add(tx, told, self.clock.now())
        self.wake("place_events")

    def _each(self, ones: Iterable[T], work: Callable[[T], None]) -> None:
        """One's fault holds up no other, and is raised in the end; a lost database is everybody's.

        Raises `ExceptionGroup`.
        """
        faults = []
        for one in ones:
            try:
                work(one)
            except Exception as fault:
                if lost(fault):
                    raise
                fault.add_note(f"It was at {one}.")
                faults.append(fault)
        if faults:
            raise ExceptionGroup("The others had their turn.", faults)

    def _place(self, workspace_id: UUID) -> None:
        with self.db.begin() as tx:
            head, now = feed.lock_head(tx, workspace_id), self.clock.now()
            heard = feed.unplaced(tx, workspace_id)
            known = feed.reached(tx, workspace_id, (event.chain for event in heard))
            ordered, moved = placing.order(heard, known, now)
            if ordered:
                erased = contacts.erased_chains(tx, {event.chain for event in ordered})
                if erased:
                    feed.erase(tx, workspace_id, erased)
                feed.place(tx, workspace_id, head, ordered)
                feed.advance(tx, workspace_id, moved)
                deliveries.add(tx, workspace_id, head, now)
                self.wake("send_webhooks")

    def _catch_up(self, hook: Row[Any]) -> None:
        """One slice, while nobody gives places."""
        with self.db.begin() as tx:
            head = feed.lock_head(tx, hook.workspace_id)
            row = store.lock(tx, hook.id)
            if row is None or row.state != "active":
                return
            if row.renew_since is not None:
                if not deliveries.renew(tx, row.id, row.renew_since, SLICE):
                    store.change(tx, row.id, renew_since=None)
            elif row.missed_after is not None:
                after = max(row.missed_after, feed.forgotten(tx, row.workspace_id))
                last = min(after + SLICE, head)
                deliveries.add_between(tx, row, after, last, self.clock.now())
                store.change(tx, row.id, missed_after=last if last < head else None)
            self.wake("send_webhooks")

    def _forget(self, workspace_id: UUID) -> None:
        now, forgotten = self.clock.now(), 0
        before = now - timedelta(days=self.settings.feed_days)
        gone = 1
        while gone and not self.kit.ending:
            with self.db.begin() as tx:
                gone = feed.forget(tx, workspace_id, before, now)
            forgotten += gone
        if forgotten:
            self.log.info("feed_forgotten", workspace_id=str(workspace_id), events=forgotten)

    def _require_kept(self, tx: Tx, workspace_id: UUID, after: str) -> None:
        """Without a cursor the feed begins with what is kept."""
        if after and paging.place(after) < feed.forgotten(tx, workspace_id):
            raise CursorExpired

    def _webhook(self, tx: Tx, workspace_id: UUID, webhook_id: UUID) -> Webhook:
        found = store.find(tx, workspace_id, webhook_id)
        if found is None:
            raise NotFound
        return found

    def _locked(self, tx: Tx, workspace_id: UUID, webhook_id: UUID) -> Row[Any]:
        """Locked before its deliveries, as its senders do."""
        self._webhook(tx, workspace_id, webhook_id)
        row = store.lock(tx, webhook_id)
        if row is None:
            raise NotFound
        return row

    def _active(self, tx: Tx, workspace_id: UUID, webhook_id: UUID) -> None:
        if self._webhook(tx, workspace_id, webhook_id).state != "active":
            raise Conflict("This webhook is disabled. Enable it first.")

    def _receiver(self) -> Receiver:
        private, seconds = self.settings.private_addresses, self.settings.call_seconds
        return Receiver(private, seconds, self.clock.now)
