"""Free times, kept for a moment: at most 30 s, never beyond what availability vouches for.

A change that is announced drops what was kept about its slugs, and an answer that was on its way
while the change arrived is given out but not kept. A lost broker connection drops everything.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Protocol

from contracts.availability import AvailabilityChanged, GetSlots, Slots
from contracts.wire import encode

LONGEST = timedelta(seconds=30)
MOST = 2000
"""Entries kept; the oldest goes first."""


class Source(Protocol):
    """Who knows the slots: availability."""

    def slots(self, request: GetSlots) -> Slots:
        """Answers from its own copies."""
        ...


@dataclass(frozen=True)
class Entry:
    """An answer with the bytes the API sends, so that a hit encodes nothing."""

    slots: Slots
    body: bytes
    etag: str
    since: datetime
    until: datetime


@dataclass
class _Loading:
    """An answer on its way; `stale` once a change of its slug was announced."""

    slug: str
    stale: bool = False


@dataclass
class SlotCache:
    """Safe for threads and greenlets. `now` is the process's clock, which tests move."""

    source: Source
    now: Callable[[], datetime]
    most: int = MOST
    _entries: OrderedDict[GetSlots, Entry] = field(default_factory=OrderedDict)
    _by_slug: dict[str, set[GetSlots]] = field(default_factory=dict)
    _loading: list[_Loading] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def read(self, request: GetSlots) -> Slots:
        """The slots of a link, from here or from availability."""
        return self.entry(request).slots

    def entry(self, request: GetSlots) -> Entry:
        """The same, with its encoded bytes and ETag."""
        return self.kept(request) or self._load(request)

    def kept(self, request: GetSlots) -> Entry | None:
        """What is here and still true; asks nobody."""
        found = self._entries.get(request)
        return found if found is not None and found.since <= self.now() < found.until else None

    def forget(self, event: AvailabilityChanged) -> None:
        """Drops what is kept about the announced slugs."""
        with self._lock:
            for loading in self._loading:
                loading.stale = loading.stale or loading.slug in event.slugs
            for slug in event.slugs:
                for key in self._by_slug.pop(slug, ()):
                    self._entries.pop(key, None)

    def clear(self) -> None:
        """Drops everything: announcements may have been missed."""
        with self._lock:
            for loading in self._loading:
                loading.stale = True
            self._entries.clear()
            self._by_slug.clear()

    def _load(self, request: GetSlots) -> Entry:
        loading = _Loading(request.slug)
        with self._lock:
            self._loading.append(loading)
        entry = None
        try:
            since = self.now()
            entry = _entry(self.source.slots(request), since)
        finally:
            with self._lock:
                self._loading = [other for other in self._loading if other is not loading]
                if entry is not None and not loading.stale and _shared(request):
                    self._keep(request, entry)
        return entry

    def _keep(self, request: GetSlots, entry: Entry) -> None:
        self._entries[request] = entry
        self._by_slug.setdefault(request.slug, set()).add(request)
        while len(self._entries) > self.most:
            self._discard(*self._entries.popitem(last=False))

    def _discard(self, request: GetSlots, _entry: Entry) -> None:
        keys = self._by_slug.get(request.slug, set())
        keys.discard(request)
        if not keys:
            self._by_slug.pop(request.slug, None)


def _shared(request: GetSlots) -> bool:
    """Whether other visitors may ask the same; one visitor's hold or booking is nobody else's."""
    return request.except_hold is None and request.except_booking is None


def _entry(slots: Slots, since: datetime) -> Entry:
    answer = {"timezone": slots.timezone, "duration": slots.duration, "slots": slots.slots}
    body = encode(answer | ({"next_free": slots.next_free} if slots.next_free else {}))
    etag = f'"{blake2b(body, digest_size=12).hexdigest()}"'
    until = min(since + LONGEST, slots.valid_until)
    return Entry(slots=slots, body=body, etag=etag, since=since, until=until)
