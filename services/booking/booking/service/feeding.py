"""A host's private calendar feed: made, renewed, ended, read."""

from booking.service.desk import Desk
from booking.store import feeds, hosts
from contracts.booking import DropFeed, Feed, FeedBookings, GetFeed, ReadFeed, SaveFeed


def save(desk: Desk, request: SaveFeed) -> Feed:
    """With a secret that its caller made; the one before dies with it."""
    with desk.db.begin() as tx:
        hosts.get(tx, request.workspace_id, request.host_id)
        feeds.save(tx, request, desk.clock.now())
        return feeds.get(tx, request.workspace_id, request.host_id)


def get(desk: Desk, request: GetFeed) -> Feed:
    """Whether the host has one."""
    with desk.db.begin() as tx:
        return feeds.get(tx, request.workspace_id, request.host_id)


def drop(desk: Desk, request: DropFeed) -> Feed:
    """Ends it: whoever has its address finds nothing any more."""
    with desk.db.begin() as tx:
        feeds.drop(tx, request.workspace_id, request.host_id)
    return Feed()


def read(desk: Desk, request: ReadFeed) -> FeedBookings:
    """What a calendar that subscribes to it shows."""
    now = desk.clock.now()
    with desk.db.begin() as tx:
        host = feeds.host_of(tx, request.digest)
        return FeedBookings(host=host, bookings=feeds.bookings(tx, host, now))
