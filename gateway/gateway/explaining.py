"""Why a link's start is offered or not, as far as the asking account may know it."""

from datetime import datetime
from uuid import UUID

import msgspec

from contracts.availability import Check, ExplainStart, Explanation, HostChecks
from contracts.booking import GetLink, Link
from contracts.errors import NotFound
from gateway import current

PRIVATE = frozenset({"reason", "meeting_id"})
"""Facts about a colleague that only they and admins see."""


def link(link_id: UUID) -> Link:
    """A link that the account may look into. Raises `NotFound`."""
    account = current.account()
    found = current.services().booking.get_link(
        GetLink(workspace_id=account.workspace_id, link_id=link_id)
    )
    if not account.is_admin and found.owner_id != account.id:
        raise NotFound
    return found


def explained(of: Link, start: datetime, duration: int | None) -> Explanation:
    """Every rule at one start. Raises `Invalid` for a duration that the link does not offer."""
    asked = ExplainStart(
        workspace_id=of.workspace_id, slug=of.settings.slug, start=start, duration=duration
    )
    told = current.services().availability.explain(asked)
    account = current.account()
    if account.is_admin:
        return told
    hosts = tuple(host if host.host_id == account.id else _discreet(host) for host in told.hosts)
    return msgspec.structs.replace(told, hosts=hosts)


def _discreet(host: HostChecks) -> HostChecks:
    def less(check: Check) -> Check:
        facts = {name: said for name, said in check.facts.items() if name not in PRIVATE}
        return msgspec.structs.replace(check, facts=facts)

    return msgspec.structs.replace(host, checks=tuple(map(less, host.checks)))
