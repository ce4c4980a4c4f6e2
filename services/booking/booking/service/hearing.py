"""What other services announce, kept here: accounts, workspaces, connections, written events.

Each runs in the transaction of the inbox, so a repeat never gets here; what comes late is
recognised by its version; what comes before its cause is kept until the cause is there.
"""

from booking.service.desk import Desk
from booking.service.linking import announce_host
from booking.store import bookings, hosts, links, slugs, workspaces
from contracts.booking import LinkChanged
from contracts.calendar_sync import ConnectionChanged, EventWritten
from contracts.gateway import AccountChanged, WorkspaceChanged
from servicekit import Tx


def account_changed(desk: Desk, event: AccountChanged, tx: Tx) -> None:
    """Every account is a host."""
    account = event.account
    workspaces.meet(tx, account.workspace_id, event.workspace_name, event.workspace_timezone)
    known = hosts.known(tx, account.id)
    if known is not None and known[0] >= event.version:
        return
    slug = known[1] if known else _new_slug(event, tx)
    if hosts.save_account(tx, event, slug):
        announce_host(desk, tx, hosts.get(tx, account.workspace_id, account.id))


def _new_slug(event: AccountChanged, tx: Tx) -> str:
    account = event.account
    first_name = account.name.split()[0] if account.name.split() else "host"
    wish = event.host_slug or f"{first_name} {event.workspace_name}"
    return slugs.take_for_host(tx, wish, account.workspace_id, account.id)


def workspace_changed(desk: Desk, event: WorkspaceChanged, tx: Tx) -> None:
    """Its zone counts limits, its name stands in mails: every host and link is told again."""
    if not workspaces.save(tx, event.workspace_id, (event.name, event.timezone), event.version):
        return
    for host in hosts.bump_workspace(tx, event.workspace_id):
        announce_host(desk, tx, host)
    for link in links.reannounced(tx, event.workspace_id):
        told = LinkChanged(workspace_id=link.workspace_id, version=link.version, link=link)
        desk.announce(tx, told)


def connection_changed(desk: Desk, event: ConnectionChanged, tx: Tx) -> None:
    """Whether a calendar will be written for the host."""
    writes = event.writes_calendar
    if not hosts.save_calendar(tx, event.host_id, event.version, writes=writes):
        return
    for host in hosts.bump_one(tx, event.workspace_id, event.host_id):
        announce_host(desk, tx, host)


def event_written(_desk: Desk, event: EventWritten, tx: Tx) -> None:
    """The calendar made the conference: its URL is the meeting's."""
    if event.join_url:
        where = (event.meeting_id, event.host_id)
        bookings.set_join_url(tx, where, event.join_url, event.version)
