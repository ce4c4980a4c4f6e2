"""What the entrypoints' work needs of the running service."""

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol
from uuid import UUID

from booking.domain.tokens import ACTIONS, ANSWERS, Action, Minted, key_id, pair
from booking.domain.tokens import token as make_token
from booking.store import bookings
from contracts.availability import (
    FreeHosts,
    GetFreeHosts,
    GetSlots,
    ListSchedules,
    Schedules,
    Slots,
)
from contracts.booking import Booking, Claim, ClaimsChanged
from contracts.wire import Event
from servicekit import Tx


class _Database(Protocol):
    def begin(self) -> AbstractContextManager[Tx]: ...
    def read(self) -> AbstractContextManager[Tx]: ...


class _Clock(Protocol):
    def now(self) -> datetime: ...


class _Settings(Protocol):
    @property
    def secret_keys(self) -> tuple[str, ...]: ...
    @property
    def file_days(self) -> int: ...


class _Availability(Protocol):
    def slots(self, request: GetSlots) -> Slots: ...
    def free_hosts(self, request: GetFreeHosts) -> FreeHosts: ...
    def list_schedules(self, request: ListSchedules) -> Schedules: ...


class Desk(Protocol):
    """The service as its parts see it: one transaction at a time, none across an RPC."""

    @property
    def db(self) -> _Database:
        """Opens transactions."""
        ...

    @property
    def clock(self) -> _Clock:
        """Business time, in UTC."""
        ...

    @property
    def settings(self) -> _Settings:
        """The keys, and how long files are kept."""
        ...

    @property
    def availability(self) -> _Availability:
        """Who is free; never asked inside a transaction."""
        ...

    def announce(self, tx: Tx, event: Event) -> None:
        """Says it, if the transaction commits."""
        ...

    def new_id(self) -> UUID:
        """A random one."""
        ...


def mint(desk: Desk, booking: Booking, generation: int) -> tuple[Minted, dict[Action, str]]:
    """New tokens with the first key: the attendee's, and the hosts' if they are asked."""
    key = desk.settings.secret_keys[0]
    minted = Minted(booking.id, generation, key_id(key))
    actions = (*ACTIONS, *ANSWERS) if booking.status == "pending" else ACTIONS
    return minted, {action: make_token(key, minted, action) for action in actions}


def tokens_of(
    desk: Desk, tx: Tx, booking: Booking, actions: tuple[Action, Action] = ACTIONS
) -> tuple[str, str]:
    """A booking's tokens again; others where the key that made them is gone."""
    minted = bookings.minted(tx, booking.id)
    known = pair(desk.settings.secret_keys, minted, actions)
    if known is not None:
        return known
    renewed, tokens = mint(desk, booking, minted.generation + 1)
    if bookings.renew_tokens(tx, renewed, tokens):
        return tokens[actions[0]], tokens[actions[1]]
    return tokens_of(desk, tx, booking, actions)


def announce_claims(desk: Desk, tx: Tx, workspace_id: UUID, *changed: Claim) -> None:
    """The claims that changed, tombstones among them; of none, nothing is said."""
    if changed:
        version = max(claim.version for claim in changed)
        event = ClaimsChanged(workspace_id=workspace_id, version=version, claims=changed)
        desk.announce(tx, event)
