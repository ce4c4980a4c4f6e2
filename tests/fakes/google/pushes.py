"""Push channels: events.watch and channels.stop, and the messages to their addresses.

https://developers.google.com/calendar/api/guides/push
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from threading import Thread
from typing import Literal

import urllib3

from fakes.google.rules import CHANNEL_ID, JSON, Refusal

LONGEST = timedelta(days=30)
USUAL = timedelta(days=7)


@dataclass
class Channel:
    """One channel, and how many messages it has had."""

    id: str
    resource: str
    calendar_id: str
    address: str
    token: str
    expires: datetime
    messages: int = 0


@dataclass
class Pushes:
    """The channels. `delivery`: what becomes of messages; those held are sent by `send_held`.

    `loopback`: http addresses are taken too (Google wants https), for suites without TLS.
    """

    now: Callable[[], datetime]
    delivery: Literal["hold", "lose", "once", "twice"] = "hold"
    loopback: bool = False
    channels: dict[str, Channel] = field(default_factory=dict)
    held: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    _http: urllib3.PoolManager = field(
        default_factory=lambda: urllib3.PoolManager(timeout=5, retries=False)
    )

    def watch(self, calendar_id: str, body: JSON) -> JSON:
        """As events.watch."""
        self._check(body)
        ttl = int(body.get("params", {}).get("ttl", USUAL.total_seconds()))
        channel = Channel(
            id=body["id"],
            resource=sha256(calendar_id.encode()).hexdigest()[:27],
            calendar_id=calendar_id,
            address=body["address"],
            token=body.get("token", ""),
            expires=self.now() + min(timedelta(seconds=ttl), LONGEST),
        )
        self.channels[channel.id] = channel
        self._message(channel, "sync")
        return {
            "kind": "api#channel",
            "id": channel.id,
            "resourceId": channel.resource,
            "resourceUri": f"https://www.googleapis.com/calendar/v3/calendars/{calendar_id}/events",
            "token": channel.token,
            "expiration": str(int(channel.expires.timestamp() * 1000)),
        }

    def stop(self, body: JSON) -> None:
        """As channels.stop."""
        channel = self.channels.get(body.get("id", ""))
        if channel is None or channel.resource != body.get("resourceId"):
            raise Refusal(404, "notFound", f"Channel '{body.get('id')}' not found for project")
        del self.channels[channel.id]

    def changed(self, calendar_id: str) -> None:
        """A calendar changed: its channels are told."""
        for channel in list(self.channels.values()):
            if channel.calendar_id == calendar_id and channel.expires > self.now():
                self._message(channel, "exists")

    def send_held(self, times: int = 1) -> None:
        """Sends what was held back, that often."""
        held, self.held = self.held, []
        for address, headers in held:
            for _ in range(times):
                self._send(address, headers)

    def _check(self, body: JSON) -> None:
        if body.get("type") not in {"web_hook", "webhook"}:
            raise Refusal(400, "invalid", f"Unknown channel type: {body.get('type')}")
        if not CHANNEL_ID.fullmatch(body.get("id", "")):
            raise Refusal(400, "channelIdInvalid", "Channel id invalid")
        if body["id"] in self.channels:
            raise Refusal(400, "channelIdNotUnique", f"Channel id {body['id']} not unique")
        if len(body.get("token", "")) > 256:
            raise Refusal(400, "invalid", "Channel token too long")
        address = body.get("address", "")
        if not address.startswith("https://") and not self.loopback:
            words = f"WebHook callback must be HTTPS: {address}"
            raise Refusal(401, "webhookUrlNotHttps", words)

    def _message(self, channel: Channel, state: str) -> None:
        channel.messages += 1
        headers = {
            "X-Goog-Channel-ID": channel.id,
            "X-Goog-Channel-Token": channel.token,
            "X-Goog-Channel-Expiration": f"{channel.expires:%a, %d %b %Y %H:%M:%S GMT}",
            "X-Goog-Resource-ID": channel.resource,
            "X-Goog-Resource-URI": "https://www.googleapis.com/calendar/v3/calendars/events",
            "X-Goog-Resource-State": state,
            "X-Goog-Message-Number": str(channel.messages),
        }
        if self.delivery == "hold":
            self.held.append((channel.address, headers))
        times = {"once": 1, "twice": 2}.get(self.delivery, 0)
        for _ in range(times):
            Thread(target=self._send, args=(channel.address, headers), daemon=True).start()

    def _send(self, address: str, headers: dict[str, str]) -> None:
        try:
            answer = self._http.request("POST", address, headers=headers, body=b"")
        except urllib3.exceptions.HTTPError:
            self.answers.append(0)
        else:
            self.answers.append(answer.status)
