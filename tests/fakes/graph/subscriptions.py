"""Subscriptions, and the notifications to their addresses.

https://learn.microsoft.com/graph/change-notifications-delivery-webhooks, and for events at most
10,080 minutes (change-notifications-overview, subscription lifetime).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Literal
from uuid import uuid4

import urllib3

from fakes.graph.login import TENANT
from fakes.graph.shapes import JSON, Refusal, missing, refuse

LONGEST = timedelta(minutes=10080)
KNOWN = {
    "changeType",
    "notificationUrl",
    "lifecycleNotificationUrl",
    "resource",
    "expirationDateTime",
    "clientState",
    "latestSupportedTlsVersion",
    "includeResourceData",
}
PER_MAILBOX = 1000


@dataclass
class Subscription:
    """One subscription of one account to one calendar."""

    account: str
    book: str
    body: JSON
    expires: datetime
    id: str = field(default_factory=lambda: str(uuid4()))

    @property
    def shown(self) -> JSON:
        """As Graph shows it."""
        stamp = self.expires.strftime("%Y-%m-%dT%H:%M:%S.0000000Z")
        return self.body | {"id": self.id, "expirationDateTime": stamp, "creatorId": self.account}


@dataclass
class Subscriptions:
    """Those that there are. `delivery`: what becomes of notifications; those held are sent by
    `send_held`. `plain`: http addresses are taken too (Graph wants https), for suites without TLS.
    """

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    delivery: Literal["hold", "lose", "once", "twice"] = "hold"
    plain: bool = False
    ca_bundle: str = ""
    known: dict[str, Subscription] = field(default_factory=dict)
    held: list[tuple[str, JSON]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    def create(self, account: str, book: str, body: JSON) -> JSON:
        """POST /subscriptions: both addresses must echo a token."""
        self._check(body)
        expires = self._expires(body)
        mine = [one for one in self.known.values() if one.account == account]
        if len(mine) >= PER_MAILBOX:
            raise Refusal(403, "SubscriptionLimit", "Too many subscriptions.")
        for name in ("notificationUrl", "lifecycleNotificationUrl"):
            if name in body:
                self._validate(body[name])
        made = Subscription(account, book, body, expires)
        self.known[made.id] = made
        return made.shown

    def renew(self, account: str, identity: str, body: JSON) -> JSON:
        """PATCH /subscriptions/{id}."""
        if set(body) != {"expirationDateTime"}:
            raise refuse("InvalidRequest", "Only the expiration can be changed.")
        found = self._mine(account, identity)
        found.expires = self._expires(body)
        return found.shown

    def delete(self, account: str, identity: str) -> None:
        """DELETE /subscriptions/{id}."""
        del self.known[self._mine(account, identity).id]

    def changed(self, account: str, book: str, event_id: str, kind: str) -> None:
        """An event changed: those who asked are told."""
        for one in list(self.known.values()):
            if (one.account, one.book) == (account, book) and one.expires > self.now():
                resource = f"Users/{account}/Events/{event_id}"
                told = {"changeType": kind, "resource": resource, "resourceData": {"id": event_id}}
                self._tell(one, "notificationUrl", told)

    def lifecycle(
        self,
        identity: str,
        event: Literal["missed", "subscriptionRemoved", "reauthorizationRequired"],
    ) -> None:
        """A lifecycle notification; a subscription that is removed is gone."""
        one = self.known[identity]
        if event == "subscriptionRemoved":
            del self.known[identity]
        self._tell(one, "lifecycleNotificationUrl", {"lifecycleEvent": event})

    def send_held(self, times: int = 1) -> None:
        """Sends what was held back, that often."""
        held, self.held = self.held, []
        for url, body in held:
            for _ in range(times):
                self._send(url, body)

    def _mine(self, account: str, identity: str) -> Subscription:
        found = self.known.get(identity)
        if found is None or found.account != account:
            raise missing()
        return found

    def _check(self, body: JSON) -> None:
        for name in body:
            if name not in KNOWN:
                words = (
                    f"The property '{name}' does not exist on type 'microsoft.graph.subscription'."
                )
                raise refuse("RequestBodyRead", words)
        if not set(body["changeType"].split(",")) <= {"created", "updated", "deleted"}:
            raise refuse("InvalidRequest", "changeType is not valid.")
        if len(body.get("clientState", "")) > 128:
            raise refuse("InvalidRequest", "clientState is longer than 128 characters.")
        for name in ("notificationUrl", "lifecycleNotificationUrl"):
            if not body.get(name, "https:").startswith("https:") and not self.plain:
                raise refuse("ValidationError", f"{name}: must use the HTTPS protocol.")

    def _expires(self, body: JSON) -> datetime:
        expires = datetime.fromisoformat(body["expirationDateTime"])
        if not self.now() < expires <= self.now() + LONGEST:
            words = "Subscription expiration can only be 10080 minutes in the future."
            raise refuse("ExtensionError", words)
        return expires

    def _validate(self, url: str) -> None:
        token = f"Validation: Testing client application reachability for {uuid4()} & more"
        try:
            answer = self._http.request_encode_url("POST", url, fields={"validationToken": token})
        except urllib3.exceptions.HTTPError as failure:
            raise refuse("ValidationError", "Subscription validation request failed.") from failure
        kind = answer.headers.get("Content-Type", "").partition(";")[0]
        if (answer.status, kind, answer.data.decode()) != (200, "text/plain", token):
            words = (
                "Subscription validation request failed. Must respond with 200 OK to this request."
            )
            raise refuse("ValidationError", words)

    def _tell(self, one: Subscription, address: str, told: JSON) -> None:
        if address not in one.body:
            return
        common = {
            "subscriptionId": one.id,
            "subscriptionExpirationDateTime": one.shown["expirationDateTime"],
            "clientState": one.body.get("clientState"),
            "tenantId": TENANT,
        }
        message = (one.body[address], {"value": [common | told]})
        if self.delivery == "hold":
            self.held.append(message)
        for _ in range({"once": 1, "twice": 2}.get(self.delivery, 0)):
            Thread(target=self._send, args=message, daemon=True).start()

    def _send(self, url: str, body: JSON) -> None:
        try:
            answer = self._http.request("POST", url, json=body)
        except urllib3.exceptions.HTTPError:
            self.answers.append(0)
        else:
            self.answers.append(answer.status)

    @property
    def _http(self) -> urllib3.PoolManager:
        return urllib3.PoolManager(timeout=5, retries=False, ca_certs=self.ca_bundle or None)
