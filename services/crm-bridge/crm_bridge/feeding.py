"""The feed of everything that happened, and the webhooks that are told of it: entrypoints."""

from datetime import timedelta
from uuid import UUID

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
from servicekit.nightly import KeepsCopies
from servicekit.outgoing import Forbidden, Unreachable
from servicekit.sealing import Sealer

ROUNDS = 50
"""Batches in one go: then the tick begins anew."""


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
            for one in request.admins:
                store.keep_admin(tx, request.workspace_id, one, told=True)
            return self._webhook(tx, request.workspace_id, request.webhook_id)

    @endpoint
    def enable_webhook(self, request: EnableWebhook) -> Webhook:
        """Also what it missed is sent. Raises `NotFound`."""
        workspace_id, webhook_id = request.workspace_id, request.webhook_id
        with self.db.begin() as tx:
            self._webhook(tx, workspace_id, webhook_id)
            feed.lock_head(tx, workspace_id)
            row = store.lock(tx, webhook_id)
            if row is not None and row.state == "disabled":
                now = self.clock.now()
                store.enable(tx, webhook_id)
                deliveries.renew(tx, webhook_id, now)
                deliveries.add(tx, workspace_id, row.missed_after or 0, now, (webhook_id, None))
            self.wake("send_webhooks")
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
            store.lock(tx, request.webhook_id)  # before its deliveries, as its senders do
            now = self.clock.now()
            whom = request.webhook_id, event_id
            count = deliveries.add(tx, workspace_id, after, now, whom)
            self.wake("send_webhooks")
        return Replayed(count=count)

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
        placed = 0
        for workspace_id in workspaces:
            with self.db.begin() as tx:
                placed += self._place(tx, workspace_id)
        if placed:
            self.wake("send_webhooks")

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
        now = self.clock.now()
        before = now - timedelta(days=self.settings.feed_days)
        with self.db.begin() as tx:
            workspaces = feed.workspaces(tx)
        for workspace_id in workspaces:
            with self.db.begin() as tx:
                gone = feed.forget(tx, workspace_id, before, now)
            if gone:
                self.log.info("feed_forgotten", workspace_id=str(workspace_id), events=gone)

    def tell(self, tx: Tx, told: Told) -> None:
        """Into the feed, in this transaction; a repeat adds nothing."""
        if feed.add(tx, told, self.clock.now()):
            self.wake("place_events")

    def _place(self, tx: Tx, workspace_id: UUID) -> int:
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
        return len(ordered)

    def _require_kept(self, tx: Tx, workspace_id: UUID, after: str) -> None:
        """Without a cursor the feed begins with what is kept."""
        if after and paging.place(after) < feed.forgotten(tx, workspace_id):
            raise CursorExpired

    def _webhook(self, tx: Tx, workspace_id: UUID, webhook_id: UUID) -> Webhook:
        found = store.find(tx, workspace_id, webhook_id)
        if found is None:
            raise NotFound
        return found

    def _active(self, tx: Tx, workspace_id: UUID, webhook_id: UUID) -> None:
        if self._webhook(tx, workspace_id, webhook_id).state != "active":
            raise Conflict("This webhook is disabled. Enable it first.")

    def _receiver(self) -> Receiver:
        private, seconds = self.settings.private_addresses, self.settings.call_seconds
        return Receiver(private, seconds, self.clock.now)
