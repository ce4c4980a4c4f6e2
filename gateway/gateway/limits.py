"""What one address, account or recipient may do in a while; shared by all workers.

Loopback addresses are exempt from limits per address: behind a local proxy that was not named in
`TRUSTED_HOPS`, every visitor would share one.
"""

import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager

from flask import request

from contracts.booking import Book
from contracts.errors import SchedulingError, Unavailable
from gateway import current
from gateway.accounts import Rate
from gateway.errors import TooManyRequests

BY_ADDRESS = {
    "sign_in": Rate(30, 6),
    "reset": Rate(10, 1),
    "invitation": Rate(30, 6),
    "hold": Rate(30, 30),
    "book": Rate(20, 10),
    "upload": Rate(30, 10),
    "manage": Rate(60, 30),
    "feed": Rate(600, 600),
    "hook": Rate(600, 600),
}
BY_ACCOUNT = {
    "calendar": Rate(30, 6),
    "assistant": Rate(120, 120),
    "invite": Rate(100, 2),
    "picture": Rate(60, 20),
    "what_if": Rate(120, 60),
}
"""`calendar`: what makes the suite ask a server that the account names. `picture` and `what_if`:
what takes long to work out.
"""
SIGN_IN_ACCOUNT = Rate(10, 1)
RESET_ACCOUNT = Rate(3, 0.1)
RECIPIENT = Rate(100, 2)
"""Confirmed bookings a mailbox may be told of: a stranger must not flood it."""


def address() -> str:
    """The caller's address, from `X-Forwarded-For` only as far as trusted hops wrote it."""
    return request.remote_addr or ""


def caller() -> str:
    """The caller as holds count them: empty where an address says nothing about who it is."""
    return "" if is_loopback(address()) else _network(address())


def check_address(action: str) -> None:
    """Takes one from the caller's address. Raises `TooManyRequests`."""
    if not is_loopback(address()):
        _take(f"{action}:{_network(address())}", BY_ADDRESS[action])


def check_account(action: str) -> None:
    """Takes one from the signed-in account. Raises `TooManyRequests`."""
    _take(f"{action}:account:{current.account().id}", BY_ACCOUNT[action])


def check_sign_in(email: str) -> None:
    """Before a password is looked at: per address and per account, known or not."""
    check_address("sign_in")
    _take(account_key("sign_in", email), SIGN_IN_ACCOUNT)


def check_reset(email: str) -> None:
    """Before a reset is mailed."""
    check_address("reset")
    _take(account_key("reset", email), RESET_ACCOUNT)


def signed_in(email: str) -> None:
    """The password was right: its owner starts afresh."""
    current.accounts().refill(account_key("sign_in", email))


@contextmanager
def telling(asked: Book) -> Iterator[None]:
    """Around a booking: the mailboxes of attendee and guests are told of one more. One that is
    refused counts for nobody; one whose outcome nobody knows does.

    Raises `TooManyRequests`.
    """
    told: list[str] = []
    try:
        for key in sorted(_mailboxes(asked)):
            _take(key, RECIPIENT)
            told.append(key)
        yield
    except SchedulingError as refused:
        if not isinstance(refused, Unavailable):
            for key in told:
                current.accounts().give_back(key, RECIPIENT)
        raise


def _mailboxes(asked: Book) -> set[str]:
    return {account_key("recipient", each) for each in (asked.attendee.email, *asked.guests)}


def is_loopback(value: str) -> bool:
    """Whether it is this machine; an address that cannot be read is not."""
    try:
        found = ipaddress.ip_address(value)
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return (mapped or found).is_loopback


def account_key(action: str, email: str) -> str:
    """A bucket's name for an address, without the address."""
    return f"{action}:account:{current.mac('bucket', email.strip().lower())}"


def _network(value: str) -> str:
    """An IPv6 caller owns a /64: limited as one."""
    try:
        found = ipaddress.ip_address(value)
    except ValueError:
        return value[:64]
    if isinstance(found, ipaddress.IPv6Address) and not found.ipv4_mapped:
        return str(ipaddress.ip_network(f"{value}/64", strict=False))
    return str(found)


def _take(key: str, rate: Rate) -> None:
    wait = current.accounts().take(key, rate)
    if wait:
        raise TooManyRequests(wait)
