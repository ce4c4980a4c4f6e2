"""How events reach webhooks: leased, signed, sent outside any transaction, and noted.

If the process dies before a request, the lease ends and it is sent; if it dies after, it is sent
again with the same id, by which receivers know it.
"""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from cryptography.fernet import InvalidToken
from sqlalchemy import Connection as Tx
from sqlalchemy import Row

from contracts.crm_bridge import FeedEvent, WebhookDisabled
from contracts.wire import encode
from crm_bridge.adapters.receiver import Post, Receiver
from crm_bridge.domain import webhooks as rules
from crm_bridge.domain.webhooks import Tried
from crm_bridge.store import deliveries
from crm_bridge.store import webhooks as store
from crm_bridge.store.tables import delivery
from servicekit import leases
from servicekit.leases import Held
from servicekit.metrics import Counter

SENT = Counter("webhook_deliveries_total", "Tries to deliver an event.", ["result"])
DISABLED = Counter("webhooks_disabled_total", "Webhooks disabled, by why.", ["why"])

BATCH = 40
AT_ONCE = 8
"""Webhooks that are sent to at the same time; each gets one request at a time."""

TURN = 10.0
"""Seconds that one webhook has in a row before the others have their turn."""


@dataclass(frozen=True)
class Job:
    """A leased delivery, with what is sent."""

    held: Held
    row: Row[Any]
    event: FeedEvent


@dataclass(frozen=True)
class Teller:
    """`begin` opens a transaction, `announce` puts an event into its outbox, `unseal` opens the
    webhooks' secrets.
    """

    begin: Callable[[], AbstractContextManager[Tx]]
    announce: Callable[[Tx, WebhookDisabled], None]
    unseal: Callable[[str], str]
    receiver: Receiver
    now: Callable[[], datetime]

    @property
    def _lasts(self) -> timedelta:
        """A lease: no request outlives it."""
        return timedelta(seconds=TURN + 2 * self.receiver.seconds)

    def send_due(self) -> bool:
        """Sends some of what is due; whether there may be more."""
        with self.begin() as tx:
            leased = deliveries.lease(tx, self.now(), BATCH, self._lasts)
            jobs = [Job(held, row, deliveries.body(tx, row)) for held, row in leased]
        several: dict[UUID, list[Job]] = {}
        for job in jobs:
            several.setdefault(job.row.webhook_id, []).append(job)
        if several:
            with ThreadPoolExecutor(min(AT_ONCE, len(several)), "webhooks") as pool:
                list(pool.map(self._serve, several.values()))
        return bool(jobs)

    def _serve(self, jobs: list[Job]) -> None:
        """One webhook's, until its server is away or its turn is over."""
        end = monotonic() + TURN
        for place, job in enumerate(jobs):
            go_on = self._deliver(job)
            if not go_on or monotonic() > end:
                self._put_back(jobs[place:])
                return

    def _put_back(self, jobs: list[Job]) -> None:
        """Those that are still ours."""
        with self.begin() as tx:
            for job in jobs:
                leases.postpone(tx, job.held, self.now(), job.row.problem, tried=False)

    def _deliver(self, job: Job) -> bool:
        """Whether the next one can be sent too."""
        with self.begin() as tx:
            webhook = store.lock(tx, job.row.webhook_id)
            # It may have waited for its turn longer than its lease.
            ours = leases.extend(tx, job.held, self._lasts)
        if webhook is None or webhook.state != "active" or not ours:
            return False
        tried = self._send(job, webhook)
        SENT.labels(tried.verdict).inc()
        with self.begin() as tx:
            self._note(tx, job, tried)
        return tried.verdict == "done" or (tried.verdict == "refused" and tried.wait is None)

    def _send(self, job: Job, webhook: Row[Any]) -> Tried:
        try:
            secret = self.unseal(webhook.sealed_secret)
        except InvalidToken:
            return Tried(None, 0, "Its secret cannot be opened with the installation's keys.")
        body = encode(job.event)
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Workestra-Webhooks/1",
            "Workestra-Event": job.event.type,
            "Workestra-Event-Id": str(job.event.id),
            "Workestra-Signature": rules.signature(secret, body, self.now()),
        }
        return self.receiver.send(Post(webhook.url, body, headers))

    def _note(self, tx: Tx, job: Job, tried: Tried) -> None:
        """The webhook's row is locked first, as everywhere."""
        webhook = store.lock(tx, job.row.webhook_id)
        if webhook is None:
            return
        noted: dict[str, Any] = {
            "status": tried.status,
            "latency_ms": tried.latency_ms,
            "tried_at": self.now(),
        }
        if tried.verdict == "done":
            attempts = delivery.c.attempts + 1
            leases.done(tx, job.held, attempts=attempts, **noted)
            store.change(tx, webhook.id, failing_since=None, failures=0, rest_until=None)
            return
        disabled = self._failed(tx, webhook, tried)
        if not disabled and self.now() >= job.row.expires_at:
            leases.give_up(tx, job.held, tried.problem, **noted)
            return
        wait = rules.pause(tried, leases.backoff(job.row.attempts + 1, random))
        until = self.now() if tried.verdict == "away" else self.now() + wait
        leases.postpone(tx, job.held, until, tried.problem, **noted)

    def _failed(self, tx: Tx, webhook: Row[Any], tried: Tried) -> bool:
        """Notes it at the webhook; whether that is disabled now."""
        since = webhook.failing_since or self.now()
        rest = rules.rest(tried, leases.backoff(webhook.failures + 1, random))
        until = self.now() + rest if rest else webhook.rest_until
        failing = {"failing_since": since, "failures": webhook.failures + 1, "rest_until": until}
        store.change(tx, webhook.id, **failing)
        if webhook.state != "active":
            return True
        if tried.verdict == "gone":
            self._disable(tx, webhook, "gone")
        elif self.now() - since >= rules.LONG:
            self._disable(tx, webhook, "failing")
        else:
            return False
        return True

    def _disable(self, tx: Tx, webhook: Row[Any], why: Any) -> None:
        times = store.disable(tx, webhook, why)
        DISABLED.labels(why).inc()
        told = WebhookDisabled(
            workspace_id=webhook.workspace_id,
            version=times,
            webhook_id=webhook.id,
            server=urlsplit(webhook.url).hostname or "",
            why=why,
            at=self.now(),
            admins=store.admins(tx, webhook.workspace_id),
        )
        self.announce(tx, told)
